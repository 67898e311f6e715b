"""In front of another plant than the reference plant a rule sees what the meters show."""

from __future__ import annotations

from typing import Any

import pytest

from controller.simulation.backtest.play import play
from controller.simulation.peers.pilot import RulePilot
from controller.simulation.peers.rule import View
from controller.simulation.plant import PlantSettings
from controller.simulation.trace import Trace

RISING = Trace(times_s=(0.0, 600.0), pv_w=(0.0, 6000.0), load_w=(0.0, 0.0))
"""10 W a second."""


class Sees:
    """Wants 6 A from 100 s on, and keeps what it was shown."""

    name = "sees"
    interval_s = 10.0

    def __init__(self) -> None:
        self.seen: dict[float, View] = {}

    def wish(self, view: View) -> int:
        self.seen[view.now_s] = view
        return 6 if view.now_s >= 100 else 0


def seen(**options: Any) -> dict[float, View]:
    rule = Sees()
    play(RISING, PlantSettings.model_validate({"phases": 1, "step_s": 5.0, **options}), RulePilot(rule))
    return rule.seen


@pytest.mark.parametrize(
    ("meter", "pv_w", "ev_w"),
    [
        ({"lag_s": 50.0}, 2500.0, 1380.0),
        ({"lag_s": 200.0}, 1000.0, 0.0),
        ({"ev": False, "lag_s": 200.0}, 1000.0, 1380.0),  # the box measures, too
        ({"pv": False, "quantum_w": 1.0}, 0.0, 1380.0),
    ],
)
def test_a_rule_sees_the_meters(meter: dict[str, Any], pv_w: float, ev_w: float) -> None:
    view = seen(meter=meter)[300.0]
    assert (view.pv_w, view.ev_w, view.current_a) == pytest.approx((pv_w, ev_w, 6.0))


def test_a_rule_goes_on_with_the_last_reading_through_a_drop_out() -> None:
    views = seen(meter={"drop_every_s": 1.0, "drop_s": 86400.0})
    assert {view.grid_w for view in views.values()} == {0.0}
