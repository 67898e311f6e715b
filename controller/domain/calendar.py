"""Wall time in a zone: when a clock on the wall shows what, on the days of a clock change too; pure.

A clock that is put forward never shows some times of the day: what was to happen at one of them happens when it is put
forward. One that is put back shows some twice: the first time counts. So nothing that is said in wall time is ever
left out, or done twice.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import NamedTuple, Self

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOLIDAY = "holiday"
_DAY, _SECOND, _WEEK = timedelta(days=1), timedelta(seconds=1), timedelta(days=7)
_A_YEAR_DAYS = 366


def wall_time(text: str) -> time:
    """A time of day like "22:00". Raises ValueError."""
    try:
        return datetime.strptime(text, "%H:%M").time()  # noqa: DTZ007 -- a time of day has no zone
    except ValueError as error:
        raise ValueError('a time of day like "22:00" is expected') from error


def instant(day: date, wall: time, zone: tzinfo) -> datetime:
    """When a clock in `zone` shows `wall` first on `day`, or is put past it; aware UTC."""
    shown = datetime.combine(day, wall, zone)
    at = shown.astimezone(UTC)
    if at.astimezone(zone).replace(tzinfo=None) == shown.replace(tzinfo=None):
        return at
    return _put_forward(shown.replace(fold=1).astimezone(UTC), at, zone)


def _put_forward(early: datetime, late: datetime, zone: tzinfo) -> datetime:
    """When between two instants the clock in `zone` is put forward: to the second."""
    before = early.astimezone(zone).utcoffset()
    while late - early > _SECOND:
        middle = (early + (late - early) / 2).replace(microsecond=0)
        if middle.astimezone(zone).utcoffset() == before:
            early = middle
        else:
            late = middle
    return late


class Span(NamedTuple):
    """A stretch of time.

    Attributes:
        start: Aware UTC.
        end: Aware UTC; no longer within.
    """

    start: datetime
    end: datetime

    def holds(self, now: datetime) -> bool:
        """Whether `now` (aware) lies within."""
        return self.start <= now < self.end

    @property
    def hours(self) -> float:
        """How long it is, h."""
        return (self.end - self.start).total_seconds() / 3600


class Window(NamedTuple):
    """What recurs in wall time; across midnight it belongs to the day it starts on. The same start and end: a day.

    Attributes:
        start: Of the day.
        end: Of the day, or of the next where it is not after the start.
        days: Of the week, 0 for Monday, on which it starts.
        dates: On which it starts whatever the day of the week: holidays.
        but_not: Dates on which it does not start.
    """

    start: time
    end: time
    days: Collection[int] = range(7)
    dates: Collection[date] = ()
    but_not: Collection[date] = ()

    @classmethod
    def on(cls, start: time, end: time, days: Collection[str] | None, holidays: Collection[date] = ()) -> Self:
        """From the names of days, `DAYS` and "holiday"; None is every day, whatever it is.

        A holiday is a day of its own kind: where days are named the window starts there only if "holiday" is.
        """
        if days is None:
            return cls(start, end)
        week, free = frozenset(DAYS.index(day) for day in days if day != HOLIDAY), frozenset(holidays)
        return cls(start, end, week, free, ()) if HOLIDAY in days else cls(start, end, week, (), free)

    def starts_on(self, day: date) -> bool:
        """Whether it starts on `day`."""
        return day not in self.but_not and (day.weekday() in self.days or day in self.dates)

    def span(self, day: date, zone: tzinfo) -> Span:
        """From its start on `day` to its end."""
        last = day if self.end > self.start else day + _DAY
        return Span(instant(day, self.start, zone), instant(last, self.end, zone))

    def spans(self, within: Span, zone: tzinfo) -> Iterator[Span]:
        """Those that lie within or reach into `within`, in their order."""
        day = within.start.astimezone(zone).date() - _DAY
        while (span := self.span(day, zone)).start < within.end:
            if self.starts_on(day) and span.end > within.start and span.end > span.start:
                yield span
            day += _DAY

    def holding(self, now: datetime, zone: tzinfo) -> Span | None:
        """The occurrence in which `now` (aware) lies."""
        return next(self.spans(Span(now, now + _SECOND), zone), None)

    def following(self, now: datetime, zone: tzinfo) -> Span | None:
        """The first occurrence that starts later than `now` (aware); None where none does within a year."""
        day = now.astimezone(zone).date()
        for _ in range(_A_YEAR_DAYS):
            if self.starts_on(day) and now < (span := self.span(day, zone)).start < span.end:
                return span
            day += _DAY
        return None


def covered_until(windows: Collection[Window], now: datetime, zone: tzinfo) -> datetime | None:
    """Until when it goes on without a gap from `now` (aware), which is covered; None where a week and longer."""
    for span in joined(windows, Span(now, now + _WEEK + _DAY), zone):
        if span.holds(now):
            return span.end if span.end - now < _WEEK else None
    raise ValueError(f"no window covers {now}")


def joined(windows: Collection[Window], within: Span, zone: tzinfo) -> list[Span]:
    """The stretches covered by `windows` that lie within or reach into `within`: those that meet or overlap are one."""
    found: list[Span] = []
    for span in sorted(span for window in windows for span in window.spans(within, zone)):
        if found and span.start <= found[-1].end:
            found[-1] = Span(found[-1].start, max(found[-1].end, span.end))
        else:
            found.append(span)
    return found
