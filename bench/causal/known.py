"""What can be known of a day at each step: the surplus, and clues in what has been."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from bench.causal.cell import Floats
from controller.simulation.backtest.play import STEP_S
from controller.simulation.trace import Trace

_MINUTE = round(60 / STEP_S)  # in steps
_CHANGE = round(30 / STEP_S)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Known:
    """A day, step by step.

    Attributes:
        name: For people.
        trace: The day.
        surplus_w: PV less load at second 0 and at the end of each step, W.
        lit: From the first step with sun to the last.
        clues: What may tell of the future, W, at each step from nothing but that step and those before it.
    """

    name: str
    trace: Trace
    surplus_w: Floats
    lit: slice
    clues: Mapping[str, Floats]


def known(name: str, trace: Trace) -> Known:
    """Looks at a day as a controller would, at each of the plant's steps."""
    steps = int(trace.duration_s // STEP_S) + 1
    at_s = np.linspace(trace.times_s[0], trace.times_s[0] + STEP_S * (steps - 1), steps)
    pv_w: Floats
    load_w: Floats
    pv_w, load_w = (np.interp(at_s, trace.times_s, column) for column in (trace.pv_w, trace.load_w))
    sunny = np.flatnonzero(pv_w > 0)
    lit = slice(int(sunny[0]), int(sunny[-1]) + 1) if len(sunny) else slice(0, 0)
    clues = {clue: look(pv_w, load_w, at_s) for clue, look in CLUES.items()}
    return Known(name=name, trace=trace, surplus_w=pv_w - load_w, lit=lit, clues=clues)


def change(values: Floats, steps: int = _CHANGE) -> Floats:
    """What has been added within the last `steps`; nothing happened before the first."""
    before = np.concatenate((np.full(steps, values[0]), values[:-steps]))
    added: Floats = values - before[: len(values)]
    return added


def smoothed(values: Floats, over_min: float) -> Floats:
    """The mean of what has been, with weights that fall by e within `over_min`."""
    weight = -np.expm1(-1 / (over_min * _MINUTE))
    smooth, mean = np.empty_like(values), float(values[0])
    for place, value in enumerate(values.tolist()):
        mean += weight * (value - mean)
        smooth[place] = mean
    return smooth


def most(values: Floats, within_min: int) -> Floats:
    """The largest of the last minutes, this step's among them."""
    width = within_min * _MINUTE
    before = np.full(width - 1, values[0])
    largest: Floats = sliding_window_view(np.concatenate((before, values)), width).max(axis=1)
    return largest


Looker = Callable[[Floats, Floats, Floats], Floats]


def _most_beyond(minutes: int) -> Looker:
    return lambda pv_w, load_w, _: most(pv_w - load_w, minutes) - (pv_w - load_w)


def _least_beyond(minutes: int) -> Looker:
    return lambda pv_w, load_w, _: -most(load_w - pv_w, minutes) - (pv_w - load_w)


WITHIN_MIN = (1, 2, 3, 5, 10)
"""What a surplus may have to last for before it counts."""

CLUES: Mapping[str, Looker] = {
    "slope of 30 s": lambda pv_w, load_w, _: change(pv_w - load_w),
    "mean of 2 min": lambda pv_w, load_w, _: smoothed(pv_w - load_w, 2) - (pv_w - load_w),
    "mean of 10 min": lambda pv_w, load_w, _: smoothed(pv_w - load_w, 10) - (pv_w - load_w),
    **{f"most of {minutes} min": _most_beyond(minutes) for minutes in WITHIN_MIN},
    **{f"least of {minutes} min": _least_beyond(minutes) for minutes in WITHIN_MIN},
    "most of 30 min": lambda pv_w, load_w, _: most(pv_w - load_w, 30) - (pv_w - load_w),
    "restlessness": lambda pv_w, load_w, _: smoothed(np.abs(change(pv_w - load_w)), 10),
    "PV apart": lambda pv_w, _load_w, _: most(pv_w, 30) - pv_w,
    "load apart": lambda _pv_w, load_w, _: load_w + most(-load_w, 30),
    "time of day": lambda _pv_w, _load_w, at_s: 100 * np.abs(at_s % 86400 / 3600 - 12),
}
"""By name. A kilowatt for every ten hours from noon, UTC, stands for the time of day."""
