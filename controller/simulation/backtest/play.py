"""Plays a trace: the plant steps on, and whoever steers looks at it."""

from __future__ import annotations

import time
from collections.abc import Callable
from math import inf
from typing import NamedTuple, Protocol

from controller.control.standing import Standing
from controller.simulation.backtest.bill import Bill
from controller.simulation.backtest.box import ReferenceBox
from controller.simulation.backtest.own_box import make_box
from controller.simulation.backtest.score import Outcome
from controller.simulation.plant import Plant, PlantSettings
from controller.simulation.trace import Trace

STEP_S = 5.0
"""Of the reference plant."""

_DAY_S = 86400.0
_REPORT_EVERY = 5000  # looks


class Look(NamedTuple):
    """What came of a look at the plant.

    Attributes:
        reason: Why the box is told what it is told; text once somebody asks for it.
        standing: How long no other look is needed; None for "look at the next step".
        blind: Whether no grid reading was fresh enough to be used.
    """

    reason: object
    standing: Standing | None = None
    blind: bool = False


class Pilot(Protocol):
    """Whoever steers the box."""

    def look(self, plant: Plant, box: ReferenceBox) -> Look:
        """Looks at the meters of this very step and tells the box what to do, if anything."""
        ...


Watcher = Callable[[Plant, ReferenceBox, Look], None]


def play(
    trace: Trace,
    settings: PlantSettings,
    pilot: Pilot,
    *,
    bill: Bill | None = None,
    watch: Watcher | None = None,
    progress: Callable[[float], None] | None = None,
) -> Outcome:
    """Plays a whole trace.

    Args:
        trace: Sun and house.
        settings: The plant's; `step_s` is the length of its steps.
        pilot: Who steers.
        bill: Counts what the energy costs; None where no price is known.
        watch: Shown every step, and then every step is looked at; the outcome is the same.
        progress: Told now and then which share of the trace is done, 0..1.
    """
    began_s = time.perf_counter()
    plant = Plant(trace, trace.times_s[0], settings)
    box = make_box(plant)
    step_s = settings.step_s
    last_s = trace.duration_s // step_s * step_s
    looks = blind_steps = 0
    while True:
        look = pilot.look(plant, box)
        blind_steps += look.blind
        if watch is not None:
            watch(plant, box, look)
        if plant.now_s >= last_s:
            break
        standing = look.standing
        bill_until_s = inf if bill is None else bill.until_s(plant.now_s)
        if standing is None or watch is not None or not plant.reference:
            box.advance(plant.now_s + step_s)
        else:
            passes = None if standing.watch is None else standing.watch.passes
            plant.coast(min(standing.until_s, last_s, bill_until_s), standing.from_w, standing.below_w, passes)
        if bill is not None:
            bill.count(plant.energy)
        looks += 1
        if progress is not None and looks % _REPORT_EVERY == 0:
            progress(plant.now_s / last_s)
    energy = plant.energy
    return Outcome(
        solar_kwh=energy.solar_kwh,
        grid_kwh=energy.grid_kwh,
        starts=energy.starts,
        limit_writes=box.limit_writes,
        commands=box.commands,
        steps=round(last_s / step_s) + 1,
        days=trace.duration_s / _DAY_S,
        wall_s=time.perf_counter() - began_s,
        house=energy.house,
        blind_steps=blind_steps,
        cost=None if bill is None else bill.cost,
    )
