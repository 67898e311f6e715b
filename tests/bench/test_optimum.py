"""The least cost, beside a search of every course on a grid."""

from __future__ import annotations

from functools import cache
from math import inf

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.optimum import Offer, Terms, Trip, least_cost, pieces

GRID_KWH = 0.5
OFFERS = st.builds(
    Offer,
    st.sampled_from([0.5, 1.0]),
    st.sampled_from([-0.05, 0.05, 0.2, 0.3, 0.4]),
    st.sampled_from([0.0, 2000.0, 5000.0, 9000.0]),
)
COURSES = st.lists(OFFERS | st.builds(Trip, st.sampled_from([0.5, 2.0, 4.0, 7.0])), min_size=1, max_size=6)


def searched(course: list[Offer | Trip], begins_kwh: float, terms: Terms) -> float:
    """All that can be done, in steps of the grid."""
    most = round(terms.capacity_kwh / GRID_KWH)

    def charging(offer: Offer, kwh: float) -> float:
        cost = 0.0
        for per_kwh, length_kwh in pieces(offer, terms.watts_per_amp, terms.feed_in_price):
            step_kwh = min(kwh, length_kwh)
            cost, kwh = cost + per_kwh * step_kwh, kwh - step_kwh
        return cost if kwh < 1e-9 else inf

    @cache
    def ahead(place: int, level: int) -> float:
        if place == len(course):
            return -terms.left_price * level * GRID_KWH
        event = course[place]
        if isinstance(event, Offer):
            steps = range(most - level + 1)
            return min(charging(event, more * GRID_KWH) + ahead(place + 1, level + more) for more in steps)
        left = level - round(event.kwh / GRID_KWH)
        bought = [(after - left, after) for after in range(most + 1) if after >= left]
        return min(terms.public_price * more * GRID_KWH + ahead(place + 1, after) for more, after in bought)

    return ahead(0, round(begins_kwh / GRID_KWH))


@given(COURSES, st.sampled_from([5.0, 12.0]), st.sampled_from([0.0, 2.0]), st.sampled_from([0.08, 0.15]))
@settings(max_examples=60, deadline=None)
def test_it_is_the_least_of_all(course: list[Offer | Trip], capacity: float, begins: float, left: float) -> None:
    terms = Terms(500.0, 0.08, left, 0.59, capacity)  # 3 to 8 kW: in half an hour a multiple of the grid
    assert least_cost(course, begins, terms) == pytest.approx(searched(course, begins, terms), abs=1e-9)


def test_by_hand() -> None:
    terms = Terms(690.0, 0.08, 0.0, 0.59, 40.0)
    course: list[Offer | Trip] = [Offer(1.0, 0.30, 0.0), Offer(1.0, 0.20, 6000.0), Trip(20.0)]
    # 6 kWh of sun, 5.04 kWh beside it at 0.20, 8.96 kWh of the dear hour
    assert least_cost(course, 0.0, terms) == pytest.approx(6 * 0.08 + 5.04 * 0.20 + 8.96 * 0.30)
    assert least_cost([Trip(20.0)], 5.0, terms) == pytest.approx(15 * 0.59)
