"""Which hours are the cheap ones: compared with every choice there is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.domain.calendar import Span
from controller.domain.cheap_hours import at_most, bridges, cheapest, mean_price, together
from controller.domain.prices import Price, PriceTable

BEGIN = datetime(2026, 6, 21, 20, tzinfo=UTC)
QUARTER, HOUR = timedelta(minutes=15), timedelta(hours=1)


def table(*hourly: float | None, step: timedelta = HOUR) -> PriceTable:
    steps = enumerate(hourly)
    return PriceTable(tuple(Price(BEGIN + n * step, BEGIN + (n + 1) * step, p) for n, p in steps if p is not None))


def span(start_h: float, end_h: float) -> Span:
    return Span(BEGIN + start_h * HOUR, BEGIN + end_h * HOUR)


def test_the_cheapest_hours_wherever_they_lie() -> None:
    prices = table(0.3, 0.1, 0.3, 0.1, 0.2)
    assert cheapest(prices, span(0, 5), 2, 0) == [span(1, 2), span(3, 4)]
    assert cheapest(prices, span(0, 5), 2.5, 0) == [span(1, 2), span(3, 4.5)]
    assert cheapest(prices, span(0, 5), 2, 0, contiguous=True) == [span(3, 5)]
    assert cheapest(prices, span(0, 3), 1, 0, contiguous=True) == [span(1, 2)]


def test_a_start_is_worth_something() -> None:
    prices = table(0.30, 0.10, 0.12, 0.10, 0.30)
    assert cheapest(prices, span(0, 5), 2, 0.0) == [span(1, 2), span(3, 4)]
    assert cheapest(prices, span(0, 5), 2, 0.2) == [span(2, 4)]  # 0.02 dearer, and a start of 0.2 h at 0.18 less


def test_of_the_same_price_the_later_hours_unless_that_is_a_start_more() -> None:
    assert cheapest(table(*[0.2] * 10), span(0, 10), 3, 0.1) == [span(7, 10)]
    assert cheapest(table(*[0.2] * 10), span(0, 10), 3, 0.1, contiguous=True) == [span(7, 10)]
    prices = table(0.1, 0.2, 0.3, 0.2)
    assert cheapest(prices, span(0, 4), 2, 0) == [span(0, 2)]


def test_where_less_is_known_than_wanted_all_of_it() -> None:
    prices = table(None, 0.3, None, 0.1, 0.2, None)
    assert cheapest(prices, span(0, 6), 4, 0) == [span(1, 2), span(3, 5)]
    assert cheapest(prices, span(0, 6), 4, 0, contiguous=True) == [span(3, 5)]
    assert cheapest(prices, span(5, 6), 4, 0) == []
    assert cheapest(prices, span(5, 6), 4, 0, contiguous=True) == []


def test_a_period_and_prices_that_are_no_full_quarters() -> None:
    odd = PriceTable(
        (Price(BEGIN, BEGIN + timedelta(minutes=70), 0.1), Price(BEGIN + timedelta(minutes=70), BEGIN + 2 * HOUR, 0.4))
    )
    assert cheapest(odd, Span(BEGIN + timedelta(minutes=5), BEGIN + 2 * HOUR), 1, 0) == [span(0.25, 1.25)]
    assert cheapest(odd, span(0, 2), 1.5, 0) == [span(0, 1.5)]


def test_below_a_limit_and_through_what_lies_between() -> None:
    prices = table(0.1, 0.1, 0.151, 0.1, 0.3, 0.15, None, 0.1)
    low = at_most(prices, 0.15)
    assert low == [span(0, 2), span(3, 4), span(5, 6), span(7, 8)]
    assert bridges(prices, low, 0.15, 0.02) == [span(2, 3)]  # 0.001 too dear for an hour, a start costs 0.003
    assert bridges(prices, low, 0.15, 0.006) == []
    assert bridges(prices, low, 0.15, 1.0) == [span(2, 3), span(4, 5)]


def test_together() -> None:
    assert together([span(3, 4), span(0, 1)], [span(1, 2)], [span(3.5, 5)]) == [span(0, 2), span(3, 5)]
    assert together([], []) == []


def test_the_mean_is_that_of_what_is_known() -> None:
    assert mean_price(table(0.1, None, 0.3), span(0, 2.5)) == pytest.approx((0.1 + 0.5 * 0.3) / 1.5)
    assert mean_price(table(0.1), span(3, 4)) is None


PRICES = st.lists(st.none() | st.sampled_from([-5, 0, 1, 2, 3, 7, 30]), min_size=1, max_size=11)


@settings(max_examples=150, deadline=None)
@given(cents=PRICES, count=st.integers(1, 11), start_h=st.sampled_from([0.0, 0.05, 0.25, 2.0]))
def test_no_other_choice_is_cheaper_nor_as_cheap_with_fewer_starts_nor_later(
    cents: list[int | None], count: int, start_h: float
) -> None:
    prices = table(*[None if cent is None else cent / 100 for cent in cents], step=QUARTER)
    known = [place for place, cent in enumerate(cents) if cent is not None]
    count = min(count, len(known))
    chosen = cheapest(prices, Span(BEGIN, BEGIN + len(cents) * QUARTER), count / 4, start_h)
    assert sum(one.hours for one in chosen) == count / 4
    if count == 0:
        return
    level = sum(abs(cents[place] or 0) for place in known) / len(known) / 100
    start_cost = round(start_h * 4 * level * 1_000_000)

    def rank(places: tuple[int, ...]) -> tuple[int, int, int]:
        starts = sum(place - 1 not in places for place in places)
        paid = sum(round((cents[place] or 0) * 10_000) for place in places)
        return paid + starts * start_cost, starts, -sum(places)

    best = min(rank(places) for places in combinations(known, count))
    assert rank(_places(chosen)) == best


@settings(max_examples=100, deadline=None)
@given(cents=PRICES, count=st.integers(1, 11))
def test_no_other_block_is_cheaper_or_later(cents: list[int | None], count: int) -> None:
    prices = table(*[None if cent is None else cent / 100 for cent in cents], step=QUARTER)
    chosen = _places(cheapest(prices, Span(BEGIN, BEGIN + len(cents) * QUARTER), count / 4, 0.0, contiguous=True))
    blocks = [
        range(begin, begin + size)
        for size in range(1, count + 1)
        for begin in range(len(cents) - size + 1)
        if None not in cents[begin : begin + size]
    ]
    if not blocks:
        assert chosen == ()
        return
    longest = max(len(block) for block in blocks)
    best = min((sum(cents[p] or 0 for p in block), -block.start) for block in blocks if len(block) == longest)
    assert (sum(cents[place] or 0 for place in chosen), -chosen[0]) == best
    assert chosen == tuple(range(chosen[0], chosen[0] + longest))


def _places(spans: list[Span]) -> tuple[int, ...]:
    return tuple(
        place for one in spans for place in range((one.start - BEGIN) // QUARTER, (one.end - BEGIN) // QUARTER)
    )
