"""Starts a day: counted by the site's own days, long and short ones too."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.control.starts import Starts, spent, starts_today
from controller.domain.charger import OcppState
from controller.domain.demand import Dwell
from controller.domain.reasons import ReasonCode
from tests.support.houses import Run, Wants, core

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("now", "hours"),
    [
        ("2026-06-21T12:00:00+02:00", 12),
        ("2026-06-21T22:00:00+00:00", 24),
        ("2026-03-29T00:00:00+01:00", 23),
        ("2026-10-25T00:00:00+02:00", 25),
        ("2026-10-25T02:30:00+02:00", 22.5),
        ("2026-10-25T02:30:00+01:00", 21.5),
    ],
)
def test_what_is_spent_comes_back_at_local_midnight(now: str, hours: float) -> None:
    site = replace(core(starts_per_day=2), timezone=BERLIN)
    starts = starts_today(Starts(), at(now), site).one_more.one_more
    reason = spent(starts, at(now), site)
    assert reason is not None
    assert reason.in_s == pytest.approx(hours * 3600)
    assert spent(starts_today(Starts(day=starts.day - 1, told=9), at(now), site), at(now), site) is None


def flap(run: Run, strategy: Wants, seconds: float) -> None:
    for _ in range(int(seconds / 120)):
        strategy.current_a = 16.0 - strategy.current_a
        run.steps(120, 10.0)


def test_when_they_are_spent_nothing_is_started_until_midnight() -> None:
    strategy = Wants(0)
    run = Run(core(strategy, starts_per_day=3))
    flap(run, strategy, 2 * 3600)
    assert run.told.count("start") == 3
    strategy.current_a = 16
    decision = run.step()
    assert not run.charging
    assert decision.reason.code is ReasonCode.STARTS_SPENT
    assert str(decision.reason) == "started 3 times today, as often as starts_per_day allows; again in 10 h"
    run.steps(10 * 3600, 30.0)  # the run begins at noon
    assert run.charging
    assert run.told.count("start") == 4


def test_without_a_bound_nothing_is_counted_against_anybody() -> None:
    strategy = Wants(0)
    run = Run(core(strategy, writes_per_hour=120))
    flap(run, strategy, 2 * 3600)
    assert run.told.count("start") == 30


def test_a_start_of_the_users_own_is_not_undone() -> None:
    strategy = Wants(0)
    run = Run(core(strategy, starts_per_day=1))
    flap(run, strategy, 3600)
    strategy.current_a = 16
    run.steps(300)
    assert not run.charging
    run.box_state = OcppState.CHARGING
    run.steps(300)
    assert run.charging


@given(st.lists(st.tuples(st.floats(1, 900), st.floats(0, 20)), min_size=1, max_size=150), st.integers(1, 4))
@settings(max_examples=60)
def test_no_day_has_more_starts_than_allowed(wishes: list[tuple[float, float]], most: int) -> None:
    strategy = Wants(0, Dwell(min_off_s=0))
    run = Run(core(strategy, starts_per_day=most))
    by_day: dict[int, int] = {}
    for seconds, wanted_a in wishes:
        strategy.current_a = wanted_a
        before = run.told.count("start")
        run.step(seconds)
        day = int((run.now_s + 12 * 3600) // 86_400)
        by_day[day] = by_day.get(day, 0) + run.told.count("start") - before
    assert all(count <= most for count in by_day.values())
