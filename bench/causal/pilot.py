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
        self._next = 0  # the step at which something is to be told

    def look(self, plant: Plant, box: ReferenceBox) -> Look:
        """See `Pilot.look`."""
        step = round(plant.now_s / STEP_S)
        if step >= self._next:
            wanted = self._wanted(step, box.command)
            if wanted != box.command:
                box.tell(wanted)
                step += SLOT_STEPS
            self._next = self._find(step, box.command)
        return Look("as worked out", Standing(-inf, inf, self._next * STEP_S))

    def _find(self, step: int, told: Command) -> int:
        """The first step from this one on at which anything else is wanted; the end where there is none."""
        while step < len(self._starts) and self._wanted(step, told) == told:
            step += 1
        return step

    def _wanted(self, step: int, told: Command) -> Command:
        if step >= len(self._starts):
            return told
        wish_a = self._wish_a[step]
        if not told.charging:
            return Command(wish_a, True) if self._starts[step] else told
        if self._stops[step]:
            return Command(told.limit_a, False)
        return Command(wish_a, True) if changes(told.limit_a, wish_a, self._carries_a[step]) else told
