"""What the box shows, against what it was told."""

from __future__ import annotations

import pytest

from controller.control.reconcile import acknowledge, observe
from controller.control.state import Snapshot, State
from controller.domain.charger import ChargerStatus, OcppState, PowerSettings
from controller.domain.decision import Action, ActionKind, Command
from controller.domain.readings import House
from tests.support.houses import NOON


def seen(now_s: float, limit_a: int, state: OcppState, limit_at_s: float, state_at_s: float) -> Snapshot:
    return Snapshot(
        now_s=now_s,
        now=NOON,
        house=House(grid_w=0, grid_age_s=0),
        status=ChargerStatus(taken_at_s=state_at_s, state=state),
        power=PowerSettings(taken_at_s=limit_at_s, limit_a=limit_a),
    )


def test_the_box_is_taken_over_as_it_is_found() -> None:
    assert observe(State(), seen(10, 13, OcppState.CHARGING, 9, 9)).told == Command(13, True)
    assert observe(State(), seen(10, 13, OcppState.FINISHING, 9, 9)).told == Command(13, False)


@pytest.mark.parametrize(("asked_at_s", "limit_a"), [(99, 10), (100, 10), (101, 16)])
def test_a_limit_that_was_read_before_the_write_proves_nothing(asked_at_s: float, limit_a: int) -> None:
    state = acknowledge(State(told=Command(16, True)), Action(ActionKind.SET_LIMIT, 10), 100)
    after = observe(state, seen(105, 16, OcppState.CHARGING, asked_at_s, 99))
    assert after.told == Command(limit_a, True)


@pytest.mark.parametrize(("asked_at_s", "charging"), [(99, True), (144, True), (145, False)])
def test_a_start_has_some_time_to_show(asked_at_s: float, charging: bool) -> None:
    state = acknowledge(State(told=Command(16, False)), Action(ActionKind.START), 100)
    after = observe(state, seen(150, 16, OcppState.PREPARING, 99, asked_at_s))
    assert after.told == Command(16, charging)


def test_unplugging_counts_at_once() -> None:
    state = acknowledge(State(told=Command(16, False)), Action(ActionKind.START), 100)
    assert observe(state, seen(102, 16, OcppState.AVAILABLE, 99, 101)).told == Command(16, False)
