"""What the car's energy has cost: the grid's at the price of the hour, the sun's what it would have earned."""

from __future__ import annotations

from datetime import UTC, datetime
from math import inf

from controller.domain.prices import PriceTable
from controller.simulation.plant import Energy


class Bill:
    """Adds up as a trace is played.

    Args:
        prices: Of a kWh from the grid; None where no table is known.
        import_price: Where the table says nothing; None where it is not told.
        feed_in_price: Of a kWh sold; None counts as 0: the sun costs nothing then.
        start_s: The instant (epoch seconds) of the plant's second 0.
    """

    def __init__(
        self, prices: PriceTable | None, import_price: float | None, feed_in_price: float | None, start_s: float
    ) -> None:
        self._prices, self._import_price, self._feed_in_price = prices, import_price, feed_in_price or 0.0
        self._start_s = start_s
        self._per_kwh: float | None = None
        self._until_s = -inf
        self._counted = (0.0, 0.0)
        self._cost: float | None = 0.0

    @property
    def cost(self) -> float | None:
        """In the currency of the prices; None where the car was charged from the grid at a price that nobody knows."""
        return self._cost

    def until_s(self, now_s: float) -> float:
        """The plant's second up to which the price at `now_s` holds: what flows beyond costs something else."""
        if now_s >= self._until_s:
            self._per_kwh, self._until_s = self._price(now_s)
        return self._until_s

    def count(self, energy: Energy) -> None:
        """Charges for what has flowed since the last count, at the price that was in force at the last `until_s`."""
        solar_kwh, grid_kwh = energy.solar_kwh - self._counted[0], energy.grid_kwh - self._counted[1]
        self._counted = energy.solar_kwh, energy.grid_kwh
        if self._cost is None or (self._per_kwh is None and grid_kwh > 0):
            self._cost = None
            return
        self._cost += solar_kwh * self._feed_in_price + grid_kwh * (self._per_kwh or 0.0)

    def _price(self, now_s: float) -> tuple[float | None, float]:
        """Of a kWh from the grid, and until when it holds, the plant's second."""
        if self._prices is None:
            return self._import_price, inf
        now = datetime.fromtimestamp(self._start_s + now_s, UTC)
        price = self._prices.at(now)
        if price is not None:
            return price.per_kwh, price.end.timestamp() - self._start_s
        later = next((known.start for known in self._prices.prices if known.start > now), None)
        return self._import_price, inf if later is None else later.timestamp() - self._start_s
