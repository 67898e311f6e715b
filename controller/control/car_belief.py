"""Which car it could be: every candidate weighed by what was seen; pure.

A candidate draws on one, two or three phases, and of what it is offered all, all up to a limit of its own, or a little
less. Each observation divides a candidate's weight by 1 + (error / scale)^2: a kettle or a cloud that falls into one
observation costs the true car a little, and the next observations give it back.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import product
from math import inf
from typing import NamedTuple

from controller.domain.readings import Phases
from controller.domain.units import MIN_CURRENT_A

_SHARE_BY_PHASES = {1: 0.3, 2: 0.1, 3: 0.6}  # of cars at a three-phase box, before anything was seen
_SHARE_PLAIN = 0.8  # of them draws exactly what it is offered
_SHORTFALLS_A = (0.5, 1.0, 1.5, 2.0)
_CAP_STEP_A = 0.5
_CHANGES = 0.02  # chance that the car's own limit is another one at the next observation; its phases stay
_LEAST_WEIGHT = 1e-9  # of a candidate: none is ever out of the question


class Candidate(NamedTuple):
    """A car that it could be.

    Attributes:
        on: 1 for each phase of the grid that it draws on, else 0.
        phases: How many those are.
        cap_a: Its own limit, A; infinite without one in reach.
        shortfall_a: What it leaves of the offer, A.
    """

    on: Phases
    phases: int
    cap_a: float
    shortfall_a: float

    def drawn_a(self, offered_a: float) -> float:
        """Its current a phase, A, of an offer."""
        left_a = offered_a - self.shortfall_a
        return self.cap_a if left_a > self.cap_a else left_a if left_a > 0.0 else 0.0


class Cast(NamedTuple):
    """Every car that it could be, and how common each is before anything was seen.

    Attributes:
        candidates: For each set of phases all kinds of cars, in the same order.
        where_share: Share of each set of phases.
        kind_share: Share of each kind.
    """

    candidates: tuple[Candidate, ...]
    where_share: tuple[float, ...]
    kind_share: tuple[float, ...]


class Belief(NamedTuple):
    """The candidates' weights, in their order.

    Attributes:
        weights: They add up to 1.
        likeliest: The heaviest of those on the likeliest number of phases.
        certainty: Weight of all on that number of phases, 0..1.
    """

    weights: tuple[float, ...]
    likeliest: Candidate
    certainty: float


@lru_cache(maxsize=8)
def cast_for(phases: int, max_current_a: int) -> Cast:
    """The candidates at a box.

    Args:
        phases: Of the box, as configured: 1 or 3.
        max_current_a: Highest limit, A: a cap of the car at or above it never shows.
    """
    caps = [MIN_CURRENT_A + _CAP_STEP_A * step for step in range(round((max_current_a - MIN_CURRENT_A) / _CAP_STEP_A))]
    kinds = [(inf, 0.0), *((cap_a, 0.0) for cap_a in caps), *((inf, short_a) for short_a in _SHORTFALLS_A)]
    wheres = [
        (a, b, c) for a, b, c in product((0.0, 1.0), repeat=3) if a + b + c in ((1,) if phases == 1 else (1, 2, 3))
    ]
    numbers = [round(sum(where)) for where in wheres]
    found = [Candidate(where, round(sum(where)), *kind) for where, kind in product(wheres, kinds)]
    by_number = {1: 1.0} if phases == 1 else _SHARE_BY_PHASES
    where_share = tuple(by_number[number] / numbers.count(number) for number in numbers)
    kind_share = (_SHARE_PLAIN, *([(1 - _SHARE_PLAIN) / (len(kinds) - 1)] * (len(kinds) - 1)))
    return Cast(tuple(found), where_share, kind_share)


@lru_cache(maxsize=64)
def drawn_of(phases: int, max_current_a: int, offered_a: float) -> tuple[float, ...]:
    """What each candidate draws of an offer, A on all its phases together."""
    return tuple(one.drawn_a(offered_a) * one.phases for one in cast_for(phases, max_current_a).candidates)


def weigh(belief: Belief | None, cast: Cast, errors: Iterable[float]) -> Belief | None:
    """The belief after one observation; unchanged by one that is no number.

    Args:
        belief: What was believed before; None where nothing was seen yet.
        cast: The candidates.
        errors: By how much each candidate misses what was seen, in units of the observation's scale.
    """
    usable = belief is not None and len(belief.weights) == len(cast.candidates)
    before = belief.weights if belief is not None and usable else _unseen(cast)
    weights = [weight / (1 + error * error) for weight, error in zip(before, errors, strict=True)]
    if not 0 < (total := sum(weights)) < inf:
        return belief if usable else None
    scale = 1 / total
    keep = (1 - _CHANGES) * scale
    stirred: list[float] = []
    sums = []
    for start in range(0, len(weights), len(cast.kind_share)):
        kinds = weights[start : start + len(cast.kind_share)]
        total = sum(kinds) * scale
        plain = _CHANGES * total * cast.kind_share[0] + _LEAST_WEIGHT
        other = _CHANGES * total * cast.kind_share[-1] + _LEAST_WEIGHT
        stirred.append(keep * kinds[0] + plain)
        stirred += [keep * weight + other for weight in kinds[1:]]
        sums.append(total)
    return _belief(tuple(stirred), sums, cast)


def _unseen(cast: Cast) -> tuple[float, ...]:
    return tuple(where * kind for where, kind in product(cast.where_share, cast.kind_share))


def _belief(weights: tuple[float, ...], sums: list[float], cast: Cast) -> Belief:
    """The likeliest number of phases, and the likeliest car on so many."""
    kinds = len(cast.kind_share)
    by_number = {1: 0.0, 2: 0.0, 3: 0.0}
    for index, total in enumerate(sums):
        by_number[cast.candidates[index * kinds].phases] += total
    phases = max(by_number, key=by_number.__getitem__)
    likeliest, most = cast.candidates[0], -1.0
    for start in range(0, len(weights), kinds):
        if cast.candidates[start].phases == phases and (heaviest := max(weights[start : start + kinds])) > most:
            likeliest, most = cast.candidates[weights.index(heaviest, start)], heaviest
    return Belief(weights, likeliest, by_number[phases])
