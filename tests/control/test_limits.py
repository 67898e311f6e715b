"""The car's current and the fuse's room, by figure."""

from __future__ import annotations

from math import inf

import pytest

from controller.control.car_belief import Belief, Candidate
from controller.control.car_memory import Car
from controller.control.limits import CarCurrent, car_current, fuse_cap, mean_voltage_v, worst_phase_a
from controller.control.state import FuseCap, Snapshot, State
from controller.domain.charger import ChargerStatus, OcppState
from controller.domain.decision import Command
from controller.domain.readings import House
from tests.support.houses import NOON, core

SETTINGS = core(main_fuse_a=25, follow_s=30)
UNSEEN = Car()
OFF, SIX, TEN = Command(10, False), Command(6, True), Command(10, True)


def current(
    told: Command,
    before: Command | None,
    age_s: float,
    state: OcppState,
    ev_w: float | None = None,
    car: Car = UNSEEN,
) -> CarCurrent:
    snapshot = Snapshot(
        now_s=1000.0,
        now=NOON,
        house=House(grid_w=0, grid_age_s=0, ev_w=ev_w),
        status=ChargerStatus(taken_at_s=999, state=state),
        power=None,
    )
    return car_current(State(told=told, before=before, told_at_s=1000.0 - age_s, car=car), snapshot, SETTINGS, 230.0)


@pytest.mark.parametrize(
    ("told", "before", "age_s", "state", "ev_w", "expected"),
    [
        (TEN, SIX, 10, OcppState.CHARGING, None, CarCurrent(6, 6, 3, rises_to_a=10)),
        (SIX, TEN, 10, OcppState.CHARGING, None, CarCurrent(6, 10, 3)),
        (TEN, SIX, 40, OcppState.CHARGING, None, CarCurrent(10, 10, 3)),
        (TEN, SIX, 40, OcppState.SUSPENDED_EV, None, CarCurrent(0, 0, 3)),
        (TEN, SIX, 40, OcppState.UNKNOWN, None, CarCurrent(10, 0, 3)),  # the sun is its own, the fuse is not
        (OFF, TEN, 10, OcppState.CHARGING, None, CarCurrent(0, 10, 3)),
        (TEN, OFF, 10, OcppState.PREPARING, None, CarCurrent(0, 0, 3, rises_to_a=10)),
        (TEN, SIX, 40, OcppState.CHARGING, 4140.0, CarCurrent(6, 6, 3)),
        (
            SIX,
            SIX,
            40,
            OcppState.CHARGING,
            6900.0,
            CarCurrent(10, 6, 3),
        ),  # more than offered: the fuse does not bank on it
        (SIX, TEN, 10, OcppState.CHARGING, 6900.0, CarCurrent(10, 10, 3)),
    ],
)
def test_car(
    told: Command, before: Command, age_s: float, state: OcppState, ev_w: float | None, expected: CarCurrent
) -> None:
    assert current(told, before, age_s, state, ev_w) == expected


@pytest.mark.parametrize(
    ("told", "off_s", "box", "for_surplus_a"),
    [
        (OFF, 30, OcppState.SUSPENDED_EVSE, 0),
        (OFF, inf, OcppState.PREPARING, 0),
        (OFF, 29, OcppState.SUSPENDED_EVSE, 6),  # the car may not have followed yet
        (OFF, 30, OcppState.CHARGING, 6),
        (OFF, 30, OcppState.UNKNOWN, 6),
        (SIX, 30, OcppState.SUSPENDED_EVSE, 6),
    ],
)
def test_a_car_that_the_box_gives_nothing_draws_nothing_whatever_its_meter_says(
    told: Command, off_s: float, box: OcppState, for_surplus_a: float
) -> None:
    snapshot = Snapshot(
        now_s=1000.0,
        now=NOON,
        house=House(grid_w=0, grid_age_s=0, ev_w=4140.0),
        status=ChargerStatus(taken_at_s=999, state=box),
        power=None,
    )
    state = State(told=told, switched_at_s=1000.0 - off_s)
    assert car_current(state, snapshot, SETTINGS, 230.0).for_surplus_a == for_surplus_a


def known(on: tuple[float, float, float], cap_a: float = inf) -> Car:
    return Car(belief=Belief((), Candidate(on, round(sum(on)), cap_a, 0.0), 0.99))


@pytest.mark.parametrize(
    ("told", "before", "age_s", "car", "expected"),
    [
        (TEN, SIX, 40, known((0, 1, 0)), CarCurrent(10, 10, 1)),
        (TEN, SIX, 10, known((0, 1, 0)), CarCurrent(6, 6, 1, rises_to_a=10)),
        (TEN, SIX, 40, known((1, 1, 1), 8.5), CarCurrent(8.5, 8.5, 3)),
        (SIX, TEN, 10, known((1, 1, 1), 8.5), CarCurrent(6, 8.5, 3)),
        (TEN, SIX, 40, known((1, 1, 1))._replace(rest_w=300.0), CarCurrent(0, 0, 3)),
        (TEN, SIX, 40, Car(rest_w=300.0), CarCurrent(0, 0, 3)),
    ],
)
def test_what_is_known_of_the_car_counts(
    told: Command, before: Command, age_s: float, car: Car, expected: CarCurrent
) -> None:
    assert current(told, before, age_s, OcppState.CHARGING, car=car) == expected


@pytest.mark.parametrize(
    ("on", "ev_w", "expected"),
    [
        ((1, 1, 1), 4140.0, CarCurrent(6, 6, 3)),
        ((1, 0, 0), 1840.0, CarCurrent(8, 8, 1)),
        ((1, 1, 0), 6900.0, CarCurrent(15, 10, 2)),  # the fuse never banks on more than was offered
    ],
)
def test_a_meter_of_the_cars_own_wins_over_what_is_believed(
    on: tuple[float, float, float], ev_w: float, expected: CarCurrent
) -> None:
    assert current(TEN, SIX, 40, OcppState.CHARGING, ev_w=ev_w, car=known(on, cap_a=7.0)) == expected


@pytest.mark.parametrize(
    ("before", "house_a", "now_s", "after"),
    [
        (FuseCap(), 9.5, 100, FuseCap(15)),
        (FuseCap(), -5, 100, FuseCap(25)),  # what is exported makes no more room than the fuse itself
        (FuseCap(15), 12, 100, FuseCap(13)),
        (FuseCap(10), 5, 100, FuseCap(10, 100)),
        (FuseCap(10, 100), 5, 159, FuseCap(10, 100)),
        (FuseCap(10, 100), 5, 160, FuseCap(20)),
        (FuseCap(10, 100), 15, 130, FuseCap(10)),
        (FuseCap(10), 40, 100, FuseCap(0)),
    ],
)
def test_fuse(before: FuseCap, house_a: float, now_s: float, after: FuseCap) -> None:
    assert fuse_cap(State(fuse=before), SETTINGS, house_a, now_s) == after


def test_worst_phase() -> None:
    measured = House(grid_w=0, grid_age_s=0, grid_current_a=(3, -8, 11), pv_w=9000.0)
    assert worst_phase_a(measured, 1000, 3, 230, 6) == 11
    total = House(grid_w=0, grid_age_s=0, pv_w=2300.0)
    assert worst_phase_a(total, 6 * 690 + 2300, 3, 230, 6) == pytest.approx(20 + 6)
    assert worst_phase_a(total, 6 * 230 + 2300, 1, 230, 6) == pytest.approx(20 + 6)
    assert worst_phase_a(House(grid_w=0, grid_age_s=0), -5000, 3, 230, 0) == 0


@pytest.mark.parametrize(
    ("volts", "mean"),
    [(None, 230), ((231, 229, 236), 232), ((235, 0, 0), 235), ((0, 0, 0), 230), ((114, 240, 240), 240)],
)
def test_voltage(volts: tuple[float, float, float] | None, mean: float) -> None:
    assert mean_voltage_v(House(grid_w=0, grid_age_s=0, voltage_v=volts), 230) == mean
