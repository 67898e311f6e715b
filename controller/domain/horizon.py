"""What is known beyond this moment: prices, the sun to come, what the car has got and takes; pure."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

from controller.domain.calendar import Span
from controller.domain.prices import PriceTable


class Expected(NamedTuple):
    """What a stretch of time is expected to bring.

    Attributes:
        start: Aware UTC.
        end: Aware UTC; no longer within.
        pv_w: Mean PV power, W.
        load_w: Mean load of the house without the car, W.
    """

    start: datetime
    end: datetime
    pv_w: float
    load_w: float = 0.0

    @property
    def surplus_w(self) -> float:
        """What is left over for the car, W, >= 0."""
        return max(0.0, self.pv_w - self.load_w)


@dataclass(frozen=True, slots=True)
class Forecast:
    """The sun to come, one stretch after another.

    Attributes:
        steps: In their order; gaps are unknown.
        made: When it was made, aware UTC.
        source: Who made it, for people.
    """

    steps: tuple[Expected, ...]
    made: datetime
    source: str

    def within(self, span: Span) -> list[Expected]:
        """The steps in `span`, cut to it."""
        return [
            Expected(max(start, span.start), min(end, span.end), pv_w, load_w)
            for start, end, pv_w, load_w in self.steps
            if end > span.start and start < span.end
        ]


class Mark(NamedTuple):
    """What had flowed into the car by a moment.

    Attributes:
        at: Aware UTC.
        wh: Energy since some beginning, Wh; never falls.
    """

    at: datetime
    wh: float


@dataclass(frozen=True, slots=True)
class EnergyLog:
    """What the car has got, and when: what a target counts.

    Attributes:
        marks: In their order; between two of them the power is taken to have been even.
    """

    marks: tuple[Mark, ...] = ()

    def since_wh(self, start: datetime) -> float:
        """Energy since `start` (aware), Wh, as far back as there are marks."""
        if not self.marks:
            return 0.0
        index = bisect_right(self.marks, start, key=lambda mark: mark.at)
        if index == 0:
            return self.marks[-1].wh - self.marks[0].wh
        if index == len(self.marks):
            return 0.0
        (before_at, before_wh), (after_at, after_wh) = self.marks[index - 1], self.marks[index]
        gone = (start - before_at) / (after_at - before_at)
        return self.marks[-1].wh - before_wh - gone * (after_wh - before_wh)


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """What is known beyond this moment; the same object until something of it changes.

    Attributes:
        prices: Of the grid's energy; None where none are known.
        forecast: The sun to come; None where nothing is expected.
        charged: What the car has got.
        plugged_since: When this car came, aware UTC; None where nobody knows.
        full_power_w: What this car draws at the highest limit, W, as measured; None before it has been.
        import_price: Of a kWh from the grid where no table says otherwise; None where it is not told.
        feed_in_price: Of a kWh sold; None likewise.
    """

    prices: PriceTable | None = None
    forecast: Forecast | None = None
    charged: EnergyLog = EnergyLog()
    plugged_since: datetime | None = None
    full_power_w: float | None = None
    import_price: float | None = None
    feed_in_price: float | None = None


NOTHING_KNOWN = Horizon()
LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
