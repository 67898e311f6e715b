"""Prices from a table that somebody has written, while it is mended and broken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import anyio
import pytest
from structlog.testing import capture_logs

from controller.control.clock import ScaledClock
from controller.domain.errors import FeedError
from controller.feeds.price_file_source import WrittenPrices
from controller.feeds.price_source import Markup
from tests.support.warp import run_warped

BERLIN = ZoneInfo("Europe/Berlin")
NOON = datetime(2026, 10, 24, 10, tzinfo=UTC)
NIGHT = 'default_per_kwh = 0.3\n[[recurring]]\nstart = "22:00"\nend = "06:00"\nper_kwh = {}\n'
DAY = timedelta(days=1)


def test_it_is_told_days_ahead_and_the_same_until_the_day_is_over(tmp_path: Path) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(NIGHT.format(0.2))

    async def main() -> None:
        source = WrittenPrices(file, BERLIN, ScaledClock(NOON), Markup(factor=1.1, surcharge_per_kwh=0.01))
        table = source.prices(NOON)
        assert table is not None
        assert table.prices[-1].end >= NOON + 4 * DAY
        assert table.prices[0].start <= NOON - 3 * DAY
        assert {price.per_kwh for price in table.prices} == {0.34, 0.23}
        assert source.prices(NOON + timedelta(hours=11, minutes=59)) is table
        assert source.prices(NOON + timedelta(hours=12)) is not table

    run_warped(main)


def test_a_change_is_noticed_and_what_cannot_be_read_told_once(tmp_path: Path) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(NIGHT.format(0.2))

    async def main() -> None:
        clock = ScaledClock(NOON)
        source = WrittenPrices(file, BERLIN, clock, Markup())

        def night() -> tuple[float, bool] | None:
            table = source.prices(clock.now())
            price = None if table is None else table.at(NOON + timedelta(hours=12))
            return None if table is None or price is None else (price.per_kwh, table.stale)

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(source.run)
            assert night() == (0.2, False)
            with capture_logs() as logs:
                file.write_text("recurring = 3")
                await clock.sleep(300)
                assert night() == (0.2, True)
                with pytest.raises(FeedError, match="recurring must be tables"):
                    await source.renew()
                file.write_text(NIGHT.format(0.25))
                await clock.sleep(61)
                assert night() == (0.25, False)
                file.unlink()
                await clock.sleep(61)
                assert night() == (0.25, True)
            events = [log["event"] for log in logs]
            assert events == ["price_file_unreadable", "price_file_readable_again", "price_file_unreadable"]
            tasks.cancel_scope.cancel()

    run_warped(main)


def test_without_a_file_nothing_is_known(tmp_path: Path) -> None:
    async def main() -> None:
        source = WrittenPrices(tmp_path / "none.csv", BERLIN, ScaledClock(NOON), Markup())
        assert source.prices(NOON) is None

    run_warped(main)
