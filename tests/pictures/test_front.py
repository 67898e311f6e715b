"""What cannot be bettered."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from controller.pictures.front import SweepPoint, pareto_front, starts_against_score, sun_against_grid

costs = st.tuples(st.integers(0, 12), st.integers(0, 12))


def _dominates(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one != other and one[0] <= other[0] and one[1] <= other[1]


@given(st.lists(costs, max_size=40))
def test_nothing_dominates_the_front_and_everything_else_is_dominated(candidates: list[tuple[float, float]]) -> None:
    front = pareto_front(candidates)
    assert front == sorted(set(front))
    for place, mine in enumerate(candidates):
        assert (place in front) is not any(_dominates(other, mine) for other in candidates)


def _point(solar_kwh: float, grid_kwh: float, starts: float, score: float | None) -> SweepPoint:
    return SweepPoint(label="", series="", solar_kwh=solar_kwh, grid_kwh=grid_kwh, starts_per_day=starts, score=score)


def test_much_sun_and_little_grid_few_starts_and_much_value_are_good() -> None:
    points = [_point(10, 1, 5, None), _point(12, 3, 4, 8.0), _point(9, 1, 6, 9.0), _point(12, 4, 6, 8.5)]
    assert sun_against_grid(points) == [0, 1]
    assert starts_against_score(points) == [1, 2]
