"""A year of trips that have to be ready: is each one met, and what does it cost beside the exact optimum?

The energy flows as `ready_by` wants it, in steps of a quarter of an hour or to the next moment that it names; prices
and sun are made up, hour by hour, and known: what is measured is the plan, not a forecast.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from time import perf_counter
from zoneinfo import ZoneInfo

from bench.optimum import LEAST_A, MOST_A, Offer, Piece, per_hour, pieces
from controller.domain.calendar import Span, instant, wall_time
from controller.domain.demand import Defer, Demand, Situation
from controller.domain.horizon import EnergyLog, Expected, Forecast, Horizon, Mark
from controller.domain.prices import Price, PriceTable
from controller.domain.readings import House
from strategies.ready_by import ReadyBy, ReadyBySettings

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe")
TRIPS = [
    {"by": "07:00", "days": ["mon", "tue", "wed", "thu", "fri"], "kwh": 12},
    {"by": "02:30", "days": ["sat", "sun"], "kwh": 9},
    {"by": "17:00", "days": ["sun"], "km": 130},
]
"""On both clock-change days of the Northern zones a clock skips, or shows twice, the time of the second."""

FEED_IN_PRICE = 0.08
WATTS_PER_AMP = 690.0
_HOUR, _QUARTER, _MINUTE = timedelta(hours=1), timedelta(minutes=15), timedelta(minutes=1)
_AHEAD, _BACK = timedelta(days=9), timedelta(days=9)
_MET_WH = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """What became of one deadline.

    Attributes:
        by: The deadline, UTC.
        needs_wh: What was wanted.
        got_wh: What there was.
        cost: What it cost.
        least_cost: What it had to cost; None where it could not be made.
        starts: How often charging began.
    """

    by: datetime
    needs_wh: float
    got_wh: float
    cost: float
    least_cost: float | None
    starts: int

    @property
    def met(self) -> bool:
        """Whether there was enough."""
        return self.got_wh > self.needs_wh - _MET_WH


class World:
    """Prices and sun of a place, hour by hour, from a seed.

    Args:
        zone: IANA name.
        first: The first day.
        days: How many.
        sunny: How much sun there is; 0 for none.
    """

    def __init__(self, zone: str, first: date, days: int, *, sunny: float = 1.0) -> None:
        self.zone = ZoneInfo(zone)
        self.first, self.days = first, days
        chance = random.Random(f"{zone} {first} {days}")  # noqa: S311 -- made-up prices
        start = instant(first - timedelta(days=2), wall_time("00:00"), self.zone)
        end = instant(first + timedelta(days=days + 10), wall_time("00:00"), self.zone)
        self.prices: list[Price] = []
        self.sun: list[Expected] = []
        clear = 0.5
        for hour in range(round((end - start) / _HOUR)):
            at = start + hour * _HOUR
            local = at.astimezone(self.zone)
            if local.hour == 0:
                clear = chance.random()
            daily = 0.06 * math.sin((local.hour - 14) / 24 * 4 * math.pi) + 0.03 * math.sin(local.hour / 24 * math.tau)
            self.prices.append(Price(at, at + _HOUR, round(0.27 + daily + chance.gauss(0, 0.03), 4)))
            height = math.sin((local.hour + 0.5 - 6) / 12 * math.pi)
            pv_w = max(0.0, 9000 * sunny * clear * height)
            self.sun.append(Expected(at, at + _HOUR, round(pv_w), 600.0))
        self.start = start

    def horizon(self, now: datetime) -> Horizon:
        """What is known on the day of `now`."""
        begin = max(0, math.floor((now - self.start) / _HOUR) - 26)
        hours = slice(begin, begin + round(_AHEAD / _HOUR) + 26)
        return Horizon(
            prices=PriceTable(tuple(self.prices[hours])),
            forecast=Forecast(tuple(self.sun[hours]), now, "known"),
            full_power_w=MOST_A * WATTS_PER_AMP,
            feed_in_price=FEED_IN_PRICE,
        )

    def hour(self, now: datetime) -> tuple[float, float]:
        """Price of the grid and expected sun, W."""
        place = math.floor((now - self.start) / _HOUR)
        return self.prices[place].per_kwh, self.sun[place].surplus_w


def live(world: World, trips: Sequence[dict[str, object]] = TRIPS, **settings: object) -> list[Period]:
    """Lets the days pass; the periods are those that begin and end within them."""
    chosen = ReadyBySettings.model_validate({"trips": list(trips), "then": "off", **settings})
    deadlines = _deadlines(world, chosen)
    house = _Flow(world, ReadyBy.from_settings(chosen))
    house.run(deadlines[0][0])
    found = []
    for (begin, _), (by, needs_wh) in pairwise(deadlines):
        before = house.got_wh, house.cost, house.starts
        house.run(by)
        least = least_cost(needs_wh, world, Span(begin, by))
        found.append(
            Period(
                by=by,
                needs_wh=needs_wh,
                got_wh=house.got_wh - before[0],
                cost=house.cost - before[1],
                least_cost=least,
                starts=house.starts - before[2],
            )
        )
    return found


def _deadlines(world: World, settings: ReadyBySettings) -> list[tuple[datetime, float]]:
    last = world.first + timedelta(days=world.days - 1)
    return sorted(
        (by, trip.wh(settings.kwh_per_100_km))
        for trip in settings.trips
        for by in trip.moments(world.first, last, world.zone)
    )


class _Flow:
    """The car at the plug."""

    def __init__(self, world: World, strategy: ReadyBy) -> None:
        self._world, self._strategy = world, strategy
        self.now = instant(world.first, wall_time("00:00"), world.zone)
        self._day: date | None = None
        self._horizon = Horizon()
        self._marks: list[Mark] = [Mark(self.now, 0.0)]
        self.got_wh, self.cost, self.starts, self.current_a = 0.0, 0.0, 0, 0

    def run(self, until: datetime) -> None:
        """Up to `until`."""
        while self.now < until:
            self._renew()
            answer = self._strategy.demand(self._situation())
            current_a = int(answer.current_a) if isinstance(answer, Demand) else 0
            self.starts += current_a > 0 and self.current_a == 0
            self.current_a = current_a
            end = min(until, _next_quarter(self.now), _named(answer, self.now))
            self._charge(end)
            self.now = end

    def _renew(self) -> None:
        today = self.now.astimezone(self._world.zone).date()
        if today != self._day:
            self._day, self._horizon = today, self._world.horizon(self.now)
            old = self.now - _BACK
            self._marks = [mark for mark in self._marks if mark.at > old] or self._marks[-1:]
        self._horizon = replace(self._horizon, charged=EnergyLog(tuple(self._marks)))

    def _situation(self) -> Situation:
        ev_w = self.current_a * WATTS_PER_AMP
        grid_w = ev_w - self._world.hour(self.now)[1]
        return Situation(
            local_time=self.now.astimezone(self._world.zone),
            house=House(grid_w=grid_w, grid_age_s=0.0),
            grid_w=grid_w,
            ev_w=ev_w,
            charging=self.current_a > 0,
            min_current_a=LEAST_A,
            max_current_a=MOST_A,
            phases=3,
            voltage_v=230.0,
            horizon=self._horizon,
        )

    def _charge(self, end: datetime) -> None:
        hours = Span(self.now, end).hours
        price, surplus_w = self._world.hour(self.now)
        power_w = self.current_a * WATTS_PER_AMP
        self.got_wh += power_w * hours
        self.cost += per_hour(power_w, Offer(hours, price, surplus_w), FEED_IN_PRICE) * hours
        if power_w > 0:
            if self._marks[-1].at < self.now:
                self._marks.append(Mark(self.now, self._marks[-1].wh))
            self._marks.append(Mark(end, self.got_wh))


def _next_quarter(now: datetime) -> datetime:
    return now.replace(minute=now.minute // 15 * 15, second=0, microsecond=0) + _QUARTER


def _named(answer: Demand | Defer, now: datetime) -> datetime:
    """The next moment that the answer names, on the full minute."""
    values = answer.reason.values if answer.reason is not None else {}
    until, following = values.get("until"), values.get("next")
    if isinstance(until, datetime):
        return max(now + timedelta(seconds=1), until.astimezone(UTC))
    if isinstance(following, datetime):
        return max(now + _MINUTE, following.astimezone(UTC).replace(second=0, microsecond=0))
    return now + _QUARTER


def least_cost(needs_wh: float, world: World, span: Span) -> float | None:
    """What the energy has to cost at least, starts for nothing; None where there is too little time.

    In each hour the cost rises ever more steeply with the energy, once powers are mixed in time: so the whole is a
    linear programme with one sum to reach, and the cheapest pieces first are its exact solution.
    """
    found: list[Piece] = []
    start = span.start
    while start < span.end:
        end = min(span.end, world.start + (math.floor((start - world.start) / _HOUR) + 1) * _HOUR)
        price, surplus_w = world.hour(start)
        found += pieces(Offer(Span(start, end).hours, price, surplus_w), WATTS_PER_AMP, FEED_IN_PRICE)
        start = end
    cost = 0.0
    for per_kwh, kwh in sorted(found):
        taken_kwh = min(kwh, needs_wh / 1000)
        cost += taken_kwh * per_kwh
        needs_wh -= 1000 * taken_kwh
    return cost if needs_wh < 1.0 else None


def bench_plans() -> Iterator[tuple[str, str]]:
    """A year in each zone, with sun and without."""
    for zone, what, sunny in (*((zone, "sun", 1.0) for zone in ZONES), (ZONES[0], "no sun", 0.0)):
        begin = perf_counter()
        periods = live(World(zone, date(2026, 1, 1), 365, sunny=sunny))
        possible = [period for period in periods if period.least_cost is not None]
        met = sum(period.met for period in possible)
        yield (
            f"ready_by, a year, {zone}, {what}",
            f"{met} of {len(possible)} met, {100 * over(possible):+.2f} % beside the optimum, "
            f"{sum(period.starts for period in possible)} starts, {perf_counter() - begin:.0f} s",
        )


def over(periods: Sequence[Period]) -> float:
    """By how much more was paid than had to be, as a share."""
    return sum(period.cost for period in periods) / sum(period.least_cost or 0.0 for period in periods) - 1
