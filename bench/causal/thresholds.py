"""On and off by two thresholds: every combination of them, and of what they are held against, tried on some days."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from typing import NamedTuple

import numpy as np

from bench.causal.cell import Cell, Flags, Floats
from bench.causal.known import WITHIN_MIN, Known
from bench.causal.slots import OFF_KWH, ON_KWH, Slots, at_slots

_STARTS = (0.95, 1.0, 1.05, 1.1, 1.2, 1.35, 1.55, 1.8)
_STOPS = (0.3, 0.5, 0.65, 0.75, 0.85, 0.92, 0.97, 1.02)
_WEIGHTS = (-0.3, 0.1, 0.4)


class Sight(NamedTuple):
    """What a threshold is held against: the surplus and a part of a clue.

    Attributes:
        clue: Its name; None for the surplus alone.
        weight: Of the clue.
    """

    clue: str | None = None
    weight: float = 0.0

    def seen_w(self, day: Known) -> Floats:
        """At each step, W."""
        return day.surplus_w if self.clue is None else day.surplus_w + self.weight * day.clues[self.clue]


class Family(NamedTuple):
    """What may be tried.

    Attributes:
        starts: Against which a start's threshold may be held.
        stops: And a stop's.
    """

    starts: Sequence[Sight]
    stops: Sequence[Sight]


NOW = Family([Sight()], [Sight()])
"""The surplus of this step alone."""

LASTING = Family(
    [Sight(), *(Sight(f"least of {minutes} min", 1.0) for minutes in WITHIN_MIN)],
    [Sight(), *(Sight(f"most of {minutes} min", 1.0) for minutes in WITHIN_MIN)],
)
"""Delays: enough surplus, or too little, has to last."""


def with_clue(clue: str) -> Family:
    """The surplus, and more or less of a clue."""
    sights = [Sight(), *(Sight(clue, weight) for weight in _WEIGHTS)]
    return Family(sights, sights)


class Thresholds(NamedTuple):
    """When to switch.

    Attributes:
        start_sight: What a start looks at,
        start: and the share of the need above which it starts.
        stop_sight: What a stop looks at,
        stop: and the share below which it stops.
    """

    start_sight: Sight
    start: float
    stop_sight: Sight
    stop: float

    def switches(self, day: Known, cell: Cell) -> tuple[Flags, Flags]:
        """Where, if off, it starts; and where, if on, it stops: at each step."""
        starts: Flags = self.start_sight.seen_w(day) > self.start * cell.need_w
        stops: Flags = self.stop_sight.seen_w(day) < self.stop * cell.need_w
        return starts, stops


def fit_thresholds(slots: Slots, days: Sequence[Known], cell: Cell, family: Family = NOW) -> Thresholds:
    """The best of all combinations, of equal ones the first."""
    choices = [
        (starts, start, stops, stop)
        for starts, start, stops, stop in product(range(len(family.starts)), _STARTS, range(len(family.stops)), _STOPS)
        if stop <= start
    ]
    at_start, at_stop = (_seen(slots, days, sights) / cell.need_w for sights in family)
    starts, start, stops, stop = choices[int(_values_kwh(slots, at_start, at_stop, choices).argmax())]
    return Thresholds(family.starts[starts], start, family.stops[stops], stop)


def _seen(slots: Slots, days: Sequence[Known], sights: Sequence[Sight]) -> Floats:
    """A row a slot, a column a sight."""
    return np.stack([at_slots(slots, days, [sight.seen_w(day) for day in days]) for sight in sights], axis=1)


def _values_kwh(
    slots: Slots, at_start: Floats, at_stop: Floats, choices: Sequence[tuple[int, float, int, float]]
) -> Floats:
    """What each choice makes of the days, decided once a slot."""
    start_column, stop_column = (np.array([choice[place] for choice in choices], dtype=np.intp) for place in (0, 2))
    start, stop = (np.array([choice[place] for choice in choices]) for place in (1, 3))
    on = np.zeros(len(choices), dtype=np.bool_)
    value = np.zeros(len(choices))
    for slot, on_kwh in enumerate(slots.on_kwh.tolist()):
        stays = on & (at_stop[slot][stop_column] >= stop)
        begins = ~on & (at_start[slot][start_column] > start)
        value -= OFF_KWH * (on & ~stays)
        value -= (ON_KWH + slots.waking_kwh[slot]) * begins
        on = stays | begins
        value += on_kwh * on
        if slots.last[slot]:
            value -= OFF_KWH * on
            on[:] = False
    return value
