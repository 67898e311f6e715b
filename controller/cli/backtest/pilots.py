"""Who may steer in a backtest."""

from __future__ import annotations

from collections.abc import Callable

from controller.cli.backtest.scene import Scene
from controller.domain.errors import ConfigError
from controller.simulation.backtest.core import CorePilot
from controller.simulation.backtest.horizon import TraceHorizon
from controller.simulation.backtest.play import Pilot
from controller.simulation.peers.dextro86 import Dextro86
from controller.simulation.peers.evcc import Evcc, Thresholds
from controller.simulation.peers.openevse import OpenEvse
from controller.simulation.peers.openwb import OpenWb
from controller.simulation.peers.pilot import RulePilot
from controller.simulation.peers.pv_control import PvControl
from controller.simulation.peers.rule import CurrentRange, Rule
from controller.simulation.peers.smartevse import SmartEvse
from controller.simulation.peers.twcmanager import TwcManager
from controller.simulation.trace import Trace

OURS = "sunpace"
"""Sunpace's own core."""


def _evcc(scene: Scene) -> Rule:
    return Evcc(_currents(scene), Thresholds())


def _evcc_tuned(scene: Scene) -> Rule:
    currents = _currents(scene)
    min_w = currents.min_w(scene.plant.phases_in_use)
    return Evcc(currents, Thresholds.tuned(scene.solar_share, min_w), "evcc tuned")


_RULES: dict[str, Callable[[Scene], Rule]] = {
    "evcc": _evcc,
    "evcc tuned": _evcc_tuned,
    PvControl.name: lambda scene: PvControl(_currents(scene)),
    OpenWb.name: lambda scene: OpenWb(_currents(scene)),
    TwcManager.name: lambda scene: TwcManager(_currents(scene)),
    SmartEvse.name: lambda scene: SmartEvse(_currents(scene)),
    OpenEvse.name: lambda scene: OpenEvse(_currents(scene)),
    Dextro86.name: lambda scene: Dextro86(_currents(scene)),
}

PEERS: tuple[str, ...] = tuple(_RULES)
"""Other controllers' rules, in the order in which they are shown."""


def make_pilot(name: str, scene: Scene, trace: Trace) -> Pilot:
    """A pilot at the beginning of a trace. Raises ConfigError."""
    if name != OURS:
        return RulePilot(make_rule(name, scene))
    horizon = TraceHorizon(trace, scene.outside_of(trace), scene.core.timezone, scene.core.max_current_a)
    return CorePilot(scene.core, trace.times_s[0], horizon)


def make_rule(name: str, scene: Scene) -> Rule:
    """Another controller's rule at its beginning. Raises ConfigError."""
    if name not in _RULES:
        raise ConfigError([f"{name}: no such pilot; there are {', '.join((OURS, *PEERS))}"])
    return _RULES[name](scene)


def _currents(scene: Scene) -> CurrentRange:
    return CurrentRange(min_a=scene.core.min_current_a, max_a=scene.core.max_current_a)
