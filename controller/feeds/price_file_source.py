"""Prices from a table that somebody has written; a change of the file is noticed."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, tzinfo
from pathlib import Path

import structlog

from controller.domain.calendar import Span, instant
from controller.domain.errors import FeedError
from controller.domain.ports import Clock
from controller.domain.prices import PriceTable
from controller.feeds.price_source import Markup
from controller.feeds.price_table import WrittenTable, read_table

_log = structlog.get_logger()
_LOOK_S = 60.0
_DAY = timedelta(days=1)
_BACK, _AHEAD = 3 * _DAY, 5 * _DAY
_NEVER = datetime.min.replace(tzinfo=UTC)
Stamp = tuple[int, int, int]


class WrittenPrices:
    """Implements the port `PriceSource`.

    Args:
        file: The table.
        zone: Whose clocks its wall times are read on.
        clock: The clock.
        markup: What becomes of its prices.
    """

    def __init__(self, file: Path, zone: tzinfo, clock: Clock, markup: Markup) -> None:
        self._file, self._zone, self._clock, self._markup = file, zone, clock, markup
        self._written: WrittenTable | None = None
        self._stamp: Stamp | None = None
        self._fault = ""
        self._table: PriceTable | None = None
        self._made_until = _NEVER
        self._look()

    @property
    def name(self) -> str:
        """The file."""
        return str(self._file)

    def prices(self, now: datetime) -> PriceTable | None:
        """See `PriceSource.prices`; some days back and ahead are told."""
        if now >= self._made_until:
            self._make(now)
        return self._table

    async def run(self) -> None:
        """See `PriceSource.run`."""
        while True:
            await self._clock.sleep(_LOOK_S)
            self._look()

    async def renew(self) -> None:
        """Reads it now. Raises FeedError."""
        self._written = read_table(self._file)
        self._made_until = _NEVER

    def _look(self) -> None:
        """Takes in a file that has changed; what was known stays where it cannot be read."""
        stamp, fault = self._stamped(), ""
        if stamp is not None and stamp == self._stamp:
            return
        try:
            self._written, self._stamp = read_table(self._file), stamp
        except FeedError as error:
            self._stamp, fault = None, str(error)
        if fault and fault != self._fault:
            remedy = "mend the file; the prices that were known are used until then"
            _log.warning("price_file_unreadable", error=fault, remedy=remedy)
        elif self._fault and not fault:
            _log.info("price_file_readable_again", file=str(self._file))
        if not fault or fault != self._fault:
            self._made_until = _NEVER
        self._fault = fault

    def _stamped(self) -> Stamp | None:
        try:
            status = self._file.stat()
        except OSError:
            return None
        return status.st_mtime_ns, status.st_size, status.st_ino

    def _make(self, now: datetime) -> None:
        today = now.astimezone(self._zone).date()
        self._made_until = instant(today + _DAY, time(), self._zone)
        if self._written is None:
            self._table = None
            return
        span = Span(*(instant(day, time(), self._zone) for day in (today - _BACK, today + _AHEAD)))
        prices = self._markup.table(self._written.prices(span, self._zone)).prices
        self._table = PriceTable(prices, stale=bool(self._fault))
