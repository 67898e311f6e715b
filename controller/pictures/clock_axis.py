"""Where an axis of time has its ticks: on the full local hours, right on both days of a clock change."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, tzinfo
from typing import NamedTuple

_STEPS_S = (60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200)
_DAY_S = 86400
_GRAIN_S = 900  # every zone's offset since 1972 is a multiple of it


class Tick(NamedTuple):
    """A mark on the axis.

    Attributes:
        at_s: Epoch seconds.
        label: The local time, and at midnight and at the first mark the date, where there are several.
    """

    at_s: float
    label: str


def ticks(from_s: float, to_s: float, zone: tzinfo, most: int = 13) -> list[Tick]:
    """Marks on round local times, about `most` of them at the most.

    Args:
        from_s: Beginning, epoch seconds.
        to_s: End, later.
        zone: Whose local time.
        most: How many there is room for.
    """
    several = local_date(from_s, zone) != local_date(to_s - 1, zone)  # an end at midnight is still the day before
    marks: list[Tick] = []
    for local in _round_times(from_s, to_s, _step_s(to_s - from_s, most), zone):
        dated = several and (not marks or (local.hour, local.minute) == (0, 0))
        marks.append(Tick(local.timestamp(), f"{local:%H:%M}\n{local:%Y-%m-%d}" if dated else f"{local:%H:%M}"))
    return marks


def clock_changes(from_s: float, to_s: float, zone: tzinfo) -> list[tuple[float, timedelta]]:
    """When the local clock is moved, epoch seconds, and by how much."""
    changes = []
    grid_s = range(math.ceil(from_s / _GRAIN_S) * _GRAIN_S, math.floor(to_s) + 1, _GRAIN_S)
    before = _local(from_s, zone).utcoffset()
    for at_s in grid_s:
        offset = _local(at_s, zone).utcoffset()
        if offset is not None and before is not None and offset != before:
            changes.append((float(at_s), offset - before))
        before = offset
    return changes


def local_date(at_s: float, zone: tzinfo) -> str:
    """The local date, "2026-06-21"."""
    return f"{_local(at_s, zone):%Y-%m-%d}"


def zone_text(from_s: float, to_s: float, zone: tzinfo) -> str:
    """Whose time, and how far from UTC: "Europe/Zurich, UTC+02:00"; both distances where the clock is moved."""
    first, last = _offset_text(from_s, zone), _offset_text(to_s, zone)
    offsets = first if first == last else f"{first}, then {last}"
    return offsets if offsets == str(zone) else f"{zone}, {offsets}"


def dates_text(from_s: float, to_s: float, zone: tzinfo) -> str:
    """The date, or the first and the last; an end at midnight is still the day before."""
    first, last = local_date(from_s, zone), local_date(to_s - 1, zone)
    return first if first == last else f"{first} to {last}"


def _offset_text(at_s: float, zone: tzinfo) -> str:
    shown = f"{_local(at_s, zone):%z}"
    return "UTC" if shown == "+0000" else f"UTC{shown[:3]}:{shown[3:5]}"


def _step_s(span_s: float, most: int) -> int:
    fitting = (step_s for step_s in _STEPS_S if span_s / step_s <= most)
    return next(fitting, _DAY_S * max(1, math.ceil(span_s / _DAY_S / most)))


def _round_times(from_s: float, to_s: float, step_s: int, zone: tzinfo) -> Iterator[datetime]:
    grain_s = min(step_s, _GRAIN_S)
    for at_s in range(math.ceil(from_s / grain_s) * grain_s, math.floor(to_s) + 1, grain_s):
        local = _local(at_s, zone)
        of_day_s = local.hour * 3600 + local.minute * 60
        if (of_day_s + local.toordinal() % max(1, step_s // _DAY_S) * _DAY_S) % step_s == 0:
            yield local


def _local(at_s: float, zone: tzinfo) -> datetime:
    return datetime.fromtimestamp(at_s, UTC).astimezone(zone)
