"""Foresight of the plant as it is: against the plant itself, and against every sequence of commands there is."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.causal.cell import AT_ONCE, CELLS, LEVELS_A, REFERENCE, SLOT_STEPS, Cell, Timing
from bench.causal.foreseen import course_a, foreseen_kwh
from bench.causal.known import known
from bench.causal.pilot import StepPilot
from controller.simulation.backtest.foresight import perfect
from controller.simulation.backtest.play import STEP_S, play
from controller.simulation.backtest.score import COMMAND_COSTS_KWH, START_COSTS_KWH
from controller.simulation.days.day import generate
from controller.simulation.days.standard import june_days
from controller.simulation.plant import Plant
from controller.simulation.trace import Trace
from tests.simulation.backtest.replay import replay

CELL = Cell(solar_share=0.5, phases=3)
STEPS = 15
MOVES_A = (0, 6, 9, 16)

surpluses_w = st.lists(st.sampled_from([0.0, 3000.0, 7000.0, 90_000.0]), min_size=STEPS, max_size=STEPS)


def all_sequences() -> list[tuple[int, ...]]:
    """What was told at each step, A: nothing at the first, then one command or two, a gap apart."""
    sequences = [(0,) * STEPS]
    for first, first_a in product(range(1, STEPS), MOVES_A[1:]):
        once = (0,) * first + (first_a,) * (STEPS - first)
        sequences.append(once)
        for second, second_a in product(range(first + SLOT_STEPS, STEPS), MOVES_A):
            sequences.append(once[:second] + (second_a,) * (STEPS - second))
    return sequences


def value_kwh(levels_a: tuple[int, ...], surplus_w: list[float]) -> float:
    """Counted by a plant that shares nothing with ours; its price of the grid is 1, that of a share of one half."""
    limit_a, rows = 16, []
    for level_a, watts in zip(levels_a, surplus_w, strict=True):
        limit_a = level_a or limit_a
        rows.append({"limit_a": f"{limit_a}", "charging": f"{int(level_a > 0)}", "pv_w": f"{watts}", "load_w": "0"})
    count = replay(rows, 3)
    return count.solar_kwh - count.grid_kwh - START_COSTS_KWH * count.starts - COMMAND_COSTS_KWH * count.commands


@given(surpluses_w)
@settings(max_examples=5, deadline=None)
def test_no_sequence_of_commands_is_better_and_one_is_as_good(surplus_w: list[float]) -> None:
    best = max(value_kwh(levels, surplus_w) for levels in all_sequences())
    most = foreseen_kwh(np.array(surplus_w[1:]), CELL)
    assert most >= best - 1e-12
    # with the sun of a few values, the levels between them are never needed
    if set(surplus_w) <= {0.0, 90_000.0}:
        assert most == pytest.approx(best)


def test_a_long_sun_earns_its_start() -> None:
    surplus_w = [0.0] * 4 + [90_000.0] * (STEPS - 4)
    best = max(value_kwh(levels, surplus_w) for levels in all_sequences())
    assert foreseen_kwh(np.array(surplus_w[1:]), CELL) == pytest.approx(best)
    assert best > 0


@pytest.mark.parametrize("timing", [REFERENCE, AT_ONCE])
@pytest.mark.parametrize(("from_a", "to_a"), [(0, 16), (0, 6), (6, 16), (6, 9), (16, 7), (8, 0)])
def test_the_course_is_the_plants(timing: Timing, from_a: int, to_a: int) -> None:
    plant = Plant(Trace.of([(0.0, 0.0, 0.0), (600.0, 0.0, 0.0)]), 0.0, timing.settings(3))
    plant.command(from_a or 16, charging=from_a > 0)
    plant.advance(60.0)
    plant.command(to_a or from_a, charging=to_a > 0)
    plant.advance(60.0 + (timing.lead_steps - 1) * STEP_S)
    course = []
    for _ in range(6):
        plant.advance(plant.now_s + STEP_S)
        course.append(plant.current_a)
    assert course_a(from_a, to_a, timing) == course


def test_the_reference_answers_as_the_reference_plant() -> None:
    assert REFERENCE.settings(1).reference
    assert not AT_ONCE.settings(1).reference


@pytest.mark.parametrize("cell", [CELLS[0], CELLS[-1]])
def test_whose_commands_need_no_grid_loses_little_to_the_plants_delays(cell: Cell) -> None:
    day = known("mixed", generate(june_days()[0]))
    best = perfect(day.trace, levels_a=LEVELS_A, watts_per_amp=cell.watts_per_amp, solar_share=cell.solar_share)
    assert best is not None
    assert 0.98 < foreseen_kwh(day.surplus_w, cell) / best.value_kwh < 1.05


@given(
    st.lists(st.sampled_from([300.0, 2500.0, 5000.0, 12_000.0]), min_size=5, max_size=40),
    st.floats(0.3, 1.8),
    st.floats(0.2, 1.0),
    st.sampled_from(CELLS),
)
@settings(max_examples=40, deadline=None)
def test_nobody_does_better_before_the_plant(pv_w: list[float], start: float, stop: float, cell: Cell) -> None:
    trace = Trace.of((60.0 * place, power_w, 300.0) for place, power_w in enumerate([*pv_w, 0.0]))
    day = known("a day", trace)
    pilot = StepPilot(
        day.surplus_w > start * cell.need_w,
        day.surplus_w < min(start, stop) * cell.need_w,
        day.surplus_w / cell.watts_per_amp,
    )
    value_kwh = play(trace, REFERENCE.settings(cell.phases), pilot).value_kwh(cell.solar_share)
    assert value_kwh is not None
    assert value_kwh <= foreseen_kwh(day.surplus_w, cell) + 1e-9
