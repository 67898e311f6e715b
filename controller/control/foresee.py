"""What would be decided over the time to come if all went as is known now; pure.

The strategies are asked as they are in service, at every quarter of an hour, wherever price or expected sun change, and
to the minute where an answer does: with the expected surplus for the house, and with what would have been charged by
then. Delays, pauses of the box and a car that is away or full are not foreseen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from math import ceil
from typing import NamedTuple

from controller.control.ask import decided
from controller.control.precedence import boosted, paused
from controller.control.settings import CoreSettings
from controller.domain.calendar import Span
from controller.domain.demand import Demand, Situation
from controller.domain.horizon import EnergyLog, Expected, Horizon, Mark
from controller.domain.override import NO_OVERRIDES, Overrides
from controller.domain.readings import House
from controller.domain.reasons import Reason
from controller.domain.slots import tariff

_QUARTER, _MINUTE = timedelta(minutes=15), timedelta(minutes=1)
_MEASURED = timedelta(minutes=3)  # after so long the car's power is known: until then it is taken to be the nominal one


class Stretch(NamedTuple):
    """A stretch of time in which the same is decided.

    Attributes:
        span: From and to.
        decides: The strategy's name; "pause" or "boost" where a person has said so.
        current_a: What the car is offered, whole A; 0 is "does not charge".
        power_w: What it draws, W.
        expected: PV and load that are reckoned with; None where nothing is expected.
        grid_price: Of a kWh from the grid; None where none is known.
        feed_in_price: What a kWh of sun would have earned.
        reason: Why, at its beginning.
    """

    span: Span
    decides: str
    current_a: int
    power_w: float
    expected: Expected | None
    grid_price: float | None
    feed_in_price: float
    reason: Reason

    @property
    def sun_wh(self) -> float:
        """What the car takes of the sun, Wh."""
        return min(self.power_w, self.expected.surplus_w if self.expected else 0.0) * self.span.hours

    @property
    def grid_wh(self) -> float:
        """What it takes of the grid, Wh."""
        return self.power_w * self.span.hours - self.sun_wh

    @property
    def cost(self) -> float | None:
        """What it costs; None where that is not known."""
        if self.grid_price is None:
            return None if self.grid_wh > 0 else self.sun_wh / 1000 * self.feed_in_price
        return (self.sun_wh * self.feed_in_price + self.grid_wh * self.grid_price) / 1000


class _Course:
    """How it goes: what the car has got so far, and what it is offered."""

    def __init__(self, settings: CoreSettings, horizon: Horizon, overrides: Overrides, start: datetime) -> None:
        self._settings, self._overrides, self._current_a = settings, overrides, 0
        self._feed_in_price = tariff(horizon).feed_in_price
        marks = horizon.charged.marks or (Mark(start, 0.0),)
        self._horizon = replace(horizon, charged=EnergyLog(marks))

    def stretch(self, start: datetime, end: datetime) -> Stretch:
        """From `start` to where something else is decided, at the latest to `end`."""
        decides, demand = self._asked(start, self._horizon, self._current_a)
        current_a, power_w = self._draws(demand)

        def stands(at: datetime) -> bool:
            name, later = self._asked(at, self._later(start, at, power_w), current_a)
            return (name, self._draws(later)[0]) == (decides, current_a)

        reason = demand.reason
        if current_a == 0 < self._current_a:  # why it stays off, rather than why it ends
            _, settled = self._asked(start, self._horizon, 0)
            reason = settled.reason if self._draws(settled)[0] == 0 else reason
        until = _until(start, end, stands)
        self._horizon, self._current_a = self._later(start, until, power_w), current_a
        price = self._horizon.prices.at(start) if self._horizon.prices is not None else None
        return Stretch(
            span=Span(start, until),
            decides=decides,
            current_a=current_a,
            power_w=power_w,
            expected=self._expected(start),
            grid_price=self._horizon.import_price if price is None else price.per_kwh,
            feed_in_price=self._feed_in_price,
            reason=reason,
        )

    def _asked(self, at: datetime, horizon: Horizon, current_a: int) -> tuple[str, Demand]:
        """Who decides, and how."""
        override = self._overrides.in_force(at)
        if override is not None:
            most_a = self._settings.max_current_a
            by_hand = paused(override, at, self._settings) or boosted(
                override, at, horizon.charged, most_a, self._settings
            )
            if by_hand is not None:
                return override.kind.value, by_hand
        return decided(self._situation(at, horizon, current_a), self._settings)

    def _situation(self, at: datetime, horizon: Horizon, current_a: int) -> Situation:
        settings, expected = self._settings, self._expected(at)
        pv_w, load_w = (0.0, 0.0) if expected is None else (expected.pv_w, expected.load_w)
        ev_w = self._power_w(current_a)
        return Situation(
            local_time=at.astimezone(settings.timezone),
            house=House(grid_w=load_w + ev_w - pv_w, grid_age_s=0.0, pv_w=pv_w, ev_w=ev_w),
            grid_w=load_w + ev_w - pv_w,
            ev_w=ev_w,
            charging=current_a > 0,
            min_current_a=settings.min_current_a,
            max_current_a=settings.max_current_a,
            phases=settings.phases,
            voltage_v=settings.voltage_v,
            horizon=horizon,
        )

    def _draws(self, demand: Demand) -> tuple[int, float]:
        """What the car would be offered, A, and would draw, W."""
        current_a = min(int(demand.current_a), self._settings.max_current_a)
        current_a = current_a if current_a >= self._settings.min_current_a else 0
        return current_a, self._power_w(current_a)

    def _power_w(self, current_a: int) -> float:
        nominal_w, most_w = current_a * self._settings.phases * self._settings.voltage_v, self._horizon.full_power_w
        return nominal_w if most_w is None else min(nominal_w, most_w)

    def _expected(self, at: datetime) -> Expected | None:
        forecast = self._horizon.forecast
        return None if forecast is None else next(iter(forecast.within(Span(at, at + _MINUTE))), None)

    def _later(self, start: datetime, end: datetime, power_w: float) -> Horizon:
        """What will be known by `end`: what the car has got by then."""
        if power_w <= 0:
            return self._horizon
        marks = self._horizon.charged.marks
        begin = () if marks[-1].at >= start else (Mark(start, marks[-1].wh),)
        wh, full_w = marks[-1].wh + power_w * Span(start, end).hours, self._horizon.full_power_w
        if full_w is None and end - start >= _MEASURED:
            full_w = self._power_w(self._settings.max_current_a)
        return replace(self._horizon, charged=EnergyLog((*marks, *begin, Mark(end, wh))), full_power_w=full_w)


def foresee(settings: CoreSettings, horizon: Horizon, span: Span, overrides: Overrides = NO_OVERRIDES) -> list[Stretch]:
    """What would be decided in `span`, stretch by stretch; whatever a strategy raises comes through.

    Args:
        settings: The site.
        horizon: What is known at its beginning.
        span: From now on, aware UTC.
        overrides: What a person wants for a while.
    """
    course, start = _Course(settings, horizon, overrides, span.start), span.start
    found: list[Stretch] = []
    ends = [one.until for one in overrides if one is not None and one.until is not None]
    for end in sorted({*_cuts(horizon, span), *(until for until in ends if span.start < until < span.end)}):
        while start < end:
            found.append(course.stretch(start, end))
            start = found[-1].span.end
    return found


def _cuts(horizon: Horizon, span: Span) -> list[datetime]:
    """The quarters of an hour in `span`, its end, and where price or expected sun change."""
    quarter = span.start.replace(minute=span.start.minute // 15 * 15, second=0, microsecond=0) + _QUARTER
    cuts = {span.end, *(quarter + n * _QUARTER for n in range(ceil((span.end - quarter) / _QUARTER)))}
    prices = horizon.prices.within(span) if horizon.prices is not None else []
    sun = horizon.forecast.within(span) if horizon.forecast is not None else []
    for price in prices:
        cuts.update((price.start, price.end))
    for expected in sun:
        cuts.update((expected.start, expected.end))
    return sorted(cuts - {span.start})


def _until(start: datetime, end: datetime, stands: Callable[[datetime], bool]) -> datetime:
    """The minute from which a decision stands no longer; `end` where it still does just before that."""
    minutes = int((end - start) / _MINUTE)
    if minutes < 2 or stands(start + (minutes - 1) * _MINUTE):
        return end
    low, high = 0, minutes - 1
    while high - low > 1:
        middle = (low + high) // 2
        if stands(start + middle * _MINUTE):
            low = middle
        else:
            high = middle
    return start + high * _MINUTE
