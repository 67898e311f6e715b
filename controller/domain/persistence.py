"""The next days as the last ones were: what a forecast is measured against, and what stands in where there is none.

PV is looked up by the quarter of the day in UTC, because the sun keeps no summer time; the load by the clock on the
wall, and by working day or weekend, because people do. Of the same quarter on several days a weighted mean is taken:
younger days weigh more, and the highest and the lowest fifth of the weight count as much as what lies next to them,
so that one sauna or one day of snow is not expected every day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

from controller.domain.horizon import Expected, Forecast
from controller.domain.quarter_hours import QUARTER, QuarterHour, quarter_of

PV_DAYS, LOAD_DAYS = 14, 28
"""How far back PV and load are looked up."""

AHEAD = timedelta(days=3)
"""How far ahead they are expected."""

SOURCE = "history"
"""Who made it, for people."""

_PV_HALF_DAYS, _LOAD_HALF_DAYS = 3.0, 7.0  # a day so old weighs half as much
_TRIMMED = 0.2  # of the weight, at each end
_LEAST_S = 300.0  # of a quarter that were seen: less does not stand for it
_QUARTERS = 96
_NEEDED = 92  # different quarters of the day: with less than a day on record nothing is expected
_SATURDAY = 5
_DAY_S = 86400.0

Sample = tuple[float, float]
"""(power in W, weight)."""


def persistence(past: Iterable[QuarterHour], now: datetime, zone: tzinfo) -> Forecast | None:
    """What the next days bring if they are like the last ones.

    Args:
        past: The house's past; what lies after `now`, and the quarter that `now` lies in, do not count.
        now: Aware.
        zone: The site's.

    Returns:
        Quarters of an hour from the one that `now` lies in; those that were never seen are left out. None with less
        than a day on record.
    """
    first = quarter_of(now)
    known = [quarter for quarter in past if quarter.start < first and quarter.seconds >= _LEAST_S]
    pv = _Table(
        known, first, days=PV_DAYS, half_days=_PV_HALF_DAYS, value_w=_pv_w, slots=lambda start: (_of_day(start),)
    )
    load = _Table(
        known, first, days=LOAD_DAYS, half_days=_LOAD_HALF_DAYS, value_w=_load_w, slots=lambda at: _by_clock(at, zone)
    )
    if pv.filled < _NEEDED:
        return None
    steps = []
    for index in range(AHEAD // QUARTER):
        start = first + index * QUARTER
        pv_w, load_w = pv.mean_w(start), load.mean_w(start)
        if pv_w is not None:
            steps.append(Expected(start, start + QUARTER, pv_w, load_w or 0.0))
    return Forecast(tuple(steps), now.astimezone(UTC), SOURCE)


def with_load(sun: Forecast, own: Forecast | None) -> Forecast:
    """Somebody's forecast of the sun, with the load from our own history, and after its end our own sun.

    Args:
        sun: The forecast; its load counts where it tells one.
        own: From our own history; None where there is not enough of that.
    """
    if own is None or not sun.steps:
        return sun
    steps, begin = [], 0
    for start, end, pv_w, load_w in own.steps:
        while begin < len(sun.steps) and sun.steps[begin].end <= start:
            begin += 1
        until = begin
        while until < len(sun.steps) and sun.steps[until].start < end:
            until += 1
        steps.append(_blended(sun.steps[begin:until], Expected(start, end, pv_w, load_w)))
    return Forecast(tuple(steps), sun.made, sun.source)


def _blended(theirs: Sequence[Expected], own: Expected) -> Expected:
    """Our own step with the sun of theirs that lie in it, if there are any."""
    if not theirs:
        return own
    lasts_s = [(min(step.end, own.end) - max(step.start, own.start)).total_seconds() for step in theirs]
    mean_w = sum(step.pv_w * seconds for step, seconds in zip(theirs, lasts_s, strict=True)) / sum(lasts_s)
    return Expected(own.start, own.end, mean_w, max(step.load_w for step in theirs) or own.load_w)


class _Table:
    """A quantity's mean by slot of the day."""

    def __init__(
        self,
        known: Sequence[QuarterHour],
        first: datetime,
        *,
        days: int,
        half_days: float,
        value_w: Callable[[QuarterHour], float | None],
        slots: Callable[[datetime], tuple[int, ...]],
    ) -> None:
        oldest, self._slots = first - timedelta(days=days), slots
        samples: dict[int, list[Sample]] = {}
        for quarter in known:
            if quarter.start < oldest or (watts := value_w(quarter)) is None:
                continue
            weight = 0.5 ** ((first - quarter.start).total_seconds() / _DAY_S / half_days)
            for slot in slots(quarter.start):
                samples.setdefault(slot, []).append((watts, weight))
        self._means_w = {slot: round(robust_mean(found), 1) for slot, found in samples.items()}
        self.filled = len({slot % _QUARTERS for slot in samples})

    def mean_w(self, start: datetime) -> float | None:
        """The mean at a quarter of an hour, W; by the first of its slots that was seen."""
        return next((mean_w for slot in self._slots(start) if (mean_w := self._means_w.get(slot)) is not None), None)


def robust_mean(samples: Iterable[Sample]) -> float:
    """The weighted mean, the outermost fifth of the weight at each end taken for what lies next to it."""
    ordered = sorted(samples)
    total = sum(weight for _, weight in ordered)
    lowest, highest = ordered[0][0], ordered[-1][0]
    below = 0.0
    for value, weight in ordered:
        if below <= _TRIMMED * total:
            lowest = value
        if below < (1 - _TRIMMED) * total:
            highest = value
        below += weight
    return sum(min(max(value, lowest), highest) * weight for value, weight in ordered) / total


def _pv_w(quarter: QuarterHour) -> float | None:
    """Where no meter shows the PV, what is left over stands for it."""
    if quarter.pv_w is not None or quarter.load_w is None:
        return quarter.pv_w
    return max(0.0, -quarter.load_w)


def _load_w(quarter: QuarterHour) -> float | None:
    return None if quarter.load_w is None else max(0.0, quarter.load_w)


def _of_day(start: datetime) -> int:
    return start.hour * 4 + start.minute // 15


def _by_clock(start: datetime, zone: tzinfo) -> tuple[int, ...]:
    """Its own kind of day first, then any."""
    local = start.astimezone(zone)
    slot, weekend = local.hour * 4 + local.minute // 15, local.weekday() >= _SATURDAY
    return slot + _QUARTERS * (1 + weekend), slot
