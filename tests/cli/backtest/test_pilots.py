"""Who may steer in a backtest, and with which settings."""

import pytest

from controller.cli.backtest.pilots import OURS, PEERS, make_pilot, make_rule
from controller.cli.backtest.scene import Scene, make_scene
from controller.domain.errors import ConfigError
from controller.simulation.backtest.core import CorePilot
from controller.simulation.backtest.play import play
from controller.simulation.peers.pilot import RulePilot
from controller.simulation.trace import Trace
from tests.simulation.peers.seen import wishes

NOON = Trace.of([(0.0, 3000.0, 300.0), (1800.0, 3000.0, 300.0)])


def scene(*sets: str) -> Scene:
    return make_scene(None, ["wallbox.phases=1", *sets])


def test_our_own_core_and_each_rule_by_name() -> None:
    assert isinstance(make_pilot(OURS, scene(), NOON), CorePilot)
    for name in PEERS:
        assert isinstance(make_pilot(name, scene(), NOON), RulePilot)
        assert make_rule(name, scene()).name == name


@pytest.mark.parametrize("name", PEERS)
def test_each_charges_at_noon(name: str) -> None:
    outcome = play(NOON, scene().plant, make_pilot(name, scene(), NOON))
    assert outcome.starts == 1
    assert outcome.solar_kwh > 0.9


def test_an_unknown_name_is_answered_with_those_that_there_are() -> None:
    with pytest.raises(ConfigError, match=r"evse9000: no such pilot; there are sunpace, evcc, evcc tuned, .*Dextro86"):
        make_pilot("evse9000", scene(), NOON)


def test_the_configured_currents_hold_for_the_rules() -> None:
    rule = make_rule("evcc", scene("wallbox.min_current_a=8", "wallbox.max_current_a=10"))
    assert wishes(rule, [1839] * 4) == [0] * 4
    rule = make_rule("evcc", scene("wallbox.min_current_a=8", "wallbox.max_current_a=10"))
    assert wishes(rule, [9000] * 4) == [0, 0, 8, 10]


def test_the_tuned_rule_takes_the_share_of_the_scene() -> None:
    half, pure = (scene(f"strategy.surplus.solar_share={share}") for share in (0.5, 1.0))
    assert wishes(make_rule("evcc tuned", half), [690] * 3) == [0, 0, 6]
    assert wishes(make_rule("evcc tuned", pure), [1379] * 4) == [0] * 4
    three = scene("strategy.surplus.solar_share=0.5", "wallbox.phases=3")
    assert wishes(make_rule("evcc tuned", three), [2069] * 4, phases=3) == [0] * 4
    assert wishes(make_rule("evcc tuned", three), [2070] * 3, phases=3) == [0, 0, 6]
