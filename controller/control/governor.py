"""The decision: one pure call from state and snapshot to the next state, a command and its reason.

The strategy says what it wants; the governor says what the box is told. It never exceeds the smallest of the configured
maximum, the box's own maximum and what the main fuse leaves, gives whole amps from 6 up or nothing, keeps start and
stop delays and minimum times, and spends calls to the box sparingly. What protects (fuse, fallback) does not wait.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from controller.control.car import known_phases, observe_car
from controller.control.limits import (
    CarCurrent,
    car_current,
    fuse_cap,
    held_cap,
    mean_voltage_v,
    unwatched,
    worst_phase_a,
)
from controller.control.pacing import advance, hold, pace
from controller.control.reconcile import observe, refused_for_s
from controller.control.settings import CoreSettings, Fallback
from controller.control.state import LONG_AGO_S, FuseCap, Snapshot, State
from controller.domain.charger import OcppState
from controller.domain.decision import Action, ActionKind, Command, Decision
from controller.domain.demand import Defer, Demand, Situation
from controller.domain.readings import House
from controller.domain.reasons import Reason, ReasonCode, because
from controller.domain.units import MIN_CURRENT_A, power_w

_METER_AWAITED = because(ReasonCode.METER_AWAITED)
_BOX_AWAITED = because(ReasonCode.BOX_AWAITED)
_NO_CAR = Demand(current_a=0.0, reason=because(ReasonCode.NO_CAR))
_CAR_PAUSED = because(ReasonCode.CAR_PAUSED)


class _Order(NamedTuple):
    """What the box does at once, because it protects."""

    command: Command
    reason: Reason


def decide(
    state: State, snapshot: Snapshot, settings: CoreSettings, failed_for_s: float | None = None
) -> tuple[State, Decision]:
    """Looks at the house once.

    Args:
        state: What the last call returned; `State()` at first.
        snapshot: All that is known now.
        settings: The site.
        failed_for_s: How long the strategy has been failing, s; None when it may be asked.

    Returns:
        The next state, and the decision. Its actions are to be carried out in order, and each one that the box
        accepted is to be told to `acknowledge`.
    """
    state = observe(state, snapshot)
    voltage_v = mean_voltage_v(snapshot.house, settings.voltage_v)
    if (car := observe_car(state, snapshot, settings, voltage_v)) is not state.car:
        state = State(*state[:-1], car)
    told = state.told
    idle = _idle_reason(snapshot)
    if told is None or idle is not None:
        state = state._replace(timers=advance(state, snapshot.now_s, settings), pending=None)
        return state, Decision(command=told, actions=(), reason=idle or _BOX_AWAITED)
    seen = _look(state, snapshot, settings, voltage_v)
    wish = _wish(told, snapshot, settings, seen, failed_for_s)
    if isinstance(wish, _Order):
        timers = advance(state, snapshot.now_s, settings)
        target, reason = wish.command, wish.reason
    else:
        timers = advance(state, snapshot.now_s, settings, told, wish)
        held = hold(state, told, wish, settings, timers)
        target, reason = pace(state, told, held, settings, timers, gap_s=seen.gap_s)
    if _car_paused(snapshot) and target.charging and target.limit_a > told.limit_a:
        target, reason = Command(told.limit_a, target.charging), _CAR_PAUSED
    target, reason = _protect(target, reason, settings, seen)
    actions = () if target == told else _actions(told, target)
    if not actions and target.charging and _never_begun(state, snapshot, wish, settings):
        actions = (Action(ActionKind.START),)
    if actions and (refused_s := refused_for_s(state, actions, snapshot.now_s)) > 0:
        target, actions = _without_refused(state, told, target, snapshot.now_s)
        reason = because(ReasonCode.BOX_REFUSES, why=reason, in_s=refused_s)
    state = State(*state[:-4], target if actions else None, timers, seen.fuse, state.car)
    demand = wish if isinstance(wish, Demand) else None
    return state, Decision(command=target, actions=actions, reason=reason, surplus_w=seen.surplus_w, demand=demand)


def _idle_reason(snapshot: Snapshot) -> Reason | None:
    """Why nothing can be decided for the box at all, if so."""
    if snapshot.box_down is not None:
        return snapshot.box_down
    if snapshot.status is None or snapshot.power is None:
        return _BOX_AWAITED
    if snapshot.status.state in (OcppState.FAULTED, OcppState.UNAVAILABLE):
        return because(ReasonCode.BOX_FAULT, state=snapshot.status.state.value)
    return None


def _never_begun(state: State, snapshot: Snapshot, wish: Demand | _Order, settings: CoreSettings) -> bool:
    """Whether a box that tells no state is only assumed to be on, and is wanted to be."""
    return (
        snapshot.status is not None
        and snapshot.status.state is OcppState.UNKNOWN
        and state.charging_told_at_s == LONG_AGO_S
        and isinstance(wish, Demand)
        and wish.current_a >= settings.min_current_a
    )


def _car_paused(snapshot: Snapshot) -> bool:
    return snapshot.status is not None and snapshot.status.state is OcppState.SUSPENDED_EV


class _Seen(NamedTuple):
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
    gap_s: float


def _look(state: State, snapshot: Snapshot, settings: CoreSettings, voltage_v: float) -> _Seen:
    house = snapshot.house
    phases = known_phases(state.car, settings)
    gap_s = settings.limit_change_s if house.ev_w is not None else max(settings.limit_change_s, settings.follow_s)
    box_max_a = snapshot.power.limit_max_a if snapshot.power is not None else None
    limit_max_a = settings.max_current_a if box_max_a is None else min(settings.max_current_a, box_max_a)
    if house.grid_w is None or house.grid_age_s > settings.stale_after_s:
        return _Seen(False, None, 0.0, phases, voltage_v, 0.0, state.fuse, None, limit_max_a, gap_s)
    car = car_current(state, snapshot, settings, voltage_v)
    ev_w = power_w(car.for_surplus_a, car.phases, voltage_v)
    house_a = 0.0
    fuse = FuseCap()
    if settings.main_fuse_a > 0:
        worst_a = worst_phase_a(house, house.grid_w, car.phases, voltage_v, car.for_fuse_a)
        house_a = worst_a - car.for_fuse_a
        rises = car.rises_to_a is not None and min(worst_a, _risen_a(house, car, voltage_v)) <= settings.main_fuse_a
        fuse = state.fuse if rises else fuse_cap(state, settings, house_a, snapshot.now_s)
    if (missing := unwatched(house, settings)) is not None:
        fuse = held_cap(state, settings)
    return _Seen(True, ev_w - house.grid_w, ev_w, phases, voltage_v, house_a, fuse, missing, limit_max_a, gap_s)


def _risen_a(house: House, car: CarCurrent, voltage_v: float) -> float:
    """Import on the worst phase if the car has already followed up, A.

    Where no phase currents are metered, a load of the house as large as the rise can hide behind it until the car has
    had the time to follow (30 s): fuses bear 1.4 times their current for minutes.
    """
    return worst_phase_a(house, house.grid_w or 0.0, car.phases, voltage_v, car.rises_to_a or 0.0)


def _wish(
    told: Command, snapshot: Snapshot, settings: CoreSettings, seen: _Seen, failed_for_s: float | None
) -> Demand | _Order:
    """The strategy's demand, or the fallback where it cannot be had."""
    house, status = snapshot.house, snapshot.status
    if not seen.fresh:
        stale_s = house.grid_age_s - settings.stale_after_s
        if stale_s <= 0:
            return _Order(told, _METER_AWAITED)
        reason = because(ReasonCode.METER_STALE, age_s=house.grid_age_s, fallback=settings.fallback.value)
        return _fallback(told, settings, stale_s, reason)
    if failed_for_s is not None:
        reason = because(ReasonCode.STRATEGY_FAILED, fallback=settings.fallback.value)
        return _fallback(told, settings, failed_for_s, reason)
    if status is not None and status.state.plugged is False:
        return _NO_CAR
    return _ask(told, snapshot, settings, seen)


def _fallback(told: Command, settings: CoreSettings, since_s: float, reason: Reason) -> _Order:
    """Nobody knows what the grid does: never up, and off after a while."""
    overdue = 0 < settings.fallback_stop_after_s <= since_s
    if overdue or settings.fallback is Fallback.STOP:
        return _Order(Command(told.limit_a, False), reason)
    if settings.fallback is Fallback.MINIMUM:
        return _Order(Command(min(told.limit_a, settings.min_current_a), told.charging), reason)
    return _Order(told, reason)


def _ask(told: Command, snapshot: Snapshot, settings: CoreSettings, seen: _Seen) -> Demand:
    """Asks the active strategy, or the one it defers to."""
    situation = Situation(
        local_time=snapshot.now.astimezone(settings.timezone),
        house=snapshot.house,
        grid_w=seen.ev_w - (seen.surplus_w or 0.0),
        ev_w=seen.ev_w,
        charging=told.charging,
        min_current_a=settings.min_current_a,
        max_current_a=seen.limit_max_a,
        phases=seen.phases,
        voltage_v=seen.voltage_v,
    )
    name = settings.active
    for _ in settings.strategies:
        answer = settings.strategies[name].demand(situation)
        if isinstance(answer, Demand):
            if not math.isfinite(answer.current_a):
                raise ValueError(f"strategy {name!r} asks for {answer.current_a} A")
            return answer
        if not isinstance(answer, Defer):
            raise TypeError(f"strategy {name!r} answered {answer!r}, neither a Demand nor a Defer")
        name = answer.to
    raise ValueError(f"strategy {settings.active!r} is deferred in a circle; the last one named was {name!r}")


def _protect(target: Command, reason: Reason, settings: CoreSettings, seen: _Seen) -> tuple[Command, Reason]:
    """The last word: no limit above what configuration, box and main fuse allow, none below the minimum."""
    if not target.charging:
        return target, reason
    fuse_a = seen.fuse.cap_a
    cap_a = seen.limit_max_a if fuse_a is None else min(seen.limit_max_a, fuse_a)
    fuse_binds = fuse_a is not None and fuse_a < seen.limit_max_a
    if cap_a < settings.min_current_a:
        by = "the main fuse" if fuse_binds else "the wallbox's own maximum"
        reason = because(ReasonCode.NO_HEADROOM, limit_by=by, current_a=cap_a, min_a=settings.min_current_a)
        return Command(target.limit_a, False), reason
    if target.limit_a <= cap_a:
        return target, reason
    if fuse_binds and seen.unwatched is not None:
        reason = because(ReasonCode.FUSE_UNWATCHED, missing=seen.unwatched, current_a=cap_a)
    elif fuse_binds:
        reason = because(ReasonCode.FUSE, house_a=seen.house_a, fuse_a=settings.main_fuse_a, current_a=cap_a)
    return Command(cap_a, True), reason


def _without_refused(state: State, told: Command, target: Command, now_s: float) -> tuple[Command, tuple[Action, ...]]:
    """What can be done though the box refuses `target`: a box that will not be raised may start as it is."""
    as_it_is = Command(told.limit_a, target.charging)
    actions = _actions(told, as_it_is) if told.limit_a >= MIN_CURRENT_A else ()
    if refused_for_s(state, actions, now_s) > 0:
        return told, ()
    return (as_it_is if actions else told), actions


def _actions(told: Command, target: Command) -> tuple[Action, ...]:
    """The calls from `told` to `target`: the limit first, so that no start runs at an old one."""
    actions: list[Action] = []
    if target.charging and target.limit_a != told.limit_a:
        actions.append(Action(ActionKind.SET_LIMIT, target.limit_a))
    if target.charging != told.charging:
        actions.append(Action(ActionKind.START if target.charging else ActionKind.STOP))
    return tuple(actions)
