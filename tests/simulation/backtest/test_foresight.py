"""Perfect foresight against brute force, and against whatever else could have been done."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.simulation.backtest.foresight import SLOT_S, Perfect, perfect
from controller.simulation.days.day import Day, generate
from controller.simulation.days.kind import DayKind
from controller.simulation.trace import Trace

WATTS_PER_AMP = 690.0
LEVELS = (6, 7, 16)

suns_w = st.one_of(st.floats(0, 14_000), st.sampled_from([0.0, 14_000.0]))  # two slots can earn a start, one cannot
minutes = st.lists(st.tuples(suns_w, st.floats(0, 3000)), min_size=2, max_size=3)
shares = st.floats(0.05, 0.98)


def day(points: list[tuple[float, float]], every_s: float = 60.0) -> Trace:
    return Trace.of((1000.0 + number * every_s, pv_w, load_w) for number, (pv_w, load_w) in enumerate(points))


def earned(trace: Trace, slot: int, level_a: int, share: float) -> float:
    """What a level earns in a slot, step by step as the design has it; starts and commands aside."""
    earned_kwh = 0.0
    for step in range(1, 7):
        at_s = slot * SLOT_S + step * 5.0
        if at_s > trace.duration_s:
            continue
        pv_w, load_w = trace.at(1000.0 + at_s)
        ev_w = level_a * WATTS_PER_AMP
        solar_w = min(ev_w, max(0.0, pv_w - load_w))
        earned_kwh += (solar_w - share / (1 - share) * (ev_w - solar_w)) * 5 / 3.6e6
    return earned_kwh


def best_of_all(trace: Trace, share: float) -> float:
    """By trying every schedule."""
    slots = -int(-(trace.duration_s // 5) // 6)
    table = [{level_a: earned(trace, slot, level_a, share) for level_a in (0, *LEVELS)} for slot in range(slots)]
    best_kwh = 0.0
    for schedule in product((0, *LEVELS), repeat=slots):
        moves = list(pairwise((0, *schedule)))
        starts = sum(before == 0 < after for before, after in moves)
        commands = sum(before != after for before, after in moves)
        worth_kwh = sum(row[level_a] for row, level_a in zip(table, schedule, strict=True))
        best_kwh = max(best_kwh, worth_kwh - 0.1 * starts - 0.002 * commands)
    return best_kwh


def foreseen(trace: Trace, share: float, levels_a: tuple[int, ...] = LEVELS) -> Perfect:
    best = perfect(trace, levels_a=levels_a, watts_per_amp=WATTS_PER_AMP, solar_share=share)
    assert best is not None
    return best


@given(minutes, shares, st.sampled_from([60.0, 47.0]))
def test_no_schedule_is_worth_more(points: list[tuple[float, float]], share: float, every_s: float) -> None:
    trace = day(points, every_s)
    assert foreseen(trace, share).value_kwh == pytest.approx(best_of_all(trace, share), abs=1e-9)


@given(st.integers(0, 9), shares)
@settings(max_examples=10)
def test_the_counts_add_up_to_the_value(seed: int, share: float) -> None:
    best = foreseen(generate(Day(kind=DayKind.SUNNY, seed=seed)), share, tuple(range(6, 17)))
    costs = 0.1 * best.starts + 0.002 * best.commands
    assert best.value_kwh == pytest.approx(best.solar_kwh - share / (1 - share) * best.grid_kwh - costs)
    assert best.value_kwh >= 0


def test_a_long_trace_is_worth_its_days() -> None:
    """Longer than a chunk: nothing is lost where two meet."""
    one = generate(Day(kind=DayKind.SUNNY, seed=3))
    two = Trace.of(
        (time_s + lag_s, pv_w, load_w)
        for lag_s in (0.0, 86_430.0)
        for time_s, pv_w, load_w in zip(one.times_s, one.pv_w, one.load_w, strict=True)
    )
    assert foreseen(two, 0.5).value_kwh == pytest.approx(2 * foreseen(one, 0.5).value_kwh, rel=1e-6)


def test_a_kwh_without_a_price_has_no_best_run() -> None:
    assert perfect(day([(0, 0), (0, 0)]), levels_a=LEVELS, watts_per_amp=690.0, solar_share=1.0) is None


def test_a_night_is_worth_nothing() -> None:
    assert foreseen(day([(0, 300), (0, 300)]), 0.5) == Perfect(
        solar_kwh=0.0, grid_kwh=0.0, starts=0, commands=0, value_kwh=0.0
    )
