"""Repairs a series or refuses it; what is left is power over time."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isnan

from controller.simulation.importers.day import Day, Series, Shape
from controller.simulation.importers.reading import Reading, Role
from controller.simulation.trace import MOST_W, TraceError

EDGE_S = 0.01
"""A value that holds changes within so long; a trace is linear between its points."""

_STANDBY_W = 50.0
_STANDBY_SHARE = 0.02
"""An inverter's own consumption is not more, W or of its peak."""

_JITTER_SHARE = 0.001
_JITTER_WH = 10.0
"""By no more does a counter step back because it is rounded or summed."""

_COARSE_TURNS = 8
"""So often at the least, and in a quarter of the rows, a counter that is read too often turns between 0 and more."""

_GAP_STEPS = 2.5
_GAP_LEAST_S = 60.0
"""From so many usual steps on, and so long, something is missing."""

_NEVER_NEGATIVE = {Role.PV, Role.EV}
_EXPECTED = {Role.PV, Role.LOAD, Role.HOUSE, Role.GRID_IMPORT}
"""What every house with a roof has."""

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
        day.told.append(f"{day.place(series.first_missing)}: {_rows(series.missing)} of {series.name} without a value")
    _sort(series, day)
    _undouble(series, day, reading)
    _cut_silent_ends(series)
    if len(series.times_s) < 2:
        raise TraceError(f"{day.file}: {_rows(len(series.times_s))} of {series.name} with a value are no day")
    end_s = series.end_s
    if series.shape not in {Shape.HOLD, Shape.COUNTER_CHANGES}:
        end_s = max(end_s or 0.0, series.times_s[-1])
    _bridge(series, day, reading)
    if series.shape in _COUNTERS:
        _to_power(series, day)
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


def at(time_s: float) -> str:
    """An instant for people."""
    return f"{datetime.fromtimestamp(time_s, UTC):%Y-%m-%dT%H:%M:%SZ}"


def lasting(length_s: float) -> str:
    """A length of time for people."""
    return f"{length_s:.0f} s" if length_s < 120 else f"{length_s / 60:.0f} min"


def often(count: int) -> str:
    """How many times, for people."""
    return "once" if count == 1 else f"{count} times"


def _rows(count: int) -> str:
    return f"{count} row{'s' if count != 1 else ''}"


def _sort(series: Series, day: Day) -> None:
    if not series.unsorted:
        return
    times_s = series.times_s
    order = sorted(range(len(times_s)), key=times_s.__getitem__)
    series.times_s = array("d", (times_s[index] for index in order))
    series.values = array("d", (series.values[index] for index in order))
    series.places = array("q", (series.places[index] for index in order))
    place = day.place(series.first_unsorted)
    day.told.append(f"{place}: {_rows(series.unsorted)} of {series.name} earlier than the one before, sorted")


def _keep(series: Series, keep: Callable[[int], bool]) -> None:
    indices = [index for index in range(len(series.times_s)) if keep(index)]
    series.times_s = array("d", (series.times_s[index] for index in indices))
    series.values = array("d", (series.values[index] for index in indices))
    series.places = array("q", (series.places[index] for index in indices))


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
            day.told.append(f"{place}: {_rows(len(drop) - differing)} of {series.name} doubled, dropped")
        if differing:
            which = reading.doubled or "last"
            day.told.append(f"{place}: {_rows(differing)} of {series.name} for one instant differ, the {which} counts")
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
    limit_s = max(_GAP_LEAST_S, _GAP_STEPS * usual_step_s(times_s))
    for index in range(1, len(times_s)):
        if times_s[index] - times_s[index - 1] > limit_s:
            yield times_s[index - 1], times_s[index]


def usual_step_s(times_s: Sequence[float]) -> float:
    """The median of the steps, 0 where there is none; of a sample where they are very many."""
    stride = max(1, len(times_s) // 20_000)
    steps = sorted(times_s[index] - times_s[index - 1] for index in range(1, len(times_s), stride))
    return steps[(len(steps) - 1) // 2] if steps else 0.0


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


def _to_power(series: Series, day: Day) -> None:
    """A counter's readings as the mean power until the next reading."""
    times_s, readings_wh = series.times_s, series.values
    powers = array("d")
    resets: list[int] = []
    steps_back: list[int] = []
    high_wh = readings_wh[0]
    for index in range(1, len(times_s)):
        reading_wh = readings_wh[index]
        rise_wh = reading_wh - high_wh
        if rise_wh < 0:
            if 0 <= reading_wh <= high_wh / 2:
                resets.append(index)
                rise_wh = reading_wh
            elif -rise_wh <= max(_JITTER_WH, _JITTER_SHARE * high_wh):
                steps_back.append(index)
                rise_wh, reading_wh = 0.0, high_wh
            else:
                raise TraceError(
                    f"{day.place(series.places[index])}: the counter {series.name} falls from {high_wh:g} to "
                    f"{reading_wh:g} Wh; for power write {series.role}_w= or {series.role}_kw="
                )
        high_wh = reading_wh
        powers.append(rise_wh * 3600 / (times_s[index] - times_s[index - 1]))
    if resets:
        place = day.place(series.places[resets[0]])
        day.told.append(f"{place}: the counter {series.name} begins at 0 again, {often(len(resets))}, counted from 0")
    if steps_back:
        place = day.place(series.places[steps_back[0]])
        day.told.append(
            f"{place}: the counter {series.name} steps back a little, {often(len(steps_back))}, taken as 0 W"
        )
    if series.role in _EXPECTED and not any(powers):
        day.told.append(f"{day.place(series.places[0])}: the counter {series.name} stands still all the time: 0 W")
    _tell_coarse(series, powers, day)
    series.values = powers
    if series.shape is Shape.COUNTER_CHANGES:
        powers.append(0.0)  # it has not moved again
    else:
        del series.times_s[-1], series.places[-1]


def _tell_coarse(series: Series, powers: Sequence[float], day: Day) -> None:
    """A counter that is read more often than it counts seems to start and stop all the time."""
    turns = sum((powers[index] == 0) != (powers[index - 1] == 0) for index in range(1, len(powers)))
    if turns >= max(_COARSE_TURNS, len(powers) // 4):
        least_w = min(power for power in powers if power > 0)
        place = day.place(series.places[0])
        day.told.append(f"{place}: the counter {series.name} is read more often than it counts: {least_w:.0f} W or 0 W")


def _bound(series: Series, day: Day) -> None:
    for index, value in enumerate(series.values):
        if abs(value) > MOST_W:
            raise TraceError(
                f"{day.place(series.places[index])}: {series.name} is {value / 1000:.0f} kW, more than any house has; "
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
