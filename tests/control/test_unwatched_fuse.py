"""The main fuse while what it is watched with is missing: never more than before, at most the least that charges."""

from __future__ import annotations

from typing import Any

import pytest

from controller.domain.reasons import ReasonCode
from tests.support.houses import Run, Wants, core

PHASES: dict[str, Any] = {"grid_current_a": (-2.0, -2.0, -2.0), "grid_w": -1400.0}


def charging(**settings: Any) -> Run:
    """A car that charges with 16 A under a fuse of 25 A, its phases known."""
    run = Run(core(Wants(16), main_fuse_a=25, **settings), limit_a=16, charging=True)
    run.steps(120, **PHASES)
    assert (run.limit_a, run.charging) == (16, True)
    return run


def test_phases_that_are_lost_bring_the_car_down_to_its_minimum_at_once() -> None:
    run = charging()
    decision = run.step(grid_w=-1400.0, grid_phases_missing=True)
    assert run.limit_a == 6
    assert decision.reason.code is ReasonCode.FUSE_UNWATCHED
    assert str(decision.reason) == "the main fuse cannot be watched, the grid's phases are missing: at most 6 A"
    run.steps(3600, grid_w=-1400.0, grid_phases_missing=True)
    assert (run.limit_a, run.charging) == (6, True)


def test_a_fuse_that_left_too_little_stays_so() -> None:
    run = charging()
    run.step(grid_w=10_000.0, grid_current_a=(38.0, 0.0, 0.0))
    assert not run.charging
    run.steps(3600, grid_w=-5000.0, grid_phases_missing=True)
    assert not run.charging
    run.steps(400, **PHASES)
    assert (run.limit_a, run.charging) == (16, True)


def test_phases_that_come_back_let_the_car_rise_after_a_minute() -> None:
    run = charging()
    run.steps(60, grid_w=-1400.0, grid_phases_missing=True)
    run.steps(50, **PHASES)
    assert run.limit_a == 6
    run.steps(120, **PHASES)
    assert run.limit_a == 16


@pytest.mark.parametrize(("missing", "limit_a"), [(True, 6), (False, 16)])
def test_pv_counts_where_there_are_no_phases(missing: bool, limit_a: int) -> None:
    run = Run(core(Wants(16), main_fuse_a=25), limit_a=16, charging=True)
    run.steps(300, grid_w=-1000.0, pv_missing=missing, ev_w=4140.0)
    assert run.limit_a == limit_a
    if missing:
        assert "the PV power is missing" in str(run.decision.reason)


def test_pv_does_not_count_where_phases_are_known_nor_anything_without_a_fuse() -> None:
    run = charging()
    run.steps(300, **PHASES, pv_missing=True)
    assert run.limit_a == 16
    free = Run(core(Wants(16)), limit_a=16, charging=True)
    free.steps(300, grid_w=-1400.0, grid_phases_missing=True, pv_missing=True)
    assert free.limit_a == 16
