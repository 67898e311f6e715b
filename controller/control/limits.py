"""How much the car may draw at all, and what it is believed to draw; pure."""

from __future__ import annotations

import math
from typing import NamedTuple

from controller.control.car import estimate_car, known_phases
from controller.control.car_follow import flowing_a
from controller.control.settings import CoreSettings
from controller.control.state import FuseCap, Snapshot, State
from controller.domain.charger import OcppState
from controller.domain.readings import House
from controller.domain.units import power_w

FUSE_RECOVERY_S = 60.0
"""How long the fuse has to leave more before the cap rises: kettles come back."""


class CarCurrent(NamedTuple):
    """The car's current a phase, A, twice: cautious for the surplus, and cautious for the fuse.

    While a command is not yet followed nobody knows which of two currents flows. The surplus is reckoned with the
    smaller, the fuse with the one before the command: a reduction on its way is not asked for again.

    Attributes:
        for_surplus_a: What the surplus is reckoned with.
        for_fuse_a: What the fuse is reckoned with: never more than the car was offered.
        phases: On which it flows: 1 to 3.
        rises_to_a: What the car may be on its way up to, unmeasured, A: its own rise is no load of the house. None
            when it is not.
    """

    for_surplus_a: float
    for_fuse_a: float
    phases: int
    rises_to_a: float | None = None


def car_current(state: State, snapshot: Snapshot, settings: CoreSettings, voltage_v: float) -> CarCurrent:
    """The car's current: from its meter, else what it is believed to take of what the box was told and shows.

    A meter that contradicts the box is not believed: a car that the box gives nothing draws nothing.
    """
    told, before, ev_w = state.told, state.before, snapshot.house.ev_w
    now_a = before_a = told.limit_a if told is not None and told.charging else 0
    if before is not None and snapshot.now_s - state.told_at_s < settings.follow_s:
        before_a = before.limit_a if before.charging else 0
    if ev_w is not None:
        phases = known_phases(state.car, settings)
        if ev_w > 0 and now_a == 0 and _is_surely_off(state, snapshot, settings):
            return CarCurrent(0.0, 0.0, phases)
        measured_a = ev_w / (phases * voltage_v)
        most_a = now_a if now_a > before_a else before_a
        return CarCurrent(measured_a, measured_a if measured_a < most_a else most_a, phases)
    taken = estimate_car(state.car, now_a, settings)
    if before_a != now_a:
        taken_before_a = estimate_car(state.car, before_a, settings).current_a
        flows_a = flowing_a(state.car, snapshot.house, snapshot.now_s, settings, voltage_v)
        surplus_a = min(taken.current_a, taken_before_a) if flows_a is None else flows_a
        return CarCurrent(surplus_a, taken_before_a, taken.phases, taken.current_a if before_a < now_a else None)
    box = snapshot.status.state if snapshot.status is not None else None
    if box is OcppState.CHARGING:
        flows_a = flowing_a(state.car, snapshot.house, snapshot.now_s, settings, voltage_v)
        return CarCurrent(taken.current_a if flows_a is None else flows_a, taken.current_a, taken.phases)
    return CarCurrent(taken.current_a if box is OcppState.UNKNOWN else 0.0, 0.0, taken.phases)


def _is_surely_off(state: State, snapshot: Snapshot, settings: CoreSettings) -> bool:
    """Whether the box says that it gives the car nothing, and the car has had the time to follow what was told."""
    if snapshot.status is None or snapshot.now_s - state.switched_at_s < settings.follow_s:
        return False
    return snapshot.status.state.enabled is False


def mean_voltage_v(house: House, nominal_v: float) -> float:
    """Mean of the measured phase voltages, V; the nominal one where none is measured."""
    if house.voltage_v is None:
        return nominal_v
    least_v = 0.5 * nominal_v  # below it a phase is not connected
    a_v, b_v, c_v = house.voltage_v
    if a_v > least_v and b_v > least_v and c_v > least_v:
        return (a_v + b_v + c_v) / 3
    present = [volts for volts in house.voltage_v if volts > least_v]
    return sum(present) / len(present) if present else nominal_v


def worst_phase_a(house: House, grid_w: float, phases: int, voltage_v: float, car_a: float) -> float:
    """Import on the worst phase, the car included, A; the car draws `car_a` on each of its `phases`.

    Without phase currents all of the house is taken to sit on one phase, and none of the PV's relief on it: cautious.
    Where there is PV that no meter shows, this is too little; the guide says so.
    """
    if house.grid_current_a is not None:
        return max(house.grid_current_a)
    house_w = grid_w - power_w(car_a, phases, voltage_v) + (house.pv_w or 0.0)
    return max(0.0, house_w) / voltage_v + car_a


def unwatched(house: House, settings: CoreSettings) -> str | None:
    """What is missing for watching the main fuse, though it is metered; None when nothing is, or no fuse is watched."""
    if settings.main_fuse_a <= 0 or house.grid_current_a is not None:
        return None
    if house.grid_phases_missing:
        return "grid_phases"
    return "pv_power" if house.pv_missing else None


def held_cap(state: State, settings: CoreSettings) -> FuseCap:
    """While the fuse cannot be watched: never more than before, and at most the least that charges."""
    before_a = state.fuse.cap_a
    return FuseCap(cap_a=settings.min_current_a if before_a is None else min(before_a, settings.min_current_a))


def fuse_cap(state: State, settings: CoreSettings, house_a: float, now_s: float) -> FuseCap:
    """Down at once, up only after the fuse has left more for a while."""
    fuse_a = settings.main_fuse_a
    if fuse_a <= 0:
        return FuseCap()
    house_a = house_a if house_a > 0.0 else 0.0
    leaves_a = math.floor(fuse_a - house_a) if house_a < fuse_a else 0
    cap_a, better_since_s = state.fuse
    if leaves_a == cap_a and better_since_s is None:
        return state.fuse
    if cap_a is None or leaves_a <= cap_a:
        return FuseCap(leaves_a)
    since_s = now_s if better_since_s is None else better_since_s
    if now_s - since_s >= FUSE_RECOVERY_S:
        return FuseCap(leaves_a)
    return FuseCap(cap_a, since_s)
