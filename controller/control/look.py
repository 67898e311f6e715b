"""What is seen: the snapshot worked out, once for all that decide on it; pure."""

from __future__ import annotations

from math import inf
from typing import NamedTuple

from controller.control.car import known_phases
from controller.control.car_follow import settles_s
from controller.control.limits import CarCurrent, car_current, fuse_cap, held_cap, unwatched, worst_phase_a
from controller.control.settings import CoreSettings
from controller.control.state import FuseCap, Snapshot, State
from controller.domain.readings import House

_NO_FUSE = FuseCap()


class Seen(NamedTuple):
    """The snapshot, worked out.

    Attributes:
        fresh: Whether the grid's power may be used.
        surplus_w: What would be exported without the car, W; None unless fresh.
        ev_w: The car's power, W.
        phases: On which the car draws, or would: those configured until it has shown others.
        voltage_v: Mean phase voltage, V.
        house_a: Import of the house without the car on its worst phase, A.
        fuse: What the main fuse leaves.
        unwatched: What is missing for watching it; None when nothing is.
        limit_max_a: The smaller of the configured maximum and the box's own, A.
        cap_a: The smaller of that and what the fuse leaves, A.
        gap_s: Shortest time between two commands, s: without a meter of the car's own, not before it has followed.
    """

    fresh: bool
    surplus_w: float | None
    ev_w: float
    phases: int
    voltage_v: float
    house_a: float
    fuse: FuseCap
    unwatched: str | None
    limit_max_a: int
    cap_a: int
    gap_s: float


def look(state: State, snapshot: Snapshot, settings: CoreSettings, voltage_v: float) -> Seen:
    """Works the snapshot out.

    Args:
        state: The core's memory, what is known of the car brought up to date.
        snapshot: All that is known now.
        settings: The site.
        voltage_v: Mean phase voltage, V.
    """
    house, power = snapshot.house, snapshot.power
    grid_w, metered, limit_max_a = house.grid_w, house.ev_w is not None, settings.max_current_a
    if power is not None and power.limit_max_a is not None and power.limit_max_a < limit_max_a:
        limit_max_a = power.limit_max_a
    gap_s = settings.limit_change_s if metered else max(settings.limit_change_s, settles_s(state.car, settings))
    if grid_w is None or house.grid_age_s > settings.stale_after_s:
        phases = known_phases(state.car, settings)
        cap_a = _smaller_a(limit_max_a, state.fuse)
        return Seen(False, None, 0.0, phases, voltage_v, 0.0, state.fuse, None, limit_max_a, cap_a, gap_s)
    car = car_current(state, snapshot, settings, voltage_v)
    for_surplus_a, for_fuse_a, car_phases, rises_to_a = car
    phases = car_phases if metered else known_phases(state.car, settings)
    ev_w = for_surplus_a * car_phases * voltage_v
    house_a, fuse, missing, cap_a = 0.0, _NO_FUSE, None, limit_max_a
    if settings.main_fuse_a > 0:
        worst_a = worst_phase_a(house, grid_w, car_phases, voltage_v, for_fuse_a)
        house_a = worst_a - for_fuse_a
        rises = rises_to_a is not None and min(worst_a, _risen_a(house, car, voltage_v)) <= settings.main_fuse_a
        fuse = state.fuse if rises else fuse_cap(state, settings, house_a, snapshot.now_s)
        if (missing := unwatched(house, settings)) is not None:
            fuse = held_cap(state, settings)
        cap_a = _smaller_a(limit_max_a, fuse)
    return Seen(True, ev_w - grid_w, ev_w, phases, voltage_v, house_a, fuse, missing, limit_max_a, cap_a, gap_s)


def on_its_way_until_s(state: State, settings: CoreSettings, *, metered: bool) -> float:
    """Until when the car's own change of current would be taken for the house's, monotonic s.

    Its meter may lag behind the grid's by seconds: that is little of an amp, and much of a start.
    """
    if metered:
        return state.charging_told_at_s + settings.follow_s
    told, before = state.told, state.before
    charges = (told is not None and told.charging) or (before is not None and before.charging)
    return state.told_at_s + settings.follow_s if charges else -inf


def _smaller_a(limit_max_a: int, fuse: FuseCap) -> int:
    return limit_max_a if fuse.cap_a is None or fuse.cap_a > limit_max_a else fuse.cap_a


def _risen_a(house: House, car: CarCurrent, voltage_v: float) -> float:
    """Import on the worst phase if the car has already followed up, A.

    Where no phase currents are metered, a load of the house as large as the rise can hide behind it until the car has
    had the time to follow (30 s): fuses bear 1.4 times their current for minutes.
    """
    return worst_phase_a(house, house.grid_w or 0.0, car.phases, voltage_v, car.rises_to_a or 0.0)
