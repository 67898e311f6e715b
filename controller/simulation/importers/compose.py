"""PV and house load out of whatever was measured.

The house without the car is what came from grid, roof and battery less what the car took: `grid + pv + battery - ev`.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from heapq import merge

from controller.simulation.importers.course import Course
from controller.simulation.importers.day import Day
from controller.simulation.importers.reading import Role
from controller.simulation.importers.words import at, lasting, often, usual_step_s
from controller.simulation.trace import MOST_W, Trace, TraceError

_NEGATIVE_SHARE = 0.05
_ROUNDING_W = 0.5
"""Meters that are read one after the other give so much negative load, of its energy; not more."""

_COARSE_S = 600.0
"""Longer steps hide clouds."""

_TINY_W = 50.0
"""A roof or a house that never reaches it was given in kW."""

_CUT_S = 600.0
"""By less series may differ in where they begin and end."""

_BALANCE = {
    Role.GRID: 1.0,
    Role.GRID_IMPORT: 1.0,
    Role.GRID_EXPORT: -1.0,
    Role.PV: 1.0,
    Role.BATTERY: 1.0,
    Role.BATTERY_DISCHARGE: 1.0,
    Role.BATTERY_CHARGE: -1.0,
    Role.EV: -1.0,
}
_PAIRS = ((Role.GRID_IMPORT, Role.GRID_EXPORT), (Role.BATTERY_DISCHARGE, Role.BATTERY_CHARGE))
_HALVES = (*_PAIRS, *((other, one) for one, other in _PAIRS))
_GRID = {Role.GRID, Role.GRID_IMPORT, Role.GRID_EXPORT}


class _Walk:
    """Somebody's place in a course; only forwards."""

    def __init__(self, course: Course) -> None:
        self._times_s, self._values, self._holds = course.times_s, course.values, course.holds
        self._index = 0

    def at(self, time_s: float) -> float:
        """W at an instant not before the last one that was asked for."""
        times_s, index = self._times_s, self._index
        while index + 1 < len(times_s) and times_s[index + 1] <= time_s:
            index += 1
        self._index = index
        value = self._values[index]
        if self._holds or index + 1 == len(times_s) or time_s <= times_s[index]:
            return value
        share = (time_s - times_s[index]) / (times_s[index + 1] - times_s[index])
        return value + share * (self._values[index + 1] - value)


def compose(courses: Sequence[Course], day: Day) -> Trace:
    """The day; says in `day.told` what it had to do. Raises TraceError."""
    weights = _load_weights({course.role for course in courses}, day)
    used = [course for course in courses if course.role is Role.PV or course.role in weights]
    start_s, end_s = _range(used, day)
    walks = [(_Walk(course), course.role is Role.PV, weights.get(course.role, 0.0)) for course in used]
    times_s, pv_w, load_w = array("d"), array("d"), array("d")
    for time_s in _instants(used, start_s, end_s):
        pv = load = 0.0
        for walk, is_pv, weight in walks:
            value = walk.at(time_s)
            pv += value if is_pv else 0.0
            load += weight * value
        times_s.append(time_s)
        pv_w.append(pv)
        load_w.append(load)
    _judge(times_s, pv_w, load_w, day)
    pv_step_s = max(usual_step_s(course.times_s) for course in used if course.role is Role.PV)
    if pv_step_s > _COARSE_S:
        day.told.append(f"{day.file}: a value every {lasting(pv_step_s)}: clouds are smoothed away")
    return Trace(times_s=times_s, pv_w=pv_w, load_w=array("d", (max(0.0, load) for load in load_w)))


def _load_weights(roles: set[Role], day: Day) -> dict[Role, float]:
    """What the load is the sum of."""
    if Role.PV not in roles:
        raise TraceError(f"{day.file}: no PV found; say --column pv_w=NAME with its column, entity or measurement")
    if Role.LOAD in roles:
        chosen = {Role.LOAD: 1.0}
    elif Role.HOUSE in roles:
        chosen = {Role.HOUSE: 1.0, Role.EV: -1.0}
    elif roles & _GRID:
        chosen = _BALANCE
    else:
        raise TraceError(
            f"{day.file}: no load found; say --column load_w=NAME, or grid_w=NAME to have it reckoned as "
            "grid + pv + battery - ev"
        )
    if chosen is _BALANCE:
        terms = " ".join(f"{'+' if _BALANCE[role] > 0 else '-'} {role}" for role in _BALANCE if role in roles)
        car = "" if Role.EV in roles else "; if the car charged, name its power too: --column ev_w=NAME"
        day.told.append(f"{day.file}: load reckoned as {terms.removeprefix('+ ')}{car}")
        for one, other in _HALVES:
            if one in roles and other not in roles:
                raise TraceError(f"{day.file}: {one} without {other} is half of it; say --column for both")
    left_out = sorted(roles - set(chosen) - {Role.PV})
    if left_out:
        day.told.append(f"{day.file}: {', '.join(left_out)} not needed, left out")
    return chosen


def _range(courses: Sequence[Course], day: Day) -> tuple[float, float]:
    """Where all of them are known."""
    starts = [course.times_s[0] for course in courses]
    ends = [course.end_s for course in courses if course.end_s is not None]
    last_s = max(course.times_s[-1] for course in courses)
    start_s, end_s = max(starts), min(ends) if ends else last_s
    if end_s <= start_s:
        raise TraceError(f"{day.file}: the series have no time in common: {_spans(courses)}")
    if max(max(starts) - min(starts), (max(ends) if ends else last_s) - end_s) > _CUT_S:
        day.told.append(
            f"{day.file}: cut to {at(start_s)} - {at(end_s)}, where all series are known: {_spans(courses)}"
        )
    return start_s, end_s


def _spans(courses: Sequence[Course]) -> str:
    return ", ".join(
        f"{course.name} {at(course.times_s[0])} - {at(course.end_s or course.times_s[-1])}" for course in courses
    )


def _instants(courses: Sequence[Course], start_s: float, end_s: float) -> Iterator[float]:
    before_s = start_s
    yield start_s
    for time_s in merge(*(course.instants() for course in courses)):
        if before_s < time_s < end_s:
            yield time_s
            before_s = time_s
    yield end_s


def _judge(times_s: Sequence[float], pv_w: Sequence[float], load_w: Sequence[float], day: Day) -> None:
    """Says what is odd about the whole. Raises TraceError."""
    negative_ws = load_ws = 0.0
    for index in range(1, len(times_s)):
        mean_w, length_s = (load_w[index] + load_w[index - 1]) / 2, times_s[index] - times_s[index - 1]
        load_ws += abs(mean_w) * length_s
        negative_ws += max(0.0, -mean_w) * length_s
    least_w = min(load_w)
    if least_w < -_ROUNDING_W:
        first_s = next(time_s for time_s, load in zip(times_s, load_w, strict=True) if load < -_ROUNDING_W)
        where = f"the load is negative from {at(first_s)} on, at the least {least_w:.0f} W"
        if negative_ws > _NEGATIVE_SHARE * load_ws:
            raise TraceError(
                f"{day.file}: {where}, {100 * negative_ws / load_ws:.0f} % of its energy; a sign is "
                "wrong: grid > 0 imports, battery > 0 discharges, pv and ev >= 0; --column grid_w=-NAME turns one"
            )
        count = sum(load < 0 for load in load_w)
        day.told.append(f"{day.file}: {where}, {often(count)} in all, taken as 0")
    most_pv_w, most_load_w = max(pv_w), max(load_w)
    most_w = max(most_pv_w, most_load_w)
    if most_w > MOST_W:
        raise TraceError(f"{day.file}: {most_w / 1000:.0f} kW in all are more than any house has")
    day.told += tell_tiny(day.file, most_pv_w, most_load_w)


def tell_tiny(name: str, most_pv_w: float, most_load_w: float) -> list[str]:
    """Asks about a roof or a house that seems to have been given in kW."""
    return [
        f"{name}: never more than {most_w:.3g} W of {role}; were that kW? --column {role}_kw=NAME"
        for role, most_w in ((Role.PV, most_pv_w), (Role.LOAD, most_load_w))
        if 0 < most_w < _TINY_W
    ]
