"""A box that fails when charging goes on after a pause is held at its minimum from then on."""

from __future__ import annotations

from typing import Any

import pytest

from controller.control.conduct import Conduct
from controller.control.pauses import Pauses
from controller.control.state import State
from controller.domain.charger import OcppState
from tests.support.houses import Run, core, surplus

W6 = 6 * 690.0
QUICK = {"start_delay_s": 0, "min_off_s": 0, "min_on_s": 0, "stop_delay_s": 60}
SUN, CLOUD = {"grid_w": -8000.0, "pv_w": 8500.0}, {"grid_w": 500.0, "pv_w": 1000.0}


def house(run: Run, sun: dict[str, float]) -> dict[str, Any]:
    ev_w = run.limit_a * 690.0 if run.charging else 0.0
    return {"grid_w": sun["grid_w"] + ev_w, "pv_w": sun["pv_w"], "ev_w": ev_w}


def passes(run: Run, seconds: int, sun: dict[str, float]) -> None:
    for _ in range(seconds // 5):
        run.step(5.0, **house(run, sun))


def paused(**settings: Any) -> Run:
    """A box that has charged, and was paused by a cloud."""
    run = Run(core(surplus(**QUICK, **settings)))
    passes(run, 300, SUN)
    assert run.charging
    passes(run, 300, CLOUD)
    assert not run.charging
    return run


def resumes_into_fault(run: Run, *, after_s: int = 20) -> None:
    while not run.charging:
        passes(run, 5, SUN)
    passes(run, after_s - 5, SUN)
    run.box_state = OcppState.FAULTED
    passes(run, 60, SUN)


def harms(run: Run) -> bool:
    return run.state.conduct.pauses.harm


def repaired(run: Run) -> None:
    """Somebody has restarted the box, and the sun shines."""
    run.box_state = OcppState.PREPARING
    passes(run, 300, SUN)
    assert run.charging


@pytest.mark.parametrize(("after_s", "harm"), [(10, True), (100, True), (200, False)])
def test_a_fault_soon_after_the_start_that_ended_a_pause(after_s: int, harm: bool) -> None:
    run = paused()
    resumes_into_fault(run, after_s=after_s)
    assert harms(run) is harm


def test_a_fault_without_a_pause_is_another_one() -> None:
    run = Run(core(surplus(**QUICK)))
    resumes_into_fault(run)
    assert not harms(run)


def test_from_then_on_it_is_held_through_clouds_and_not_through_the_night() -> None:
    run = paused()
    passes(run, 60, CLOUD)
    resumes_into_fault(run)
    repaired(run)
    told = len(run.told)
    passes(run, 1800, CLOUD)
    assert run.charging
    assert run.limit_a == 6
    assert "stop" not in run.told[told:]
    passes(run, 300, {"grid_w": 500.0, "pv_w": 0.0})
    assert not run.charging


def test_another_car_finds_the_same_box() -> None:
    run = paused()
    resumes_into_fault(run)
    run.box_state = OcppState.AVAILABLE
    passes(run, 60, SUN)
    repaired(run)
    assert harms(run)


def test_three_starts_that_went_well_in_a_row_clear_it() -> None:
    run = paused()
    run.state = run.state._replace(conduct=run.state.conduct._replace(pauses=Pauses(harm=True, charged=True)))
    seen = []
    for _ in range(3):
        passes(run, 300, {"grid_w": 500.0, "pv_w": 0.0})
        assert not run.charging
        passes(run, 300, SUN)
        seen.append(harms(run))
    assert seen == [True, True, False]


def test_it_is_known_from_before_the_restart_of_the_service() -> None:
    run = Run(core(surplus(**QUICK)))
    run.state = State(conduct=Conduct(pauses=Pauses(harm=True)))
    passes(run, 300, SUN)
    passes(run, 1800, CLOUD)
    assert run.charging
