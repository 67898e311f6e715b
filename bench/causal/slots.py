"""Days cut into slots of one gap between commands: what on is worth in each, and what switching makes of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.causal.cell import SLOT_STEPS, Cell, Flags, Floats, Timing, Whole
from bench.causal.headroom import Headroom, always_on_kwh
from bench.causal.known import Known
from controller.simulation.backtest.score import COMMAND_COSTS_KWH, START_COSTS_KWH

ON_KWH = START_COSTS_KWH + COMMAND_COSTS_KWH
"""What switching on costs."""
OFF_KWH = COMMAND_COSTS_KWH
"""What switching off costs."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Slots:
    """The sunny slots of several days, one after the other.

    Attributes:
        at: Step of its day at which each is decided.
        on_kwh: What it is worth to be on, from when the decision works on.
        waking_kwh: What of that a start misses.
        last: Whether it is the last of its day: then it is night.
    """

    at: Whole
    on_kwh: Floats
    waking_kwh: Floats
    last: Flags


def cut(days: Sequence[Known], cell: Cell, timing: Timing, headroom: Headroom) -> Slots:
    """Cuts days; one without sun is a slot that is worth nothing."""
    parts = []
    for day in days:
        worth = always_on_kwh(day, cell, timing, headroom.current_a(day, cell))
        total = np.concatenate((np.zeros(1), np.cumsum(worth), np.zeros(1)))
        total[-1] = total[-2]
        at = np.arange(day.lit.start, max(day.lit.stop, day.lit.start + 1), SLOT_STEPS)
        from_, woken, to = (
            np.minimum(at + timing.lead_steps + steps, len(total) - 1) for steps in (0, timing.waking_steps, SLOT_STEPS)
        )
        last = np.zeros(len(at), dtype=np.bool_)
        last[-1] = True
        parts.append((at, total[to] - total[from_], total[woken] - total[from_], last))
    at, on_kwh, waking_kwh, last = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Slots(at=at, on_kwh=on_kwh, waking_kwh=waking_kwh, last=last)


def at_slots(slots: Slots, days: Sequence[Known], column: Sequence[Floats]) -> Floats:
    """What each day's column (a value a step) holds at the slots."""
    ends = np.flatnonzero(slots.last) + 1
    starts = np.concatenate((np.zeros(1, dtype=np.intp), ends[:-1]))
    parts = [column[number][slots.at[starts[number] : ends[number]]] for number in range(len(days))]
    return np.concatenate(parts)


def ahead_kwh(slots: Slots, starts: Flags, stops: Flags) -> Floats:
    """What being on brings over being off, from each slot until both are the same again, under a policy.

    A = r + c(A'): r is the slot's worth; afterwards whoever is off pays `ON_KWH` where the policy starts, whoever is on
    `OFF_KWH` where it stops, and where it does neither the difference goes on. With A the expected value of that,
    starting where A > `ON_KWH` and stopping where A < -`OFF_KWH` is the best there is (optimal switching).
    """
    ahead = np.empty(len(slots.on_kwh))
    begin, end, last = starts.tolist(), stops.tolist(), slots.last.tolist()
    worth = slots.on_kwh.tolist()
    then = -OFF_KWH
    for slot in range(len(worth) - 1, -1, -1):
        if last[slot]:
            then = -OFF_KWH
        here = worth[slot] + then
        ahead[slot] = here
        then = ON_KWH if begin[slot] else -OFF_KWH if end[slot] else here
    return ahead
