"""Charge while the grid's energy is cheap: below a limit, or in the cheapest hours before a time."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from math import floor, inf
from typing import ClassVar, Literal, NamedTuple, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from controller.domain.calendar import DAYS, Span, Window, wall_time
from controller.domain.cheap_hours import at_most, bridges, cheapest, mean_price, together
from controller.domain.demand import Defer, Demand, Situation
from controller.domain.horizon import Forecast, Horizon
from controller.domain.prices import Price, PriceTable
from controller.domain.reasons import Reason, ReasonCode, because
from controller.domain.units import MAX_CURRENT_A, MIN_CURRENT_A

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_NOMINAL_V = 230.0  # what a start is worth must not change with the voltage of the moment
_DAY = timedelta(days=1)
_TWO_PERIODS = 2 * _DAY
_QUARTERS_AN_HOUR = 4
_TREMBLES = 0.05


class PriceSettings(BaseModel):
    """The table `[strategy.price]`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    limit_per_kwh: float | None = Field(default=None, ge=-10, le=100)
    cheapest_hours: float | None = Field(default=None, gt=0, le=24)
    before: str = "07:00"
    after: str | None = None
    contiguous: bool = False
    leave_for_sun_kwh: float = Field(default=0.0, ge=0, le=500)
    sun_days: list[Day] = Field(default=list(get_args(Day)), min_length=1)
    current_a: int = Field(default=16, ge=MIN_CURRENT_A, le=MAX_CURRENT_A)
    start_costs_kwh: float = Field(default=0.1, ge=0.001, le=5)
    use_battery: bool = False
    then: str = Field(default="surplus", min_length=1)

    @field_validator("before", "after")
    @classmethod
    def _is_wall_time(cls, text: str | None) -> str | None:
        return None if text is None else f"{wall_time(text):%H:%M}"

    @field_validator("then")
    @classmethod
    def _is_another(cls, name: str) -> str:
        if name == "price":
            raise ValueError('names itself; "surplus", "off" or another strategy is right')
        return name

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        hours = self.cheapest_hours
        if hours is None:
            if self.contiguous or self.after is not None or self.leave_for_sun_kwh:
                raise ValueError(
                    "contiguous, after and leave_for_sun_kwh say something of cheapest_hours, which is missing"
                )
            return self
        if (hours * _QUARTERS_AN_HOUR) % 1:
            raise ValueError(f"cheapest_hours = {hours:g} must be whole quarter hours, like 2.5 or 2.75")
        start, end = (wall_time(text) for text in (self.after or self.before, self.before))
        most = ((end.hour - start.hour) + (end.minute - start.minute) / 60) % 24 or 24
        if hours > most:
            raise ValueError(
                f"cheapest_hours = {hours:g} do not fit in: from {start:%H:%M} to {end:%H:%M} is {most:g} h"
            )
        return self

    @property
    def window(self) -> Window:
        """In which the cheapest hours are looked for."""
        return Window(wall_time(self.after or self.before), wall_time(self.before))


class _Limit(NamedTuple):
    """Up to which price charging always pays.

    Attributes:
        per_kwh: The price.
        than: What it is, for the reason.
    """

    per_kwh: float
    than: str


class _Left(NamedTuple):
    """What is not bought because the sun is expected to bring it.

    Attributes:
        hours: How many of the cheapest hours are bought all the same.
        kwh: What the others would have brought.
    """

    hours: float
    kwh: float


class _Sky(NamedTuple):
    """What is left to the sun follows from this.

    Attributes:
        forecast: What is expected of it.
        full_power_w: What the car draws, as measured; it trembles as it is measured, and a little of that is nothing.
    """

    forecast: Forecast | None
    full_power_w: float | None

    def stands(self, horizon: Horizon) -> bool:
        """Whether it is still so."""
        old_w, new_w = self.full_power_w or 0.0, horizon.full_power_w or 0.0
        return self.forecast is horizon.forecast and abs(new_w - old_w) <= _TREMBLES * old_w


class _Choice(NamedTuple):
    """The cheap hours of this period and the next.

    Attributes:
        made_from: The prices, of which it is the choice, until something else is known.
        feed_in_price: Likewise.
        phases: Likewise.
        asked_at: It holds from here,
        period: to this one's end.
        limit: Up to which price charging always pays.
        sky: Likewise, where some of it is left to the sun; else None.
        left: What of this period is left to the sun.
        cheapest: The cheapest hours.
        spans: All stretches in which to charge, apart from one another.
        starts: Of those.
    """

    made_from: PriceTable
    feed_in_price: float | None
    phases: int
    asked_at: datetime
    period: Span
    limit: _Limit
    sky: _Sky | None
    left: _Left
    cheapest: Sequence[Span]
    spans: Sequence[Span]
    starts: Sequence[datetime]

    def stands(self, situation: Situation, now: datetime) -> bool:
        """Whether another look would bring the same."""
        horizon = situation.horizon
        return (
            horizon.prices is self.made_from
            and horizon.feed_in_price == self.feed_in_price
            and situation.phases == self.phases
            and (self.sky is None or self.sky.stands(horizon))
            and self.asked_at <= now < self.period.end
        )


class ByPrice:
    """Full current in the cheap hours, then the sun, or who else is to say."""

    Settings: ClassVar[type[PriceSettings]] = PriceSettings
    needs_prices: ClassVar[bool] = True

    def __init__(self, settings: PriceSettings) -> None:
        self._settings = settings
        self._window = settings.window
        self._made: _Choice | None = None

    @classmethod
    def from_settings(cls, settings: PriceSettings) -> Self:
        """See `Strategy.from_settings`."""
        return cls(settings)

    def demand(self, situation: Situation) -> Demand | Defer:
        """See `Strategy.demand`."""
        table, now = situation.horizon.prices, situation.local_time.astimezone(UTC)
        price = None if table is None else table.at(now)
        if table is None or price is None:
            return self._otherwise(because(ReasonCode.PRICE_UNKNOWN))
        choice = self._choice(table, situation, now)
        place = bisect_right(choice.starts, now) - 1
        if place < 0 or now >= choice.spans[place].end:
            return self._too_dear(choice, price, place + 1, situation)
        until = choice.spans[place].end.astimezone(situation.local_time.tzinfo)
        current_a = situation.max_current_a if price.per_kwh <= 0 else self._settings.current_a
        return Demand(
            current_a=min(current_a, situation.max_current_a),
            reason=_told(self._cheap(choice, price, now, until), choice),
            steady_w=(-inf, inf),
            battery_spared=not self._settings.use_battery,
        )

    def _choice(self, table: PriceTable, situation: Situation, now: datetime) -> _Choice:
        """The cheap hours: worked out when something else is known, and when a period is over."""
        if self._made is None or not self._made.stands(situation, now):
            self._made = self._choose(table, situation, now)
        return self._made

    def _choose(self, table: PriceTable, situation: Situation, now: datetime) -> _Choice:
        settings, zone = self._settings, situation.local_time.tzinfo
        horizon: Horizon = situation.horizon
        ahead = Span(now, now + _TWO_PERIODS)
        periods = list(self._window.spans(ahead, zone or UTC))[:2]
        start_costs_h = settings.start_costs_kwh * 1000 / (settings.current_a * situation.phases * _NOMINAL_V)
        hours: list[Span] = []
        lefts = [self._left(situation, period) for period in periods]
        for period, left in zip(periods, lefts, strict=True) if settings.cheapest_hours is not None else ():
            if table.stale or table.prices[-1].end >= period.end:  # else the rest is about to be known
                hours += self._hours(table, period, left.hours, start_costs_h)
        limit = self._limit(table, horizon, periods[0])
        low = at_most(table, limit.per_kwh)
        spans = together(hours, low, bridges(table, low, limit.per_kwh, start_costs_h))
        return _Choice(
            made_from=table,
            feed_in_price=horizon.feed_in_price,
            phases=situation.phases,
            asked_at=now,
            period=periods[0],
            limit=limit,
            sky=_Sky(horizon.forecast, horizon.full_power_w) if settings.leave_for_sun_kwh else None,
            left=lefts[0],
            cheapest=hours,
            spans=spans,
            starts=[span.start for span in spans],
        )

    def _hours(self, table: PriceTable, period: Span, hours: float, start_costs_h: float) -> Sequence[Span]:
        """The cheapest; where some are left to the sun, of those that would be bought without it.

        However the forecast changes, no more than these are ever bought.
        """
        wanted, contiguous = self._settings.cheapest_hours or 0.0, self._settings.contiguous
        chosen = cheapest(table, period, wanted, start_costs_h, contiguous=contiguous)
        if hours >= wanted:
            return chosen
        theirs = PriceTable(tuple(price for span in chosen for price in table.within(span)))
        return cheapest(theirs, period, hours, start_costs_h, contiguous=contiguous)

    def _left(self, situation: Situation, period: Span) -> _Left:
        """Of a period's hours, to the quarter, what the sun of the day after it is to bring; nothing, unless asked."""
        wanted, horizon = self._settings.cheapest_hours or 0.0, situation.horizon
        zone, days = situation.local_time.tzinfo, self._settings.sun_days
        if not self._settings.leave_for_sun_kwh or horizon.forecast is None:
            return _Left(wanted, 0.0)
        nominal_w = self._settings.current_a * situation.phases * _NOMINAL_V
        full_w = min(nominal_w, horizon.full_power_w or nominal_w)
        least_w = situation.min_current_a * situation.phases * _NOMINAL_V
        ahead = horizon.forecast.within(Span(period.end, period.end + _DAY))
        there = [step for step in ahead if DAYS[step.start.astimezone(zone).weekday()] in days]
        useful = [step for step in there if step.surplus_w >= least_w]
        sun_wh = sum(min(step.surplus_w, full_w) * Span(step.start, step.end).hours for step in useful)
        left_h = min(sun_wh, 1000 * self._settings.leave_for_sun_kwh) / full_w
        left_h = min(wanted, floor(left_h * _QUARTERS_AN_HOUR) / _QUARTERS_AN_HOUR)
        return _Left(wanted - left_h, left_h * full_w / 1000)

    def _limit(self, table: PriceTable, horizon: Horizon, within: Span) -> _Limit:
        """The one that is set; else what sun is worth that would be sold, where that is little; else nothing."""
        if self._settings.limit_per_kwh is not None:
            return _Limit(self._settings.limit_per_kwh, "price_limit")
        feed_in, mean = horizon.feed_in_price, mean_price(table, within)
        if feed_in is not None and mean is not None and 0 < feed_in < mean:
            return _Limit(feed_in, "feed_in")
        return _Limit(0.0, "price_zero")

    def _cheap(self, choice: _Choice, price: Price, now: datetime, until: datetime) -> Reason:
        limit = choice.limit
        if price.per_kwh > limit.per_kwh and any(span.holds(now) for span in choice.cheapest):
            return because(
                ReasonCode.PRICE_CHEAPEST,
                hours=choice.left.hours,
                before=self._settings.before,
                until=until,
                price_per_kwh=price.per_kwh,
            )
        code = ReasonCode.PRICE_LOW if price.per_kwh <= limit.per_kwh else ReasonCode.PRICE_BRIDGED
        return because(code, price_per_kwh=price.per_kwh, than=limit.than, than_per_kwh=limit.per_kwh, until=until)

    def _too_dear(self, choice: _Choice, price: Price, place: int, situation: Situation) -> Demand | Defer:
        if self._settings.then != "off":
            return Defer(to=self._settings.then)
        known = place < len(choice.spans)
        upcoming = choice.spans[place].start.astimezone(situation.local_time.tzinfo) if known else "not_known"
        reason = because(ReasonCode.PRICE_HIGH, price_per_kwh=price.per_kwh, next=upcoming)
        return self._otherwise(_told(reason, choice))

    def _otherwise(self, reason: Reason) -> Demand | Defer:
        """Who else is to say; where nobody is, why nothing is charged."""
        if self._settings.then != "off":
            return Defer(to=self._settings.then)
        return Demand(current_a=0, reason=reason, steady_w=(-inf, inf))


def _told(reason: Reason, choice: _Choice) -> Reason:
    """With a word where some is left to the sun, and where nothing newer could be had."""
    if choice.left.kwh > 0 and reason.code in (ReasonCode.PRICE_CHEAPEST, ReasonCode.PRICE_HIGH):
        reason = because(ReasonCode.PRICE_LEAVES_ROOM, why=reason, left_kwh=choice.left.kwh)
    return because(ReasonCode.PRICE_STALE, why=reason) if choice.made_from.stale else reason
