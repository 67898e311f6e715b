"""The core's memory: what a decision renews, and what it leaves."""

from __future__ import annotations

from typing import Any

from controller.control.car_memory import Car
from controller.control.sky import Sky
from controller.control.state import FuseCap, State, Timers
from controller.control.weigh import Scales
from controller.domain.decision import Command

RENEWED: dict[str, Any] = {
    "pending": Command(10, True),
    "timers": Timers(at_s=5.0),
    "fuse": FuseCap(9),
    "car": Car(lowest_w=-3.0),
    "sky": Sky(looked_at_s=4.0),
    "scales": Scales(missed_kwh=0.5),
}
"""Another value for each field that a decision renews, in their order."""


def test_a_decision_renews_these_and_leaves_all_others() -> None:
    state = State._make(range(len(State._fields)))  # each field holds what no other does
    assert state.renewed(*RENEWED.values()) == state._replace(**RENEWED)
    assert State._fields[-len(RENEWED) :] == tuple(RENEWED)
