"""A day of PV and house load, recorded or generated; and how our own format of it is read."""

from __future__ import annotations

import csv
import errno
import stat
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import inf
from pathlib import Path
from typing import Self

from controller.domain.errors import SunpaceError

COLUMNS = ("time", "pv_w", "load_w")
"""Of our own format."""

MOST_W = 200_000.0
"""No house has more."""

MOST_DAYS = 400
"""A year and a little; longer traces have a mistyped year in them."""

Point = tuple[float, float, float]
"""Seconds since the epoch, PV, W, and load, W."""


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

    times_s: Sequence[float]
    pv_w: Sequence[float]
    load_w: Sequence[float]

    @classmethod
    def of(cls, points: Iterable[Point]) -> Self:
        """A trace of at least two points in rising order; 24 bytes each."""
        times_s, pv_w, load_w = array("d"), array("d"), array("d")
        for time_s, pv, load in points:
            times_s.append(time_s)
            pv_w.append(pv)
            load_w.append(load)
        return cls(times_s=times_s, pv_w=pv_w, load_w=load_w)

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
        return Cursor(self).at(time_s)

    def first_sun_s(self, least_w: float) -> float:
        """The first instant (epoch seconds) with at least `least_w` of PV; the start where there is none."""
        lit = (time_s for time_s, pv_w in zip(self.times_s, self.pv_w, strict=True) if pv_w >= least_w)
        return next(lit, self.times_s[0])


class Cursor:
    """Somebody's place in a trace: the next instants are found there without a search.

    Args:
        trace: The trace.
    """

    def __init__(self, trace: Trace) -> None:
        self._trace = trace
        self._right = 0  # the point that ends the stretch
        self._from_s = self._to_s = 0.0  # the stretch that the slopes are of; empty at first
        self._origin_s = self._pv_w = self._load_w = self._pv_slope = self._load_slope = 0.0

    def at(self, time_s: float) -> tuple[float, float]:
        """(pv_w, load_w) at an instant; the ends hold beyond the trace."""
        if not self._from_s <= time_s < self._to_s:
            self._find(time_s)
        since_s = time_s - self._origin_s
        return self._pv_w + self._pv_slope * since_s, self._load_w + self._load_slope * since_s

    def _find(self, time_s: float) -> None:
        times_s, pv_w, load_w = self._trace.times_s, self._trace.pv_w, self._trace.load_w
        right = self._right + 1  # mostly it is the next stretch
        if not (0 < right < len(times_s) and times_s[right - 1] <= time_s < times_s[right]):
            right = bisect_right(times_s, time_s)
        self._right = right
        left = max(0, right - 1)
        self._origin_s, self._pv_w, self._load_w = times_s[left], pv_w[left], load_w[left]
        self._from_s = times_s[left] if right > 0 else -inf
        self._to_s = times_s[right] if right < len(times_s) else inf
        self._pv_slope = self._load_slope = 0.0
        if 0 < right < len(times_s):
            length_s = self._to_s - self._from_s
            self._pv_slope = (pv_w[right] - self._pv_w) / length_s
            self._load_slope = (load_w[right] - self._load_w) / length_s


def require_file(file: Path) -> None:
    """Refuses what cannot be read several times from its beginning, and may never end.

    Raises:
        OSError: It is a pipe or a device, or not there.
    """
    mode = file.stat().st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):  # a directory has an error of its own when it is opened
        raise OSError(errno.ESPIPE, "is a pipe or a device, and a day is read more than once; save it in a file first")


def check_length(name: str, start_s: float, end_s: float) -> None:
    """Refuses what a mistyped year makes of a day. Raises TraceError."""
    if end_s - start_s > MOST_DAYS * 86400:
        first, last = (f"{datetime.fromtimestamp(time_s, UTC):%Y-%m-%dT%H:%M:%SZ}" for time_s in (start_s, end_s))
        raise TraceError(
            f"{name}: goes from {first} to {last}, more than {MOST_DAYS} days; look for a mistyped year, or split it"
        )


def read_trace(file: Path) -> Trace:
    """Reads `time,pv_w,load_w` (ISO 8601 with offset, W, W). Raises TraceError."""
    try:
        require_file(file)
        with file.open(newline="", encoding="utf-8-sig") as handle:
            trace = Trace.of(_points(str(file), csv.reader(handle)))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise TraceError(f"{file}: cannot be read: {_why(error)}") from error
    if len(trace.times_s) < 2:
        raise TraceError(f"{file}: {len(trace.times_s)} rows are no day; at least two are needed")
    check_length(str(file), trace.times_s[0], trace.times_s[-1])
    return trace


def _points(file: str, rows: Iterator[list[str]]) -> Iterator[Point]:
    if tuple(cell.strip() for cell in next(rows, [])) != COLUMNS:
        raise TraceError(f"{file}:1: the first line has to be {','.join(COLUMNS)}")
    before_s = -inf
    for number, row in enumerate(rows, start=2):
        if not any(cell.strip() for cell in row):
            continue
        point = _point(f"{file}:{number}", row)
        if point[0] <= before_s:
            raise TraceError(f"{file}:{number}: {row[0]} is not later than the line before; sort the rows by time")
        before_s = point[0]
        yield point


def _why(error: Exception) -> str:
    """What a person can do something about."""
    match error:
        case OSError():
            there = "" if error.errno == errno.ESPIPE else "; name a trace that is there and may be read"
            return f"{error.strerror}{there}"
        case UnicodeDecodeError():
            return "not UTF-8 text"
        case _:
            return f"no CSV: {error}"


def _point(place: str, row: list[str]) -> Point:
    if len(row) != len(COLUMNS):
        raise TraceError(f"{place}: {len(row)} columns instead of {len(COLUMNS)}")
    try:
        time = datetime.fromisoformat(row[0].strip())
    except ValueError as error:
        raise TraceError(f"{place}: time {row[0]!r} is not ISO 8601, like 2026-06-21T12:00:00+02:00") from error
    if time.tzinfo is None:
        raise TraceError(f"{place}: time {row[0]!r} has no offset; write it like 2026-06-21T12:00:00+02:00")
    if not 1970 < time.year < 2200:
        raise TraceError(f"{place}: the year of {row[0]!r} cannot be")
    values: list[float] = []
    for name, text in zip(COLUMNS[1:], row[1:], strict=True):
        try:
            value = float(text if "_" not in text and text.isascii() else "")  # Python takes more for a number
        except ValueError as error:
            raise TraceError(f"{place}: {name} {text!r} is not a number of watts") from error
        if not 0 <= value <= MOST_W:
            raise TraceError(f"{place}: {name} {text!r} must be between 0 and {MOST_W:.0f} W")
        values.append(value)
    return time.timestamp(), values[0], values[1]
