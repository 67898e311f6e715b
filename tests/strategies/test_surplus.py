"""Surplus: the exact threshold, the battery's part, clouds and evenings."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from controller.domain.demand import Demand, Situation, Sun
from controller.domain.readings import House
from controller.domain.reasons import ReasonCode
from strategies.surplus import SurplusSettings
from tests.support.houses import NOON, surplus


def demand(
    settings: dict[str, Any], *, phases: int = 3, charging: bool = False, ev_w: float = 0.0, **house: Any
) -> Demand:
    grid_w = house.pop("grid_w", 0.0)
    situation = Situation(
        local_time=NOON,
        house=House(grid_w=grid_w, grid_age_s=0, **house),
        grid_w=grid_w,
        ev_w=ev_w,
        charging=charging,
        min_current_a=6,
        max_current_a=16,
        phases=phases,
        voltage_v=230.0,
    )
    return surplus(**settings).demand(situation)


@pytest.mark.parametrize(
    ("share", "phases", "surplus_w", "current_a"),
    [
        (1.0, 3, 4139, 0),
        (1.0, 3, 4140, 6),
        (1.0, 3, 4829, 6),
        (1.0, 3, 4830, 7),
        (1.0, 1, 1380, 6),
        (0.5, 3, 2069, 0),
        (0.5, 3, 2070, 6),
        (0.5, 3, 4484, 6),
        (0.5, 3, 4485, 7),  # half of the seventh amp is sun
        (0.8, 1, 1103, 0),
        (0.8, 1, 1105, 6),
        (0.8, 3, 40_000, 16),  # no more than may be had
    ],
)
def test_amps_for_a_surplus(share: float, phases: int, surplus_w: float, current_a: int) -> None:
    assert int(demand({"solar_share": share}, phases=phases, grid_w=-surplus_w).current_a) == current_a


@given(share=st.floats(0.05, 0.99), surplus_w=st.floats(-2000, 12_000))
def test_no_other_whole_limit_would_be_worth_more(share: float, surplus_w: float) -> None:
    """The design's score, in W: sun counts 1, grid costs s / (1 - s)."""
    price = share / (1 - share)

    def value(current_a: int) -> float:
        draw_w = current_a * 690.0
        sun_w = min(draw_w, max(0.0, surplus_w))
        return sun_w - price * (draw_w - sun_w)

    chosen_a = int(demand({"solar_share": share}, grid_w=-surplus_w).current_a)
    best = max(value(a) for a in (0, *range(6, 17)))
    assert value(chosen_a) == pytest.approx(best, abs=1e-6 * (1 + price) * 10_000)


def test_the_cars_own_draw_is_not_missing_sun() -> None:
    assert int(demand({"solar_share": 1.0}, grid_w=500, ev_w=6900).current_a) == 9


def test_bias_is_left_to_the_grid() -> None:
    assert demand({"solar_share": 1.0, "grid_bias_w": 200}, grid_w=-4300).current_a == 0
    assert int(demand({"solar_share": 1.0, "grid_bias_w": -200}, grid_w=-4000).current_a) == 6


@pytest.mark.parametrize(
    ("settings", "battery_w", "soc_pct", "surplus_w"),
    [
        ({"battery": "house-first"}, -2000, 50, 5000),  # it charges: its share stays its own
        ({"battery": "house-first"}, 2000, 50, 3000),  # what it gives is not sun
        ({"battery": "car-first"}, -2000, 50, 7000),
        ({"battery": "car-first"}, 2000, 50, 3000),
        ({"battery": "house-first", "battery_priority_soc_pct": 80}, -2000, 79, 5000),
        ({"battery": "house-first", "battery_priority_soc_pct": 80}, -2000, 80, 7000),
        ({"battery": "house-first", "battery_priority_soc_pct": 80}, -2000, None, 5000),
    ],
)
def test_the_house_battery(settings: dict[str, Any], battery_w: float, soc_pct: float | None, surplus_w: float) -> None:
    answer = demand(settings, grid_w=-5000, battery_w=battery_w, battery_soc_pct=soc_pct)
    reckoned = answer.reason.values["surplus_w"]
    assert reckoned == surplus_w


def test_what_is_weighed_is_told_with_every_demand() -> None:
    for surplus_w in (500.0, 5000.0):
        sun = demand({"solar_share": 0.6, "start_costs_kwh": 0.3, "grid_bias_w": 100}, grid_w=-surplus_w).sun
        assert sun == Sun(surplus_w - 100, 0.6, 0.3, steady=True)
    kept = demand({"keep_minimum": True}, grid_w=500, charging=True).sun
    assert kept is not None
    assert not kept.steady


def test_a_silent_battery_meter_is_no_sun() -> None:
    answer = demand({}, charging=True, ev_w=5500, grid_w=0, battery_missing=True)
    assert answer.current_a == 0
    assert "home battery" in str(answer.reason)
    assert answer.sun is None  # nothing is weighed then: it stops
    assert answer.keep_s == 60  # but not for some answers that were missed


def test_words_tell_a_cloud_from_no_sun() -> None:
    assert demand({}, charging=True, grid_w=0, ev_w=1000).reason.code is ReasonCode.CLOUD
    assert demand({}, charging=False, grid_w=0).reason.code is ReasonCode.NO_SUN
    assert str(demand({}, charging=True, ev_w=1900).reason) == "cloud: 1.9 kW surplus, need 3.3 kW"


@pytest.mark.parametrize(("pv_w", "delay_s"), [(None, 3600), (5000, 3600), (400, 180)])
def test_keep_minimum_holds_through_clouds_but_not_into_the_evening(pv_w: float | None, delay_s: float) -> None:
    settings = {"keep_minimum": True, "stop_delay_s": 180.0}
    answer = demand(settings, charging=True, ev_w=4140, grid_w=4000, pv_w=pv_w)
    assert answer.current_a == 0
    assert answer.dwell.stop_delay_s == delay_s


@pytest.mark.parametrize(
    "wrong",
    [{"solar_share": 0}, {"solar_share": 1.1}, {"min_on_s": -1}, {"start_costs_kwh": 0}, {"battery": "both"}, {"x": 1}],
)
def test_settings_are_checked(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        SurplusSettings(**wrong)
