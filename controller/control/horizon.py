"""Puts together what is known beyond this moment: the same object until something of it changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from controller.control.energy_book import EnergyBook
from controller.control.supervisor import contained
from controller.domain.horizon import NOTHING_KNOWN, Forecast, Horizon
from controller.domain.ports import ForecastSource, PriceSource
from controller.domain.prices import PriceTable


class Lookout:
    """Builds the horizon.

    Args:
        book: What the car has got.
        prices: Where the prices come from; None for nowhere.
        forecast: Where the sun to come is told; None for nowhere.
        site: What never changes: the site's own prices.
    """

    def __init__(
        self,
        book: EnergyBook,
        *,
        prices: PriceSource | None = None,
        forecast: ForecastSource | None = None,
        site: Horizon = NOTHING_KNOWN,
    ) -> None:
        self._book = book
        self._prices = prices
        self._forecast = forecast
        self._horizon = site
        self._well = True

    def look(self, now: datetime) -> Horizon:
        """What is known at `now` (aware)."""
        known, book = self._horizon, self._book
        prices, forecast = self._fed(now)
        charged, plugged_since, full_power_w = book.charged, book.plugged_since, book.full_power_w
        same = (
            prices is known.prices
            and forecast is known.forecast
            and charged is known.charged
            and plugged_since == known.plugged_since
            and full_power_w == known.full_power_w
        )
        if not same:
            self._horizon = replace(
                known,
                prices=prices,
                forecast=forecast,
                charged=charged,
                plugged_since=plugged_since,
                full_power_w=full_power_w,
            )
        return self._horizon

    def _fed(self, now: datetime) -> tuple[PriceTable | None, Forecast | None]:
        """What the feeds know; whatever is wrong with them, the control goes on with what they told last."""
        if self._prices is None and self._forecast is None:
            return None, None
        known = self._horizon.prices, self._horizon.forecast
        with contained("feed_failed", loud=self._well) as outcome:
            known = (
                None if self._prices is None else self._prices.prices(now),
                None if self._forecast is None else self._forecast.forecast(now),
            )
        self._well = outcome.error is None
        return known
