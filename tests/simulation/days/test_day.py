"""Whole days: the same for the same arguments, in bounds for all of them, and each kind like itself."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from itertools import pairwise
from math import isfinite

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.domain.errors import ConfigError
from controller.simulation.days.day import Day, generate
from controller.simulation.days.kind import DayKind
from controller.simulation.days.standard import june_days, standard_days
from controller.simulation.days.statistics import SkyFigures, minutes_of, sky_figures
from controller.simulation.days.sun import sun_of
from controller.simulation.trace import MOST_W

_SEEDS = range(1, 9)


def _kwh(power_w: Sequence[float]) -> float:
    return sum(power_w) / 360e3


@cache
def _figures(kind: DayKind) -> SkyFigures:
    days = [generate(Day(kind=kind, seed=seed), step_s=60) for seed in _SEEDS]
    return sky_figures(minutes_of(day, peak_w=10_000, latitude_deg=47.0) for day in days)


@pytest.mark.parametrize("kind", DayKind)
def test_the_same_seed_gives_the_same_day_and_another_another(kind: DayKind) -> None:
    assert generate(Day(kind=kind, seed=3)) == generate(Day(kind=kind, seed=3))
    assert generate(Day(kind=kind, seed=3)).pv_w != generate(Day(kind=kind, seed=4)).pv_w


def test_the_house_follows_the_seed_alone() -> None:
    on = date(2026, 4, 1)
    clear, broken, other = (
        generate(Day(kind=kind, seed=seed, on=on))
        for kind, seed in ((DayKind.CLEAR, 3), (DayKind.BROKEN, 3), (DayKind.CLEAR, 4))
    )
    assert clear.load_w == broken.load_w != other.load_w


@pytest.mark.parametrize(
    ("kind", "pv_kwh", "load_kwh"),
    [
        (DayKind.CLEAR, 73.524, 13.756),
        (DayKind.SUNNY, 70.101, 13.756),
        (DayKind.BROKEN, 48.158, 13.756),
        (DayKind.OVERCAST, 26.769, 13.756),
        (DayKind.MIXED, 35.655, 13.756),
        (DayKind.WINTER, 10.406, 34.013),
        (DayKind.FOG, 20.990, 19.889),
        (DayKind.THUNDERSTORM, 61.371, 12.667),
    ],
)
def test_a_day_is_the_same_on_every_machine(kind: DayKind, pv_kwh: float, load_kwh: float) -> None:
    day = generate(Day(kind=kind, seed=1))
    assert (_kwh(day.pv_w), _kwh(day.load_w)) == pytest.approx((pv_kwh, load_kwh), abs=0.001)


@settings(max_examples=30)
@given(
    kind=st.sampled_from(DayKind),
    seed=st.integers(0, 999_999),
    latitude_deg=st.floats(-70, 70),
    on=st.dates(date(1971, 1, 1), date(2199, 12, 31)),
    peak_w=st.floats(0, 100_000),
    heat_pump=st.booleans(),
    step_s=st.sampled_from([10, 60, 900]),
)
def test_every_day_is_in_bounds(
    kind: DayKind, seed: int, latitude_deg: float, on: date, peak_w: float, heat_pump: bool, step_s: int
) -> None:
    day = Day(kind=kind, seed=seed, latitude_deg=latitude_deg, on=on, peak_w=peak_w, heat_pump=heat_pump)
    trace = generate(day, step_s)
    sun = sun_of(latitude_deg, on)
    assert len(trace.times_s) == 86_400 // step_s + 1
    assert all(b - a == step_s for a, b in pairwise(trace.times_s))
    assert (trace.start.date(), trace.duration_s) == (on, 86_400)
    for time_s, pv_w, load_w in zip(trace.times_s, trace.pv_w, trace.load_w, strict=True):
        second = time_s - trace.times_s[0]
        assert isfinite(load_w)
        assert 100 <= load_w <= 25_000
        assert 0 <= pv_w <= min(MOST_W, 1.6 * peak_w)
        if not sun.rises_s - step_s <= second <= sun.sets_s + step_s:
            assert pv_w == 0


@pytest.mark.parametrize("kind", [DayKind.CLEAR, DayKind.FOG])
@pytest.mark.parametrize("latitude_deg", [-35.0, 30.0, 47.0, 60.0])
def test_the_roof_wakes_and_sleeps_with_the_sun(kind: DayKind, latitude_deg: float) -> None:
    day = Day(kind=kind, latitude_deg=latitude_deg)
    trace, sun = generate(day), sun_of(latitude_deg, day.day)
    lit = [time_s - trace.times_s[0] for time_s, pv_w in zip(trace.times_s, trace.pv_w, strict=True) if pv_w > 1]
    assert 0 <= lit[0] - sun.rises_s < 1500
    assert 0 <= sun.sets_s - lit[-1] < 1500


def test_longer_steps_hold_the_same_energy() -> None:
    fine, coarse = (generate(Day(kind=DayKind.BROKEN), step_s) for step_s in (10, 60))
    assert sum(coarse.pv_w) * 6 == pytest.approx(sum(fine.pv_w), rel=0.02)
    assert sum(coarse.load_w) * 6 == pytest.approx(sum(fine.load_w), rel=0.02)
    assert max(coarse.pv_w) < max(fine.pv_w)


def test_the_roof_is_as_large_as_told() -> None:
    small, large = (generate(Day(kind=DayKind.CLEAR, peak_w=peak_w)) for peak_w in (5_000, 10_000))
    assert _kwh(large.pv_w) == pytest.approx(2 * _kwh(small.pv_w), rel=1e-3)
    assert _kwh(generate(Day(kind=DayKind.CLEAR, peak_w=0)).pv_w) == 0


def test_seasons_change_sides() -> None:
    north, south = (Day(kind=DayKind.WINTER, latitude_deg=latitude_deg) for latitude_deg in (47.0, -47.0))
    assert (north.day.month, south.day.month) == (1, 7)
    assert _kwh(generate(south).load_w) > 20  # and the house is heated in both
    assert _kwh(generate(north).load_w) > 20


def test_the_kinds_can_be_told_apart() -> None:
    figures = {kind: _figures(kind) for kind in DayKind}
    clear, sunny, broken = figures[DayKind.CLEAR], figures[DayKind.SUNNY], figures[DayKind.BROKEN]
    overcast, mixed, winter = figures[DayKind.OVERCAST], figures[DayKind.MIXED], figures[DayKind.WINTER]
    fog, storm = figures[DayKind.FOG], figures[DayKind.THUNDERSTORM]

    assert clear.index_mean > 0.95
    assert clear.ramps[3] < 0.05
    assert 0.85 < sunny.index_mean < 0.95
    assert 0.6 < broken.index_mean < 0.78
    assert 0.4 < mixed.index_mean < 0.6
    assert 0.2 < overcast.index_mean < 0.4
    # sun and cloud, and little between: what a mean hides
    assert broken.above_90 > 0.35
    assert broken.below_50 > 0.3
    assert broken.jump_share > max(mixed.jump_share, 0.04)
    assert mixed.jump_share > overcast.jump_share
    assert broken.above_105 > 0.05
    assert overcast.below_50 > 0.8
    assert winter.jump_share < 0.005  # the sun is too low for large steps
    # one long change instead of many
    assert fog.memory[2] > 0.9
    assert fog.jump_share < 0.002
    assert storm.below_25 > 0.05
    assert storm.above_90 > 0.55


@pytest.mark.parametrize("seed", _SEEDS)
def test_fog_lifts_and_storms_come_in_the_afternoon(seed: int) -> None:
    fog, storm = generate(Day(kind=DayKind.FOG, seed=seed)), generate(Day(kind=DayKind.THUNDERSTORM, seed=seed))
    index = {
        minute.number * 60 % 86_400 / 3600: minute.index for minute in minutes_of(fog, peak_w=10_000, latitude_deg=47.0)
    }
    assert max(value for hour, value in index.items() if hour < 9.5) < 0.5
    assert min(value for hour, value in index.items() if hour > 14.5) > 0.6
    minutes = minutes_of(storm, peak_w=10_000, latitude_deg=47.0)
    darkest = min(minutes, key=lambda minute: minute.index)
    assert 14 <= darkest.number * 60 % 86_400 / 3600 <= 19
    assert darkest.index < 0.12


def test_the_standard_set_has_every_kind_and_no_day_twice() -> None:
    days = standard_days()
    assert {day.kind for day in days} == set(DayKind)
    assert len({day.name for day in days}) == len(days) == 14
    assert len({day.seed for day in days}) == 14
    assert [day.day for day in june_days()] == [date(2026, 6, number) for number in range(1, 11)]
    assert any(day.day.weekday() >= 5 for day in days)


def test_names_tell_the_date_unless_it_is_the_kinds_own() -> None:
    assert Day(kind=DayKind.BROKEN, seed=3).name == "broken:3"
    assert Day(kind=DayKind.BROKEN, seed=3, on=date(2026, 6, 6)).name == "broken:3 2026-06-06"


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"seed": -1}, "seed -1"),
        ({"seed": 1_000_000}, "seed 1000000"),
        ({"latitude_deg": 71.0}, "latitude 71"),
        ({"latitude_deg": float("nan")}, "latitude nan"),
        ({"peak_w": -1.0}, "-1 W peak"),
        ({"peak_w": float("inf")}, "inf W peak"),
        ({"on": date(1970, 12, 31)}, "1970-12-31"),
        ({"on": date(2200, 1, 1)}, "2200-01-01"),
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, object], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        Day(kind=DayKind.CLEAR, **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize("step_s", [0, 5, 15, -10, 7000, 86_410])
def test_a_step_that_does_not_fit_is_refused(step_s: int) -> None:
    with pytest.raises(ConfigError, match="divides a day"):
        generate(Day(kind=DayKind.CLEAR), step_s)
