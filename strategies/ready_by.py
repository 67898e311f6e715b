"""Enough in the car by a time: from the sun first, the rest from the cheapest hours, or the latest that still make it.

What is planned is a function of the minute, of what has been charged, and of whether the car charges: nothing is
remembered but the last answer, as long as the question is the same.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, tzinfo
from math import inf
from typing import Annotated, ClassVar, Literal, NamedTuple, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from controller.domain.calendar import DAYS, Span, instant, wall_time
from controller.domain.demand import Defer, Demand, Situation
from controller.domain.needs import Due, Need, due, in_order, shortfall
from controller.domain.planner import Plan, Step, Terms, cheapest
from controller.domain.reasons import Reason, ReasonCode, because
from controller.domain.slots import slots, tariff
from controller.domain.units import MAX_CURRENT_A, MIN_CURRENT_A
from controller.domain.worth import best_a

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_AHEAD, _MINUTE = timedelta(days=8), timedelta(minutes=1)
_UNMEASURED = 0.9
"""Of the nominal power so much is reckoned with until the car's own has been measured."""
_TIGHT = 0.95
"""With more than this share of what is left of the time needed, the home battery is not waited for."""
_SPARE_WH = 10.0
"""Less is not missed."""
_LEAST_SHARE = 0.01


def _is_wall_time(text: str) -> str:
    return f"{wall_time(text):%H:%M}"


def _as_moment(value: object) -> object:
    """TOML has moments of its own; from the environment they come as text."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        moment = None
    if not isinstance(moment, datetime):
        raise ValueError("is no moment like 2026-12-24T07:00:00")  # noqa: TRY004 -- pydantic takes no TypeError
    return moment


class _Wanted(BaseModel):
    """How much: in kWh, or in km at a consumption."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    kwh: float | None = Field(default=None, gt=0, le=500)
    km: float | None = Field(default=None, gt=0, le=2000)
    kwh_per_100_km: float | None = Field(default=None, gt=0, le=100)

    @model_validator(mode="after")
    def _is_told_once(self) -> Self:
        if (self.kwh is None) == (self.km is None):
            raise ValueError("exactly one of kwh and km is needed")
        if self.kwh is not None and self.kwh_per_100_km is not None:
            raise ValueError("kwh_per_100_km goes with km")
        return self

    def wh(self, usual_kwh_per_100_km: float) -> float:
        """In Wh."""
        if self.kwh is not None:
            return 1000 * self.kwh
        return 10 * (self.km or 0.0) * (self.kwh_per_100_km or usual_kwh_per_100_km)


class Trip(_Wanted):
    """One of `trips`: what is wanted each week."""

    by: Annotated[str, AfterValidator(_is_wall_time)]
    days: list[Day] = Field(default=["mon", "tue", "wed", "thu", "fri", "sat", "sun"], min_length=1)

    def moments(self, first: date, last: date, zone: tzinfo) -> list[datetime]:
        """By when, on the days from `first` to `last`."""
        days = (first + timedelta(days=ahead) for ahead in range((last - first).days + 1))
        return [instant(day, wall_time(self.by), zone) for day in days if DAYS[day.weekday()] in self.days]


class Once(_Wanted):
    """One of `once`: what is wanted by one moment; local time unless it has an offset."""

    at: Annotated[datetime, BeforeValidator(_as_moment)]

    def moment(self, zone: tzinfo) -> datetime:
        """By when, UTC."""
        if self.at.tzinfo is not None:
            return self.at.astimezone(UTC)
        return instant(self.at.date(), self.at.time(), zone)


class ReadyBySettings(BaseModel):
    """The table `[strategy.ready_by]`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    trips: list[Trip] = []
    once: list[Once] = []
    kwh_per_100_km: float = Field(default=18, gt=0, le=100)
    leftover_counts: bool = False
    losses_pct: float = Field(default=0, ge=0, le=50)
    reserve_min: float = Field(default=15, ge=0, le=720)
    current_a: int = Field(default=MAX_CURRENT_A, ge=MIN_CURRENT_A, le=MAX_CURRENT_A)
    start_costs_kwh: float = Field(default=0.1, ge=0.001, le=5)
    use_battery: bool = False
    then: Literal["surplus", "minimum", "off", "off_peak", "price"] = "surplus"


class _Outlook(NamedTuple):
    """What is planned.

    Attributes:
        next: The next deadline.
        plan: Up to it, or up to the reserve before it; there is a step at least.
        feed_in_price: What a kWh of sun would have earned.
        full_w: With how much at the most, W.
        short: What cannot be made: which need, and how much it will lack, Wh.
        tight: Whether there is hardly any time to spare.
        left: To whom the car is left meanwhile; None where it charges for this.
    """

    next: Due
    plan: Plan
    feed_in_price: float
    full_w: float
    short: tuple[Need, float] | None
    tight: bool
    left: Defer | None


class ReadyBy:
    """Leaves the car to the sun as long as it can wait, and charges when its plan says so."""

    Settings: ClassVar[type[ReadyBySettings]] = ReadyBySettings

    def __init__(self, settings: ReadyBySettings) -> None:
        self._settings = settings
        self._idle = Defer(to=settings.then)
        self._wants_nothing = not settings.trips and not settings.once
        self._asked: tuple[object, ...] = ()
        self._outlooks: dict[bool, _Outlook | None] = {}

    @classmethod
    def from_settings(cls, settings: ReadyBySettings) -> Self:
        """See `Strategy.from_settings`."""
        return cls(settings)

    def demand(self, situation: Situation) -> Demand | Defer:
        """See `Strategy.demand`."""
        outlook = None if self._wants_nothing else self._outlook(situation)
        if outlook is None:
            return self._idle
        if outlook.left is not None:
            return outlook.left
        step, most_a = outlook.plan.steps[0], self._most_a(situation)
        if outlook.short is not None:
            return self._charge(most_a, _why_short(situation, outlook.short, most_a), outlook)
        current_a = most_a
        if step.power_w < outlook.full_w:  # the plan reckons with the least at any rate, and with the sun on top
            least_a, share = situation.min_current_a, _solar_share(step, outlook)
            current_a = best_a(_sun_w(situation), situation.watts_per_amp, share, least_a, most_a)
        return self._charge(current_a, _why_charges(situation, outlook, current_a), outlook)

    def _charge(self, current_a: int, reason: Reason, outlook: _Outlook) -> Demand:
        spared = not self._settings.use_battery and not outlook.tight
        return Demand(current_a=float(current_a), reason=reason, battery_spared=spared)

    def _left(self, situation: Situation, coming: Due, plan: Plan, full_w: float) -> Defer | None:
        """To whom the car is left meanwhile; None where the plan has come to its hours."""
        step = plan.steps[0]
        if step.span.start < _minute(situation) + _MINUTE:  # what begins within this minute begins with it
            if step.power_w >= full_w or step.sun_w < step.power_w or self._settings.then != "surplus":
                return None
            step = next((bought for bought in plan.steps if bought.sun_w < bought.power_w), step)
        reason = because(
            ReasonCode.READY_WAITS,
            missing_kwh=coming.missing_wh / 1000,
            by=_local(coming.by, situation),
            next=_local(step.span.start, situation),
        )
        return Defer(to=self._settings.then, reason=reason)

    def _outlook(self, situation: Situation) -> _Outlook | None:
        """What is planned in this minute; None where nothing is missing."""
        minute = situation.local_time.timestamp() // 60
        asked = (situation.horizon, minute, situation.max_current_a, situation.min_current_a, situation.phases)
        if len(self._asked) != len(asked) or asked[0] is not self._asked[0] or asked[1:] != self._asked[1:]:
            self._asked, self._outlooks = asked, {}
        goes_on = situation.charging and _sun_w(situation) < situation.min_current_a * situation.watts_per_amp
        if goes_on not in self._outlooks:
            self._outlooks[goes_on] = self._planned(situation, goes_on=goes_on)
        return self._outlooks[goes_on]

    def _planned(self, situation: Situation, *, goes_on: bool) -> _Outlook | None:
        """The plan from now on; `goes_on`: the car charges, and not from the sun, so that going on is no start."""
        now, horizon, full_w = _minute(situation), situation.horizon, self._full_w(situation)
        needs = self._needs(now, situation.local_time.tzinfo or UTC)
        coming = due(
            needs,
            now,
            horizon.charged,
            horizon.plugged_since,
            full_w,
            leftover_counts=self._settings.leftover_counts,
        )
        if coming is None or coming.missing_wh < _SPARE_WH:
            return None
        costs = tariff(horizon)
        terms = Terms(
            least_w=min(full_w, situation.min_current_a * situation.watts_per_amp),
            full_w=full_w,
            feed_in_price=costs.feed_in_price,
            start_cost=self._settings.start_costs_kwh * costs.usual_price,
            charging=goes_on,
            whole_wh=coming.wh + coming.early_wh,
        )
        end = coming.by - timedelta(minutes=self._settings.reserve_min)
        room_wh = full_w * Span(now, end).hours
        if coming.missing_wh < room_wh:
            plan = cheapest(coming.missing_wh, slots(Span(now, end), horizon, costs.import_price), terms)
        else:  # there is no choice left
            done = now + timedelta(hours=coming.missing_wh / full_w)
            plan = cheapest(inf, slots(Span(now, min(done, coming.by)), horizon, costs.import_price), terms)
        short = shortfall(needs, now, coming.got_wh, full_w, leftover_counts=self._settings.leftover_counts)
        left = None if short is not None else self._left(situation, coming, plan, full_w)
        tight = coming.missing_wh > _TIGHT * room_wh
        return _Outlook(coming, plan, costs.feed_in_price, full_w, short, tight, left)

    def _needs(self, now: datetime, zone: tzinfo) -> list[Need]:
        """The deadlines of the days around `now`."""
        settings = self._settings
        back = 2 * _AHEAD if settings.leftover_counts else _AHEAD  # of the first one nothing is known to be left
        first, last = ((now + shift).astimezone(zone).date() for shift in (-back, _AHEAD))
        wanted = [
            (at, trip.wh(settings.kwh_per_100_km)) for trip in settings.trips for at in trip.moments(first, last, zone)
        ]
        wanted += [(once.moment(zone), once.wh(settings.kwh_per_100_km)) for once in settings.once]
        kept = 1 - settings.losses_pct / 100
        return in_order(Need(at, wh / kept) for at, wh in wanted if -back <= at - now <= _AHEAD)

    def _most_a(self, situation: Situation) -> int:
        """With how many amps it charges; a box that allows less than the minimum is hoped to allow that in time."""
        return max(situation.min_current_a, min(self._settings.current_a, situation.max_current_a))

    def _full_w(self, situation: Situation) -> float:
        """What the car draws at the most: as measured, else somewhat less than nominal."""
        nominal_w = self._most_a(situation) * situation.watts_per_amp
        measured_w = situation.horizon.full_power_w
        return _UNMEASURED * nominal_w if measured_w is None else min(measured_w, nominal_w)


def _minute(situation: Situation) -> datetime:
    """The beginning of this minute, UTC: within it nothing is planned anew."""
    return situation.local_time.astimezone(UTC).replace(second=0, microsecond=0)


def _sun_w(situation: Situation) -> float:
    """What the roof has left over for the car, W: what a home battery gives is none of it."""
    return situation.ev_w - situation.grid_w - max(0.0, situation.house.battery_w or 0.0)


def _solar_share(step: Step, outlook: _Outlook) -> float:
    """Of the last amp so much has to be sun for it to cost no more than the dearest kWh that is planned."""
    dearest = max(planned.kwh_price for planned in outlook.plan.steps)
    if step.grid_price <= max(dearest, outlook.feed_in_price):
        return _LEAST_SHARE
    share = (step.grid_price - dearest) / (step.grid_price - outlook.feed_in_price)
    return min(1.0, max(_LEAST_SHARE, share))


def _local(moment: datetime, situation: Situation) -> datetime:
    return moment.astimezone(situation.local_time.tzinfo)


def _why_short(situation: Situation, short: tuple[Need, float], current_a: int) -> Reason:
    (by, wh), lacks_wh = short
    return because(
        ReasonCode.READY_SHORT,
        there_kwh=(wh - lacks_wh) / 1000,
        kwh=wh / 1000,
        there_pct=100 * (1 - lacks_wh / wh),
        by=_local(by, situation),
        current_a=current_a,
    )


def _why_charges(situation: Situation, outlook: _Outlook, current_a: int) -> Reason:
    until = outlook.plan.steps[0].span.end
    for following in outlook.plan.steps:
        until = following.span.end if following.span.start == until else until
    coming = outlook.next
    return because(
        ReasonCode.READY_CHARGES,
        missing_kwh=coming.missing_wh / 1000,
        kwh=(coming.wh + coming.early_wh) / 1000,
        by=_local(coming.by, situation),
        current_a=current_a,
        until=_local(until, situation),
    )
