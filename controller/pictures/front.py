"""What cannot be bettered: the runs of which no other is as good in everything and better in something."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import inf


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepPoint:
    """One setting, or one rule, over the same days as the others.

    Attributes:
        label: Which, in a few letters: "0.7", "evcc".
        series: What it belongs to: a sweep, the rules.
        solar_kwh: What the car got from the roof.
        grid_kwh: And from the grid.
        starts_per_day: How often the contactor closed, a day.
        value_kwh: The score; None where it has none.
    """

    label: str
    series: str
    solar_kwh: float
    grid_kwh: float
    starts_per_day: float
    value_kwh: float | None


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


def starts_against_value(points: Sequence[SweepPoint]) -> list[int]:
    """The front of few starts and much value, among the points that have a value."""
    valued = [(place, point.value_kwh) for place, point in enumerate(points) if point.value_kwh is not None]
    front = pareto_front([(points[place].starts_per_day, -value_kwh) for place, value_kwh in valued])
    return [valued[index][0] for index in front]
