"""What a kWh from the grid costs, and when; pure."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

from controller.domain.calendar import Span


class Price(NamedTuple):
    """What a kWh costs for a while.

    Attributes:
        start: Aware UTC.
        end: Aware UTC; no longer within.
        per_kwh: In the site's currency; below 0 one is paid for taking it.
    """

    start: datetime
    end: datetime
    per_kwh: float


@dataclass(frozen=True, slots=True)
class PriceTable:
    """Prices one after another; there may be gaps.

    Attributes:
        prices: In their order.
        stale: Whether it is what was known last, because nothing newer could be had.
    """

    prices: tuple[Price, ...]
    stale: bool = False
    _starts: tuple[datetime, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_starts", tuple(price.start for price in self.prices))

    @classmethod
    def of(cls, prices: Iterable[Price]) -> PriceTable:
        """A table from prices in any order. Raises ValueError where one is empty, or two overlap."""
        ordered = tuple(sorted(prices))
        for price in ordered:
            if price.end <= price.start:
                raise ValueError(f"the price from {price.start.isoformat()} ends before it begins")
        for before, after in pairwise(ordered):
            if after.start < before.end:
                raise ValueError(f"two prices are given for {after.start.isoformat()}")
        return cls(ordered)

    def at(self, now: datetime) -> Price | None:
        """The price in force at `now` (aware); None where none is known."""
        index = bisect_right(self._starts, now) - 1
        if index < 0 or now >= self.prices[index].end:
            return None
        return self.prices[index]

    def within(self, span: Span) -> list[Price]:
        """Those in `span`, cut to it, in their order."""
        first = max(0, bisect_right(self._starts, span.start) - 1)
        found = []
        for start, end, per_kwh in self.prices[first:]:
            if start >= span.end:
                break
            if end > span.start:
                found.append(Price(max(start, span.start), min(end, span.end), per_kwh))
        return found
