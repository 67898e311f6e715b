"""Who goes before whom: what protects, a pause, a boost, a plan, the strategy beneath."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from controller.control.settings import CoreSettings, Fallback
from controller.domain.cap import Cap
from controller.domain.charger import OcppState
from controller.domain.demand import Defer, Dwell, Situation
from controller.domain.explanation import explain
from controller.domain.horizon import EnergyLog, Horizon, Mark
from controller.domain.level import Level
from controller.domain.override import Override, OverrideKind
from controller.domain.readings import House
from controller.domain.reasons import ReasonCode
from tests.support.houses import NOON, Run, Wants, core

HOUR = timedelta(hours=1)
PAUSE = Override(OverrideKind.PAUSE, NOON, NOON + HOUR)
BOOST = Override(OverrideKind.BOOST, NOON, NOON + HOUR)


class Planned(Wants):
    """Wants its current until a moment, and hands over then."""

    until_s = 1e9
    then = "base"

    def demand(self, situation: Situation):  # type: ignore[no-untyped-def]
        over = (situation.local_time - NOON).total_seconds() >= self.until_s
        return Defer(to=self.then) if over else super().demand(situation)


class Base(Wants):
    timeless = True


def site(plan: Wants | None, base: Wants, **settings: object) -> CoreSettings:
    """A plan over a strategy beneath, or that alone."""
    strategies = {"base": base} if plan is None else {"plan": plan, "base": base}
    return replace(core(base, **settings), strategies=strategies, active=next(iter(strategies)))


def level(run: Run) -> Level:
    return explain(run.decision, House(grid_w=0.0, grid_age_s=0.0)).level


def test_base_decides_where_there_is_nothing_else() -> None:
    run = Run(site(None, Base(10)))
    run.steps(60)
    assert (run.charging, run.limit_a, level(run)) == (True, 10, Level.BASE)


def test_a_plan_goes_before_the_strategy_beneath_until_it_hands_over() -> None:
    plan = Planned(16)
    plan.until_s = 120
    run = Run(site(plan, Base(8)))
    run.steps(60)
    assert (run.limit_a, level(run)) == (16, Level.PLAN)
    run.steps(120)
    assert (run.limit_a, level(run)) == (8, Level.BASE)
    assert run.told.count("start") == 1


@pytest.mark.parametrize("plan", [None, Planned(0)], ids=["base", "plan"])
def test_a_boost_goes_before_plan_and_base_and_ends_by_itself(plan: Wants | None) -> None:
    run = Run(site(plan, Base(0)))
    run.steps(60)
    assert not run.charging
    run.override = BOOST
    run.step()
    assert (run.charging, run.limit_a, level(run)) == (True, 16, Level.BOOST)
    assert run.decision.reason.code is ReasonCode.BOOST
    run.steps(3600, 10.0)
    assert (run.charging, level(run)) == (False, Level.PLAN if plan else Level.BASE)


@pytest.mark.parametrize("plan", [None, Planned(16)], ids=["base", "plan"])
def test_a_pause_goes_before_plan_and_base_waits_for_no_delay_and_ends_by_itself(plan: Wants | None) -> None:
    calm = Dwell(start_delay_s=60, stop_delay_s=600, min_on_s=600, min_off_s=600)
    base = Base(16, dwell=calm)
    if plan is not None:
        plan.dwell = calm
    run = Run(site(plan, base), charging=True)
    run.steps(60)
    run.override = PAUSE
    run.step()
    assert (run.charging, level(run)) == (False, Level.PAUSE)
    assert run.decision.reason.code is ReasonCode.PAUSED
    run.steps(3700, 10.0)
    assert run.charging


def test_a_pause_goes_before_a_boost_which_goes_on_underneath() -> None:
    """The source shows the one in force; here it is the pause first."""
    run = Run(site(None, Base(0)))
    run.override = BOOST
    run.steps(60)
    assert run.charging
    run.override = PAUSE
    run.steps(60)
    assert (run.charging, level(run)) == (False, Level.PAUSE)
    run.override = BOOST
    run.steps(60)
    assert (run.charging, level(run)) == (True, Level.BOOST)
    assert run.told.count("start") == 2


@pytest.mark.parametrize("override", [None, BOOST], ids=["base", "boost"])
def test_what_protects_goes_before_a_wish(override: Override | None) -> None:
    run = Run(site(None, Base(16)), charging=True)
    run.override = override
    run.steps(60)
    assert run.limit_a == 16
    run.cap = Cap(current_a=8, until=NOON + HOUR)
    run.step()
    assert (run.limit_a, level(run)) == (8, Level.SAFETY)
    run.cap = Cap(current_a=0, until=NOON + HOUR)
    run.step()
    assert (run.charging, level(run)) == (False, Level.SAFETY)


def test_the_fuse_holds_a_boost_at_once() -> None:
    run = Run(site(None, Base(0), main_fuse_a=20))
    run.override = BOOST
    run.steps(5, ev_w=0.0, grid_current_a=(0.0, 0.0, 0.0))
    run.steps(200, ev_w=11040.0, grid_w=11040.0, grid_current_a=(16.0, 16.0, 16.0))
    assert run.limit_a == 16
    run.step(1, ev_w=11040.0, grid_w=11040.0, grid_current_a=(26.0, 16.0, 16.0))
    assert (run.limit_a, level(run)) == (10, Level.SAFETY)


def test_without_a_meter_the_fallback_goes_before_a_boost_and_a_pause_holds_all_the_same() -> None:
    run = Run(site(None, Base(16), fallback=Fallback.MINIMUM))
    run.override = BOOST
    run.steps(60)
    run.step(30, grid_w=None, grid_age_s=30)
    assert (run.charging, run.limit_a, level(run)) == (True, 6, Level.SAFETY)
    run.override = PAUSE
    run.steps(60, grid_w=None, grid_age_s=60)
    assert (run.charging, level(run)) == (False, Level.PAUSE)


@pytest.mark.parametrize(("override", "charging"), [(PAUSE, False), (BOOST, True)], ids=["pause", "boost"])
def test_they_hold_though_the_strategy_fails(override: Override, charging: bool) -> None:
    run = Run(site(None, Base(0)), charging=not charging)
    run.override = override
    run.steps(40, 1.0)
    run.step(failed_for_s=5.0)
    assert (run.charging, level(run)) == (charging, Level(override.kind.value))


def test_a_pause_waits_for_the_box_and_meanwhile_the_fuse_does_not() -> None:
    run = Run(site(None, Base(16), main_fuse_a=20), charging=True, limit_a=10)
    house: dict[str, Any] = {"ev_w": 6900.0, "grid_w": 6900.0, "grid_current_a": (10.0, 10.0, 10.0)}
    run.steps(120, **house)
    run.override = BOOST._replace(current_a=12)
    run.steps(15, **house)
    assert run.told[-1] == "set_limit 12 A"
    run.override = PAUSE
    run.step(1, **house)
    assert run.charging
    assert (run.decision.reason.code, level(run)) == (ReasonCode.PACING, Level.PAUSE)
    run.step(1, ev_w=6900.0, grid_w=6900.0, grid_current_a=(22.0, 10.0, 10.0))
    assert (run.limit_a, level(run)) == (8, Level.SAFETY)
    run.steps(40, **house)
    assert not run.charging


def test_a_boost_is_given_though_the_starts_of_the_day_are_spent_and_counts_as_one() -> None:
    base = Base(16)
    run = Run(site(None, base, starts_per_day=1))
    run.steps(60)
    base.current_a = 0
    run.steps(60)
    assert not run.charging
    run.override = BOOST
    run.steps(60)
    assert run.charging
    assert run.state.guards.starts.told == 2


def test_a_boost_ends_when_the_car_has_got_its_energy() -> None:
    run = Run(site(None, Base(0)))
    run.override = BOOST._replace(energy_wh=5000.0)
    run.horizon = Horizon(charged=EnergyLog((Mark(NOON, 70_000.0), Mark(NOON + HOUR, 72_000.0))))
    run.steps(60)
    assert run.charging
    assert str(run.decision.reason) == "boost by hand: 16 A for 3.0 kWh more, until Sun 13:00 at the latest"
    run.horizon = Horizon(charged=EnergyLog((Mark(NOON, 70_000.0), Mark(NOON + HOUR, 75_000.0))))
    run.steps(60)
    assert (run.charging, level(run)) == (False, Level.BASE)


@pytest.mark.parametrize(
    ("current_a", "box_max_a", "gives_a", "charging"), [(None, 13, 13, True), (10, 13, 10, True), (None, 5, 16, False)]
)
def test_a_boost_is_as_large_as_it_may_be(current_a: int | None, box_max_a: int, gives_a: int, charging: bool) -> None:
    run = Run(site(None, Base(0)))
    run.limit_max_a = box_max_a
    run.override = BOOST._replace(current_a=current_a)
    run.steps(60)
    assert (run.charging, run.limit_a) == (charging, gives_a)
    assert charging or run.decision.reason.code is ReasonCode.NO_HEADROOM


@pytest.mark.parametrize(("use_battery", "charging"), [(False, False), (True, True)])
def test_a_boost_spares_the_home_battery_unless_it_is_told_not_to(use_battery: bool, charging: bool) -> None:
    run = Run(site(None, Base(0)))
    run.override = BOOST._replace(use_battery=use_battery)
    run.steps(300, ev_w=11040.0, grid_w=6040.0, battery_w=5000.0, battery_soc_pct=60.0)
    assert run.charging is charging
    assert level(run) is (Level.BOOST if use_battery else Level.SAFETY)


def test_without_a_car_there_is_none_to_boost() -> None:
    run = Run(site(None, Base(0)))
    run.box_state = OcppState.AVAILABLE
    run.override = BOOST
    run.steps(60)
    assert run.told == []
    assert (run.decision.reason.code, level(run)) == (ReasonCode.NO_CAR, Level.SAFETY)
