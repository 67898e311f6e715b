"""How much of a day is captured with how much knowledge, in the sample and out of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from bench.causal.cell import LEVELS_A, REFERENCE, Cell, Flags, Timing
from bench.causal.foreseen import foreseen_kwh
from bench.causal.headroom import Headroom, fit_headroom
from bench.causal.known import Known
from bench.causal.learned import learn
from bench.causal.pilot import StepPilot
from bench.causal.slots import Slots, cut
from bench.causal.thresholds import NOW, Family, fit_thresholds
from controller.cli.backtest.pilots import OURS, make_pilot
from controller.cli.backtest.scene import make_scene
from controller.simulation.backtest.foresight import perfect
from controller.simulation.backtest.play import play
from controller.simulation.backtest.score import Outcome, in_all

_PARTS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Fold:
    """Days to learn from, and days to be played.

    Attributes:
        learnt: To learn from.
        played: To be played.
    """

    learnt: Sequence[Known]
    played: Sequence[Known]


Rule = Callable[[Known, Cell], tuple[Flags, Flags]]
Teacher = Callable[[Slots, Sequence[Known], Cell], Rule]
"""Makes a rule that switches on and off of the slots of days to learn from."""


def in_sample(days: Sequence[Known]) -> list[Fold]:
    """Learnt on the very days that are played: too good to be true."""
    return [Fold(learnt=days, played=days)]


def left_out(days: Sequence[Known]) -> list[Fold]:
    """Each day played by what was learnt on others: a fifth of the days at a time is left out.

    Args:
        days: Two or more.
    """
    parts = min(_PARTS, len(days))
    return [
        Fold(
            learnt=[day for place, day in enumerate(days) if place % parts != part],
            played=[day for place, day in enumerate(days) if place % parts == part],
        )
        for part in range(parts)
    ]


def by_thresholds(family: Family = NOW) -> Teacher:
    """Two thresholds, held against what the family has."""
    return lambda slots, days, cell: fit_thresholds(slots, days, cell, family).switches


def by_trees(clues: Sequence[str]) -> Teacher:
    """All these clues at once."""
    return lambda slots, days, cell: learn(slots, days, cell, clues).switches


def outcome(
    folds: Sequence[Fold], cell: Cell, teacher: Teacher, timing: Timing = REFERENCE, *, by_slope: bool = True
) -> Outcome:
    """What the plant counts where the folds' days are played by what is learnt on their others.

    Args:
        folds: The days.
        cell: What is played for.
        teacher: Learns when to switch.
        timing: How the plant answers.
        by_slope: Whether the amps offered look at the slope.
    """
    outcomes = []
    for fold in folds:
        headroom = fit_headroom(fold.learnt, cell, timing, by_slope=by_slope)
        rule = teacher(cut(fold.learnt, cell, timing, headroom), fold.learnt, cell)
        outcomes += [_played(day, cell, rule, headroom, timing) for day in fold.played]
    return in_all(outcomes)


def _played(day: Known, cell: Cell, rule: Rule, headroom: Headroom, timing: Timing) -> Outcome:
    pilot = StepPilot(*rule(day, cell), headroom.current_a(day, cell))
    return play(day.trace, timing.settings(cell.phases), pilot)


def ours(days: Sequence[Known], cell: Cell) -> Outcome:
    """What our own core makes of the days, at its defaults."""
    sets = (f"strategy.surplus.solar_share={cell.solar_share}", f"wallbox.phases={cell.phases}")
    scene = make_scene(None, sets)
    return in_all([play(day.trace, scene.plant, make_pilot(OURS, scene, day.trace)) for day in days])


def foresight_kwh(days: Sequence[Known], cell: Cell) -> float:
    """What perfect foresight makes of the days on the grid of the score: 100 %."""
    total = 0.0
    for day in days:
        best = perfect(day.trace, levels_a=LEVELS_A, watts_per_amp=cell.watts_per_amp, solar_share=cell.solar_share)
        total += best.value_kwh if best else 0.0
    return total


def plant_foresight_kwh(days: Sequence[Known], cell: Cell) -> float:
    """What perfect foresight makes of the days before the plant as it is."""
    return sum(foreseen_kwh(day.surplus_w, cell) for day in days)
