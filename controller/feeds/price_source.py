"""Prices that are fetched, kept, and renewed in time; what is known goes on when nothing newer can be had."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from random import Random

import structlog

from controller.domain.calendar import Span, instant
from controller.domain.errors import FeedError, StorageError
from controller.domain.ports import Clock, PriceStore
from controller.domain.prices import Price, PriceTable
from controller.feeds.fetch import Patience, fetch
from controller.feeds.price_services import MARKET, Service
from controller.feeds.price_table import laid_over

_log = structlog.get_logger()
_LOOK_S = 60.0
_AGAIN_S = 900.0  # no service is asked more often
_ENOUGH = timedelta(hours=12)
_GRACE = timedelta(hours=2)  # the market is late at times
_KEPT = timedelta(days=3)  # what was chosen from them must not change while they are still within a plan
_DAY, _NEARLY_A_DAY = timedelta(days=1), timedelta(hours=22)
_SPREAD_S = 600.0  # not everybody asks at the same second


@dataclass(frozen=True, slots=True, kw_only=True)
class Markup:
    """What becomes of the market's price before it is yours.

    Attributes:
        factor: Taxes in proportion: 1.19 for 19 %.
        surcharge_per_kwh: Fees and taxes a kWh, added after that.
    """

    factor: float = 1.0
    surcharge_per_kwh: float = 0.0

    def table(self, prices: tuple[Price, ...]) -> PriceTable:
        """What you pay."""
        return PriceTable(
            tuple(
                Price(start, end, round(per_kwh * self.factor + self.surcharge_per_kwh, 6))
                for start, end, per_kwh in prices
            )
        )


class FetchedPrices:
    """Implements the port `PriceSource`.

    Args:
        service: Who is asked.
        store: Where they are kept over a restart.
        clock: The clock.
        markup: What becomes of them.
        random: For the spread of requests.
    """

    def __init__(
        self, service: Service, store: PriceStore, clock: Clock, markup: Markup, random: Random | None = None
    ) -> None:
        self._service, self._store, self._clock, self._markup = service, store, clock, markup
        random = random or Random()  # noqa: S311 -- spreads requests, guards nothing
        self._unreached = Patience(first_s=60.0, most_s=_AGAIN_S, random=random)
        self._refused = Patience(first_s=_AGAIN_S, most_s=7200.0, random=random)
        self._spread = timedelta(seconds=_SPREAD_S * random.random())
        self._not_before_s = 0.0
        self._in_vain_for: datetime | None = None
        self._failing = self._told_stale = False
        self._market = self._kept()
        self._fresh, self._stale = _tables(self._market, markup)

    @property
    def name(self) -> str:
        """Who is asked, for people."""
        return self._service.name

    def prices(self, now: datetime) -> PriceTable | None:
        """See `PriceSource.prices`."""
        if not self._market:
            return None
        return self._stale if now >= self._stale_from() else self._fresh

    async def run(self) -> None:
        """See `PriceSource.run`."""
        while True:
            if self._clock.monotonic_s() >= self._not_before_s and self._clock.now() >= self._wanted_from():
                await self._try()
            self._tell_stale()
            await self._clock.sleep(_LOOK_S)

    async def renew(self) -> None:
        """Asks now. Raises FeedError; then everything is as before."""
        now = self._clock.now()
        today = now.astimezone(MARKET).date()
        span = Span(instant(today - _DAY, time(), MARKET), instant(today + 2 * _DAY, time(), MARKET))
        answer = await fetch(self._service.question(span), self._clock)
        found = self._service.read(answer, span.end)
        news = PriceTable(found).within(span)
        if not any(price.end > now for price in news):
            raise FeedError(f"{self._service.name} knows no prices from now on; is it the right market?")
        market = tuple(price for price in laid_over(news, self._market) if price.end > now - _KEPT)
        if market != self._market:
            self._market = market
            self._fresh, self._stale = _tables(market, self._markup)
            self._keep()

    async def _try(self) -> None:
        known_until = self._known_until()
        self._not_before_s = self._clock.monotonic_s() + _AGAIN_S  # whatever comes of it
        try:
            await self.renew()
        except FeedError as error:
            wait_s = self._refused.after(error) if error.asked else self._unreached.after(error)
            self._not_before_s = self._clock.monotonic_s() + wait_s
            self._tell_failure(error, wait_s)
            return
        self._unreached.well()
        self._refused.well()
        if self._known_until() == known_until:
            self._in_vain_for = known_until
        if self._failing:
            self._failing = False
            _log.info("prices_fetched_again", source=self._service.name, known_until=_iso(self._known_until()))
        else:
            _log.debug("prices_fetched", source=self._service.name, known_until=_iso(self._known_until()))

    def _known_until(self) -> datetime | None:
        return self._market[-1].end if self._market else None

    def _published(self, known_until: datetime) -> datetime:
        """When what comes after that is made known: on the last day that is known as good as whole."""
        last_day = (known_until.astimezone(MARKET) - _NEARLY_A_DAY).date()
        return instant(last_day, self._service.due, MARKET)

    def _wanted_from(self) -> datetime:
        """From when on newer prices are worth asking for."""
        known_until = self._known_until()
        if known_until is None:
            return self._clock.now()
        published = self._published(known_until) + self._spread
        if self._in_vain_for == known_until:
            return published  # nothing more is there before
        return min(published, known_until - _ENOUGH)

    def _stale_from(self) -> datetime:
        """From when on there should be newer ones than are known."""
        return self._published(self._market[-1].end) + _GRACE

    def _kept(self) -> tuple[Price, ...]:
        try:
            return self._store.load()
        except StorageError as error:
            _log.warning("prices_not_read", error=str(error))
            return ()

    def _keep(self) -> None:
        try:
            self._store.save(self._market)
        except StorageError as error:
            _log.warning("prices_not_kept", error=str(error))

    def _tell_failure(self, error: FeedError, wait_s: float) -> None:
        tell = _log.debug if self._failing else _log.warning
        self._failing = True
        tell("prices_not_fetched", error=str(error), known_until=_iso(self._known_until()), retry_in_s=round(wait_s))

    def _tell_stale(self) -> None:
        stale = bool(self._market) and self._clock.now() >= self._stale_from()
        if stale and not self._told_stale:
            remedy = "the last known ones are used as long as they reach; `sunpace check` tells what is wrong"
            _log.warning("prices_stale", known_until=_iso(self._known_until()), remedy=remedy)
        elif self._told_stale and not stale:
            _log.info("prices_current_again", known_until=_iso(self._known_until()))
        self._told_stale = stale


def _tables(market: tuple[Price, ...], markup: Markup) -> tuple[PriceTable, PriceTable]:
    """What one pays: while it is as new as can be, and when it is not."""
    fresh = markup.table(market)
    return fresh, PriceTable(fresh.prices, stale=True)


def _iso(moment: datetime | None) -> str:
    return "never" if moment is None else moment.isoformat(timespec="minutes")
