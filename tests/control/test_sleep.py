"""A car that does not answer is woken, so often and no more; one that is full is let alone."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.domain.charger import OcppState
from controller.domain.demand import Dwell
from controller.domain.reasons import ReasonCode
from tests.support.houses import Run, Wants, core

SLEEPS, DRAWS = OcppState.SUSPENDED_EV, OcppState.CHARGING


class Sleeper(Run):
    """A car at a box that shows its state; it sleeps until it was started `deaf` times more."""

    def __init__(self, deaf: int = 1, *, metered: bool = True, box_tells: bool = True, **settings: Any) -> None:
        self.strategy = Wants(10, Dwell(min_off_s=300, min_on_s=300, start_delay_s=60))
        super().__init__(core(self.strategy, **settings))
        self.deaf, self.metered, self.box_tells = deaf, metered, box_tells
        self.full = False
        self.starts_s: list[float] = []
        self.stops_s: list[float] = []

    def passes(self, seconds: float, step_s: float = 5.0) -> None:
        for _ in range(int(seconds / step_s)):
            self.look(step_s)

    def look(self, step_s: float = 5.0) -> None:
        asleep = len(self.starts_s) <= self.deaf
        refuses = asleep or self.full
        if self.charging or self.box_state is SLEEPS:
            self.box_state = SLEEPS if refuses and self.box_tells else DRAWS
        ev_w = 0.0 if refuses or not self.charging else 6900.0
        before = len(self.told)
        self.step(step_s, grid_w=-8000.0 + ev_w, ev_w=ev_w if self.metered else None)
        self.starts_s += [self.now_s for told in self.told[before:] if told == "start"]
        self.stops_s += [self.now_s for told in self.told[before:] if told == "stop"]


@pytest.mark.parametrize("metered", [True, False])
def test_it_is_woken_by_a_stop_and_a_start_with_a_pause_between(metered: bool) -> None:
    run = Sleeper(metered=metered)
    run.passes(600)
    assert run.told == ["set_limit 10 A", "start", "stop", "start"]
    (begun_s, woken_s), (stopped_s,) = run.starts_s, run.stops_s
    assert 120 <= stopped_s - begun_s <= 150
    assert 45 <= woken_s - stopped_s <= 60  # no start delay, no minimum time off
    assert run.charging
    assert run.state.conduct.sleep.tries == 0


def test_the_cars_own_meter_tells_where_the_box_says_that_it_charges() -> None:
    run = Sleeper(box_tells=False)
    run.passes(600)
    assert run.told == ["set_limit 10 A", "start", "stop", "start"]


def test_nobody_is_woken_because_nothing_measures_the_current() -> None:
    run = Sleeper(deaf=9, box_tells=False, metered=False)
    run.passes(3600)
    assert run.told == ["set_limit 10 A", "start"]


def test_it_is_woken_twice_in_vain_ten_minutes_apart_and_then_a_person_is_asked() -> None:
    run = Sleeper(deaf=99)
    seen = set()
    for _ in range(4 * 720):
        run.look()
        seen.add(run.decision.reason.code)
    assert len(run.stops_s) == 2
    assert run.stops_s[1] - run.stops_s[0] >= 600
    assert {ReasonCode.CAR_WAKING, ReasonCode.CAR_ASLEEP, ReasonCode.CAR_WONT_WAKE} <= seen
    assert run.decision.reason.code is ReasonCode.CAR_WONT_WAKE
    assert "after 2 times, 2 in vain" in str(run.decision.reason)
    assert run.box_state is SLEEPS  # the offer stands: it may wake by itself


def test_plugged_in_anew_it_is_tried_again() -> None:
    run = Sleeper(deaf=99)
    run.passes(3600)
    run.box_state = OcppState.AVAILABLE
    run.passes(60)
    run.box_state = OcppState.PREPARING
    run.passes(3600)
    assert len(run.stops_s) == 4


def test_a_car_that_drew_and_ended_by_itself_is_full_also_after_the_next_start() -> None:
    run = Sleeper(deaf=0)
    run.passes(600)
    run.full = True
    run.passes(1800)
    assert run.stops_s == []
    assert run.decision.reason.code is ReasonCode.CAR_PAUSED
    run.strategy.current_a = 0
    run.passes(600)
    run.strategy.current_a = 10
    run.passes(1800)
    assert len(run.stops_s) == 1  # the strategy's own
    run.full = False
    run.passes(60)
    assert not run.state.conduct.sleep.sated


def test_it_is_not_started_when_the_sun_has_gone_meanwhile() -> None:
    run = Sleeper(deaf=99)
    while not run.stops_s:
        run.look()
    run.strategy.current_a = 0
    run.passes(600)
    assert len(run.starts_s) == 1
    assert run.state.conduct.sleep.waking_s is None


def test_a_box_that_fails_after_pauses_is_not_paused_for_it() -> None:
    run = Sleeper(deaf=99)
    run.look()
    pauses = run.state.conduct.pauses._replace(harm=True)
    run.state = run.state._replace(conduct=run.state.conduct._replace(pauses=pauses))
    run.passes(3600)
    assert run.stops_s == []
    assert run.decision.reason.code is ReasonCode.CAR_PAUSED


def test_a_car_found_charging_is_not_taken_for_one_that_never_drew() -> None:
    run = Run(core(Wants(10)), limit_a=10, charging=True)
    run.box_state = SLEEPS
    for _ in range(600):
        run.step(1.0, grid_w=-8000.0, ev_w=0.0)
    assert run.told == []


moments = st.tuples(
    st.sampled_from([*OcppState, SLEEPS, SLEEPS, SLEEPS]),
    st.sampled_from([0.0, 10.0, 10.0]),
    st.none() | st.sampled_from([0.0, 500.0, 3000.0]),
    st.none() | st.floats(0, 9000),
    st.booleans(),
    st.floats(1, 400),
)


@given(st.lists(moments, min_size=10, max_size=80))
@settings(max_examples=60)
def test_whatever_happens_it_is_woken_rarely_and_never_started_while_unwanted(life: list[Any]) -> None:
    strategy = Wants(0, Dwell(min_off_s=0))
    run = Run(core(strategy))
    tried_s: list[float] = []
    wakes = 0
    for state, wanted_a, ev_w, energy_wh, obey, seconds in life:
        run.box_state, strategy.current_a, run.session_energy_wh = state, wanted_a, energy_wh
        if state is OcppState.AVAILABLE:
            tried_s.clear()
        decision = run.step(seconds, obey=obey, grid_w=-5000.0, ev_w=ev_w)
        sleep = run.state.conduct.sleep
        if sleep.wakes > wakes:
            tried_s.append(run.now_s)
        wakes = sleep.wakes
        assert sleep.wakes <= 8
        assert sleep.tries <= 2
        if wanted_a < 6:
            assert all(str(action) != "start" for action in decision.actions)
    assert all(later_s - sooner_s >= 600 for sooner_s, later_s in itertools.pairwise(tried_s))
