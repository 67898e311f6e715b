"""A day of PV and house load, recorded or generated."""

from __future__ import annotations

import csv
from bisect import bisect_right
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from controller.domain.errors import SunpaceError

_COLUMNS = ["time", "pv_w", "load_w"]
_MOST_W = 200_000.0


class TraceError(SunpaceError):
    """A trace cannot be used; the text names file, line and remedy."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """PV and house load over time; linear between the points, at any step.

    Attributes:
        times_s: Seconds since the epoch, rising.
        pv_w: PV production, W, >= 0.
        load_w: House load without the car, W, >= 0.
    """

    times_s: tuple[float, ...]
    pv_w: tuple[float, ...]
    load_w: tuple[float, ...]

    @property
    def start(self) -> datetime:
        """The first point's instant, UTC."""
        return datetime.fromtimestamp(self.times_s[0], UTC)

    @property
    def duration_s(self) -> float:
        """From the first point to the last, s."""
        return self.times_s[-1] - self.times_s[0]

    def at(self, time_s: float) -> tuple[float, float]:
        """(pv_w, load_w) at an instant; the ends hold beyond the trace."""
        right = bisect_right(self.times_s, time_s)
        if right == 0:
            return self.pv_w[0], self.load_w[0]
        if right == len(self.times_s):
            return self.pv_w[-1], self.load_w[-1]
        left = right - 1
        share = (time_s - self.times_s[left]) / (self.times_s[right] - self.times_s[left])
        pv_w = self.pv_w[left] + share * (self.pv_w[right] - self.pv_w[left])
        load_w = self.load_w[left] + share * (self.load_w[right] - self.load_w[left])
        return pv_w, load_w

    def first_sun_s(self, least_w: float) -> float:
        """The first instant (epoch seconds) with at least `least_w` of PV; the start where there is none."""
        lit = (time_s for time_s, pv_w in zip(self.times_s, self.pv_w, strict=True) if pv_w >= least_w)
        return next(lit, self.times_s[0])


def read_trace(file: Path) -> Trace:
    """Reads `time,pv_w,load_w` (ISO 8601 with offset, W, W). Raises TraceError."""
    try:
        with file.open(newline="", encoding="utf-8-sig") as handle:
            rows = list(csv.reader(handle))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TraceError(f"{file}: cannot be read: {_why(error)}") from error
    if not rows or [cell.strip() for cell in rows[0]] != _COLUMNS:
        raise TraceError(f"{file}:1: the first line has to be {','.join(_COLUMNS)}")
    points: list[tuple[float, float, float]] = []
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        point = _point(f"{file}:{number}", row)
        if points and point[0] <= points[-1][0]:
            raise TraceError(f"{file}:{number}: {row[0]} is not later than the line before; sort the rows by time")
        points.append(point)
    if len(points) < 2:
        raise TraceError(f"{file}: {len(points)} rows are no day; at least two are needed")
    times_s, pv_w, load_w = zip(*points, strict=True)
    return Trace(times_s=times_s, pv_w=pv_w, load_w=load_w)


def _why(error: Exception) -> str:
    """What a person can do something about."""
    match error:
        case OSError():
            return f"{error.strerror}; --trace names another file"
        case UnicodeDecodeError():
            return "not UTF-8 text"
        case _:
            return f"no CSV: {error}"


def _point(place: str, row: list[str]) -> tuple[float, float, float]:
    if len(row) != len(_COLUMNS):
        raise TraceError(f"{place}: {len(row)} columns instead of {len(_COLUMNS)}")
    try:
        time = datetime.fromisoformat(row[0].strip())
    except ValueError as error:
        raise TraceError(f"{place}: time {row[0]!r} is not ISO 8601, like 2026-06-21T12:00:00+02:00") from error
    if time.tzinfo is None:
        raise TraceError(f"{place}: time {row[0]!r} has no offset; write it like 2026-06-21T12:00:00+02:00")
    if not 1970 < time.year < 2200:
        raise TraceError(f"{place}: the year of {row[0]!r} cannot be")
    values: list[float] = []
    for name, text in zip(_COLUMNS[1:], row[1:], strict=True):
        try:
            value = float(text)
        except ValueError as error:
            raise TraceError(f"{place}: {name} {text!r} is not a number of watts") from error
        if not 0 <= value <= _MOST_W:
            raise TraceError(f"{place}: {name} {text!r} must be between 0 and {_MOST_W:.0f} W")
        values.append(value)
    return time.timestamp(), values[0], values[1]
