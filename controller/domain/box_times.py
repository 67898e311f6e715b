"""The hours that a wallbox keeps by itself, and what of ours they are in the way of; pure.

The box calls the feature "Off-Peak Charging" and the periods in it "Peak period": whether it charges only within them,
or not within them, is not verified. So both readings are reckoned, unless the owner has found out which one is right.
Minutes are those of its clock on the wall, which is taken to show the site's time.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import time
from enum import StrEnum
from typing import NamedTuple

from controller.domain.calendar import DAYS, Window

_DAY_MIN, _WEEK_MIN = 24 * 60, 7 * 24 * 60
_SATURDAY, _ALL_DAYS, _WORKDAYS = 5, frozenset(range(7)), frozenset(range(5))
_SWITCHES_OFF = "`sunpace wallbox off-peak --off --yes` switches them off"
MOST_PERIODS = 2


class Reading(StrEnum):
    """What the box's periods may mean."""

    ALLOWED = "allowed_within"
    """It charges only within them."""
    HELD = "held_within"
    """It does not charge within them."""


class Period(NamedTuple):
    """A stretch of every day; from a later to an earlier time it is over midnight. The same start and end: none.

    Attributes:
        start: On the box's clock.
        end: Likewise; no longer within.
    """

    start: time
    end: time

    def __str__(self) -> str:
        return f"{self.start:%H:%M}-{self.end:%H:%M}"


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxTimes:
    """What the box keeps by itself.

    Attributes:
        enabled: Whether its periods count; None where the box does not tell.
        weekends: Whether they count on Saturday and Sunday, which are taken to be free otherwise; None likewise.
        periods: Those that it tells.
        delay_s: Up to how long it holds every start back, s; None where it does not tell.
    """

    enabled: bool | None = None
    weekends: bool | None = None
    periods: tuple[Period, ...] = ()
    delay_s: float | None = None


class Conflict(NamedTuple):
    """Something that the box does by itself, and that may keep us from charging.

    Attributes:
        what: What it does, and what that means for us.
        remedy: What ends it.
    """

    what: str
    remedy: str


def conflicts(
    times: BoxTimes | None, windows: Sequence[Window] | None, sense: Reading | None = None
) -> tuple[Conflict, ...]:
    """What the box does by itself that is in our way.

    Args:
        times: What it keeps; None where nothing is known.
        windows: In which we charge; None where that may be at any time.
        sense: What its periods mean; None where nobody knows: then it counts under either reading.
    """
    found: list[Conflict] = []
    if times is not None and times.enabled and any(period.start != period.end for period in times.periods):
        held = {reading: _held_back(times, windows, reading) for reading in (Reading if sense is None else (sense,))}
        if any(held.values()):
            found.append(_in_the_way(times, held, sense))
    if times is not None and times.delay_s:
        what = f"the wallbox holds every start back, at random, by up to {times.delay_s:g} s"
        found.append(Conflict(what, "`sunpace wallbox set randomised-delay-range 0` ends that"))
    return tuple(found)


def hours(times: BoxTimes, reading: Reading) -> tuple[Period, ...]:
    """When it charges by a reading, on a day on which its periods count."""
    within = _minutes_of_day(times.periods)
    if not any(within) or reading is Reading.ALLOWED:
        return _runs(within)
    return _runs([not inside for inside in within])


def periods_for(windows: Sequence[Window], reading: Reading) -> tuple[tuple[Period, ...], bool]:
    """Two periods for the box within which, by this reading, we may charge in all our windows; and whether at weekends.

    Where one would do it is there twice: what a period without length means to the box is not known.

    Raises:
        ValueError: The box cannot be told these windows; the text says why.
    """
    days = {frozenset(window.days) for window in windows}
    if not days or not days <= {_ALL_DAYS, _WORKDAYS}:
        raise ValueError("the wallbox knows every day, or Monday to Friday, and no other days")
    if len(days) > 1:
        raise ValueError(
            "some of the windows are for every day, some for Monday to Friday: the wallbox knows one of both"
        )
    ours = _minutes_of_day(Period(window.start, window.end) for window in windows if window.start != window.end)
    if all(ours) or any(window.start == window.end for window in windows):
        raise ValueError(
            "the windows fill the whole day, which takes no periods: `--off` switches the wallbox's own off"
        )
    found = _runs(ours if reading is Reading.ALLOWED else [not inside for inside in ours])
    if len(found) > MOST_PERIODS:
        raise ValueError(f"the windows take {len(found)} periods of a day, and the wallbox has {MOST_PERIODS}")
    return (found * MOST_PERIODS)[:MOST_PERIODS], days == {_ALL_DAYS}


def _in_the_way(times: BoxTimes, held: Mapping[Reading, list[int]], sense: Reading | None) -> Conflict:
    """Periods that hold us back: the minutes of a week, by what they may mean."""
    listed = ", ".join(map(str, dict.fromkeys(times.periods)))
    days = "Monday to Friday" if times.weekends is False else "daily"
    begin, end = f"the wallbox keeps periods of its own, {listed} {days}", _SWITCHES_OFF
    if sense is not None:
        within = "and charges only within them" if sense is Reading.ALLOWED else "and does not charge within them"
        return Conflict(f"{begin}, {within}: {_lost(held[sense])}", end)
    if not all(held.values()):
        end += "; or, if they are as they should be, say what a try has shown with wallbox.off_peak_sense"
    lost = f"{_lost(held[Reading.ALLOWED])}; if it does not charge within them, {_lost(held[Reading.HELD])}"
    return Conflict(f"{begin}: if it charges only within them, {lost}", end)


def _held_back(times: BoxTimes, windows: Sequence[Window] | None, reading: Reading) -> list[int]:
    """The minutes of a week in which we would charge, and the box does not, by this reading."""
    within = _minutes_of_day(times.periods)
    blocked = within if reading is Reading.HELD else [not inside for inside in within]
    days = range(7 if times.weekends is not False else _SATURDAY)
    ours = range(_WEEK_MIN) if windows is None else _minutes_of_week(windows)
    return [minute for minute in ours if minute // _DAY_MIN in days and blocked[minute % _DAY_MIN]]


def _lost(minutes: list[int]) -> str:
    if not minutes:
        return "nothing of ours is held back"
    first = end = minutes[0]
    for minute in minutes:
        if minute != end or minute // _DAY_MIN > first // _DAY_MIN:
            break
        end += 1
    day = DAYS[first // _DAY_MIN].capitalize()
    return f"{len(minutes) / 60:.1f} h of ours a week are held back, such as {day} {Period(_time(first), _time(end))}"


def _minutes_of_week(windows: Iterable[Window]) -> list[int]:
    """In which one of the windows is there, whatever the week; holidays count on their day of the week."""
    found: set[int] = set()
    for window in windows:
        lasts = (_minute(window.end) - _minute(window.start)) % _DAY_MIN or _DAY_MIN
        for day in {*window.days, *(date.weekday() for date in window.dates)}:
            since = day * _DAY_MIN + _minute(window.start)
            found.update(minute % _WEEK_MIN for minute in range(since, since + lasts))
    return sorted(found)


def _minutes_of_day(periods: Iterable[Period]) -> list[bool]:
    """Whether each minute lies in one of the periods."""
    within = [False] * _DAY_MIN
    for period in periods:
        since, until = _minute(period.start), _minute(period.end)
        for minute in range(since, until if until >= since else until + _DAY_MIN):
            within[minute % _DAY_MIN] = True
    return within


def _runs(within: Sequence[bool]) -> tuple[Period, ...]:
    """The stretches of a day in which it is so; one over midnight comes last."""
    if all(within):
        return (Period(time(), time()),)
    starts = [minute for minute in range(_DAY_MIN) if within[minute] and not within[minute - 1]]
    found: list[Period] = []
    for start in starts:
        end = next(minute % _DAY_MIN for minute in range(start, start + _DAY_MIN) if not within[minute % _DAY_MIN])
        found.append(Period(_time(start), _time(end)))
    return tuple(found)


def _minute(at: time) -> int:
    return at.hour * 60 + at.minute


def _time(minute: int) -> time:
    return time(*divmod(minute % _DAY_MIN, 60))
