"""A box that shows the limit and lets more flow is found out, and then it is only on or off."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from controller.control.glance import Glance
from controller.control.obedience import Obedience, observe_obedience
from controller.control.settings import Fallback
from controller.domain.charger import OcppState
from controller.domain.decision import Command
from controller.domain.demand import Demand, Dwell, Situation
from controller.domain.reasons import ReasonCode, because
from tests.control.reasons.oracles import chain
from tests.support.houses import Run, Wants, core

VOLTS = 230.0


class Wilful(Run):
    """A box that always lets `flows_a` flow while it is on; None follows."""

    def __init__(self, flows_a: float | None = 16.0, *, metered: bool = True, shows: bool = True, **more: Any) -> None:
        self.strategy = Wants(16, Dwell(min_off_s=0))
        super().__init__(core(self.strategy, **more))
        self.flows_a, self.metered, self.shows = flows_a, metered, shows
        self.more_a = 0.0
        self.load_w = 0.0
        self.wh = 0.0

    @property
    def drawn_a(self) -> float:
        if self.box_state is not OcppState.CHARGING:
            return 0.0
        return (self.limit_a + self.more_a) if self.flows_a is None else self.flows_a

    def wants(self, current_a: float, seconds: int, **house: Any) -> None:
        self.strategy.current_a = current_a
        for _ in range(seconds // 5):
            ev_w = self.drawn_a * 3 * VOLTS
            self.wh += ev_w * 5 / 3600
            self.session_energy_wh = round(self.wh)
            grid_a = (self.load_w / 3 + ev_w / 3) / VOLTS
            known = {"grid_w": self.load_w + ev_w, "grid_current_a": (grid_a,) * 3, "pv_w": 0.0}
            self.step(5.0, **{**known, "ev_w": ev_w if self.metered else None, **house})
            if not self.shows:
                self.limit_a = 16

    @property
    def ignores(self) -> bool:
        return self.state.conduct.obedience.flows_a > 0

    def count(self, order: str) -> int:
        return self.told.count(order)


@pytest.mark.parametrize("metered", [True, False])
def test_it_is_found_out_and_stopped_though_less_is_wanted_only(metered: bool) -> None:
    run = Wilful(metered=metered)
    run.wants(16, 600)
    assert not run.ignores
    run.wants(8, 90)
    assert run.charging  # nobody knows yet
    run.wants(8, 600)
    assert run.ignores
    assert not run.charging
    assert run.decision.reason.code is ReasonCode.LIMIT_IGNORED_OFF
    assert "8 A" in str(run.decision.reason)
    assert "16 A" in str(run.decision.reason)


@pytest.mark.parametrize("more_a", [0.5, 1.0, 2.0, 3.0])
def test_a_car_that_takes_a_little_more_is_not_meant(more_a: float) -> None:
    run = Wilful(None)
    run.more_a = more_a
    for wanted_a in (16, 6, 10, 6, 16, 7):
        run.wants(wanted_a, 300)
        assert not run.ignores
    assert run.count("stop") == 0


def test_nor_a_box_that_follows_half_a_minute_late() -> None:
    run = Wilful()
    run.wants(16, 300)
    for wanted_a in (6, 16, 6, 16, 6):
        flows_a = run.drawn_a
        run.flows_a = flows_a
        run.wants(wanted_a, 45)
        run.flows_a = None
        run.wants(wanted_a, 120)
        assert not run.ignores


def test_what_is_wanted_in_full_flows() -> None:
    run = Wilful()
    run.wants(16, 300)
    run.wants(8, 600)
    run.wants(16, 120)
    assert run.charging
    run.wants(16, 1800)
    assert run.charging


def test_it_is_tried_again_ever_more_rarely() -> None:
    run = Wilful()
    run.wants(16, 300)
    run.wants(8, 8 * 3600)
    assert 3 <= run.count("stop") <= 7


def test_a_box_that_follows_again_is_steered_as_any_other() -> None:
    run = Wilful()
    run.wants(16, 300)
    run.wants(8, 600)
    run.flows_a = None
    run.wants(8, 3600)
    assert not run.ignores
    assert run.charging
    assert run.limit_a == 8


def test_hold_keeps_it() -> None:
    run = Wilful(fallback=Fallback.HOLD)
    run.wants(16, 300)
    run.wants(8, 1200)
    assert run.charging
    assert run.decision.reason.code is ReasonCode.LIMIT_IGNORED_HELD


@pytest.mark.parametrize("fallback", list(Fallback))
def test_the_fuse_stops_it_whatever_the_fallback(fallback: Fallback) -> None:
    run = Wilful(main_fuse_a=25, fallback=fallback)
    run.wants(16, 300)
    run.wants(8, 150)
    assert run.ignores
    assert run.charging or fallback is not Fallback.HOLD
    run.load_w = 3 * 13 * VOLTS  # leaves 12 A of 25
    run.wants(16, 10)
    assert not run.charging
    started = run.count("start")
    run.wants(16, 3600)
    assert run.count("start") == started
    assert run.decision.reason.code is ReasonCode.LIMIT_IGNORED_CAPPED


class OfOldPrices(Wants):
    """Says around its reason that the prices are old."""

    def demand(self, situation: Situation) -> Demand:
        own = super().demand(situation)
        return own._replace(reason=because(ReasonCode.PRICE_STALE, why=own.reason))


@pytest.mark.parametrize("start_delay_s", [0.0, 900.0])
def test_what_stands_around_a_wish_is_kept_and_no_start_is_promised(start_delay_s: float) -> None:
    run = Wilful()
    run.wants(16, 300)
    run.wants(8, 600)
    assert not run.charging
    ours = OfOldPrices(8, Dwell(start_delay_s=start_delay_s))
    run.settings = replace(run.settings, strategies={"it": ours})
    run.wants(8, 60)
    codes = [ground.code for ground in chain(run.decision.reason)]
    assert codes == [ReasonCode.LIMIT_IGNORED_OFF, ReasonCode.PRICE_STALE, ReasonCode.FIXED]


def test_no_start_is_promised_that_the_fuse_forbids() -> None:
    run = Wilful(main_fuse_a=25)
    run.wants(16, 300)
    run.wants(8, 600)
    run.load_w = 3 * 13 * VOLTS  # leaves 12 A of 25, and 16 A would flow
    run.strategy.dwell = Dwell(start_delay_s=900.0)
    said = len(run.decisions)
    run.wants(16, 1200)
    assert {one.reason.code for one in run.decisions[said:]} == {ReasonCode.LIMIT_IGNORED_CAPPED}


def test_the_fuse_does_not_wait_until_it_is_found_out() -> None:
    run = Wilful(main_fuse_a=25)
    run.wants(16, 300)
    stops = run.count("stop")
    run.load_w = 3 * 13 * VOLTS
    run.wants(16, 100)  # a reduction on its way is not asked for again: half a minute each
    assert run.count("stop") == stops + 1


def test_a_silent_meter_stops_what_the_minimum_would_not_lower() -> None:
    run = Wilful()
    run.wants(16, 300)
    run.wants(10, 150)
    assert run.ignores
    run.wants(10, 60, grid_w=None, grid_age_s=60.0, ev_w=None)
    assert not run.charging


def test_a_box_that_goes_on_showing_another_limit_is_only_on_or_off_likewise() -> None:
    run = Wilful(shows=False)
    run.wants(16, 300)
    run.wants(8, 900)
    assert run.ignores
    assert not run.charging
    started = run.count("start")
    run.wants(8, 3600)
    assert run.count("start") - started <= 3  # 16 A it would be, and 8 A are wanted
    run.wants(16, 1800)
    assert run.charging


def test_two_lost_writes_are_forgiven_once_a_third_arrives() -> None:
    run = Wilful(None, shows=False)
    run.wants(16, 300)
    run.wants(13, 90)
    assert run.ignores
    run.shows = True
    run.wants(13, 1200)
    assert not run.ignores
    assert (run.charging, run.limit_a) == (True, 13)
    assert run.count("stop") == 1


def test_the_next_car_finds_the_same_box() -> None:
    run = Wilful()
    run.wants(16, 300)
    run.wants(8, 600)
    run.box_state = OcppState.AVAILABLE
    run.wants(8, 60)
    assert run.ignores


def test_a_limit_that_does_not_exist_says_nothing_of_a_car_that_charges_at_six() -> None:
    run = Wilful(6.0)
    run.limit_a, run.box_state = 0, OcppState.CHARGING
    run.wants(0, 60, grid_w=None, grid_age_s=60.0)
    for _ in range(30):
        run.step(10.0, obey=False, grid_w=None, grid_age_s=60.0, ev_w=4140.0)
    assert not run.ignores


def test_what_was_offered_until_a_moment_ago_may_still_flow() -> None:
    """A box that is looked at only after each command shows the current of the one before."""
    seen = Obedience()
    for at_s, told_s, limit_a, drawn_a in ((5.0, 0.0, 16, 16.0), (1005.0, 1000.0, 12, 16.0), (1150.0, 1145.0, 8, 12.0)):
        glance = Glance(
            at_s=at_s, state=OcppState.CHARGING, told=Command(limit_a, True), settled_s=told_s, drawn_a=drawn_a
        )
        seen = observe_obedience(seen, glance)
    assert seen.flows_a == 0
