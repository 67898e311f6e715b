"""What cannot be bettered: the runs of which no other is as good in everything and better in something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import groupby
from math import inf


class Score(Enum):
    """By what settings are compared.

    Attributes:
        label: What it is called.
        unit: What it is shown in.
        of: Of what.
        scale: Units that make 1.
        missing: What to say where there is none.
    """

    VALUE = ("value", "kWh", "sun", 1.0, "no value: at a solar share of 1\na kWh from the grid has no price")
    CAPTURED = ("captured", "%", "perfect foresight's value", 100.0, "nothing that could have been captured")

    def __init__(self, label: str, unit: str, of: str, scale: float, missing: str) -> None:
        self.label = label
        self.unit = unit
        self.of = of
        self.scale = scale
        self.missing = missing


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepPoint:
    """One setting, or one rule, over the same days as the others.

    Attributes:
        label: Which, in a few letters: "0.7", "evcc".
        series: What it belongs to: a sweep, the rules.
        solar_kwh: What the car got from the roof.
        grid_kwh: And from the grid.
        starts_per_day: How often the contactor closed, a day.
        score: Its value, kWh of sun, or its share of perfect foresight's value; None where it has none.
    """

    label: str
    series: str
    solar_kwh: float
    grid_kwh: float
    starts_per_day: float
    score: float | None


def pareto_front(costs: Sequence[tuple[float, float]]) -> list[int]:
    """The places of those that no other dominates, equals among them, in their order; n log n.

    Args:
        costs: Two of each candidate that should be small.
    """
    front: list[int] = []
    least = inf  # the second cost of what is cheaper in the first
    order = sorted(range(len(costs)), key=costs.__getitem__)
    for _, group in groupby(order, key=lambda place: costs[place][0]):
        alike = list(group)
        best = costs[alike[0]][1]
        if best < least:
            front += [place for place in alike if costs[place][1] == best]
            least = best
    return sorted(front)


def sun_against_grid(points: Sequence[SweepPoint]) -> list[int]:
    """The front of much sun and little grid."""
    return pareto_front([(-point.solar_kwh, point.grid_kwh) for point in points])


def starts_against_score(points: Sequence[SweepPoint]) -> list[int]:
    """The front of few starts and a high score, among the points that have a score."""
    scored = [(place, point.score) for place, point in enumerate(points) if point.score is not None]
    front = pareto_front([(points[place].starts_per_day, -score) for place, score in scored])
    return [scored[index][0] for index in front]
