"""A clock on the wall, watched minute by minute: by nothing but what it shows, whatever becomes of it in the night."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import accumulate

from controller.domain.calendar import Window

_MINUTE, _DAY = timedelta(minutes=1), timedelta(days=1)
_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 -- what a clock shows has no zone

_QUARTER = 15

Minutes = tuple[int, int]
"""From and below, counted since the watch began."""


class WallClock:
    """What a clock has shown, at the latest, by each minute.

    Args:
        zone: Where it hangs.
        since: When the watch begins.
        days: For how long it is watched.
    """

    def __init__(self, zone: tzinfo, since: date, days: int) -> None:
        self.zone = zone
        self.began = datetime.combine(since, time(), UTC)
        whole = int(self.began.timestamp()) // 60
        looks = (datetime.fromtimestamp(60 * (whole + n), zone) for n in range(0, days * 1440, _QUARTER))
        quarters = (_minutes(wall.replace(tzinfo=None)) for wall in looks)  # no clock is put on or back within one
        self.shown = list(accumulate((wall + n for wall in quarters for n in range(_QUARTER)), max))

    def index(self, at: datetime) -> int:
        """The minute in which `at` (aware) lies."""
        return (at - self.began) // _MINUTE

    def at(self, index: int) -> datetime:
        """When a minute begins."""
        return self.began + index * _MINUTE

    def first(self, day: date, wall: time) -> int:
        """When it has shown this time of a day, or a later one."""
        return bisect_left(self.shown, _minutes(datetime.combine(day, wall)))

    def occurrences(self, window: Window, index: int, days: int = 1) -> Iterator[Minutes]:
        """Of a window, from those of the day before the minute `index` to those some days after it."""
        today = (_EPOCH + self.shown[index] * _MINUTE).date()
        for ahead in range(-1, days + 1):
            day = today + ahead * _DAY
            end_day = day if window.end > window.start else day + _DAY
            since, before = self.first(day, window.start), self.first(end_day, window.end)
            if since < before and named(window, day):
                yield since, before


def named(window: Window, day: date) -> bool:
    """Whether it is one of the window's days."""
    return day in window.dates or (day.weekday() in window.days and day not in window.but_not)


def _minutes(wall: datetime) -> int:
    return (wall - _EPOCH) // _MINUTE
