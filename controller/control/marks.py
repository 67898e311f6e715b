"""What the car has got, and when: the marks of its energy, one a quarter of an hour and the last one running; pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from controller.domain.horizon import EnergyLog, Mark
from controller.domain.quarter_hours import QUARTER, QuarterHour, quarter_of

KEPT = timedelta(days=9)
"""How far back there are marks: a week's plan, and a little."""

_MINUTE_S = 60
_LONGEST_PAUSE = timedelta(minutes=2)


class Marks(NamedTuple):
    """The marks, and what is not marked yet.

    Attributes:
        fixed: Marks that stay, in their order; never empty.
        log: With the running one; the same object until that moves: once a minute, and only while energy flows.
        minute: Of the last look, minutes since 1970: only the first one in a minute counts.
    """

    fixed: tuple[Mark, ...]
    log: EnergyLog
    minute: int


def first_mark(now: datetime, wh: float = 0.0) -> Marks:
    """Nothing is known of what was before `now`."""
    mark = Mark(now, wh)
    return Marks((mark,), EnergyLog((mark,)), _minute(now))


def marks_of(past: Iterable[QuarterHour], now: datetime) -> Marks:
    """The marks of what is on record: the car's energy, by quarters in their order."""
    wh, fixed = 0.0, []
    for quarter in past:
        if quarter.ev_wh <= 0 or quarter.start < now - KEPT or quarter.start >= now:
            continue
        fixed.append(Mark(quarter.start, wh))
        wh += quarter.ev_wh
        fixed.append(Mark(min(quarter.end, now), wh))
    if not fixed:
        return first_mark(now)
    return Marks(tuple(fixed), EnergyLog(tuple(fixed)), _minute(now))


def mark(marks: Marks, now: datetime, wh: float) -> Marks:
    """Notes how much it is by now.

    A clock that is set back takes the marks of the time that comes again with it: what flowed then is kept, and taken
    to have flowed since the mark before.

    Args:
        marks: The marks so far.
        now: Aware UTC.
        wh: Energy by now, Wh; what is marked never falls.
    """
    fixed, log, minute = marks
    if now < log.marks[-1].at:
        kept = tuple(mark for mark in fixed if mark.at < now) or (Mark(now - QUARTER, fixed[0].wh),)
        fixed = (*kept, Mark(now, max(wh, log.marks[-1].wh)))
        return Marks(fixed, EnergyLog(fixed), _minute(now))
    if (this := _minute(now)) == minute:
        return marks
    if wh <= log.marks[-1].wh:
        return Marks(fixed, log, this)
    begun = quarter_of(now)
    if fixed[-1].at < begun:  # the marks of a quarter in which nothing flowed are left out
        oldest = now - KEPT
        turned = (*fixed, *_turn(fixed[-1], log.marks[-1], begun, Mark(now, wh)))
        fixed = tuple(mark for mark in turned if mark.at >= oldest)
    running = (Mark(now, wh),) if now > fixed[-1].at else ()
    return Marks(fixed, EnergyLog((*fixed, *running)), this)


def mark_missed(marks: Marks, now: datetime, wh: float) -> Marks:
    """Notes how much it is after a while that nobody saw: it has flowed evenly since the last mark, for all we know."""
    last = marks.log.marks[-1]
    if wh <= last.wh or now <= last.at:
        return marks
    fixed = (*marks.fixed, *((last,) if last.at > marks.fixed[-1].at else ()), Mark(now, wh))
    return Marks(fixed, EnergyLog(fixed), _minute(now))


def _turn(fixed: Mark, last: Mark, begun: datetime, new: Mark) -> tuple[Mark, ...]:
    """The mark of the turn of a quarter; where nothing was seen to flow for a while also that of the while's begin."""
    pause = new.at - last.at
    if pause <= _LONGEST_PAUSE:
        return (Mark(begun, last.wh + (new.wh - last.wh) * ((begun - last.at) / pause)),)
    before = (last,) if fixed.at < last.at < begun else ()
    return (*before, Mark(begun, last.wh if begun < new.at else new.wh))


def _minute(now: datetime) -> int:
    return int(now.timestamp() // _MINUTE_S)
