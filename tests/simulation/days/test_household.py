"""The household: what it draws, and when."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from statistics import fmean

import pytest

from controller.simulation.days.dice import Dice
from controller.simulation.days.heat_pump import add_heat_pump, outside_c
from controller.simulation.days.household import STEPS, Daylight, LoadCurve, household_w

SUMMER = Daylight(rises_s=4.1 * 3600, sets_s=19.9 * 3600)
WINTER = Daylight(rises_s=7.8 * 3600, sets_s=16.2 * 3600)


def _kwh(load_w: list[float]) -> float:
    return sum(load_w) / 360e3


def _house(seed: int, daylight: Daylight = SUMMER, *, weekend: bool = False) -> list[float]:
    return household_w(Dice(f"house {seed}"), daylight, weekend=weekend).load_w


def _heating_kwh(seed: int, temperature_c: float) -> float:
    curve = LoadCurve(0.0)
    add_heat_pump(curve, Dice(f"pump {seed}"), lambda _: temperature_c)
    return _kwh(curve.load_w)


def test_an_appliance_draws_its_energy_and_is_cut_at_midnight() -> None:
    curve = LoadCurve(0.0)
    assert curve.run(3600, 1800, 2000) == 5400
    assert _kwh(curve.load_w) == pytest.approx(1.0)
    curve.run(86_000, 36_000, 1000)
    curve.run(-600, 300, 1000)
    assert len(curve.load_w) == STEPS
    assert _kwh(curve.load_w) == pytest.approx(1.0 + 41 / 360)


def test_a_thermostat_switches() -> None:
    curve = LoadCurve(0.0)
    assert curve.cycle(0, 1000, 2000, on_s=60, off_s=140) == 1000
    assert sum(b > a for a, b in pairwise([0.0, *curve.load_w])) == 5
    assert _kwh(curve.load_w) == pytest.approx(5 * 60 * 2000 / 3.6e6)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("weekend", [False, True])
def test_a_house_draws_what_houses_do(seed: int, weekend: bool) -> None:
    load_w = _house(seed, weekend=weekend)
    assert 6 < _kwh(load_w) < 16
    assert min(load_w) >= 110
    assert 1800 < max(load_w) < 11_000
    night_w, evening_w = fmean(load_w[360:1440]), fmean(load_w[6480:7920])  # 1 to 4, 18 to 22 o'clock
    assert night_w < 0.6 * evening_w
    assert night_w < 350


@pytest.mark.parametrize("seed", range(8))
def test_kettles_come_and_go(seed: int) -> None:
    load_w = _house(seed)
    rises = [place for place, (a, b) in enumerate(pairwise(load_w), start=1) if b - a > 800]
    short = [place for place in rises if min(load_w[place : place + 31]) < load_w[place] - 800]
    assert len(short) >= 2


def test_winter_needs_more_light_and_weekends_more_laundry() -> None:
    seeds = range(30)
    assert fmean(_kwh(_house(s, WINTER)) for s in seeds) > fmean(_kwh(_house(s, SUMMER)) for s in seeds) + 0.2
    noon = [fmean(fmean(_house(s, weekend=weekend)[3600:5400]) for s in seeds) for weekend in (False, True)]
    assert noon[1] > noon[0] + 50


def test_a_heat_pump_follows_the_cold() -> None:
    for seed in range(6):
        cold, cool, warm = (_heating_kwh(seed, temperature_c) for temperature_c in (-5.0, 5.0, 20.0))
        assert 18 < cold < 45
        assert 6 < cool < cold
        assert 1 < warm < 4  # hot water
    assert abs(_heating_kwh(1, 5.0) - _heating_kwh(1, 5.5)) < 2


def test_some_heat_pumps_switch_and_some_modulate() -> None:
    starts = []
    for seed in range(12):
        curve = LoadCurve(0.0)
        add_heat_pump(curve, Dice(f"pump {seed}"), lambda _: -8.0)
        starts.append(sum(a == 0 < b for a, b in pairwise(curve.load_w)))
    assert min(starts) <= 3
    assert 5 <= max(starts) <= 40  # not more than twice an hour


@pytest.mark.parametrize(
    ("latitude_deg", "day", "low_c", "high_c"),
    [
        (47, date(2026, 1, 21), -4, 4),
        (47, date(2026, 7, 21), 16, 24),
        (-35, date(2026, 7, 21), 3, 12),
        (0, date(2026, 1, 21), 23, 31),
    ],
)
def test_the_climate_fits_latitude_and_season(latitude_deg: float, day: date, low_c: float, high_c: float) -> None:
    days = [outside_c(latitude_deg, day.timetuple().tm_yday, Dice(f"t {seed}")) for seed in range(40)]
    assert low_c < fmean(temperature(second) for temperature in days for second in range(0, 86_400, 3600)) < high_c
    assert all(temperature(15 * 3600) > temperature(3 * 3600) for temperature in days)
