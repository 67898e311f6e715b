"""How much of a clear sky's irradiance the clouds leave, by a random process of our own.

The clear-sky index k (irradiance over that of a clear sky) alternates between sunny and cloudy spells, a two-state
semi-Markov process. Lengths of spells follow a bounded power law, as the chords of clouds do (Wood and Field 2011).
Each spell has a level of its own; edges are soft, for a cloud's edge is no knife and a roof no point; in the sun beside
a cloud more than a clear sky's irradiance arrives (Tapakis and Charalambides 2014). Within a spell k wanders as two
mean-reverting processes of Ornstein and Uhlenbeck do, one quick and one slow. A day is a sequence of such skies.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from controller.simulation.days.dice import Dice

STEP_S = 10
"""Of the process."""

_QUICK_S = 180.0
_SLOW_S = 7200.0
_CEILING = 1.6
"""More has not been seen in a minute's mean with the sun well up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spells:
    """Stretches of one sort.

    Attributes:
        level: Clear-sky index, from and to; drawn for each spell.
        length_s: Shortest and longest, s.
        quick: Standard deviation of its logarithm around the level, with a memory of three minutes.
        slow: The same with one of two hours.
    """

    level: tuple[float, float]
    length_s: tuple[float, float]
    quick: float = 0.01
    slow: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sky:
    """A sky that stays of one sort.

    Attributes:
        sunny: The lighter spells.
        cloudy: The darker ones.
        edge_s: How long a change takes, from and to: the time constant of the approach, s.
        rim: Most that the sunny spells gain beside a cloud.
        rim_s: How far that reaches, as a time constant, s.
        exponent: Of the spells' lengths.
    """

    sunny: Spells
    cloudy: Spells
    edge_s: tuple[float, float] = (8.0, 40.0)
    rim: float = 0.0
    rim_s: float = 90.0
    exponent: float = 1.5


Plan = Sequence[tuple[float, Sky]]
"""Until when, solar seconds, the sky is of which sort; the last entry's instant ends the day."""


def clear_sky_index(plan: Plan, dice: Dice) -> list[float]:
    """The index at every step of a day, midnight to midnight, both included; never negative, at most 1.6."""
    targets, paces, quick_sizes, slow_sizes = _spells(plan, dice)
    quick_keeps, slow_keeps = math.exp(-STEP_S / _QUICK_S), math.exp(-STEP_S / _SLOW_S)
    quick_gains, slow_gains = math.sqrt(1 - quick_keeps**2), math.sqrt(1 - slow_keeps**2)
    quick, slow = dice.normal_pair()
    quick_size, slow_size = quick_sizes[0], slow_sizes[0]
    value, index = targets[0], []
    for place, target in enumerate(targets):
        pace = paces[place]
        value += (target - value) * pace
        quick_size += (quick_sizes[place] - quick_size) * pace
        slow_size += (slow_sizes[place] - slow_size) * pace
        more_quick, more_slow = dice.normal_pair()
        quick = quick * quick_keeps + more_quick * quick_gains
        slow = slow * slow_keeps + more_slow * slow_gains
        index.append(min(_CEILING, value * math.exp(quick * quick_size + slow * slow_size)))
    return index


def _spells(plan: Plan, dice: Dice) -> tuple[list[float], list[float], list[float], list[float]]:
    """For each step: the index to go to, how fast, and the two deviations."""
    targets: list[float] = []
    paces: list[float] = []
    quick: list[float] = []
    slow: list[float] = []
    sunny = dice.chance(0.5)
    for until_s, sky in plan:
        end = int(until_s / STEP_S) + 1
        while len(targets) < end:
            spells = sky.sunny if sunny else sky.cloudy
            drawn_s = dice.power_law(*spells.length_s, sky.exponent)
            steps = min(max(1, round(drawn_s / STEP_S)), end - len(targets))
            targets += _levels(sky, sky.rim if sunny else 0.0, dice.uniform(*spells.level), steps, dice)
            paces += [1 - math.exp(-STEP_S / dice.uniform(*sky.edge_s))] * steps
            quick += [spells.quick] * steps
            slow += [spells.slow] * steps
            sunny = not sunny
    return targets, paces, quick, slow


def _levels(sky: Sky, rim: float, level: float, steps: int, dice: Dice) -> list[float]:
    """A spell's targets, lighter towards both of its ends by up to `rim`."""
    if rim == 0:
        return [level] * steps
    before, after = dice.uniform(0.0, rim), dice.uniform(0.0, rim)
    fade = [math.exp(-step * STEP_S / sky.rim_s) for step in range(steps)]
    return [level + before * fade[step] + after * fade[-1 - step] for step in range(steps)]
