"""Reasons that once promised or claimed what was not so."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from controller.control.reconcile import refuse
from controller.domain.decision import Action, ActionKind
from controller.domain.demand import Defer, Demand, Dwell, Situation
from controller.domain.readings import House
from controller.domain.reasons import ReasonCode
from strategies.off_peak import OffPeak, OffPeakSettings
from tests.control.reasons.lives import ZONE
from tests.support.houses import Run, Wants, core

KETTLE: dict[str, Any] = {"grid_current_a": (17.0, 0.0, 0.0), "grid_w": 3910.0, "ev_w": 0.0}
CALM: dict[str, Any] = {"grid_current_a": (2.0, 0.0, 0.0), "grid_w": 460.0, "ev_w": 0.0}


def test_a_fallback_that_has_lasted_too_long_is_told_as_a_stop() -> None:
    run = Run(core(Wants(10), fallback_stop_after_s=600), limit_a=10, charging=True)
    run.step(grid_age_s=614)
    assert run.decision.reason.values["fallback"] == "minimum"
    run.step(grid_age_s=615)
    assert run.told[-1] == "stop"
    assert run.decision.reason.values["fallback"] == "stop"


def test_a_fuse_that_waits_to_give_more_does_not_say_that_the_house_needs_it() -> None:
    run = Run(core(Wants(16), main_fuse_a=25), limit_a=16, charging=True)
    run.step(**KETTLE)
    assert str(run.decision.reason) == "main fuse: 17.0 A of 25 A in use by the house, leaves 8 A"
    run.step(**CALM)
    assert str(run.decision.reason) == "main fuse: 8 A until it has left more for 60 s"


def test_no_start_is_promised_that_the_fuse_will_not_have() -> None:
    run = Run(core(Wants(16, Dwell(start_delay_s=60)), main_fuse_a=20))
    run.step(**KETTLE)
    assert run.decision.reason.code is ReasonCode.NO_HEADROOM


def test_a_higher_limit_that_the_fuse_will_not_have_is_not_waited_for() -> None:
    run = Run(core(Wants(16), main_fuse_a=25), limit_a=16, charging=True)
    run.steps(5, **KETTLE)
    assert run.told == ["set_limit 8 A"]
    assert run.decision.reason.code is ReasonCode.FUSE


def test_a_start_is_promised_for_when_the_gap_is_over() -> None:
    wants = Wants(10, Dwell(start_delay_s=5, min_off_s=0))
    run = Run(core(wants), limit_a=10, charging=True)
    run.step(ev_w=0.0)
    wants.current_a = 0.0
    run.steps(1, ev_w=0.0)
    assert run.told == ["stop"]
    wants.current_a = 10.0
    run.steps(2, ev_w=0.0)
    assert str(run.decision.reason) == "fixed current of 10.0 A; the box takes the next change in 28 s"


def test_no_start_is_promised_that_the_box_refuses() -> None:
    run = Run(core(Wants(10, Dwell(start_delay_s=5, min_off_s=0))), limit_a=10)
    run.step(ev_w=0.0)
    run.state = refuse(run.state, Action(ActionKind.START), run.now_s)
    run.step(ev_w=0.0)
    assert run.decision.reason.code is ReasonCode.BOX_REFUSES
    in_s = run.decision.reason.in_s
    assert in_s is not None
    run.steps(in_s - 1, ev_w=0.0)
    assert run.told == []
    run.step(ev_w=0.0)
    assert run.told == ["start"]


def test_a_stop_is_promised_a_gap_after_the_reduction() -> None:
    run = Run(core(Wants(5, Dwell(stop_delay_s=20))), limit_a=10, charging=True)
    run.step(ev_w=6900.0)
    assert run.told == ["set_limit 6 A"]
    run.step(ev_w=4140.0)
    assert str(run.decision.reason) == "fixed current of 5 A, stops in 29 s"


@pytest.mark.parametrize(
    ("windows", "until"),
    [
        ([("22:00", "00:00"), ("00:00", "06:00")], "06:00"),
        ([("22:00", "02:00"), ("01:00", "05:00")], "05:00"),
        ([("22:00", "02:00"), ("02:01", "05:00")], "02:00"),
        ([("00:00", "00:00")], "further notice"),
        ([("12:00", "00:00"), ("00:00", "12:00")], "further notice"),
    ],
)
def test_windows_that_follow_one_another_are_one(windows: list[tuple[str, str]], until: str) -> None:
    table = {"windows": [{"start": start, "end": end} for start, end in windows]}
    answer: Demand | Defer = OffPeak(OffPeakSettings.model_validate(table)).demand(
        Situation(
            local_time=datetime(2026, 6, 21, 23, 30, tzinfo=ZONE),
            house=House(grid_w=0.0, grid_age_s=0.5),
            grid_w=0.0,
            ev_w=0.0,
            charging=False,
            min_current_a=6,
            max_current_a=16,
            phases=3,
            voltage_v=230.0,
        )
    )
    assert isinstance(answer, Demand)
    assert str(answer.reason) == f"off-peak window until {until}"
