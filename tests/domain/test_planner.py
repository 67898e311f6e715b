"""The cheapest way to be ready: against the exact optimum, and as a person would reckon it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.domain.calendar import Span
from controller.domain.planner import Plan, Slot, Terms, cheapest
from tests.domain.optimum import least_cost

EVENING = datetime(2026, 11, 23, 18, tzinfo=UTC)
LEAST_W, FULL_W = 4140.0, 11040.0
LENGTHS_MIN = (15, 30, 60, 120, 240)


def terms(need_wh: float, *, feed_in: float = 0.08, start_cost: float = 0.03, charging: bool = False) -> Terms:
    return Terms(LEAST_W, FULL_W, feed_in, start_cost, charging, need_wh)


def hours(*prices: float, sun_w: dict[int, float] | None = None) -> list[Slot]:
    begins = [EVENING + timedelta(hours=hour) for hour in range(len(prices) + 1)]
    surplus_w = sun_w or {}
    return [
        Slot(Span(*pair), price, surplus_w.get(hour, 0.0))
        for hour, (pair, price) in enumerate(zip(pairwise(begins), prices, strict=True))
    ]


def clock(plan: Plan) -> list[tuple[str, str, int]]:
    return [(f"{step.span.start:%H:%M}", f"{step.span.end:%H:%M}", round(step.power_w)) for step in plan.steps]


@st.composite
def problems(draw: st.DrawFn, *, starts: st.SearchStrategy[float], charging: bool) -> tuple[float, list[Slot], Terms]:
    slots, start = [], EVENING
    for _ in range(draw(st.integers(1, 6))):
        end = start + timedelta(minutes=draw(st.sampled_from(LENGTHS_MIN)))
        price = draw(st.sampled_from([0.3, 0.05, -0.05]) | st.floats(0.02, 0.5))
        slots.append(Slot(Span(start, end), price, draw(st.sampled_from([0.0, 0.0, 500.0, 5000.0, 15000.0]))))
        start = end
    room_wh = FULL_W * Span(EVENING, start).hours
    need_wh = room_wh * draw(st.floats(0.02, 1.0))
    feed_in = draw(st.sampled_from([0.0, 0.08]))
    goes_on = charging and draw(st.booleans())
    return need_wh, slots, terms(need_wh, feed_in=feed_in, start_cost=draw(starts), charging=goes_on)


@given(problems(starts=st.just(1e-6), charging=False))
@settings(max_examples=50)
def test_where_starts_cost_nothing_energy_costs_what_it_must(problem: tuple[float, list[Slot], Terms]) -> None:
    need_wh, slots, on_terms = problem
    plan = cheapest(need_wh, slots, on_terms)
    assert plan.wh == pytest.approx(need_wh, abs=0.1)
    assert plan.cost == pytest.approx(least_cost(need_wh, slots, on_terms), abs=1e-4)


@given(problems(starts=st.sampled_from([0.003, 0.03]), charging=True))
@settings(max_examples=50)
def test_with_starts_it_is_never_off_by_more_than_two_of_them(problem: tuple[float, list[Slot], Terms]) -> None:
    need_wh, slots, on_terms = problem
    plan = cheapest(need_wh, slots, on_terms)
    assert plan.wh == pytest.approx(need_wh, abs=0.1)
    least = least_cost(need_wh, slots, on_terms)
    assert least - 1e-6 <= plan.cost + plan.starts * on_terms.start_cost <= least + 2 * on_terms.start_cost + 1e-6
    begins = [after.span.start for before, after in pairwise(plan.steps) if before.span.end != after.span.start]
    goes_on = on_terms.charging and plan.steps[0].span.start == EVENING
    assert plan.starts == len(begins) + (not goes_on)


@given(
    st.lists(
        st.tuples(
            st.sampled_from([17.5, 60.0, 900.0, 3599.999]),
            st.sampled_from([0.0, 1e-9, -1e-9, 0.3, -0.05]),
            st.sampled_from([0.0, 1.0, 4140.0, 11_040.0]),
        ),
        min_size=1,
        max_size=25,
    ),
    st.sampled_from([1e-9, 0.3, 0.5, 1 - 1e-12, 1.0]) | st.floats(0.01, 0.99),
    st.sampled_from([1e-6, 0.03, 3.0]),
    st.booleans(),
)
@settings(max_examples=60)
def test_it_comes_to_an_end_whatever_the_figures(
    pieces: list[tuple[float, float, float]], share: float, start_cost: float, charging: bool
) -> None:
    slots, start = [], EVENING
    for seconds, price, sun_w in pieces:
        slots.append(Slot(Span(start, start + timedelta(seconds=seconds)), price, sun_w))
        start = slots[-1].span.end
    need_wh = share * FULL_W * Span(EVENING, start).hours
    plan = cheapest(need_wh, slots, terms(need_wh, feed_in=0.0, start_cost=start_cost, charging=charging))
    assert plan.wh + plan.lacks_wh == pytest.approx(need_wh, abs=0.01)


@given(st.lists(st.floats(0.15, 0.45), min_size=8, max_size=9), st.floats(8_000, 60_000))
@settings(max_examples=25)
def test_a_night_of_hourly_prices_costs_what_it_must_within_two_percent(prices: list[float], need_wh: float) -> None:
    slots, on_terms = hours(*prices), terms(need_wh)
    plan = cheapest(need_wh, slots, on_terms)
    assert plan.cost + plan.starts * on_terms.start_cost <= 1.02 * least_cost(need_wh, slots, on_terms)


def test_hours_that_cost_the_same_are_taken_from_the_end() -> None:
    latest = [("20:30", "21:00", 11040), ("21:00", "22:00", 11040)]
    assert clock(cheapest(FULL_W * 1.5, hours(1, 1, 1, 1), terms(FULL_W * 1.5))) == latest


def test_the_cheapest_hours_are_taken_whole_and_of_the_dearest_the_rest() -> None:
    plan = cheapest(FULL_W * 2.5, hours(0.3, 0.1, 0.2, 0.4), terms(FULL_W * 2.5))
    assert clock(plan) == [("18:30", "19:00", 11040), ("19:00", "20:00", 11040), ("20:00", "21:00", 11040)]
    assert plan.cost == pytest.approx(11.04 * (0.5 * 0.3 + 0.1 + 0.2))
    assert plan.starts == 1


def test_a_gap_has_to_save_more_than_a_start() -> None:
    need_wh = FULL_W * 2
    assert cheapest(need_wh, hours(0.3, 0.2, 0.201, 0.2, 0.3), terms(need_wh)).starts == 1
    assert cheapest(need_wh, hours(0.3, 0.2, 0.3, 0.2, 0.3), terms(need_wh)).starts == 2


def test_what_has_begun_goes_on_unless_waiting_saves_more_than_a_start() -> None:
    need_wh = FULL_W
    first = ("18:00", "19:00", 11040)
    assert clock(cheapest(need_wh, hours(0.201, 0.3, 0.2), terms(need_wh))) == [("20:00", "21:00", 11040)]
    assert clock(cheapest(need_wh, hours(0.2, 0.3, 0.23), terms(need_wh, charging=True))) == [first]
    assert clock(cheapest(need_wh, hours(0.25, 0.3, 0.1), terms(need_wh, charging=True))) == [("20:00", "21:00", 11040)]


def test_the_sun_goes_first_and_only_the_rest_is_bought() -> None:
    need_wh = 2 * 6000 + 1104
    plan = cheapest(need_wh, hours(0.3, 0.3, 0.3, 0.2, sun_w={0: 6000, 1: 6000}), terms(need_wh))
    assert clock(plan) == [("18:00", "19:00", 6000), ("19:00", "20:00", 6000), ("21:54", "22:00", 11040)]
    assert plan.cost == pytest.approx(12 * 0.08 + 1.104 * 0.2)


def test_sun_too_weak_for_a_car_makes_an_hour_cheaper() -> None:
    plan = cheapest(LEAST_W, hours(0.3, 0.3, 0.3, sun_w={1: 2070}), terms(LEAST_W))
    assert clock(plan) == [("19:00", "20:00", 4140)]
    assert plan.steps[0].sun_w == 2070
    assert plan.cost == pytest.approx(2.07 * (0.08 + 0.3))


def test_where_the_grid_is_cheaper_than_the_sun_it_is_taken_at_full_power() -> None:
    plan = cheapest(FULL_W, hours(-0.05, 0.3, sun_w={1: 12000}), terms(FULL_W))
    assert clock(plan) == [("18:00", "19:00", 11040)]


def test_what_cannot_be_made_is_charged_as_far_as_it_goes() -> None:
    plan = cheapest(30_000, hours(0.3, 0.1), terms(30_000))
    assert plan.wh == pytest.approx(2 * FULL_W)
    assert plan.lacks_wh == pytest.approx(30_000 - 2 * FULL_W)


@pytest.mark.parametrize("need_wh", [0.0, -5.0])
def test_nothing_is_planned_for_nothing(need_wh: float) -> None:
    assert cheapest(need_wh, hours(0.3), terms(need_wh)) == Plan()


def test_without_time_all_of_it_lacks() -> None:
    assert cheapest(5000, [], terms(5000)) == Plan(lacks_wh=5000)
