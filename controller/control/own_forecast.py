"""The forecast in force: somebody's sun with our own load where there is one, else the next days as the last ones."""

from __future__ import annotations

from datetime import datetime, tzinfo

import anyio
import structlog

from controller.control.energy_book import EnergyBook
from controller.control.supervisor import supervise
from controller.domain.horizon import Forecast
from controller.domain.persistence import persistence, with_load
from controller.domain.ports import Clock, ForecastSource

_log = structlog.get_logger()
_EVERY_S = 3600.0


class OwnForecast:
    """Implements the port `ForecastSource`.

    Args:
        book: What flowed.
        clock: The clock.
        zone: The site's.
        feed: Who tells the sun to come; None for our own history alone.
    """

    def __init__(self, book: EnergyBook, clock: Clock, zone: tzinfo, feed: ForecastSource | None = None) -> None:
        self._book = book
        self._clock = clock
        self._zone = zone
        self._feed = feed
        self._own: Forecast | None = None
        self._blended: tuple[Forecast | None, Forecast | None, Forecast | None] = (None, None, None)

    def forecast(self, now: datetime) -> Forecast | None:
        """See `ForecastSource.forecast`."""
        theirs = None if self._feed is None else self._feed.forecast(now)
        if theirs is None:
            return self._own
        of_feed, of_own, blended = self._blended
        if theirs is not of_feed or self._own is not of_own:
            blended = with_load(theirs, self._own)
            self._blended = (theirs, self._own, blended)
        return blended

    async def run(self) -> None:
        """See `ForecastSource.run`: our own is made anew every hour."""
        async with anyio.create_task_group() as tasks:
            if self._feed is not None:
                tasks.start_soon(supervise, "forecast feed", self._feed.run, self._clock)
            while True:
                self._renew(self._clock.now())
                await self._clock.sleep(_EVERY_S)

    def _renew(self, now: datetime) -> None:
        known, self._own = self._own, persistence(self._book.past, now, self._zone)
        if (known is None) != (self._own is None):
            _log.info("own_forecast", known=self._own is not None, quarters_on_record=len(self._book.past))
