"""The least that a car's energy can cost: a linear programme, solved exactly.

What is ahead costs the less, the more there is in the battery: a convex line of straight pieces, a (slope, length)
each, from empty to full. Going back in time, charging mixes in the pieces of what a slot has to offer, a trip moves all
of it up, and the ends that no battery has are cut off.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

LEAST_A, MOST_A = 6, 16


class Offer(NamedTuple):
    """A stretch of time in which nothing changes.

    Attributes:
        hours: Its length.
        grid_price: Of a kWh from the grid.
        surplus_w: Sun that is left over, W.
    """

    hours: float
    grid_price: float
    surplus_w: float


class Trip(NamedTuple):
    """A drive; what the battery does not have is bought on the way.

    Attributes:
        kwh: What it takes.
    """

    kwh: float


class Terms(NamedTuple):
    """On what terms.

    Attributes:
        watts_per_amp: Of the car.
        feed_in_price: What a kWh of sun would have earned.
        left_price: What a kWh is worth that is left over at the end.
        public_price: Of a kWh on the way.
        capacity_kwh: Of the car's battery.
    """

    watts_per_amp: float
    feed_in_price: float
    left_price: float
    public_price: float
    capacity_kwh: float


Piece = tuple[float, float]
"""Slope a kWh, and length, kWh."""


def per_hour(power_w: float, offer: Offer, feed_in_price: float) -> float:
    """What an hour at a power costs."""
    sun_w = min(power_w, offer.surplus_w)
    return (sun_w * feed_in_price + (power_w - sun_w) * offer.grid_price) / 1000


def pieces(offer: Offer, watts_per_amp: float, feed_in_price: float) -> list[Piece]:
    """(per kWh, kWh) along the lower hull of the costs at whole amps, which can be mixed in time."""
    found: list[Piece] = []
    power_w, cost = 0.0, 0.0
    levels = [amps * watts_per_amp for amps in range(LEAST_A, MOST_A + 1)]
    while levels:
        slopes = {w: (per_hour(w, offer, feed_in_price) - cost) / (w - power_w) * 1000 for w in levels}
        best = min(levels, key=lambda w: (slopes[w], -w))
        found.append((slopes[best], (best - power_w) / 1000 * offer.hours))
        power_w, cost = best, per_hour(best, offer, feed_in_price)
        levels = [w for w in levels if w > best]
    return found


def least_cost(course: Sequence[Offer | Trip], begins_kwh: float, terms: Terms) -> float:
    """What the course costs at least, starts for nothing, less the worth of what is left over at its end.

    Args:
        course: In its order; while the car is away there are no offers.
        begins_kwh: What the battery holds at first.
        terms: On what terms.
    """
    at_empty, ahead = 0.0, [(-terms.left_price, terms.capacity_kwh)]
    for event in reversed(course):
        if isinstance(event, Trip):
            at_empty += terms.public_price * event.kwh
            ahead = _merged([(-terms.public_price, event.kwh), *ahead])
            _, ahead = _cut(ahead, sum(length for _, length in ahead) - terms.capacity_kwh, from_empty=False)
        else:
            offered = pieces(event, terms.watts_per_amp, terms.feed_in_price)
            whole_kwh = sum(length for _, length in offered)
            at_empty += sum(price * length for price, length in offered)  # of one that is emptier by all of it
            ahead = _merged([*ahead, *((-price, length) for price, length in offered)])
            gained, ahead = _cut(ahead, whole_kwh, from_empty=True)
            at_empty += gained
    paid, _ = _cut(ahead, begins_kwh, from_empty=True)
    return at_empty + paid


def _merged(found: list[Piece]) -> list[Piece]:
    ordered = sorted(found)
    alike = groupby(ordered, key=lambda piece: piece[0])
    return [(slope, sum(length for _, length in group)) for slope, group in alike]


def _cut(ahead: list[Piece], kwh: float, *, from_empty: bool) -> tuple[float, list[Piece]]:
    """What walking `kwh` from an end adds, and what is left."""
    left, walked = list(ahead) if from_empty else ahead[::-1], 0.0
    while kwh > 0 and left:
        slope, length = left[0]
        step = min(kwh, length)
        walked += slope * step
        kwh -= step
        left[0] = (slope, length - step)
        if left[0][1] <= 0:
            del left[0]
    return walked, left if from_empty else left[::-1]
