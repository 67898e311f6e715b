"""On and off by all clues at once: the best switching is learned from the days, by iterating the policy.

What being on brings over being off follows from the days under a policy (`slots.ahead_kwh`); trees guess it from what
is known; the guess is the next policy. Least squares in the manner of Longstaff and Schwartz (2001), for a switch that
goes both ways.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.causal.cell import Cell, Flags, Floats
from bench.causal.known import Known
from bench.causal.slots import OFF_KWH, ON_KWH, Slots, ahead_kwh, at_slots
from bench.causal.trees import Trees, trees_for

_ROUNDS = 3
_DOUBTFUL = (-1.0, 3.0)  # needs; with less it is off, with more it is on
_MOST_KWH = 0.5  # a single hour of sun or of grid is not to outweigh all close calls


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Learned:
    """When to switch.

    Attributes:
        clues: Names of what is looked at beside the surplus.
        ahead: Guesses what being on brings over being off.
        waking: Guesses what a start misses of that.
    """

    clues: tuple[str, ...]
    ahead: Trees
    waking: Trees

    def switches(self, day: Known, cell: Cell) -> tuple[Flags, Flags]:
        """Where, if off, it starts; and where, if on, it stops: at each step."""
        rows = _rows(day, self.clues)
        doubtful = _doubtful(day.surplus_w, cell)
        ahead, waking = np.zeros(len(rows)), np.zeros(len(rows))
        binned = self.ahead.binned(rows[doubtful])
        ahead[doubtful], waking[doubtful] = self.ahead.guess(binned), self.waking.guess(binned)
        return _policy(day.surplus_w, ahead, waking, cell)


def learn(slots: Slots, days: Sequence[Known], cell: Cell, clues: Sequence[str]) -> Learned:
    """Learns from the days; begins with the plain threshold at the need."""
    surplus_w = at_slots(slots, days, [day.surplus_w for day in days])
    looks = [at_slots(slots, days, [day.clues[clue] for day in days]) for clue in clues]
    doubtful = _doubtful(surplus_w, cell)
    rows = np.stack([surplus_w, *looks], axis=1)[doubtful]
    trees, missed = trees_for(rows), trees_for(rows)
    binned = trees.binned(rows)
    ahead, waking = np.zeros(len(surplus_w)), np.zeros(len(surplus_w))
    missed.fit(binned, slots.waking_kwh[doubtful])
    waking[doubtful] = missed.guess(binned)
    ahead[doubtful] = np.where(surplus_w[doubtful] > cell.need_w, 2, -2) * ON_KWH
    for _ in range(_ROUNDS):
        real = ahead_kwh(slots, *_policy(surplus_w, ahead, waking, cell))[doubtful]
        trees.fit(binned, np.clip(real, -_MOST_KWH, _MOST_KWH))
        ahead[doubtful] = trees.guess(binned)
    return Learned(clues=tuple(clues), ahead=trees, waking=missed)


def _rows(day: Known, clues: Sequence[str]) -> Floats:
    return np.stack([day.surplus_w, *(day.clues[clue] for clue in clues)], axis=1)


def _doubtful(surplus_w: Floats, cell: Cell) -> Flags:
    least, most = (share * cell.need_w for share in _DOUBTFUL)
    return (surplus_w > least) & (surplus_w < most)


def _policy(surplus_w: Floats, ahead: Floats, waking: Floats, cell: Cell) -> tuple[Flags, Flags]:
    doubtful, plenty = _doubtful(surplus_w, cell), surplus_w > cell.need_w
    starts = np.where(doubtful, ahead - waking > ON_KWH, plenty)
    stops = np.where(doubtful, ahead < -OFF_KWH, ~plenty)
    return starts, stops
