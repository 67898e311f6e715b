"""Repairs a series or refuses it; what is left is power over time."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import isnan

from controller.simulation.importers.counter import clear_counter, to_power
from controller.simulation.importers.day import Day, Series, Shape
from controller.simulation.importers.reading import Reading, Role
from controller.simulation.importers.words import at, lasting, often, rows, usual_step_s
from controller.simulation.trace import MOST_W, TraceError, check_length

EDGE_S = 0.01
"""A value that holds changes within so long; a trace is linear between its points."""

_STANDBY_W = 50.0
_STANDBY_SHARE = 0.02
"""An inverter's own consumption is not more, W or of its peak."""

_GAP_STEPS = 1.5
_GAP_LEAST_S = 60.0
"""From so many usual steps on, and so long, something is missing."""

_NEVER_NEGATIVE = {Role.PV, Role.EV}
_COUNTERS = {Shape.COUNTER, Shape.COUNTER_CHANGES}


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """Power over time.

    Attributes:
        role: What it is.
        name: As the file calls it.
        times_s: Seconds since the epoch, rising.
        values: W.
        holds: Whether a value stays until the next one; else a straight line leads there.
        end_s: Until when it is known; None for changes only, which hold on.
    """

    role: Role
    name: str
    times_s: Sequence[float]
    values: Sequence[float]
    holds: bool
    end_s: float | None

    def instants(self) -> Iterator[float]:
        """Where a trace of it needs its points, rising."""
        before_s = None
        for time_s in self.times_s:
            if self.holds and before_s is not None and time_s - before_s > EDGE_S:
                yield time_s - EDGE_S
            yield time_s
            before_s = time_s
        if self.end_s is not None and before_s is not None and self.end_s > before_s:
            yield self.end_s


def course_of(series: Series, day: Day, reading: Reading) -> Course:
    """Sorts, clears, checks; says in `day.told` what it did. Raises TraceError."""
    if series.missing:
        day.told.append(f"{day.place(series.first_missing)}: {rows(series.missing)} of {series.name} without a value")
    _sort(series, day)
    _undouble(series, day, reading)
    _cut_silent_ends(series)
    if len(series.times_s) < 2:
        raise TraceError(f"{day.file}: {rows(len(series.times_s))} of {series.name} with a value are no day")
    end_s = series.end_s
    if series.shape not in {Shape.HOLD, Shape.COUNTER_CHANGES}:
        end_s = max(end_s or 0.0, series.times_s[-1])
    check_length(f"{day.place(series.places[0])}: {series.name}", series.times_s[0], series.times_s[-1])
    _refuse_overlaps(series, day)
    if series.shape in _COUNTERS:
        clear_counter(series, day, reading.gap_s)
    _bridge(series, day, reading)
    if series.shape in _COUNTERS:
        to_power(series, day)
    _bound(series, day)
    if series.role in _NEVER_NEGATIVE:
        _lift(series, day)
    return Course(
        role=series.role,
        name=series.name,
        times_s=series.times_s,
        values=series.values,
        holds=series.shape is not Shape.LINE,
        end_s=end_s,
    )


def _sort(series: Series, day: Day) -> None:
    if not series.unsorted:
        return
    series.take(sorted(range(len(series.times_s)), key=series.times_s.__getitem__))
    place = day.place(series.first_unsorted)
    day.told.append(f"{place}: {rows(series.unsorted)} of {series.name} earlier than the one before, sorted")


def _keep(series: Series, keep: Callable[[int], bool]) -> None:
    series.take([index for index in range(len(series.times_s)) if keep(index)])


def _undouble(series: Series, day: Day, reading: Reading) -> None:
    times_s, values = series.times_s, series.values
    drop: dict[int, bool] = {}  # the row's index: whether it differs from the other one
    for index in range(1, len(times_s)):
        if times_s[index] != times_s[index - 1]:
            continue
        differs = values[index] != values[index - 1] and not (isnan(values[index]) and isnan(values[index - 1]))
        choice = reading.doubled or ("last" if series.shape is Shape.HOLD else None)
        if differs and choice is None:
            raise TraceError(
                f"{day.place(series.places[index])}: {series.name} at {at(times_s[index])} is {values[index]:g}, but "
                f"{values[index - 1]:g} on {day.place(series.places[index - 1])}; --doubled first or --doubled last "
                "takes one of them"
            )
        drop[index - 1 if choice == "last" else index] = differs
        if choice == "first":
            values[index] = values[index - 1]
    if drop:
        place = day.place(series.places[min(drop)])
        differing = sum(drop.values())
        if differing < len(drop):
            day.told.append(f"{place}: {rows(len(drop) - differing)} of {series.name} doubled, dropped")
        if differing:
            which = reading.doubled or "last"
            day.told.append(f"{place}: {rows(differing)} of {series.name} for one instant differ, the {which} counts")
        _keep(series, lambda index: index not in drop)


def _cut_silent_ends(series: Series) -> None:
    """Before the first value and after the last nothing is known."""
    known = [index for index, value in enumerate(series.values) if not isnan(value)]
    if not known or len(known) == len(series.values):
        if not known:
            _keep(series, lambda _index: False)
        return
    first, last = known[0], known[-1]
    if last < len(series.values) - 1:
        series.end_s = series.times_s[last + 1]
    _keep(series, lambda index: first <= index <= last)


def _refuse_overlaps(series: Series, day: Day) -> None:
    for index in range(1, len(series.ends_s)):
        if series.times_s[index] < series.ends_s[index - 1]:
            raise TraceError(
                f"{day.place(series.places[index])}: the slot begins at {at(series.times_s[index])}, before the one of "
                f"{day.place(series.places[index - 1])} ends; leave one of them out"
            )


def _gaps(series: Series) -> Iterator[tuple[float, float]]:
    """(from, to) of every stretch without values."""
    times_s, values = series.times_s, series.values
    if series.shape in {Shape.HOLD, Shape.COUNTER_CHANGES}:
        since_s = None
        for time_s, value in zip(times_s, values, strict=True):
            if isnan(value):
                since_s = time_s if since_s is None else since_s
            elif since_s is not None:
                yield since_s, time_s
                since_s = None
        return
    if series.shape is Shape.SLOT:
        for index in range(1, len(times_s)):
            if times_s[index] > series.ends_s[index - 1]:
                yield series.ends_s[index - 1], times_s[index]
        return
    limit_s = max(_GAP_LEAST_S, _GAP_STEPS * usual_step_s(times_s))
    for index in range(1, len(times_s)):
        if times_s[index] - times_s[index - 1] > limit_s:
            yield times_s[index - 1], times_s[index]


def _bridge(series: Series, day: Day, reading: Reading) -> None:
    gaps = list(_gaps(series))
    if gaps:
        longest = max(gaps, key=lambda gap: gap[1] - gap[0])
        length_s = longest[1] - longest[0]
        where = f"from {at(longest[0])} to {at(longest[1])}"
        if length_s > reading.gap_s:
            changes = series.shape in {Shape.LINE, Shape.COUNTER}
            hold = ", --between hold where the file has changes only" if changes else ""
            raise TraceError(
                f"{day.place(series.places[0])}: {series.name} has a gap of {lasting(length_s)} {where}; "
                f"--gap-s {length_s:.0f} bridges it{hold}"
            )
        how = "with the value before" if series.shape in {Shape.HOLD, Shape.SLOT} else "in a straight line"
        if series.shape in _COUNTERS:
            how = "with what the counter rose by"
        count = "a gap" if len(gaps) == 1 else f"{len(gaps)} gaps, the longest"
        day.told.append(
            f"{day.place(series.places[0])}: {series.name}: {count} of {lasting(length_s)} {where}, bridged {how}"
        )
    if any(isnan(value) for value in series.values):
        values = series.values
        _keep(series, lambda index: not isnan(values[index]))


def _bound(series: Series, day: Day) -> None:
    for index, value in enumerate(series.values):
        if abs(value) > MOST_W:
            raise TraceError(
                f"{day.place(series.places[index])}: {series.name} is {value / 1000:g} kW, more than any house has; "
                "--column says the unit: _w, _kw, _wh or _kwh"
            )


def _lift(series: Series, day: Day) -> None:
    """An inverter that consumes a little produces nothing; more than a little is something else."""
    least_w = min(series.values)
    if least_w >= 0:
        return
    negative = [index for index, value in enumerate(series.values) if value < 0]
    place = day.place(series.places[negative[0]])
    if least_w < -max(_STANDBY_W, _STANDBY_SHARE * max(series.values)):
        raise TraceError(
            f"{place}: {series.name} should never be negative, but is, {often(len(negative))}, at the least "
            f"{least_w:.0f} W; another quantity, or turned round? --column {series.role}_w=-{series.name} turns it"
        )
    day.told.append(f"{place}: {series.name} negative {often(len(negative))}, at the least {least_w:.0f} W, taken as 0")
    series.values = array("d", (max(0.0, value) for value in series.values))
