"""What following the sun is worth, against the price list it comes from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.domain.worth import best_a, worth_w

shares = st.floats(0.05, 0.99)
surpluses = st.floats(-20_000, 30_000)
amps = st.integers(6, 32)
wirings = st.sampled_from([207.0, 230.0, 253.0, 460.0, 690.0])


@given(st.floats(100, 30_000), surpluses, shares)
def test_sun_counts_one_and_grid_costs_lambda(draws_w: float, surplus_w: float, share: float) -> None:
    sun_w = min(draws_w, max(0.0, surplus_w))
    price = share / (1 - share)
    worth = worth_w(draws_w, surplus_w, share)
    assert worth == pytest.approx(sun_w - price * (draws_w - sun_w), rel=1e-9, abs=1e-6)


@given(st.floats(100, 30_000), surpluses)
def test_at_a_share_of_one_the_grid_costs_a_hundred_times_and_not_infinitely(draws_w: float, surplus_w: float) -> None:
    sun_w = min(draws_w, max(0.0, surplus_w))
    assert worth_w(draws_w, surplus_w, 1.0) == pytest.approx(-100 * (draws_w - sun_w) if sun_w < draws_w else draws_w)


@given(st.floats(100, 30_000), st.floats(0.05, 1.0))
def test_the_minimum_is_worth_drawing_from_its_share_of_sun_on(draws_w: float, share: float) -> None:
    assert worth_w(draws_w, share * draws_w * 1.001, share) > 0
    assert worth_w(draws_w, share * draws_w * 0.999, share) < 0


@given(surpluses, wirings, shares, st.tuples(amps, amps))
def test_no_other_whole_amps_are_worth_more(
    surplus_w: float, watts_per_amp: float, share: float, between_a: tuple[int, int]
) -> None:
    least_a, most_a = sorted(between_a)
    chosen_a = best_a(surplus_w, watts_per_amp, share, least_a, most_a)
    assert least_a <= chosen_a <= most_a
    worths = [worth_w(a * watts_per_amp, surplus_w, share) for a in range(least_a, most_a + 1)]
    chosen_w = worth_w(chosen_a * watts_per_amp, surplus_w, share)
    assert chosen_w == pytest.approx(max(worths), rel=1e-9, abs=1e-4)


@given(surpluses, wirings, amps)
def test_at_a_share_of_one_no_amp_is_given_that_is_not_all_sun(
    surplus_w: float, watts_per_amp: float, most_a: int
) -> None:
    chosen_a = best_a(surplus_w, watts_per_amp, 1.0, 6, most_a)
    assert chosen_a == 6 or chosen_a * watts_per_amp <= surplus_w * (1 + 1e-12)
    assert chosen_a == most_a or (chosen_a + 1) * watts_per_amp > surplus_w * (1 - 1e-12)


@pytest.mark.parametrize(
    ("share", "edge_w"), [(1.0, 10 * 690.0), (0.8, 9.8 * 690.0), (0.5, 9.5 * 690.0), (0.1, 9.1 * 690.0)]
)
def test_the_tenth_amp_is_given_when_the_share_of_it_is_sun(share: float, edge_w: float) -> None:
    assert best_a(edge_w - 0.1, 690.0, share, 6, 16) == 9
    assert best_a(edge_w + 0.1, 690.0, share, 6, 16) == 10
