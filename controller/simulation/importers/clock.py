"""Times as people's programs write them, as seconds since the epoch."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from controller.simulation.importers.reading import Reading
from controller.simulation.trace import TraceError

_EPOCH = re.compile(r"[0-9]{9,19}(\.[0-9]+)?")
_DOTTED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})\.([0-9]{4})[ T,]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_SLASHED = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})[ T,]+([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?")
_HOURS = re.compile(r"([0-9]{2}):?([0-9]{2})(?::([0-9]{2}))?")
_EARLIEST, _LATEST = datetime(1990, 1, 1, tzinfo=UTC).timestamp(), datetime(2200, 1, 1, tzinfo=UTC).timestamp()

_SMALL_STEP = timedelta(minutes=20)
"""A file whose first rows lie in the repeated hour and step back by less goes backwards; by more, the clock was put."""


class Clock:
    """Reads the times of one series in the file's order; local times need the order in autumn.

    Args:
        reading: Zone, date and format.
        day_first: Whether 3/4/2026 is known to be the 3rd of April.
        day: Of times that have none; before `reading.date` it does not count.
    """

    def __init__(self, reading: Reading, *, day_first: bool = False, day: date | None = None) -> None:
        self.doubled_hours: set[date] = set()
        self._format = reading.time_format
        self._zone = reading.zone
        self._day_first = day_first
        self._day = reading.date or day
        self._hour_before = -1
        self._wall: datetime | None = None
        self._before_s: float | None = None
        self._fold = 0
        self._trend = 0
        self._doubled = False  # whether the row before lies in an hour that is repeated

    def seconds(self, text: str, place: str) -> float:
        """Seconds since the epoch. Raises TraceError."""
        text = text.strip()
        if self._format is None and _EPOCH.fullmatch(text):
            return plausible_s(_epoch_s(text), text, place)
        time = self._parsed(text, place)
        if time.tzinfo is not None:
            return plausible_s(time.timestamp(), text, place)
        if self._zone is None:
            raise TraceError(f"{place}: time {text!r} has no offset; say --timezone Europe/Berlin, or where it is")
        if not 1990 < time.year < 2200:
            raise TraceError(f"{place}: the year of {text!r} cannot be")
        return self._local(time, self._zone, text, place)

    def hours(self, text: str, place: str) -> float:
        """Of a time of day alone; the day goes on where the hours begin again. Raises TraceError."""
        found = _HOURS.fullmatch(text.strip())
        if found is None or int(found[1]) > 23 or int(found[2]) > 59 or int(found[3] or 0) > 59:
            raise TraceError(f"{place}: time {text!r} is none like 1205 or 12:05:00")
        if self._day is None:
            raise TraceError(
                f"{place}: the rows have no date; name the file like 20260621.csv or say --date 2026-06-21"
            )
        if int(found[1]) < self._hour_before - 12:
            self._day += timedelta(days=1)
        self._hour_before = int(found[1])
        return self.seconds(f"{self._day}T{found[1]}:{found[2]}:{found[3] or '00'}", place)

    def _parsed(self, text: str, place: str) -> datetime:
        try:
            if self._format is not None:
                return datetime.strptime(text, self._format)  # noqa: DTZ007 -- the zone comes next, if it has none
            if found := _DOTTED.fullmatch(text):
                return _of_parts(found)
            if self._day_first and (found := _SLASHED.fullmatch(text)):
                return _of_parts(found)
            return datetime.fromisoformat(text)
        except ValueError as error:
            raise TraceError(
                f"{place}: time {text!r} is not ISO 8601, seconds since 1970 or 21.06.2026 12:00; "
                "--time-format '%m/%d/%Y %H:%M' says how it is written"
            ) from error

    def _local(self, wall: datetime, zone: ZoneInfo, text: str, place: str) -> float:
        """A time without an offset; in autumn the order of the rows says which of the two it is."""
        first_s = wall.replace(tzinfo=zone, fold=0).timestamp()
        second_s = wall.replace(tzinfo=zone, fold=1).timestamp()
        if first_s > second_s:  # PEP 495: in the spring's gap the two folds are the other way round
            raise TraceError(
                f"{place}: {text!r} does not exist in {zone.key}: the clock is put forward; a logger that stays on "
                "winter time needs a zone that does so too, like --timezone Etc/GMT-1 for UTC+1"
            )
        time_s = first_s
        if first_s != second_s:
            time_s = self._which(wall, first_s, second_s, text, place)
        else:
            self._fold = 0
        self._doubled = first_s != second_s
        if self._before_s is not None and time_s != self._before_s:
            self._trend += 1 if time_s > self._before_s else -1
        self._wall, self._before_s = wall, time_s
        return time_s

    def _which(self, wall: datetime, first_s: float, second_s: float, text: str, place: str) -> float:
        """The one that goes on from the row before, upwards or downwards in time as the file goes."""
        if self._before_s is None:
            return first_s
        down = self._goes_down(wall)
        goes_on = second_s < self._before_s if down else first_s > self._before_s
        near_s, far_s = (second_s, first_s) if down else (first_s, second_s)
        same_hour = self._wall is not None and abs(self._before_s - near_s) < 7200
        back = self._wall is not None and (wall > self._wall if down else wall < self._wall)
        if self._fold and same_hour and back:
            raise TraceError(
                f"{place}: the rows of the hour that the clock repeats are not in order at {text!r}; "
                "sort them as they were recorded, or write the times with their offset"
            )
        if goes_on and not self._fold:
            return near_s
        if not self._fold and (self._trend or not down):
            self.doubled_hours.add(wall.date())
        self._fold = 1
        return far_s

    def _goes_down(self, wall: datetime) -> bool:
        """Whether the file goes backwards in time; its second row tells by a small step back."""
        if self._trend or self._wall is None:
            return self._trend < 0
        back = self._wall - wall
        return timedelta(0) < back and (not self._doubled or back < _SMALL_STEP)


def _of_parts(found: re.Match[str]) -> datetime:
    day, month, year, hour, minute, second = (int(part or 0) for part in found.groups())
    return datetime(year, month, day, hour, minute, second)  # noqa: DTZ001 -- the zone comes next


def _epoch_s(text: str) -> float:
    """Seconds, milliseconds, microseconds or nanoseconds, by their number of digits."""
    value = float(text)
    for unit in (1e9, 1e6, 1e3):
        if value / unit > _EARLIEST:
            return value / unit
    return value


def plausible_s(time_s: float, text: str, place: str) -> float:
    """The time. Raises TraceError for one of another age."""
    if not _EARLIEST < time_s < _LATEST:
        raise TraceError(f"{place}: the year of {text!r} cannot be")
    return time_s
