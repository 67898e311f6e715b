"""Trips around the days on which the clock is moved: each one that was possible is met, at about the least cost."""

from __future__ import annotations

from datetime import date

import pytest

from bench.plans import TRIPS, World, live, over

CHANGES = [
    ("Europe/Berlin", date(2026, 3, 27)),
    ("Europe/Berlin", date(2026, 10, 23)),
    ("America/New_York", date(2026, 3, 6)),
    ("America/New_York", date(2026, 10, 30)),
    ("Australia/Lord_Howe", date(2026, 4, 3)),
    ("Australia/Lord_Howe", date(2026, 10, 2)),
]


@pytest.mark.parametrize(("zone", "first"), CHANGES)
def test_each_trip_is_met_and_costs_what_it_must(zone: str, first: date) -> None:
    periods = live(World(zone, first, 5))
    assert len(periods) == 5
    assert all(period.least_cost is not None for period in periods)
    assert [period for period in periods if not period.met] == []
    assert 0 <= over(periods) < 0.02


def test_without_sun_too() -> None:
    periods = live(World("Europe/Berlin", date(2026, 3, 26), 6, sunny=0))
    assert all(period.met for period in periods)
    assert 0 <= over(periods) < 0.02


def test_two_trips_an_hour_apart_are_both_met() -> None:
    world = World("Europe/Berlin", date(2026, 11, 23), 4)
    close = [*TRIPS, {"by": "08:00", "days": ["wed"], "kwh": 25}]
    periods = live(world, close)
    by = {f"{period.by:%a %H}": period for period in periods}
    assert not by["Wed 07"].met  # within its own hour it could not be
    assert by["Wed 07"].got_wh + by["Wed 06"].got_wh > 12_000 + 25_000 - 20
    assert by["Wed 07"].least_cost is None


def test_what_cannot_be_made_is_charged_as_far_as_it_goes() -> None:
    periods = live(World("Europe/Berlin", date(2026, 11, 23), 3), [{"by": "07:00", "kwh": 300}])
    assert [round(period.got_wh) for period in periods] == [24 * 11_040] * 2
