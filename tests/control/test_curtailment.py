"""Sun that a limit of feed-in hides: found where there is some, and given up where there is none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.control.curtailment import Hidden, Outlook, Patience, look_for_hidden
from controller.domain.decision import Command
from controller.domain.readings import House
from controller.domain.reasons import ReasonCode
from strategies.price import ByPrice, PriceSettings
from tests.support.houses import Run, core, surplus

OFF, SIX = Command(16, False), Command(6, True)


def looked(seconds: int, told: Command = OFF, *, hidden: Hidden | None = None, **seen: Any) -> Hidden:
    """`seconds` looks at a house whose export stands at its limit, but for what is said otherwise."""
    meters = {"grid_w": 0.0, "pv_w": 1000.0, **seen}
    limit_w, ev_w = meters.pop("limit_w", 0.0), 4140.0 if told.charging else 0.0
    hidden = hidden if hidden is not None else Hidden()
    for second in range(seconds):
        outlook = Outlook(
            now_s=10_000.0 + second,
            house=House(grid_age_s=0, **meters),
            limit_w=limit_w,
            surplus_w=ev_w - meters["grid_w"],
            ev_w=ev_w,
            watts_per_amp=690.0,
            told=told,
            told_at_s=0.0,
            min_a=6,
            max_a=16,
        )
        hidden = look_for_hidden(hidden, outlook)
    return hidden


@pytest.mark.parametrize(
    ("seconds", "told", "seen", "tries_a"),
    [
        (60, OFF, {}, 6),
        (60, SIX, {}, 7),
        (30, OFF, {}, 0),
        (60, OFF, {"grid_w": 400.0}, 0),
        (60, OFF, {"grid_w": 120.0}, 0),  # the roof gives all that it has
        (60, OFF, {"grid_w": -400.0}, 0),
        (60, OFF, {"grid_w": -3000.0, "limit_w": 3000.0}, 6),
        (60, OFF, {"grid_w": -2000.0, "limit_w": 3000.0}, 0),
        (60, OFF, {"pv_w": 20.0}, 0),
        (60, OFF, {"pv_w": None}, 0),
        (60, OFF, {"pv_w": None, "grid_w": -3000.0, "limit_w": 3000.0}, 6),
        (60, OFF, {"battery_w": -3000.0}, 0),
        (60, OFF, {"battery_w": 1000.0}, 0),
        (60, OFF, {"battery_w": -50.0}, 6),
        (60, OFF, {"battery_missing": True}, 0),
        (60, Command(16, True), {}, 0),
        (60, Command(9, True), {}, 0),  # it takes 6 A of them
    ],
)
def test_when_something_is_tried(seconds: int, told: Command, seen: dict[str, Any], tries_a: int) -> None:
    assert looked(seconds, told, **seen).try_a == tries_a


def test_impatience_is_bounded() -> None:
    waits = Hidden(starting=Patience(until_s=20_000.0, wait_s=900.0))
    assert looked(600, hidden=waits).try_a == 0
    assert looked(600, SIX, hidden=waits).try_a == 7


@dataclass
class Roof:
    """A house at zero feed-in: the inverter gives what house and car take, as far as the sun reaches."""

    run: Run
    sun_w: float
    load_w: float = 400.0
    bought_wh: float = 0.0

    def lasts(self, seconds: int) -> None:
        for _ in range(seconds // 5):
            ev_w = self.run.limit_a * 690.0 if self.run.charging else 0.0
            pv_w = min(self.sun_w, self.load_w + ev_w)
            grid_w = self.load_w + ev_w - pv_w
            self.bought_wh += max(0.0, grid_w) * 5 / 3600
            self.run.step(5.0, grid_w=grid_w, pv_w=pv_w, ev_w=ev_w)


def home(share: float, **more: Any) -> Run:
    return Run(core(surplus(solar_share=share), **more))


@pytest.mark.parametrize(("share", "within_s"), [(0.5, 1500), (0.8, 1500), (1.0, 2700)])
def test_hidden_sun_is_found_and_followed_an_amp_at_a_time(share: float, within_s: int) -> None:
    roof = Roof(home(share, feed_in_limit_w=0.0), sun_w=9000.0)
    roof.lasts(100)
    assert roof.run.charging
    assert roof.run.limit_a == 6
    assert ReasonCode.CURTAILED in {decision.reason.code for decision in roof.run.decisions}
    roof.lasts(within_s)
    assert 12 <= roof.run.limit_a <= 13
    assert roof.bought_wh < 150  # at a share of 0.5 half of the last amp is meant to be bought


def test_hidden_sun_is_found_under_a_plan_as_well() -> None:
    core_ = core(surplus(solar_share=0.8), feed_in_limit_w=0.0)
    base = core_.strategies[core_.active]
    plan = ByPrice(PriceSettings(cheapest_hours=1.0))  # no price is known: it leaves the car to the sun
    roof = Roof(Run(replace(core_, strategies={"price": plan, "surplus": base}, active="price")), sun_w=9000.0)
    roof.lasts(1600)
    assert roof.run.told.count("start") == 1
    assert roof.run.told.count("stop") == 0
    assert 12 <= roof.run.limit_a <= 13


def test_without_the_key_nothing_is_tried() -> None:
    roof = Roof(home(0.8), sun_w=9000.0)
    roof.lasts(3600)
    assert not roof.run.told


def test_where_nothing_is_hidden_tries_end_at_once_and_grow_rare() -> None:
    roof = Roof(home(0.8, feed_in_limit_w=0.0), sun_w=1500.0)
    roof.lasts(12 * 3600)
    starts = roof.run.told.count("start")
    assert 3 <= starts <= 9
    assert roof.bought_wh < starts * 120
    assert not roof.run.charging


def test_a_start_that_fails_does_not_wait_for_the_usual_delays() -> None:
    strategy = surplus(solar_share=1.0, min_on_s=1800, stop_delay_s=1800)
    roof = Roof(Run(core(strategy, feed_in_limit_w=0.0)), sun_w=1500.0)
    roof.lasts(600)
    assert roof.run.told.count("start") == 1
    assert not roof.run.charging


def test_success_makes_patient_again_and_the_car_comes_down_with_the_sun() -> None:
    roof = Roof(home(1.0, feed_in_limit_w=0.0), sun_w=1500.0)
    roof.lasts(3600)
    assert roof.run.state.guards.hidden.starting.wait_s >= 900
    roof.sun_w = 8000.0
    roof.lasts(2 * 3600)
    assert roof.run.limit_a >= 10
    assert roof.run.state.guards.hidden.starting.wait_s == 0
    roof.sun_w = 6000.0
    roof.lasts(120)
    assert roof.run.limit_a <= 8
    roof.sun_w = 1000.0
    roof.lasts(900)
    assert not roof.run.charging


def test_the_first_try_waits_for_the_morning_to_grow() -> None:
    roof = Roof(home(0.8, feed_in_limit_w=0.0), sun_w=0.0, load_w=150.0)
    roof.lasts(2 * 3600)
    roof.sun_w = 9000.0
    roof.lasts(3300)
    assert not roof.run.told
    roof.lasts(900)
    assert roof.run.charging


moments = st.tuples(st.integers(5, 300), st.floats(0, 12_000), st.floats(50, 4000))


@given(st.sampled_from([0.5, 0.8, 1.0]), st.sampled_from([0.0, 500.0]), st.lists(moments, min_size=1, max_size=30))
@settings(max_examples=60)
def test_the_allowance_is_never_negative_nor_beyond_the_try(
    share: float, limit_w: float, life: list[tuple[int, float, float]]
) -> None:
    roof = Roof(home(share, feed_in_limit_w=limit_w), sun_w=0.0)
    for seconds, roof.sun_w, roof.load_w in life:
        roof.lasts(seconds)
        hidden = roof.run.state.guards.hidden
        assert 0 <= hidden.allow_w <= 17.5 * 690 + roof.load_w
        assert hidden.allow_w == 0 or 6 <= hidden.most_a <= 16
        assert roof.run.limit_a == 16 or not roof.run.charging or 6 <= roof.run.limit_a <= 16
