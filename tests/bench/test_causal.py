"""What is learnt of the past: that it is of the past, and that it is reckoned as the plant does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.causal.bounds import by_thresholds, in_sample, left_out, outcome
from bench.causal.cell import LEVELS_A, REFERENCE, SLOT_STEPS, Cell
from bench.causal.headroom import SLOPE, always_on_kwh, changes, fit_headroom, whole_a
from bench.causal.known import CLUES, Known, known
from bench.causal.learned import learn
from bench.causal.pilot import StepPilot
from bench.causal.report import bench_causal
from bench.causal.slots import OFF_KWH, ON_KWH, Slots, ahead_kwh, cut
from bench.causal.thresholds import LASTING, NOW, Family, fit_thresholds, with_clue
from bench.causal.trees import trees_for
from controller.simulation.backtest.play import STEP_S, play
from controller.simulation.days.day import Day, generate
from controller.simulation.days.kind import DayKind
from controller.simulation.trace import Trace

CELL = Cell(solar_share=0.5, phases=3)
powers_w = st.lists(st.floats(0, 12_000), min_size=30, max_size=60)


def day_of(pv_w: list[float], every_s: float = 30.0) -> Known:
    return known("a day", Trace.of((every_s * place, power_w, 300.0) for place, power_w in enumerate(pv_w)))


@given(powers_w, st.integers(0, 29), st.floats(0, 12_000))
@settings(max_examples=30, deadline=None)
def test_no_clue_knows_the_future(pv_w: list[float], place: int, other_w: float) -> None:
    changed = [*pv_w[: place + 1], *(other_w for _ in pv_w[place + 1 :])]
    past = slice(0, place * round(30 / STEP_S) + 1)
    one, other = day_of(pv_w), day_of(changed)
    for clue in CLUES:
        assert one.clues[clue][past] == pytest.approx(other.clues[clue][past]), clue


@given(powers_w)
@settings(max_examples=20, deadline=None)
def test_being_always_on_is_worth_what_the_plant_counts(pv_w: list[float]) -> None:
    day = day_of([6.2 * CELL.watts_per_amp, 6.2 * CELL.watts_per_amp, *pv_w])
    carries_a = day.surplus_w / CELL.watts_per_amp
    on = np.ones(len(carries_a), dtype=np.bool_)
    counted = play(day.trace, REFERENCE.settings(3), StepPilot(on, ~on, carries_a)).value_kwh(0.5)
    worth = always_on_kwh(day, CELL, REFERENCE, carries_a)
    worked_from = REFERENCE.lead_steps + REFERENCE.waking_steps
    assert counted == pytest.approx(worth[worked_from:].sum() - ON_KWH)


def slots_of(worth_kwh: list[float]) -> Slots:
    count = len(worth_kwh)
    last = np.zeros(count, dtype=np.bool_)
    last[[count // 2, count - 1]] = True  # two days
    return Slots(at=np.arange(count), on_kwh=np.array(worth_kwh), waking_kwh=np.zeros(count), last=last)


def run_kwh(slots: Slots, first: int, on: bool, starts: list[bool], stops: list[bool]) -> float:
    """What is left of the day, on or off in its first slot, and then by the policy."""
    value = 0.0
    for slot in range(first, len(slots.on_kwh)):
        if slot > first:
            switches = stops[slot] if on else starts[slot]
            value -= switches * (OFF_KWH if on else ON_KWH)
            on ^= switches
        value += slots.on_kwh[slot] * on
        if slots.last[slot]:
            break
    return value - OFF_KWH * on


@given(st.lists(st.tuples(st.floats(-0.2, 0.2), st.sampled_from("+-0")), min_size=4, max_size=20))
@settings(deadline=None)
def test_ahead_is_the_difference_of_two_runs(course: list[tuple[float, str]]) -> None:
    slots = slots_of([worth for worth, _ in course])
    starts, stops = ([sign == mark for _, sign in course] for mark in "+-")
    ahead = ahead_kwh(slots, np.array(starts), np.array(stops))
    for slot in range(len(course)):
        on, off = (run_kwh(slots, slot, is_on, starts, stops) for is_on in (True, False))
        assert ahead[slot] == pytest.approx(on - off)


def test_a_clue_that_tells_the_future_is_used() -> None:
    pv_w = [0.0] * 10
    for place in range(12):
        pv_w += [5000.0] * (40 if place % 2 else 3) + [300.0] * 20
    day = day_of(pv_w)
    ahead = np.concatenate((day.surplus_w[20 * SLOT_STEPS // 6 * 6 :], np.zeros(20 * SLOT_STEPS)))[: len(day.surplus_w)]
    oracle = replace(day, clues={**day.clues, "oracle": ahead - day.surplus_w})
    slots = cut([oracle], CELL, REFERENCE, fit_headroom([oracle], CELL, REFERENCE))
    assert fit_thresholds(slots, [oracle], CELL, with_clue("oracle")).start_sight.weight > 0

    def value_kwh(family: Family) -> float:
        return outcome(in_sample([oracle]), CELL, by_thresholds(family)).value_kwh(0.5) or 0.0

    assert value_kwh(with_clue("oracle")) > value_kwh(NOW) > 0


def test_short_clouds_are_waited_through_and_long_ones_are_not() -> None:
    one_phase = Cell(solar_share=0.5, phases=1)  # a start costs as much as four minutes of cloud
    sun = [6000.0] * 30
    day = day_of([0.0] * 4 + (sun + [300.0] * 6) * 8 + (sun + [300.0] * 40) * 2)
    slots = cut([day], one_phase, REFERENCE, fit_headroom([day], one_phase, REFERENCE))
    learnt = fit_thresholds(slots, [day], one_phase, LASTING)
    assert learnt.stop_sight.weight == 1.0
    counted = outcome(in_sample([day]), one_phase, by_thresholds(LASTING))
    assert counted.starts == 2  # before the first long cloud, and after it
    assert outcome(in_sample([day]), one_phase, by_thresholds()).starts > 8


def test_a_falling_surplus_is_offered_less() -> None:
    falling = [9000.0 - 500 * (place % 17) for place in range(200)]
    day = day_of(falling)
    headroom = fit_headroom([day], CELL, REFERENCE)
    place = 6 * 8  # in the midst of the fall
    assert day.clues[SLOPE][place] < 0
    assert headroom.current_a(day, CELL)[place] < day.surplus_w[place] / CELL.watts_per_amp + 1 - CELL.solar_share
    assert len(fit_headroom([day], CELL, REFERENCE, by_slope=False).offsets_a) == 1


def test_an_amp_that_is_hardly_missing_is_kept() -> None:
    assert not changes(10, 9, 9.9)
    assert changes(10, 9, 9.8)
    assert changes(10, 11, 11.0)
    assert whole_a(np.array([2.0, 9.9, 40.0])).tolist() == [LEVELS_A[0], 9, LEVELS_A[-1]]


def test_trees_find_a_step_and_a_product() -> None:
    grid = np.random.default_rng(1).uniform(-1, 1, (6000, 2))
    for target in (np.where(grid[:, 1] > 0, 1.0, -1.0), np.sign(grid[:, 0] * grid[:, 1])):
        trees = trees_for(grid)
        binned = trees.binned(grid)
        trees.fit(binned, target)
        assert np.mean((trees.guess(binned) > 0) == (target > 0)) > 0.95


def test_what_is_learnt_starts_in_a_long_sun_and_stops_in_a_long_cloud() -> None:
    days = [known(f"{seed}", generate(Day(kind=DayKind.BROKEN, seed=seed))) for seed in (1, 2)]
    slots = cut(days, CELL, REFERENCE, fit_headroom(days, CELL, REFERENCE))
    starts, stops = learn(slots, days, CELL, ("mean of 10 min",)).switches(days[0], CELL)
    surplus_w = days[0].surplus_w
    assert not np.any(starts & stops)
    assert starts[surplus_w > 2 * CELL.need_w].mean() > 0.95
    assert stops[surplus_w < 0.3 * CELL.need_w].mean() > 0.9
    assert starts[surplus_w < 0.5 * CELL.need_w].mean() < 0.1


def test_each_day_is_played_once_by_what_others_have_taught() -> None:
    days = [day_of([float(place)] * 30) for place in range(7)]
    folds = left_out(days)
    assert sorted(day.surplus_w[0] for fold in folds for day in fold.played) == [place - 300.0 for place in range(7)]
    for fold in folds:
        assert len(fold.learnt) + len(fold.played) == len(days)
        assert not any(day is learnt for day in fold.played for learnt in fold.learnt)


def test_a_night_is_worth_nothing() -> None:
    night = day_of([0.0] * 30)
    assert outcome(in_sample([night]), CELL, by_thresholds()).value_kwh(0.5) == 0.0


def test_one_day_alone_is_refused() -> None:
    with pytest.raises(SystemExit, match="two traces or more"):
        next(bench_causal([Path("day.csv")]))


def test_days_that_cannot_be_used_are_refused_in_a_line(tmp_path: Path) -> None:
    broken, night = tmp_path / "broken.csv", tmp_path / "night.csv"
    broken.write_text("time,pv_w,load_w\n2026-06-21T12:00:00Z,much,300\n")
    night.write_text("time,pv_w,load_w\n2026-06-21T00:00:00Z,0,300\n2026-06-21T03:00:00Z,0,300\n")
    with pytest.raises(SystemExit, match=r"broken\.csv:2: pv_w 'much'"):
        list(bench_causal([broken, night]))
    with pytest.raises(SystemExit, match="name sunnier ones"):
        list(bench_causal([night, night]))
