"""The household whose month is costed: when it drives, and what that has to cost."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from bench.month import BEGINS_KWH, LEFT_PRICE, Driver, Month, away, course_of, least, least_each, prices_of
from bench.optimum import Offer, Trip
from controller.simulation.backtest.box import ReferenceBox
from controller.simulation.backtest.play import Look, play
from controller.simulation.plant import CarOptions, Plant, PlantSettings
from controller.simulation.trace import Trace

SPRING = Month(first=date(2026, 3, 27), days=5)  # Friday to Tuesday; on Sunday the clock is put forward


def test_it_leaves_by_the_clock() -> None:
    start = datetime(2026, 3, 27, tzinfo=UTC)
    leaves = [start + timedelta(seconds=leaves_s) for leaves_s, _, _ in away(SPRING)]
    assert [f"{moment:%a %H:%M}" for moment in leaves] == ["Fri 06:30", "Sat 09:00", "Mon 05:30", "Tue 05:30"]


def test_away_nothing_is_offered() -> None:
    course = course_of(SPRING)
    assert [event.kwh for event in course if isinstance(event, Trip)] == [12, 9, 12, 12]
    hours = sum(event.hours for event in course if isinstance(event, Offer))
    assert hours == 5 * 24 - 10 - 5 - 10 - 10
    assert len(prices_of(SPRING)) == 24 * 9


def test_who_knows_more_pays_less() -> None:
    assert -LEFT_PRICE * BEGINS_KWH < least(SPRING) < least_each(SPRING)


class _Full:
    """Charges all the time."""

    def look(self, plant: Plant, box: ReferenceBox) -> Look:
        box.tell(box.command._replace(limit_a=16, charging=plant.now_s < 600))
        return Look("charges")


def test_a_drive_takes_what_is_there_and_buys_the_rest() -> None:
    trace = Trace.of([(0.0, 0.0, 0.0), (3600.0, 0.0, 0.0)])
    settings = PlantSettings(step_s=5.0, car=CarOptions(capacity_kwh=50.0, soc_pct=10.0))
    driver = Driver(_Full(), [(1800.0, 12.0), (3000.0, 1.5)])
    outcome = play(trace, settings, driver)
    assert 1.7 < outcome.ev_kwh < 1.8
    assert driver.missed_kwh == pytest.approx(12 - 5 - outcome.ev_kwh + 1.5)
    assert driver.left_kwh == 0
