"""Perfect foresight of the plant as it is: its dead time, its waking, its slope, and the gap between commands.

Dynamic programming over the plant's own steps. The gap is longer than any slope, so at each step either nothing is
commanded, or a command leads within one gap to its level, by a course that only the two levels decide. The dead time
moves every course by as much: who knows the future gives the command earlier.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from bench.causal.cell import LEVELS_A, REFERENCE, SLOT_STEPS, Cell, Floats, Timing, Whole
from controller.simulation.backtest.score import COMMAND_COSTS_KWH, START_COSTS_KWH

_STATES_A = (0, *LEVELS_A)
_CHUNK_STEPS = 720


def foreseen_kwh(surplus_w: Floats, cell: Cell, timing: Timing = REFERENCE) -> float:
    """The most that a day is worth before that plant, kWh of sun.

    Args:
        surplus_w: PV less load at the plant's second 0 and at the end of each step, W.
        cell: What is played for.
        timing: How the plant answers.
    """
    lit_w = surplus_w[timing.lead_steps :]  # no command works before
    ahead = np.zeros((SLOT_STEPS + 1, len(_STATES_A)))  # from this step on, from the next, ...
    for first in reversed(range(0, len(lit_w), _CHUNK_STEPS)):
        staying, moving = _worths(lit_w[first : first + _CHUNK_STEPS + SLOT_STEPS], cell, timing)
        for step in range(min(_CHUNK_STEPS, len(lit_w) - first) - 1, -1, -1):
            moved = (moving[step] + ahead[SLOT_STEPS - 1]).max(axis=1)
            ahead[1:] = ahead[:-1].copy()
            ahead[0] = np.maximum(staying[step] + ahead[1], moved)
    return float(ahead[0, 0])


def _worths(surplus_w: Floats, cell: Cell, timing: Timing) -> tuple[Floats, Floats]:
    """What each step is worth at each level; and the gap from it on, by levels before and after, its command paid.

    Beyond the end nothing is worth anything.
    """
    steps = len(surplus_w)
    worth = np.zeros((steps + SLOT_STEPS, LEVELS_A[-1] + 1))
    worth[:steps] = cell.worth_kwh(surplus_w[:, None], np.arange(LEVELS_A[-1] + 1))
    moving = np.tile(-_costs(), (steps, 1, 1))
    courses = _courses(timing)
    for step in range(SLOT_STEPS):
        moving += worth[step : step + steps, courses[..., step]]
    return worth[:steps, _STATES_A], moving


@cache
def _courses(timing: Timing) -> Whole:
    """Current at the end of each step of a gap, A, by the level before and the level commanded."""
    courses = np.empty((len(_STATES_A), len(_STATES_A), SLOT_STEPS), dtype=np.intp)
    for before, from_a in enumerate(_STATES_A):
        for after, to_a in enumerate(_STATES_A):
            courses[before, after] = course_a(from_a, to_a, timing)
    return courses


def course_a(from_a: int, to_a: int, timing: Timing) -> list[int]:
    """The current at the end of each step of a gap, A, from the first step in which a command works."""
    course = []
    current_a = from_a
    for step in range(SLOT_STEPS):
        if from_a == 0 and step < timing.waking_steps:
            current_a = 0
        else:
            current_a = min(to_a, current_a + timing.rise_a if current_a else LEVELS_A[0])
        course.append(current_a)
    return course


def _costs() -> Floats:
    costs = np.full((len(_STATES_A), len(_STATES_A)), COMMAND_COSTS_KWH)
    costs[0, 1:] += START_COSTS_KWH
    np.fill_diagonal(costs, 0.0)
    return costs
