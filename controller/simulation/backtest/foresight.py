"""Perfect foresight: the most that anybody could have made of a day who had known it beforehand.

Dynamic programming over slots of 30 s and the levels off and every whole amp, at the prices of the score, without dead
time and without a ramp. Only three moves can be best: to stay, to go to the best of the levels that charge, or to go
off; so a slot costs as many operations as there are levels, not their square.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

import numpy as np
import numpy.typing as npt

from controller.simulation.backtest.play import STEP_S
from controller.simulation.backtest.score import COMMAND_COSTS_KWH, START_COSTS_KWH, grid_price
from controller.simulation.trace import Trace

SLOT_S = 30.0
"""Of the grid on which commands may be given."""

_STEPS = round(SLOT_S / STEP_S)
_CHUNK_SLOTS = 2880  # a day's: with the trace grow only the moves, a byte for each slot and level
_OFF = 0

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Perfect:
    """The best run of a trace.

    Attributes:
        solar_kwh: What the car got from the roof.
        grid_kwh: And from the grid.
        starts: How often charging began.
        commands: Changes of (limit, charging).
        value_kwh: The score.
    """

    solar_kwh: float
    grid_kwh: float
    starts: int
    commands: int
    value_kwh: float


def perfect(trace: Trace, *, levels_a: Sequence[int], watts_per_amp: float, solar_share: float) -> Perfect | None:
    """The best run; None at a solar share of 1, where a kWh from the grid has no price.

    Args:
        trace: Sun and house, both known beforehand.
        levels_a: Limits that charge, A.
        watts_per_amp: Power of one amp on every phase in use, W/A.
        solar_share: At which runs are scored.
    """
    price = grid_price(solar_share)
    if price is None:
        return None
    powers_w = np.array([0.0, *(level_a * watts_per_amp for level_a in levels_a)])
    slots = ceil(trace.duration_s // STEP_S / _STEPS)
    moves = np.empty((slots, len(powers_w)), dtype=np.uint8)
    ahead = np.zeros(len(powers_w))
    for first in reversed(range(0, slots, _CHUNK_SLOTS)):
        solar_kwh, ev_kwh = _energies(trace, powers_w, first, min(slots, first + _CHUNK_SLOTS))
        ahead = _look_back(solar_kwh - price * (ev_kwh - solar_kwh), ahead, moves[first:])
    return _walk(trace, powers_w, moves, price)


def _energies(trace: Trace, powers_w: Floats, first: int, end: int) -> tuple[Floats, Floats]:
    """(solar, all) energy of every slot from `first` to before `end` at every level, kWh.

    Each step of the plant counts with the powers at its end, as in the plant.
    """
    steps = np.arange(first * _STEPS + 1, end * _STEPS + 1)
    seconds = steps * STEP_S
    at_s = trace.times_s[0] + seconds
    pv_w, load_w = (np.interp(at_s, trace.times_s, column) for column in (trace.pv_w, trace.load_w))
    hours = np.where(seconds <= trace.duration_s, STEP_S / 3.6e6, 0.0)[:, None]
    surplus_w = np.maximum(0.0, pv_w - load_w)[:, None]
    by_slot = (end - first, _STEPS, len(powers_w))
    solar_kwh = (np.minimum(powers_w, surplus_w) * hours).reshape(by_slot).sum(axis=1)
    ev_kwh = (powers_w * hours).reshape(by_slot).sum(axis=1)
    return solar_kwh, ev_kwh


def _look_back(worth: Floats, ahead: Floats, moves: npt.NDArray[np.uint8]) -> Floats:
    """From the last slot to the first: the value of being at each level before it, and where to go from there.

    Args:
        worth: Of every slot at every level, kWh.
        ahead: Value of being at each level after the last slot, kWh.
        moves: Filled with the level to go to from each level, slot by slot.
    """
    stay = np.arange(worth.shape[1])
    for slot in range(len(worth) - 1, -1, -1):
        then = worth[slot] + ahead
        on = int(then[1:].argmax()) + 1
        off_kwh, on_kwh = then[_OFF], then[on]
        best, best_kwh = (on, on_kwh) if on_kwh >= off_kwh else (_OFF, off_kwh)
        moved_kwh = best_kwh - COMMAND_COSTS_KWH
        started_kwh = on_kwh - COMMAND_COSTS_KWH - START_COSTS_KWH
        moves[slot] = np.where(then >= moved_kwh, stay, best)
        moves[slot, _OFF] = on if started_kwh > off_kwh else _OFF
        ahead = np.maximum(then, moved_kwh)
        ahead[_OFF] = max(off_kwh, started_kwh)
    return ahead


def _walk(trace: Trace, powers_w: Floats, moves: npt.NDArray[np.uint8], price: float) -> Perfect:
    """Goes the best way, from off, and counts."""
    solar_kwh = grid_kwh = 0.0
    starts = commands = 0
    before = _OFF
    for first in range(0, len(moves), _CHUNK_SLOTS):
        way = np.fromiter(_way(moves[first : first + _CHUNK_SLOTS], before), dtype=np.intp)
        solar, ev = _energies(trace, powers_w, first, first + len(way))
        at = (np.arange(len(way)), way)
        solar_kwh += float(solar[at].sum())
        grid_kwh += float((ev - solar)[at].sum())
        came_from = np.concatenate(([before], way[:-1]))
        commands += int((way != came_from).sum())
        starts += int(((came_from == _OFF) & (way != _OFF)).sum())
        before = int(way[-1])
    value_kwh = solar_kwh - price * grid_kwh - START_COSTS_KWH * starts - COMMAND_COSTS_KWH * commands
    return Perfect(solar_kwh=solar_kwh, grid_kwh=grid_kwh, starts=starts, commands=commands, value_kwh=value_kwh)


def _way(moves: npt.NDArray[np.uint8], level: int) -> Iterator[int]:
    for row in moves.tolist():
        level = row[level]
        yield level
