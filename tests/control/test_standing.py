"""How long a decision stands: what it waits for, and when every look counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from math import inf
from typing import Any

import pytest

from controller.control.governor import decide
from controller.control.standing import Standing, standing
from controller.control.state import Snapshot, State
from controller.domain.cap import Cap
from controller.domain.charger import ChargerStatus, OcppState, PowerSettings
from controller.domain.decision import Command
from controller.domain.readings import House
from strategies.surplus import Surplus, SurplusSettings
from tests.support.houses import NOON, core, surplus, timed

NEED_W = 0.8 * 6 * 690


def stands(
    state: State,
    surplus_w: float,
    *,
    strategy: Surplus | None = None,
    now_s: float = 1000.0,
    ev_w: float = 0.0,
    pv_w: float = 8000.0,
    cap: Cap | None = None,
    **settings: Any,
) -> Standing | None:
    """What a decision waits for, with the car metered."""
    house = House(grid_w=ev_w - surplus_w, grid_age_s=0.0, pv_w=pv_w, ev_w=ev_w)
    told = state.told
    on = told is not None and told.charging
    snapshot = Snapshot(
        now_s=now_s,
        now=NOON,
        house=house,
        status=ChargerStatus(taken_at_s=now_s, state=OcppState.CHARGING if on else OcppState.SUSPENDED_EVSE),
        power=PowerSettings(taken_at_s=now_s, limit_a=told.limit_a if told is not None else 16),
        cap=cap,
    )
    site = core(surplus() if strategy is None else strategy, **settings)
    after, decision = decide(state, snapshot, site)
    return standing(after, snapshot, site, decision)


OFF = State(told=Command(16, False))
ON = State(told=Command(8, True), told_at_s=0.0, switched_at_s=0.0)


class TestByDelays:
    """A strategy that tells amps and delays: the band of surplus in which it tells the same."""

    strategy = timed(start_delay_s=60)

    def test_off_without_sun_waits_for_enough_of_it(self) -> None:
        waits = stands(OFF, 500.0, strategy=self.strategy)
        assert waits is not None
        assert waits.from_w == -inf
        assert waits.below_w == pytest.approx(NEED_W)
        assert waits.until_s == inf  # whatever the time is

    @pytest.mark.parametrize("timers", [{"start_s": 20.0, "wants_a": 8.0}, {"write_tokens": 59.0}])
    def test_but_not_for_ever_while_a_timer_runs(self, timers: dict[str, float]) -> None:
        waits = stands(OFF._replace(timers=OFF.timers._replace(at_s=999.0, **timers)), 500.0, strategy=self.strategy)
        assert waits is not None
        assert waits.until_s == 1060.0

    def test_a_start_on_its_way_waits_for_its_delay(self) -> None:
        waits = stands(OFF, 6000.0, strategy=self.strategy)
        assert waits is not None
        assert waits.from_w == pytest.approx((8 - 1 + 0.8) * 690)
        assert waits.below_w == pytest.approx((8 + 0.8) * 690)
        begun = OFF._replace(timers=OFF.timers._replace(at_s=999.0, start_s=39.0, wants_a=8.0))
        waits = stands(begun, 6000.0, strategy=self.strategy)
        assert waits is not None
        assert waits.until_s == 1020.0

    def test_amps_in_force_stand_while_the_same_are_wanted(self) -> None:
        waits = stands(ON, 8.5 * 690 - 0.2 * 690, ev_w=5520.0, strategy=self.strategy)
        assert waits is not None
        assert [waits.from_w, waits.below_w] == pytest.approx([7.8 * 690, 8.8 * 690])

    def test_at_the_maximum_more_sun_changes_nothing(self) -> None:
        state = State(told=Command(16, True), told_at_s=0.0, switched_at_s=0.0)
        waits = stands(state, 15_000.0, ev_w=11_040.0, strategy=self.strategy)
        assert waits is not None
        assert waits.below_w == inf

    @pytest.mark.parametrize("surplus_w", [8.9 * 690, 7.7 * 690])
    def test_other_amps_wanted_are_looked_at_every_time(self, surplus_w: float) -> None:
        assert stands(ON, surplus_w, ev_w=5520.0, strategy=self.strategy) is None


class TestByWorth:
    """Where the sun is followed somebody looks on."""

    def test_off_without_sun_every_reading_passes_that_brings_none(self) -> None:
        waits = stands(OFF, 500.0)
        assert waits is not None
        assert waits.watch is not None
        assert [waits.from_w, waits.below_w, waits.until_s] == [-inf, inf, 1060.0]
        assert all(waits.watch.passes(1000.0 + second, 8000.0, -500.0, 0.0) for second in range(5, 300, 5))
        passed = [waits.watch.passes(1300.0 + second, 8000.0, -7000.0, 0.0) for second in range(0, 60, 5)]
        assert not all(passed)

    def test_at_night_it_stands_until_there_is_light(self) -> None:
        waits = stands(OFF, -300.0, pv_w=0.0)
        assert waits is not None
        assert waits.watch is not None
        assert waits.until_s == inf  # whatever the time is
        assert waits.watch.passes(9000.0, 0.0, 400.0, 0.0)
        assert waits.watch.passes(9005.0, 500.0, 400.0, 0.0)
        assert waits.watch.sky.looked_at_s == 9005.0
        dark = stands(OFF, -300.0, pv_w=0.0)
        assert dark is not None
        assert dark.watch is not None
        assert dark.watch.passes(9000.0, 0.0, -4000.0, 0.0)  # somebody else's power is no sun

    def test_on_in_the_dark_nothing_stands(self) -> None:
        waits = stands(ON, 5520.0, ev_w=5520.0)
        assert waits is not None
        assert waits.watch is not None
        assert not waits.watch.passes(1005.0, 0.0, 5520.0, 5520.0)

    def test_what_was_seen_meanwhile_is_kept_for_the_next_decision(self) -> None:
        waits = stands(ON, 8.3 * 690, ev_w=5520.0)
        assert waits is not None
        assert waits.watch is not None
        assert all(waits.watch.passes(1000.0 + second, 8000.0, -200.0, 5520.0) for second in range(5, 60, 5))
        assert waits.watch.sky.looked_at_s == waits.watch.scales.weighed_at_s == 1055.0

    def test_a_delay_asked_for_is_looked_at_every_time(self) -> None:
        assert stands(OFF, 500.0, strategy=surplus(start_delay_s=30)) is None
        assert stands(ON, 5520.0, ev_w=5520.0, strategy=surplus(keep_minimum=True)) is None


@pytest.mark.parametrize(("limit_w", "cap"), [(0.0, None), (None, Cap(current_a=16))])
def test_every_look_counts_where_feed_in_or_somebody_else_limits(limit_w: float | None, cap: Cap | None) -> None:
    assert stands(OFF, 500.0, cap=cap, feed_in_limit_w=limit_w) is None
    assert stands(OFF, 500.0) is not None


def test_a_command_or_a_fuse_or_an_unmetered_car_leaves_nothing_standing() -> None:
    assert stands(ON._replace(told=Command(16, True)), -500.0, ev_w=5520.0) is None
    assert stands(ON._replace(told=Command(16, True)), -500.0, ev_w=5520.0, strategy=timed()) is None
    assert stands(OFF, 500.0, main_fuse_a=35.0) is None
    assert stands(OFF, 500.0, active_until=NOON + timedelta(hours=1), afterwards="it") is None
    snapshot = Snapshot(
        now_s=1.0,
        now=NOON,
        house=House(grid_w=300.0, grid_age_s=0.0, pv_w=0.0),
        status=ChargerStatus(taken_at_s=1.0, state=OcppState.SUSPENDED_EVSE),
        power=PowerSettings(taken_at_s=1.0, limit_a=16),
    )
    site = core(surplus())
    state, decision = decide(OFF, snapshot, site)
    assert decision.demand is not None
    assert standing(state, snapshot, site, decision) is None


def test_while_car_or_box_behave_oddly_every_look_counts() -> None:
    odd = OFF.conduct._replace(at_s=inf, ceiling=OFF.conduct.ceiling._replace(cap_a=10.0))
    assert stands(OFF._replace(conduct=odd._replace(matters=True)), 500.0) is None
    assert stands(OFF._replace(conduct=odd), 500.0) is not None


def test_no_longer_than_to_the_full_minute() -> None:
    """Schedules change there; a strategy that does not say that it has none might have one."""

    class Scheduled(Surplus):
        timeless = False

    house = House(grid_w=300.0, grid_age_s=0.0, pv_w=0.0, ev_w=0.0)
    snapshot = Snapshot(
        now_s=1.0,
        now=NOON.replace(second=48, microsecond=500_000),
        house=house,
        status=ChargerStatus(taken_at_s=1.0, state=OcppState.SUSPENDED_EVSE),
        power=PowerSettings(taken_at_s=1.0, limit_a=16),
    )
    site = core(Scheduled(SurplusSettings()))
    state, decision = decide(OFF, snapshot, site)
    waits = standing(state, snapshot, site, decision)
    assert waits is not None
    assert waits.until_s == pytest.approx(12.5)
    assert standing(state, replace(snapshot, now=NOON), site, decision) is not None
