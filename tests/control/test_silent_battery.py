"""A home battery whose meter is silent: for a moment nothing is changed, then nothing is charged."""

from __future__ import annotations

from typing import Any

import pytest

from controller.domain.decision import Command
from controller.domain.demand import Dwell
from controller.domain.reasons import ReasonCode
from tests.support.houses import Run, Wants, core, surplus

KNOWN: dict[str, Any] = {"pv_w": 8000.0, "battery_w": 0.0, "battery_soc_pct": 50.0}
SILENT: dict[str, Any] = {"pv_w": 8000.0, "battery_missing": True}
CHARGES: dict[str, Any] = {"ev_w": 6900.0, "grid_w": -200.0}


def charging(**settings: Any) -> Run:
    """At 10 A for minutes, in sun that carries it."""
    run = Run(core(surplus(**settings)), limit_a=10, charging=True)
    run.steps(300, **KNOWN, **CHARGES)
    assert run.told == []
    return run


def test_short_silences_cost_nothing() -> None:
    run = charging()
    for _ in range(10):
        run.steps(59, **SILENT, **CHARGES)
        run.steps(20, **KNOWN, **CHARGES)
    assert run.told == []


def test_what_is_known_of_the_sky_outlasts_a_short_silence_only() -> None:
    run = charging()
    sky, scales = run.state.sky, run.state.scales
    run.steps(60, **SILENT, **CHARGES)
    assert (run.state.sky, run.state.scales) == (sky, scales)
    run.step(1, obey=False, **SILENT, **CHARGES)
    assert run.state.sky.looked_at_s is None


def test_the_stop_is_told_and_comes_when_told() -> None:
    run = charging()
    for left_s in range(60, 0, -1):
        run.step(**SILENT, **CHARGES)
        assert run.decision.reason.code is ReasonCode.STOPS_SOON
        assert run.decision.reason.in_s == left_s
    assert str(run.decision.reason).endswith("is not taken for sun, stops in 1 s")
    assert run.decision.command == Command(10, True)
    run.step(**SILENT, **CHARGES)
    assert run.told == ["stop"]
    assert run.decision.reason.code is ReasonCode.BATTERY_UNKNOWN


def test_off_nothing_is_started() -> None:
    run = Run(core(surplus()), limit_a=10)
    run.steps(300, **SILENT, grid_w=-7500.0, ev_w=0.0)
    assert run.told == []
    assert run.decision.reason.code is ReasonCode.BATTERY_UNKNOWN


def test_a_grid_reading_that_is_missed_does_not_begin_the_minute_anew() -> None:
    run = charging()
    for _ in range(3):
        run.steps(20, **SILENT, **CHARGES)
        run.step(**SILENT, ev_w=6900.0, grid_w=None, grid_age_s=5.0)
    assert run.told == ["stop"] or run.decision.reason.code is ReasonCode.METER_AWAITED
    run.step(**SILENT, **CHARGES)
    assert run.told == ["stop"]


@pytest.mark.parametrize("dwell", [Dwell(stop_delay_s=150), Dwell(min_on_s=150)])
def test_a_longer_delay_is_spent_at_the_minimum(dwell: Dwell) -> None:
    wants = Wants(10, dwell)
    run = Run(core(wants), limit_a=10)
    run.step(ev_w=0.0, grid_w=0.0)
    assert run.told == ["start"]
    wants.current_a, wants.keep_s = 0.0, 60.0
    told_at_s: dict[str, float] = {}
    for second in range(1, 200):
        known = len(run.told)
        run.step(**CHARGES)
        told_at_s.update(dict.fromkeys(run.told[known:], second))
        if second < 60:
            assert run.decision.reason.in_s == pytest.approx(150 - second, abs=1)
    assert told_at_s == {"set_limit 6 A": 61, "stop": pytest.approx(150, abs=1)}


def test_a_try_for_hidden_sun_is_not_judged_by_a_silence() -> None:
    run = Run(core(surplus(), feed_in_limit_w=0.0))
    run.steps(60, **KNOWN, grid_w=0.0, ev_w=0.0)
    assert run.told == ["set_limit 6 A", "start"]
    run.steps(55, **KNOWN, grid_w=0.0, ev_w=4140.0)
    run.steps(40, **SILENT, grid_w=0.0, ev_w=4140.0)
    run.steps(60, **KNOWN, grid_w=0.0, ev_w=4140.0)
    assert "stop" not in run.told
