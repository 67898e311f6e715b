"""Who may steer in a backtest."""

from __future__ import annotations

from controller.cli.backtest.scene import Scene
from controller.domain.errors import ConfigError
from controller.simulation.backtest.core import CorePilot
from controller.simulation.backtest.play import Pilot
from controller.simulation.trace import Trace

OURS = "sunpace"
"""Sunpace's own core."""

PEERS: tuple[str, ...] = ()
"""Other controllers' rules, in the order in which they are shown."""


def make_pilot(name: str, scene: Scene, trace: Trace) -> Pilot:
    """A pilot at the beginning of a trace. Raises ConfigError."""
    if name == OURS:
        return CorePilot(scene.core, trace.times_s[0])
    raise ConfigError([f"{name}: no such pilot"])
