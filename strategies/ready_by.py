"""Enough in the car by a time: from the sun first, the rest from the cheapest hours, or the latest that still make it.

What is planned is a function of the minute, of what has been charged, and of whether the car charges: nothing is
remembered but the last answer, as long as the question is the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta, tzinfo
from math import inf
from typing import Annotated, ClassVar, Literal, NamedTuple, Self

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from controller.domain.calendar import DAYS, Span, instant, wall_time
from controller.domain.demand import Defer, Demand, Situation
from controller.domain.needs import Due, Need, due, in_order, shortfall
from controller.domain.planner import Plan, Slot, Step, Terms, cheapest
from controller.domain.reasons import Reason, ReasonCode, because
from controller.domain.slots import slots, tariff
from controller.domain.units import MAX_CURRENT_A, MIN_CURRENT_A
from controller.domain.worth import best_a

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_AHEAD, _MINUTE = timedelta(days=8), timedelta(minutes=1)
_UNMEASURED = 0.9
"""Of the nominal power so much is reckoned with until the car's own has been measured: on one phase in a plan, which
then begins in good time whatever car it is; on all of them where it is told what cannot be made."""
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
        in_part: Whether it is the sun's part, or the least, and the sun on top; else it is all that the car takes.
        short: What cannot be made: which need, and how much it will lack, Wh.
        tight: Whether there is hardly any time to spare.
        left: To whom the car is left meanwhile; None where it charges for this.
    """

    next: Due
    plan: Plan
    feed_in_price: float
    in_part: bool
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
        self._outlooks: dict[tuple[bool, bool], _Outlook | None] = {}

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
        if outlook.in_part:
            least_a, share = situation.min_current_a, _solar_share(step, outlook)
            current_a = best_a(_sun_w(situation), situation.watts_per_amp, share, least_a, most_a)
        return self._charge(current_a, _why_charges(situation, outlook, current_a), outlook)

    def _charge(self, current_a: int, reason: Reason, outlook: _Outlook) -> Demand:
        spared = not self._settings.use_battery and not outlook.tight
        return Demand(current_a=float(current_a), reason=reason, battery_spared=spared)

    def _left(self, situation: Situation, coming: Due, plan: Plan, *, in_part: bool) -> Defer | None:
        """To whom the car is left meanwhile; None where the plan has come to its hours."""
        step = plan.steps[0]
        if _begins(plan, _minute(situation)):
            if not in_part or step.sun_w < step.power_w or self._settings.then != "surplus":
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
        dark = _sun_w(situation) < situation.min_current_a * situation.watts_per_amp
        seen = dark, situation.charging
        if seen not in self._outlooks:
            self._outlooks[seen] = self._planned(situation, dark=dark)
        return self._outlooks[seen]

    def _planned(self, situation: Situation, *, dark: bool) -> _Outlook | None:
        """The plan from now on; `dark`: the sun does not carry the minimum."""
        now, horizon, (full_w, hoped_w) = _minute(situation), situation.horizon, self._full_w(situation)
        needs = self._needs(now, situation.local_time.tzinfo or UTC)
        leftover = self._settings.leftover_counts
        coming, hoped = (
            due(needs, now, horizon.charged, horizon.plugged_since, full, leftover_counts=leftover)
            for full in (full_w, hoped_w)
        )
        if coming is None or hoped is None or coming.missing_wh < _SPARE_WH:
            return None
        costs = tariff(horizon)
        terms = Terms(
            least_w=min(full_w, situation.min_current_a * situation.watts_per_amp),
            full_w=full_w,
            feed_in_price=costs.feed_in_price,
            start_cost=self._settings.start_costs_kwh * costs.usual_price,
            charging=dark and situation.charging,  # from the grid: going on is no start
            whole_wh=coming.wh + coming.early_wh,
        )
        end = coming.by - timedelta(minutes=self._settings.reserve_min)
        room_wh = full_w * Span(now, end).hours
        if has_time := coming.missing_wh < room_wh:
            ahead = slots(Span(now, end), horizon, costs.import_price)
            plan = cheapest(coming.missing_wh, ahead, terms)
            if dark and not situation.charging and self._settings.then != "surplus":
                plan = _or_later(plan, coming.missing_wh, ahead, terms)
        else:  # there is no choice left
            done = now + timedelta(hours=coming.missing_wh / full_w)
            plan = cheapest(inf, slots(Span(now, min(done, coming.by)), horizon, costs.import_price), terms)
        step = plan.steps[0]
        in_part = has_time and step.power_w < (hoped_w if step.sun_w >= step.power_w else full_w)
        short = shortfall(needs, now, hoped.got_wh, hoped_w, leftover_counts=leftover)
        left = self._left(situation, coming, plan, in_part=in_part) if short is None else None
        tight = coming.missing_wh > _TIGHT * room_wh
        return _Outlook(coming, plan, costs.feed_in_price, in_part, short, tight, left)

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

    def _full_w(self, situation: Situation) -> tuple[float, float]:
        """What the car draws at the most: what is reckoned with, and what is hoped for; alike once it is measured."""
        most_a, measured_w = self._most_a(situation), situation.horizon.full_power_w
        if measured_w is None:
            return _UNMEASURED * most_a * situation.voltage_v, _UNMEASURED * most_a * situation.watts_per_amp
        full_w = min(measured_w, most_a * situation.watts_per_amp)
        return full_w, full_w


def _minute(situation: Situation) -> datetime:
    """The beginning of this minute, UTC: within it nothing is planned anew."""
    return situation.local_time.astimezone(UTC).replace(second=0, microsecond=0)


def _sun_w(situation: Situation) -> float:
    """What the roof has left over for the car, W: what a home battery gives is none of it."""
    return situation.ev_w - situation.grid_w - max(0.0, situation.house.battery_w or 0.0)


def _begins(plan: Plan, minute: datetime) -> bool:
    """Whether there is something to be charged in this minute: what begins within it begins with it."""
    return plan.steps[0].span.start < minute + _MINUTE


def _or_later(plan: Plan, need_wh: float, ahead: Sequence[Slot], terms: Terms) -> Plan:
    """The plan, unless it begins with nothing but sun that does not come, and the grid is as cheap later.

    Then it is what would be planned if no sun came at all, which waits.
    """
    minute, step = ahead[0].span.start, plan.steps[0]
    if not _begins(plan, minute) or step.sun_w < step.power_w:
        return plan
    without = cheapest(need_wh, [slot._replace(surplus_w=0.0) for slot in ahead], terms)
    return plan if _begins(without, minute) else without


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
