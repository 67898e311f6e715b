"""Steers the reference plant by what was worked out for each of its steps; nothing of it looks ahead."""

from __future__ import annotations

from math import inf

from bench.causal.cell import SLOT_STEPS, Flags, Floats
from bench.causal.headroom import changes, whole_a
from controller.control.standing import Standing
from controller.domain.decision import Command
from controller.simulation.backtest.box import ReferenceBox
from controller.simulation.backtest.play import STEP_S, Look
from controller.simulation.plant import Plant


class StepPilot:
    """Starts, stops and changes the limit at once, as far as the gap between commands lets it.

    Args:
        starts: Where, if off, it starts; for each step.
        stops: Where, if on, it stops.
        current_a: What it offers, A, in fractions and unbounded.
    """

    def __init__(self, starts: Flags, stops: Flags, current_a: Floats) -> None:
        self._starts, self._stops = starts.tolist(), stops.tolist()
        self._carries_a, self._wish_a = current_a.tolist(), whole_a(current_a).tolist()
        self._free_at = 0

    def look(self, plant: Plant, box: ReferenceBox) -> Look:
        """See `Pilot.look`."""
        step = max(round(plant.now_s / STEP_S), self._free_at)
        told = box.command
        while step < len(self._starts) and self._wanted(step, told) == told:
            step += 1
        if step >= len(self._starts):
            return Look("waits", Standing(-inf, inf, len(self._starts) * STEP_S))
        if step * STEP_S > plant.now_s:
            return Look("waits", Standing(-inf, inf, step * STEP_S))
        box.tell(self._wanted(step, told))
        self._free_at = step + SLOT_STEPS
        return Look("told", Standing(-inf, inf, self._free_at * STEP_S))

    def _wanted(self, step: int, told: Command) -> Command:
        wish_a = self._wish_a[step]
        if not told.charging:
            return Command(wish_a, True) if self._starts[step] else told
        if self._stops[step]:
            return Command(told.limit_a, False)
        return Command(wish_a, True) if changes(told.limit_a, wish_a, self._carries_a[step]) else told
