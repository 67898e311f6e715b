"""Counters: readings cleared of what cannot be, and turned into power."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from math import isnan

from controller.simulation.importers.day import Day, Series, Shape
from controller.simulation.importers.reading import Role
from controller.simulation.importers.words import lasting, often, rows, usual_step_s
from controller.simulation.trace import MOST_W, TraceError

_JITTER_SHARE = 0.001
_JITTER_WH = 10.0
"""By no more does a counter step back because it is rounded or summed."""

_COARSE_TURNS = 8
"""So often at the least, and in a quarter of the rows, a counter that is read too often turns between 0 and more."""

_MOST_WH = 1e12
"""No house's counter has counted so much: 200 kW for 500 years."""

_MERGE_S = 1.0
"""Readings that are closer give no power: their instants are too coarse."""

_GLITCH_STEPS = 1.5
"""A counter that is back where it was after so many steps, or a short gap, was not read."""

_RESET_WH = 100.0
_RESET_TIMES = 2.0
"""After a reset it has counted no more than this, or so many times the highest power that it counts otherwise."""

_EXPECTED = {Role.PV, Role.LOAD, Role.HOUSE, Role.GRID_IMPORT}
"""What every house with a roof has."""


def clear_counter(series: Series, day: Day, gap_s: float) -> None:
    """Merges readings that are too close, drops readings that fall and are back at once. Raises TraceError."""
    for index, reading_wh in enumerate(series.values):
        if abs(reading_wh) > _MOST_WH:
            raise TraceError(
                f"{day.place(series.places[index])}: the counter {series.name} is at {reading_wh / 1000:g} kWh, more "
                "than any house has counted; --column says the unit: _wh or _kwh"
            )
    _merge(series, day)
    glitches = list(_glitches(series, max(gap_s, _GLITCH_STEPS * usual_step_s(series.times_s))))
    if glitches:
        place = day.place(series.places[glitches[0]])
        day.told.append(
            f"{place}: {rows(len(glitches))} of the counter {series.name} far below those before and after, dropped"
        )
        drop = set(glitches)
        series.take([index for index in range(len(series.times_s)) if index not in drop])


def _merge(series: Series, day: Day) -> None:
    """Of readings within a second the last counts, at the instant of the first."""
    kept: list[int] = []
    merged: list[int] = []
    for index, (time_s, reading_wh) in enumerate(zip(series.times_s, series.values, strict=True)):
        close = bool(kept) and time_s - series.times_s[kept[-1]] < _MERGE_S
        if close and not isnan(reading_wh) and not isnan(series.values[kept[-1]]):
            series.values[kept[-1]] = reading_wh
            merged.append(index)
        else:
            kept.append(index)
    if merged:
        place = day.place(series.places[merged[0]])
        day.told.append(f"{place}: {rows(len(merged))} of the counter {series.name} within a second, merged")
        series.take(kept)


def _glitches(series: Series, most_s: float) -> Iterator[int]:
    """Readings that are as low as after a reset, all alike, until the counter is back where it was."""
    high_wh, low = -1.0, list[int]()
    for index, reading_wh in enumerate(series.values):
        if isnan(reading_wh):
            continue
        if low and reading_wh == series.values[low[0]]:
            low.append(index)
            continue
        if low and reading_wh >= high_wh and series.times_s[index] - series.times_s[low[0]] <= most_s:
            yield from low
        low.clear()
        if high_wh > 0 and _may_begin_again(reading_wh, high_wh):
            low.append(index)
        else:
            high_wh = reading_wh


def _may_begin_again(reading_wh: float, high_wh: float) -> bool:
    """Whether a counter has begun at 0 again, rather than stepped back."""
    return 0 <= reading_wh <= high_wh / 2


def _check_resets(series: Series, powers: Sequence[float], resets: Sequence[int], day: Day) -> None:
    """What was counted from 0 has to be like what is counted otherwise. Raises TraceError."""
    after = {index - 1 for index in resets}
    usual_w = max((power for index, power in enumerate(powers) if index not in after), default=0.0)
    for index in resets:
        length_s = series.times_s[index] - series.times_s[index - 1]
        reading_wh, power_w = series.values[index], powers[index - 1]
        if reading_wh > _RESET_WH and power_w > min(MOST_W, _RESET_TIMES * usual_w):
            raise TraceError(
                f"{day.place(series.places[index])}: the counter {series.name} falls from "
                f"{series.values[index - 1]:g} to {reading_wh:g} Wh, which is too much to have been counted "
                f"from 0 in {lasting(length_s)}; leave out the row if it was read "
                "wrongly, or make two files of it if the meter was changed"
            )


def to_power(series: Series, day: Day) -> None:
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
            if _may_begin_again(reading_wh, high_wh):
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
        _check_resets(series, powers, resets, day)
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
