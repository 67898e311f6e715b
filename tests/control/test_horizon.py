"""What is known beyond this moment: put together of its sources, and the same object until one of them changes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import anyio
from structlog.testing import capture_logs

from controller.control.clock import ScaledClock
from controller.control.energy_book import EnergyBook
from controller.control.horizon import Lookout
from controller.control.own_forecast import OwnForecast
from controller.domain.horizon import NOTHING_KNOWN, Expected, Forecast, Horizon
from controller.domain.prices import Price, PriceTable
from controller.domain.quarter_hours import QUARTER, CarNote, QuarterHour
from tests.control.test_energy import Shelf, metered
from tests.support.houses import NOON, core, surplus
from tests.support.warp import run_warped


class Feed:
    """Prices or a forecast that a test sets."""

    def __init__(self) -> None:
        self.table: PriceTable | None = None
        self.sun: Forecast | None = None

    def prices(self, now: datetime) -> PriceTable | None:
        return self.table

    def forecast(self, now: datetime) -> Forecast | None:
        return self.sun

    async def run(self) -> None:
        """Nothing to do."""


def sun(watts: float = 1000.0) -> Forecast:
    return Forecast((Expected(NOON, NOON + timedelta(hours=1), watts),), NOON, "them")


def test_where_nothing_is_known_it_is_the_same_object_for_ever() -> None:
    lookout = Lookout(EnergyBook(None, core(surplus())))
    first = lookout.look(NOON)
    assert first == NOTHING_KNOWN
    assert lookout.look(NOON + timedelta(hours=1)) is first


def test_each_change_of_a_source_is_another_object() -> None:
    feed, site = Feed(), Horizon(import_price=0.3, feed_in_price=0.08)
    lookout = Lookout(EnergyBook(None, core(surplus())), prices=feed, forecast=feed, site=site)
    assert lookout.look(NOON) is site
    feed.table = PriceTable.of([Price(NOON, NOON + timedelta(hours=1), 0.1)])
    priced = lookout.look(NOON)
    assert (priced.prices, priced.forecast, priced.import_price, priced.feed_in_price) == (feed.table, None, 0.3, 0.08)
    feed.sun = sun()
    sunny = lookout.look(NOON)
    assert sunny is not priced
    assert lookout.look(NOON) is sunny
    feed.sun = None
    assert lookout.look(NOON).forecast is None


def test_a_feed_with_a_defect_costs_no_look() -> None:
    feed = Feed()
    lookout = Lookout(EnergyBook(None, core(surplus())), prices=feed, forecast=feed)
    feed.sun = sun()
    known = lookout.look(NOON)
    feed.prices = lambda now: 1 / 0  # type: ignore[assignment,method-assign,return-value]
    with capture_logs() as logs:
        assert lookout.look(NOON) is known
        assert lookout.look(NOON) is known
    assert [log["event"] for log in logs if log["log_level"] == "error"] == ["feed_failed"]


def test_what_the_car_gets_makes_another_object_once_a_minute() -> None:
    lab = metered()
    lookout = Lookout(lab.book)
    lab.wants(16, 30)
    seen = [lookout.look(lab.now)]
    for _ in range(600):
        lab.passes(1)
        if (found := lookout.look(lab.now)) is not seen[-1]:
            seen.append(found)
    assert 10 <= len(seen) <= 13  # one of them because the full power was found
    assert seen[-1].full_power_w is not None
    assert seen[-1].charged is lab.book.charged


def test_our_own_forecast_is_made_anew_every_hour_and_blended_with_somebody_elses() -> None:
    shelf, feed = Shelf(), Feed()
    for index in range(1, 96 * 3):
        start = NOON - index * QUARTER
        shelf.keep(QuarterHour(start, 900.0, 3000.0, 250.0), CarNote(start))

    async def main() -> None:
        book, clock = EnergyBook(shelf, core(surplus())), ScaledClock(NOON)
        book.open(0.0, NOON)
        source = OwnForecast(book, clock, UTC, feed)
        assert source.forecast(NOON) is None
        made = []
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(source.run)
            for _ in range(12):
                await clock.sleep(900.0)
                made.append(source.forecast(clock.now()))
            tasks.cancel_scope.cancel()
        assert len({id(forecast) for forecast in made}) in (3, 4)
        assert made[-1] is not None
        assert made[-1].source == "history"
        feed.sun = sun()
        blended = source.forecast(NOON)
        assert blended is not None
        assert blended is source.forecast(NOON)
        assert (blended.source, {step.load_w for step in blended.steps}) == ("them", {250.0})
        feed.sun = None
        assert source.forecast(NOON) is made[-1]

    run_warped(main)
