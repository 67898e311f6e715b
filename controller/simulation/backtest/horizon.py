"""What is known beyond a moment of a backtest: prices, a forecast made of the trace itself, what the car has got.

All of it depends on the plant's moment alone, not on how often anybody looks: the energy is marked at the first look in
a minute, and the forecast renewed at the first in a quarter of a day, and no decision stands longer than to the next
full minute for a strategy that looks at any of it. Prices become known as a day-ahead market tells them: at one in the
afternoon those of the next day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import StrEnum

from controller.control.marks import Marks, first_mark, mark
from controller.domain.calendar import Span, instant
from controller.domain.horizon import Expected, Forecast, Horizon
from controller.domain.persistence import AHEAD, LOAD_DAYS, persistence
from controller.domain.prices import PriceTable
from controller.domain.quarter_hours import QUARTER, QUARTER_S, QuarterHour, quarter_of
from controller.domain.units import power_w
from controller.simulation.plant import Plant
from controller.simulation.trace import Cursor, Trace

_RENEWED_S = 6 * 3600
_TOLD_AT, _MIDNIGHT = time(13), time()
_PRICES_KEPT = timedelta(days=2)  # what was chosen from them must not change while they are still within a plan
_SAMPLES = 15  # of a quarter of an hour


class Foresight(StrEnum):
    """How the sun to come is known."""

    NONE = "none"
    HISTORY = "history"
    """The trace's days before, as the service does it from its own history; nothing on the first day."""
    PERFECT = "perfect"
    """The trace itself, in quarters of an hour."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What is known from outside the trace.

    Attributes:
        foresight: How the sun to come is known.
        prices: Of the grid's energy, from before the trace to after it; None where none are known.
        import_price: Of a kWh from the grid where no table says otherwise; None where it is not told.
        feed_in_price: Of a kWh sold; None likewise.
    """

    foresight: Foresight = Foresight.HISTORY
    prices: PriceTable | None = None
    import_price: float | None = None
    feed_in_price: float | None = None


class TraceHorizon:
    """Builds the horizon as a trace is played.

    The car is taken to have shown on days before what it draws at the highest limit.

    Args:
        trace: Sun and house.
        outside: What is known from outside the trace.
        zone: The site's.
        max_current_a: The highest limit, A.
    """

    def __init__(self, trace: Trace, outside: Outside, zone: tzinfo, max_current_a: int) -> None:
        self._trace = trace
        self._foresight = outside.foresight
        self._zone = zone
        self._max_current_a = max_current_a
        self._quarters: Sequence[QuarterHour] = ()
        self._made_for = -1
        self._marks: Marks | None = None
        self._prices = outside.prices
        self._prices_until = trace.start
        self._horizon = Horizon(
            plugged_since=trace.start,
            import_price=outside.import_price,
            feed_in_price=outside.feed_in_price,
        )

    def look(self, plant: Plant, now: datetime) -> Horizon:
        """What is known at `now` (aware UTC), which is the plant's moment."""
        known = self._horizon
        wh = plant.energy.ev_kwh * 1000
        self._marks = marks = first_mark(now, wh) if self._marks is None else mark(self._marks, now, wh)
        if marks.log is not known.charged:
            known = replace(known, charged=marks.log)
        if (known.plugged_since is not None) != plant.plugged:
            known = replace(known, plugged_since=now if plant.plugged else None)
        if self._prices is not None and now >= self._prices_until:
            known = replace(known, prices=self._known_prices(self._prices, now))
        if known.full_power_w is None:
            settings = plant.settings
            amps = min(float(self._max_current_a), settings.car.max_a)
            known = replace(known, full_power_w=power_w(amps, settings.phases_in_use, settings.voltage_v))
        if self._foresight is not Foresight.NONE and (due := int(now.timestamp()) // _RENEWED_S) != self._made_for:
            self._made_for = due
            known = replace(known, forecast=self._forecast(datetime.fromtimestamp(due * _RENEWED_S, UTC)))
        self._horizon = known
        return known

    def _known_prices(self, table: PriceTable, now: datetime) -> PriceTable:
        """What is known at `now`, the last days among it."""
        today = now.astimezone(self._zone).date()
        told, midnight = (instant(today, at, self._zone) for at in (_TOLD_AT, _MIDNIGHT))
        tomorrow, after = (instant(today + timedelta(days=days), _MIDNIGHT, self._zone) for days in (1, 2))
        self._prices_until = told if now < told else tomorrow
        return PriceTable(tuple(table.within(Span(midnight - _PRICES_KEPT, tomorrow if now < told else after))))

    def _forecast(self, at: datetime) -> Forecast | None:
        """Made at `at`: of what was before it, or is to come."""
        if not self._quarters:
            self._quarters = quarters_of(self._trace)
        first = (quarter_of(at) - self._quarters[0].start) // QUARTER
        if self._foresight is Foresight.HISTORY:
            return persistence(self._quarters[max(0, first - 96 * LOAD_DAYS) : max(0, first)], at, self._zone)
        last = first + (AHEAD + timedelta(seconds=_RENEWED_S)) // QUARTER
        steps = [
            Expected(quarter.start, quarter.end, quarter.pv_w or 0.0, quarter.load_w or 0.0)
            for quarter in self._quarters[max(0, first) : max(0, last)]
        ]
        return Forecast(tuple(steps), at, "the trace")


def quarters_of(trace: Trace) -> list[QuarterHour]:
    """Sun and load of a trace by quarters of an hour; those that it only touches are left out."""
    at, start = Cursor(trace).at, quarter_of(trace.start)
    if start < trace.start:
        start += QUARTER
    from_s, quarters = start.timestamp(), []
    step_s = QUARTER_S / _SAMPLES
    while from_s + QUARTER_S <= trace.times_s[-1]:
        samples = [at(from_s + (index + 0.5) * step_s) for index in range(_SAMPLES)]
        pv_w, load_w = (sum(column) / _SAMPLES for column in zip(*samples, strict=True))
        quarters.append(QuarterHour(datetime.fromtimestamp(from_s, UTC), float(QUARTER_S), pv_w, load_w))
        from_s += QUARTER_S
    return quarters or [QuarterHour(quarter_of(trace.start))]
