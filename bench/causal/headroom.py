"""How many amps are offered while charging: more or fewer than the surplus carries now, by where it is going."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.causal.cell import LEVELS_A, SLOT_STEPS, Cell, Floats, Timing, Whole
from bench.causal.known import Known
from controller.simulation.backtest.score import COMMAND_COSTS_KWH

SLOPE = "slope of 30 s"
KEEP_A = 0.15
"""So much of an amp in force may be missing before it is taken."""

_OFFSETS_A = np.arange(-4.0, 2.01, 0.25)
_QUANTILES = (0.02, 0.05, 0.12, 0.25, 0.75, 0.88, 0.95, 0.98)
_EVERY = 3  # steps


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Headroom:
    """Amps to add to what the surplus carries.

    Attributes:
        edges_a: Slopes, A in 30 s, between the rows; none where the slope is not looked at.
        offsets_a: Of each row, A.
    """

    edges_a: Floats
    offsets_a: Floats

    def current_a(self, day: Known, cell: Cell) -> Floats:
        """What is to be offered at each step, A, in fractions and unbounded."""
        rows = np.searchsorted(self.edges_a, day.clues[SLOPE] / cell.watts_per_amp)
        amps: Floats = day.surplus_w / cell.watts_per_amp + 1 - cell.solar_share + self.offsets_a[rows]
        return amps


def whole_a(current_a: Floats) -> Whole:
    """Whole amps within the limits."""
    amps: Whole = np.clip(np.floor(current_a), LEVELS_A[0], LEVELS_A[-1]).astype(np.intp)
    return amps


def fit_headroom(days: Sequence[Known], cell: Cell, timing: Timing, *, by_slope: bool = True) -> Headroom:
    """The offsets that would have been best on those days while a command must stand: one gap, from when it works."""
    slopes, worths = [], []
    for day in days:
        last = len(day.surplus_w) - timing.lead_steps - SLOT_STEPS
        at = np.arange(0, max(0, last), _EVERY)
        at = at[day.surplus_w[at] > LEVELS_A[0] * cell.watts_per_amp * min(cell.solar_share, 0.9)]
        base_a = day.surplus_w[at] / cell.watts_per_amp + 1 - cell.solar_share
        amps = whole_a(base_a[:, None] + _OFFSETS_A)
        ahead = range(timing.lead_steps, timing.lead_steps + SLOT_STEPS)
        worths.append(sum((cell.worth_kwh(day.surplus_w[at + step, None], amps) for step in ahead), np.zeros(1)))
        slopes.append(day.clues[SLOPE][at] / cell.watts_per_amp)
    slope_a, worth = np.concatenate(slopes), np.concatenate(worths)
    edges_a = np.unique(np.quantile(slope_a, _QUANTILES)) if by_slope and len(slope_a) else np.empty(0)
    rows = np.searchsorted(edges_a, slope_a)
    count = len(edges_a) + 1
    sums = np.stack([np.bincount(rows, column, count) for column in worth.T], axis=1)
    # of equal sums, as where the limits leave no choice, that nearest to none
    order = np.argsort(np.abs(_OFFSETS_A), kind="stable")
    return Headroom(edges_a=edges_a, offsets_a=_OFFSETS_A[order[sums[:, order].argmax(axis=1)]])


def always_on_kwh(day: Known, cell: Cell, timing: Timing, current_a: Floats) -> Floats:
    """What each step would be worth, kWh, its commands paid, to a car that never stops."""
    wish, carries = whole_a(current_a).tolist(), current_a.tolist()
    drawn_a = np.empty(len(wish))
    told = np.zeros(len(wish))
    limit_a = offered_a = drawn = LEVELS_A[0]
    told_at = works_at = -SLOT_STEPS
    for step, wish_a in enumerate(wish):
        if step == works_at:
            offered_a = limit_a
        drawn = min(offered_a, drawn + timing.rise_a)
        drawn_a[step] = drawn
        if step - told_at >= SLOT_STEPS and changes(limit_a, wish_a, carries[step]):
            limit_a, told_at, works_at = wish_a, step, step + timing.lead_steps
            told[step] = COMMAND_COSTS_KWH
    return cell.worth_kwh(day.surplus_w, drawn_a) - told


def changes(limit_a: int, wish_a: int, carries_a: float) -> bool:
    """Whether the limit in force is to be changed for the wish."""
    return wish_a > limit_a or (wish_a < limit_a and carries_a < limit_a - KEEP_A)
