"""A household's month by each strategy, as the backtest plays it: what it costs, beside the least that it could have.

The car leaves for work on four mornings a week and for a trip on Saturdays; what its battery lacks is bought on the
way, at a price that nobody likes. Sun, house and prices are made up from a seed, hour by hour and cloud by cloud; the
strategies see tomorrow's prices from one in the afternoon on, and of the sun what `--forecast` tells.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from bench.optimum import Offer, Terms, Trip, least_cost
from controller.cli.backtest.pilots import OURS, make_pilot
from controller.cli.backtest.scene import make_scene
from controller.domain.calendar import instant
from controller.domain.prices import Price
from controller.feeds.price_table import WrittenTable
from controller.simulation.backtest.box import ReferenceBox
from controller.simulation.backtest.horizon import Foresight, quarters_of
from controller.simulation.backtest.play import Look, Pilot, play
from controller.simulation.days.day import Day, generate
from controller.simulation.days.kind import DayKind
from controller.simulation.plant import Plant
from controller.simulation.trace import Point, Trace

ZONE = ZoneInfo("Europe/Berlin")
CAPACITY_KWH, BEGINS_KWH = 50.0, 20.0
FEED_IN_PRICE, LEFT_PRICE, PUBLIC_PRICE = 0.08, 0.15, 0.59
_TERMS = Terms(690.0, FEED_IN_PRICE, LEFT_PRICE, PUBLIC_PRICE, CAPACITY_KWH)
_WORK, _OUTING = (time(7, 30), time(17, 30), 12.0), (time(10), time(15), 9.0)
_DRIVES = {0: _WORK, 1: _WORK, 3: _WORK, 4: _WORK, 5: _OUTING}
"""By weekday: when it leaves, when it is back, and what that takes, kWh."""
_SKIES = (
    DayKind.CLEAR,
    DayKind.SUNNY,
    DayKind.MIXED,
    DayKind.MIXED,
    DayKind.BROKEN,
    DayKind.OVERCAST,
    DayKind.OVERCAST,
)
_DAY, _HOUR = timedelta(days=1), timedelta(hours=1)

_TRIPS = (
    'strategy.ready_by.trips=[{by = "07:30", days = ["mon", "tue", "thu", "fri"], kwh = 12},'
    ' {by = "10:00", days = ["sat"], kwh = 9}]'
)
_NIGHT = 'strategy.off_peak.windows=[{start = "00:00", end = "05:00", energy_kwh = 8.5}]'
_LEFT = "strategy.ready_by.leftover_counts=true"
_ROOM = ("strategy.price.leave_for_sun_kwh=20", 'strategy.price.sun_days=["wed", "sun"]')
_LOW = "strategy.price.limit_per_kwh=0.15"
_CHEAPEST = ("strategy.price.cheapest_hours=0.75", 'strategy.price.before="07:30"', 'strategy.price.after="17:30"')
PLANS: dict[str, tuple[str, ...]] = {
    "surplus": (),
    "minimum": ("strategy.active=minimum",),
    "fixed, 16 A at once": ("strategy.active=fixed",),
    "off_peak, then off": ("strategy.active=off_peak", _NIGHT, "strategy.off_peak.then=off"),
    "off_peak, then surplus": ("strategy.active=off_peak", _NIGHT),
    "price, then off": ("strategy.active=price", *_CHEAPEST, "strategy.price.then=off"),
    "price, then surplus": ("strategy.active=price", *_CHEAPEST),
    "price with room for sun, then surplus": ("strategy.active=price", *_CHEAPEST, *_ROOM),
    "ready_by, then off": ("strategy.active=ready_by", _TRIPS, "strategy.ready_by.then=off"),
    "ready_by, then minimum": ("strategy.active=ready_by", _TRIPS, "strategy.ready_by.then=minimum"),
    "ready_by, then surplus": ("strategy.active=ready_by", _TRIPS),
    "ready_by counting what is left, then surplus": ("strategy.active=ready_by", _TRIPS, _LEFT),
    "ready_by, then price, then surplus": ("strategy.active=ready_by", _TRIPS, "strategy.ready_by.then=price", _LOW),
}
"""What is laid over the configuration."""
RUNS = [(name, Foresight.HISTORY) for name in PLANS] + [
    (name, foresight)
    for name in (
        "price with room for sun, then surplus",
        "ready_by, then off",
        "ready_by, then surplus",
        "ready_by counting what is left, then surplus",
    )
    for foresight in (Foresight.NONE, Foresight.PERFECT)
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Month:
    """Which.

    Attributes:
        first: Its first day.
        days: How many.
        seed: Of sky, house and prices.
    """

    first: date
    days: int
    seed: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What a month has come to.

    Attributes:
        cost: Of what was charged at home: the grid at its prices, the sun at what it would have earned.
        missed_kwh: What was bought on the way.
        left_kwh: What the battery holds at the end.
        solar_kwh: Charged from the roof.
        grid_kwh: And from the grid.
        starts: Closings of the contactor.
        commands: Changes of (limit, charging).
    """

    cost: float
    missed_kwh: float
    left_kwh: float
    solar_kwh: float
    grid_kwh: float
    starts: int
    commands: int

    @property
    def total(self) -> float:
        """All of it; what is left over is worth what a kWh costs in a cheap hour."""
        return self.cost + PUBLIC_PRICE * self.missed_kwh - LEFT_PRICE * self.left_kwh


class Driver:
    """Somebody who comes home with an emptier car; whoever steers knows nothing of that.

    Args:
        pilot: Who steers.
        returns: When the car is back, s since the month began, and what the drive took, kWh.
    """

    def __init__(self, pilot: Pilot, returns: Sequence[tuple[float, float]]) -> None:
        self._pilot, self._returns = pilot, list(returns)
        self.missed_kwh = 0.0

    def look(self, plant: Plant, box: ReferenceBox) -> Look:
        """See `Pilot.look`."""
        while self._returns and plant.now_s >= self._returns[0][0]:
            left_kwh = CAPACITY_KWH - max(0.0, plant.car.takes_kwh) - self._returns.pop(0)[1]
            self.missed_kwh += max(0.0, -left_kwh)
            plant.fill(CAPACITY_KWH - max(0.0, left_kwh))
        self._left_kwh = CAPACITY_KWH - max(0.0, plant.car.takes_kwh)
        return self._pilot.look(plant, box)

    @property
    def left_kwh(self) -> float:
        """What the battery held when somebody looked last."""
        return self._left_kwh


@cache
def trace_of(month: Month) -> Trace:
    """Sun and house of a month."""
    chance = random.Random(f"sky {month.first} {month.seed}")  # noqa: S311 -- a made-up sky
    points: list[Point] = []
    for number in range(month.days):
        kind, seed = chance.choice(_SKIES), 1000 * month.seed + number
        day = generate(Day(kind=kind, seed=seed, on=month.first + number * _DAY), 60)
        points += list(zip(day.times_s, day.pv_w, day.load_w, strict=True))[: -1 if number < month.days - 1 else None]
    return Trace.of(points)


def prices_of(month: Month) -> tuple[Price, ...]:
    """Hourly prices: dear mornings and evenings, cheap nights, and the cheaper a noon the sunnier it is."""
    chance = random.Random(f"prices {month.first} {month.seed}")  # noqa: S311 -- made-up prices
    sun_w = {quarter.start: quarter.pv_w or 0.0 for quarter in quarters_of(trace_of(month))}
    start = datetime.combine(month.first, time(), UTC) - _DAY
    found, level = [], 0.0
    for hour in range(24 * (month.days + 4)):
        at = start + hour * _HOUR
        clock = at.astimezone(ZONE).hour + 0.5
        if hour % 24 == 0:
            level = chance.gauss(0, 0.02)
        peaks = 0.07 * math.exp(-(((clock - 8) / 1.8) ** 2)) + 0.11 * math.exp(-(((clock - 19) / 2.2) ** 2))
        per_kwh = 0.22 + level + peaks - 0.1 * sun_w.get(at, 3000.0) / 10_000 + chance.gauss(0, 0.012)
        found.append(Price(at, at + _HOUR, round(per_kwh, 4)))
    return tuple(found)


def away(month: Month) -> list[tuple[float, float, float]]:
    """(leaves, back, kWh): s since the month began."""
    origin_s, found = datetime.combine(month.first, time(), UTC).timestamp(), []
    for number in range(month.days):
        day = month.first + number * _DAY
        if (drive := _DRIVES.get(day.weekday())) is not None:
            leaves, back, kwh = drive
            leaves_s, back_s = (instant(day, at, ZONE).timestamp() - origin_s for at in (leaves, back))
            if leaves_s > 0:
                found.append((leaves_s, back_s, kwh))
    return found


def lived(month: Month, name: str, foresight: Foresight) -> Account:
    """Plays a month by one of `PLANS`."""
    drives = away(month)
    spells = ", ".join(f"[{leaves_s / 3600}, {back_s / 3600}]" for leaves_s, back_s, _ in drives)
    sets = (
        f"site.timezone={ZONE.key}",
        f"site.feed_in_price={FEED_IN_PRICE}",
        f"plant.car.capacity_kwh={CAPACITY_KWH}",
        f"plant.car.soc_pct={100 * BEGINS_KWH / CAPACITY_KWH}",
        f"plant.car.away_h=[{spells}]",
        *PLANS[name],
    )
    scene = make_scene(None, sets, foresight=foresight, prices=WrittenTable(dated=prices_of(month)))
    trace = trace_of(month)
    driver = Driver(make_pilot(OURS, scene, trace), [(back_s, kwh) for _, back_s, kwh in drives])
    outcome = play(trace, scene.plant, driver, bill=scene.bill(trace))
    return Account(
        cost=outcome.cost or 0.0,
        missed_kwh=driver.missed_kwh,
        left_kwh=driver.left_kwh,
        solar_kwh=outcome.solar_kwh,
        grid_kwh=outcome.grid_kwh,
        starts=outcome.starts,
        commands=outcome.commands,
    )


def course_of(month: Month) -> list[Offer | Trip]:
    """The month in quarters of an hour, while the car is at home, and its drives, at their return."""
    drives, prices = away(month), {price.start: price.per_kwh for price in prices_of(month)}
    origin_s = datetime.combine(month.first, time(), UTC).timestamp()
    course: list[Offer | Trip] = []
    for quarter in quarters_of(trace_of(month)):
        from_s = quarter.start.timestamp() - origin_s
        course += [Trip(kwh) for _, back_s, kwh in drives if from_s <= back_s < from_s + 900]
        if not any(leaves_s <= from_s < back_s for leaves_s, back_s, _ in drives):
            surplus_w = max(0.0, (quarter.pv_w or 0.0) - (quarter.load_w or 0.0))
            course.append(Offer(0.25, prices[quarter.start.replace(minute=0)], surplus_w))
    return course


def least(month: Month) -> float:
    """The least that the month could have cost: all known beforehand, in means of quarters, starts for nothing."""
    return least_cost(course_of(month), BEGINS_KWH, _TERMS)


def least_each(month: Month) -> float:
    """The same for who does not know what is left in the car, and charges before each drive what it will take."""
    cost, since = 0.0, list[Offer | Trip]()
    for event in course_of(month):
        since.append(event)
        if isinstance(event, Trip):
            cost += least_cost(since, 0.0, _TERMS._replace(capacity_kwh=event.kwh, left_price=0.0))
            since.clear()
    return cost - LEFT_PRICE * BEGINS_KWH


MONTH = Month(first=date(2026, 3, 9), days=31)
"""With the night in which the clock is put forward."""


def bench_month() -> Iterator[tuple[str, str]]:
    """The month by each of `RUNS`, beside the least that it could have cost."""
    optimum = least(MONTH)
    each = least_each(MONTH)
    drives = sum(kwh for _, _, kwh in away(MONTH))
    yield f"{MONTH.days} days from {MONTH.first}, {drives:.0f} kWh driven: at least", f"{optimum:.2f}"
    yield "  for who does not know what is left in the car", f"{each:.2f} {each / optimum - 1:+.0%}"
    yield "  strategy (forecast)", "cost, beside it; sun, grid, bought on the way, left, kWh; starts, commands a day"
    with ProcessPoolExecutor(2) as pool:
        accounts = pool.map(_account, RUNS)
        for (name, foresight), account in zip(RUNS, accounts, strict=True):
            yield (
                f"  {name} ({foresight})",
                f"{account.total:6.2f} {account.total / optimum - 1:+5.0%}  {account.solar_kwh:5.0f} "
                f"{account.grid_kwh:5.0f} {account.missed_kwh:5.0f} {account.left_kwh:5.0f}  "
                f"{account.starts / MONTH.days:4.1f} {account.commands / MONTH.days:4.1f}",
            )


def _account(run: tuple[str, Foresight]) -> Account:
    return lived(MONTH, *run)
