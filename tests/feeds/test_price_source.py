"""Prices that are fetched: from a market that publishes once a day, fails at times, and is asked calmly."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

import anyio
import pytest
from structlog.testing import capture_logs

from controller.control.clock import ScaledClock
from controller.control.supervisor import supervise
from controller.domain.calendar import Span, instant
from controller.domain.errors import FeedError
from controller.domain.prices import PriceTable
from controller.feeds.price_services import MARKET, awattar, energy_charts, octopus, tibber
from controller.feeds.price_source import FetchedPrices, Markup
from controller.history.price_file import PriceFile
from tests.support.feeds import Service, reply, serving
from tests.support.warp import run_warped

MORNING = datetime(2026, 10, 23, 6, 0, tzinfo=UTC)  # summer time ends in the night of the 24th
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


class Market:
    """Answers like aWATTar: hourly, tomorrow's from 13:10 by its clocks, unless it is broken."""

    def __init__(self, clock: ScaledClock) -> None:
        self.clock = clock
        self.broken: bytes | None = None
        self.publishes = True
        self.asked_at: list[datetime] = []

    def __call__(self) -> bytes | None:
        now = self.clock.now()
        self.asked_at.append(now)
        if self.broken is not None:
            return self.broken
        return reply({"object": "list", "data": self.rows(now)})

    def rows(self, now: datetime) -> list[dict[str, Any]]:
        today = now.astimezone(MARKET).date()
        known_days = 2 if self.publishes and now >= instant(today, time(13, 10), MARKET) else 1
        hour, end = instant(today - DAY, time(), MARKET), instant(today + known_days * DAY, time(), MARKET)
        rows = []
        while hour < end:
            stamps = {"start_timestamp": _ms(hour), "end_timestamp": _ms(hour + HOUR)}
            rows.append({**stamps, "marketprice": 100.0 * hour.hour, "unit": "Eur/MWh"})
            hour += HOUR
        return rows


def _ms(moment: datetime) -> int:
    return round(moment.timestamp()) * 1000


Scene = Callable[[Market, ScaledClock, FetchedPrices], Awaitable[None]]


def played(folder: Path, scene: Scene, *, start: datetime = MORNING, markup: Markup | None = None) -> Market:
    """Runs the source against a real server, on a loop whose time jumps."""

    async def main() -> Market:
        clock = ScaledClock(start)
        market = Market(clock)
        async with serving(answering=market) as service, anyio.create_task_group() as tasks:
            store = PriceFile(folder, "test")
            source = FetchedPrices(awattar("de", url=service.url), store, clock, markup or Markup(), Random(7))
            tasks.start_soon(source.run)
            await clock.sleep(1)
            await scene(market, clock, source)
            tasks.cancel_scope.cancel()
        return market

    return run_warped(main)


def known_until(source: FetchedPrices, now: datetime) -> datetime:
    table = source.prices(now)
    assert table is not None
    return table.prices[-1].end


def midnight(now: datetime, days: int) -> datetime:
    return instant(now.astimezone(MARKET).date() + days * DAY, time(), MARKET)


def test_it_asks_little_and_always_knows_what_can_be_known(tmp_path: Path) -> None:
    async def scene(_market: Market, clock: ScaledClock, source: FetchedPrices) -> None:
        while clock.now() < MORNING + 4 * DAY:
            now = clock.now()
            late = now.astimezone(MARKET).time() >= time(14, 12)
            assert known_until(source, now) >= midnight(now, 2 if late else 1)
            table = source.prices(now)
            assert table is not None
            assert not table.stale
            assert table.at(now) is not None
            assert table is source.prices(now)  # the same until something changes
            await clock.sleep(1800)

    market = played(tmp_path, scene)
    gaps = [after - before for before, after in zip(market.asked_at, market.asked_at[1:], strict=False)]
    assert min(gaps) >= timedelta(minutes=15)
    assert len(market.asked_at) <= 3 * 4


def test_tax_and_surcharge_and_the_day_of_25_hours(tmp_path: Path) -> None:
    async def scene(_market: Market, clock: ScaledClock, source: FetchedPrices) -> None:
        await clock.sleep(34 * 3600)
        table = source.prices(clock.now())
        assert table is not None
        day = [one for one in table.prices if midnight(MORNING, 2) <= one.start < midnight(MORNING, 3)]
        assert len(day) == 25
        assert day[3].per_kwh == pytest.approx(0.1 * day[3].start.hour * 1.19 + 0.15)

    played(tmp_path, scene, markup=Markup(factor=1.19, surcharge_per_kwh=0.15))


def test_a_market_that_fails_is_told_once_and_asked_ever_more_rarely(tmp_path: Path) -> None:
    async def scene(market: Market, clock: ScaledClock, source: FetchedPrices) -> None:
        market.broken = reply({}, 500)
        fresh = source.prices(clock.now())
        with capture_logs() as logs:
            await clock.sleep(17 * 3600)  # to 01:00 by the market's clocks
            last = source.prices(clock.now())
            assert last is not None
            assert fresh is not None
            assert (last.stale, last.prices) == (True, fresh.prices)
            assert last.at(clock.now()) is None
            market.broken = None
            await clock.sleep(3 * 3600)
        again = source.prices(clock.now())
        assert again is not None
        assert (again.stale, again.at(clock.now()) is not None) == (False, True)
        events = [log["event"] for log in logs if log["log_level"] != "debug"]
        assert events == ["prices_not_fetched", "prices_stale", "prices_fetched_again", "prices_current_again"]

    market = played(tmp_path, scene)
    assert len(market.asked_at) <= 14


def test_a_market_that_publishes_nothing_more_is_stale_two_hours_later(tmp_path: Path) -> None:
    async def scene(market: Market, clock: ScaledClock, source: FetchedPrices) -> None:
        market.publishes = False
        await clock.sleep((instant(MORNING.date(), time(16), MARKET) - clock.now()).total_seconds() - 1)
        table = source.prices(clock.now())
        assert table is not None
        assert not table.stale
        await clock.sleep(2)
        table = source.prices(clock.now())
        assert table is not None
        assert table.stale
        assert table.at(clock.now()) is not None

    played(tmp_path, scene)


def test_what_was_known_outlives_a_restart_without_a_network(tmp_path: Path) -> None:
    async def first(_market: Market, clock: ScaledClock, source: FetchedPrices) -> None:
        await clock.sleep(8 * 3600)
        assert known_until(source, clock.now()) == midnight(MORNING, 2)

    async def second(market: Market, clock: ScaledClock, source: FetchedPrices) -> None:
        assert known_until(source, clock.now()) == midnight(MORNING, 2)
        assert market.asked_at == []

    played(tmp_path, first)
    played(tmp_path, second, start=MORNING + 9 * HOUR)


def test_a_defect_of_our_own_asks_no_more_often(tmp_path: Path) -> None:
    def broken(*_: object) -> Any:
        raise AssertionError("a defect")

    async def main() -> int:
        clock = ScaledClock(MORNING)
        market = Market(clock)
        async with serving(answering=market) as service, anyio.create_task_group() as tasks:
            made = awattar("de", url=service.url)
            store = PriceFile(tmp_path, "test")
            source = FetchedPrices(replace(made, read=broken), store, clock, Markup(), Random(7))
            with capture_logs():
                tasks.start_soon(supervise, "prices", source.run, clock)
                await clock.sleep(3600)
            tasks.cancel_scope.cancel()
        return len(market.asked_at)

    assert run_warped(main) <= 4


def test_yesterday_stays_known_three_days(tmp_path: Path) -> None:
    async def scene(_market: Market, clock: ScaledClock, source: FetchedPrices) -> None:
        await clock.sleep(5 * 86400)
        table = source.prices(clock.now())
        assert table is not None
        assert clock.now() - 3 * DAY - 26 * HOUR <= table.prices[0].start <= clock.now() - 2 * DAY
        assert PriceTable.of(table.prices).prices == table.prices

    played(tmp_path, scene)


def test_prices_of_the_past_alone_are_none(tmp_path: Path) -> None:
    async def main() -> None:
        clock = ScaledClock(MORNING + 30 * DAY)
        old = reply({"data": Market(ScaledClock(MORNING)).rows(MORNING)})
        async with serving(old) as service:
            source = FetchedPrices(awattar("de", url=service.url), PriceFile(tmp_path, "test"), clock, Markup())
            with pytest.raises(FeedError, match=r"awattar de at 127\.0\.0\.1:\d+ knows no prices from now on"):
                await source.renew()
        assert source.prices(clock.now()) is None

    run_warped(main)


def test_what_each_service_is_asked(tmp_path: Path) -> None:
    async def ask(make: Callable[[str], Any]) -> str:
        clock = ScaledClock(MORNING)
        async with serving(reply({})) as service:
            source = FetchedPrices(make(service.url), PriceFile(tmp_path, "test"), clock, Markup())
            with pytest.raises(FeedError, match="another shape"):
                await source.renew()
            return _request(service)

    def asked(make: Callable[[str], Any]) -> str:
        return run_warped(lambda: ask(make))

    first, last = _ms(midnight(MORNING, -1)), _ms(midnight(MORNING, 2))
    assert asked(lambda url: awattar("at", url=f"{url}/v1")) == f"GET /v1?start={first}&end={last}"
    there = "GET /price?bzn=DE-LU&start=2026-10-22&end=2026-10-25"
    assert asked(lambda url: energy_charts("DE-LU", url=f"{url}/price")) == there
    query = "period_from=2026-10-21T22%3A00%3A00Z&period_to=2026-10-24T22%3A00%3A00Z&page_size=1000"
    assert asked(lambda url: octopus("AGILE", "E-1R-AGILE-C", url=url)) == f"GET /?{query}"
    assert asked(lambda url: tibber("sesame", url=url)) == "POST /"


def _request(service: Service) -> str:
    (seen,) = service.seen
    return seen.split(" HTTP/1.1")[0]


def test_usual_addresses() -> None:
    for service, host in (
        (awattar("de"), "api.awattar.de"),
        (energy_charts("DE-LU"), "api.energy-charts.info"),
        (tibber("sesame"), "api.tibber.com"),
        (octopus("AGILE-24-10-01", "E-1R-AGILE-24-10-01-C"), "api.octopus.energy"),
    ):
        question = service.question(Span(MORNING, MORNING + DAY))
        assert question.host == host
        assert question.url.startswith("https://")
        assert "sesame" not in repr(question) + service.name
