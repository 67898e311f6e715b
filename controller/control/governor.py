"""The decision: one pure call from state and snapshot to the next state, a command and its reason.

The strategy says what it wants; the governor says what the box is told. It never exceeds the smallest of the configured
maximum, the box's own maximum and what the main fuse leaves, gives whole amps from 6 up or nothing, keeps start and
stop delays and minimum times, and spends calls to the box sparingly. What protects (fuse, fallback) does not wait.
"""

from __future__ import annotations

import math

from controller.control.ask import Failure, Order
from controller.control.car import observe_car
from controller.control.car_follow import is_found_other
from controller.control.conducted import obeyed, roused, watch, within_ceiling
from controller.control.external_cap import under_cap
from controller.control.hand_over import handed_over
from controller.control.limits import FUSE_RECOVERY_S, mean_voltage_v
from controller.control.look import Seen, look, on_its_way_until_s
from controller.control.pacing import advance, hold, hold_by_worth, kept_s, pace
from controller.control.reconcile import observe, refused_for_s
from controller.control.safeguards import guarded_wish, within_starts
from controller.control.settings import CoreSettings
from controller.control.sky import NIGHT, Sky, rebase, watch_sky, without_battery_w
from controller.control.state import LONG_AGO_S, Snapshot, State, Timers
from controller.control.weigh import Scales, weigh
from controller.domain.charger import OcppState
from controller.domain.decision import Action, ActionKind, Command, Decision
from controller.domain.demand import Demand, Sun
from controller.domain.level import Level
from controller.domain.reasons import Reason, ReasonCode, because
from controller.domain.units import MIN_CURRENT_A

_SET_LIMIT, _START, _STOP = ActionKind.SET_LIMIT, Action(ActionKind.START), Action(ActionKind.STOP)
_CAR_PAUSES = OcppState.SUSPENDED_EV
_BOX_AWAITED = because(ReasonCode.BOX_AWAITED)
_CAR_PAUSED = because(ReasonCode.CAR_PAUSED)
_RAISES_LATER = (ReasonCode.PACING, ReasonCode.BUDGET)


def decide(
    state: State, snapshot: Snapshot, settings: CoreSettings, failed: Failure | None = None
) -> tuple[State, Decision]:
    """Looks at the house once.

    Args:
        state: What the last call returned; `State()` at first.
        snapshot: All that is known now.
        settings: The site.
        failed: Why the strategy cannot be asked; None when it may be.

    Returns:
        The next state, and the decision. Its actions are to be carried out in order, and each one that the box
        accepted is to be told to `acknowledge`.
    """
    state = observe(state, snapshot)
    voltage_v = mean_voltage_v(snapshot.house, settings.voltage_v)
    found = False
    if (car := observe_car(state, snapshot, settings, voltage_v)) is not state.car:
        found = snapshot.house.ev_w is None and is_found_other(state.car, car)
        state = state._replace(car=car)
    if snapshot.status is not None and snapshot.status.taken_at_s > state.conduct.at_s:
        state = watch(state, snapshot, settings, voltage_v)
    told, now_s = state.told, snapshot.now_s
    idle = _idle_reason(snapshot)
    if told is None or idle is not None:
        state = state._replace(timers=advance(state, now_s, settings), pending=None)
        return state, Decision(command=told, actions=(), reason=idle or _BOX_AWAITED)
    seen = look(state, snapshot, settings, voltage_v)
    state, wish, wished = guarded_wish(state, told, snapshot, settings, seen, failed=failed)
    if isinstance(wish, Order):
        timers, sky, scales = advance(state, now_s, settings), state.sky, state.scales
        target, reason = wish
    else:
        (target, reason), timers, sky, scales = _follow(
            state, snapshot, settings, seen, told=told, wish=wish, wished=wished, found=found
        )
    if target.charging and snapshot.status is not None and snapshot.status.state is _CAR_PAUSES:
        raises = isinstance(wish, Demand) and min(wish.current_a, seen.cap_a) >= told.limit_a + 1
        target, reason = _for_a_paused_car(told, target, reason, raises=raises)
    if state.conduct.matters or snapshot.cap is not None:
        state, target, reason = _permitted(state, (target, reason), snapshot, settings, seen, wish=wish)
    else:
        target, reason = _protect(target, reason, settings, seen)
    actions = () if target == told else _actions(told, target)
    if not actions and target.charging and _never_begun(state, snapshot, wish, settings):
        actions = (_START,)
    if actions and (refused_s := refused_for_s(state, actions, now_s)) > 0:
        target, actions = _without_refused(state, told, target, now_s)
        reason = because(ReasonCode.BOX_REFUSES, why=reason, in_s=refused_s)
    if settings.starts_per_day > 0 and not told.charging and (actions or reason.in_s is not None):
        state, refused = within_starts(state, snapshot, settings)
        if refused is not None and wished is not Level.BOOST:  # a person's is counted like any other, and not refused
            target, actions, reason = told, (), refused
    demand = wish if isinstance(wish, Demand) else None
    decision = Decision(target, actions, reason, seen.surplus_w, demand, wished)
    return state.renewed(target if actions else None, timers, seen.fuse, state.car, sky, scales), decision


def _follow(
    state: State,
    snapshot: Snapshot,
    settings: CoreSettings,
    seen: Seen,
    *,
    told: Command,
    wish: Demand,
    wished: Level,
    found: bool,
) -> tuple[tuple[Command, Reason], Timers, Sky, Scales]:
    """Follows a wish calmly: (command and reason), and what is remembered of it.

    `wished`: by whom; `found`: the car is believed to draw otherwise than before.
    """
    timers, useful = advance(state, snapshot.now_s, settings, told, wish), wish
    cap_a, least_a, sun = seen.cap_a, settings.min_current_a, wish.sun
    most_a = cap_a
    if state.conduct.matters:
        useful = within_ceiling(wish, told, state.conduct.ceiling, settings)
        most_a = int(min(most_a, max(state.conduct.ceiling.most_a, told.limit_a)))
    bounded = useful if least_a <= cap_a > useful.current_a - 1 else _bounded(useful, settings, seen)
    if sun is not None and cap_a >= least_a:
        range_a = (least_a, most_a if most_a > least_a else least_a)
        sky, scales = _look_up(state, snapshot, settings, seen, sun, range_a=range_a, found=found)
        looked = not sun.always or sky.looked_at_s is not None  # else the least is told, which no cap bounds
        tells = looked if scales.best_a > 0 else sun.always  # what is not weighed is not told, unless always wanted
        held = hold_by_worth(state, told, bounded if tells else useful, timers, scales)
    else:
        sky, scales = NIGHT, state.scales.at_rest()  # who does not follow the sun does not watch it,
        if kept_s(wish, timers) > 0:
            sky, scales = state.sky, state.scales  # but for a moment it may be out of sight
        held = hold(state, told, bounded, settings, timers, gap_s=seen.gap_s)
    if held[0].charging is not told.charging:
        held = handed_over(told, held, wish=bounded, wished=wished, snapshot=snapshot, settings=settings, seen=seen)
    return pace(state, told, held, settings, timers, gap_s=seen.gap_s), timers, sky, scales


def _permitted(
    state: State,
    so_far: tuple[Command, Reason],
    snapshot: Snapshot,
    settings: CoreSettings,
    seen: Seen,
    *,
    wish: Demand | Order,
) -> tuple[State, Command, Reason]:
    """What car and box make of it, and the caps."""
    matters, now_s, (target, reason) = state.conduct.matters, snapshot.now_s, so_far
    if matters:
        state, target, reason = roused(state, so_far, wish, seen, settings, now_s=now_s)
    uncapped = target
    target, reason = _protect(target, reason, settings, seen)
    if matters:
        capped = target != uncapped
        state, target, reason = obeyed(state, (target, reason), wish, seen, settings, now_s=now_s, capped=capped)
    if snapshot.cap is not None:
        wanted_a = wish.current_a if isinstance(wish, Demand) else 0.0
        target, reason = under_cap(
            target, reason, snapshot.cap, settings, phases=seen.phases, wanted_a=wanted_a, now=snapshot.now
        )
    return state, target, reason


def _look_up(
    state: State,
    snapshot: Snapshot,
    settings: CoreSettings,
    seen: Seen,
    sun: Sun,
    *,
    range_a: tuple[int, int],
    found: bool,
) -> tuple[Sky, Scales]:
    """What is known of the sky after this look, and what weighs."""
    told, surplus_w, sky, weighed = state.told, seen.surplus_w, state.sky, state.scales
    if told is None or surplus_w is None:
        return sky, weighed
    if found:
        sky = rebase(sky, snapshot.house, surplus_w)
    on_its_way = snapshot.now_s < on_its_way_until_s(state, settings, metered=snapshot.house.ev_w is not None)
    sky = watch_sky(sky, snapshot.now_s, snapshot.house, surplus_w, on_its_way=on_its_way)
    if (looked_at_s := sky.looked_at_s) is not None and looked_at_s == weighed.weighed_at_s:
        return sky, weighed
    scales = weigh(
        weighed,
        sky,
        sun,
        told.limit_a,
        charging=told.charging,
        aside_w=without_battery_w(snapshot.house, surplus_w) - sun.surplus_w,
        watts_per_amp=seen.phases * seen.voltage_v,
        range_a=range_a,
    )
    return sky, scales


def _idle_reason(snapshot: Snapshot) -> Reason | None:
    """Why nothing can be decided for the box at all, if so."""
    if snapshot.box_down is not None:
        return snapshot.box_down
    if snapshot.status is None or snapshot.power is None:
        return _BOX_AWAITED
    if snapshot.status.state.out_of_order:
        return because(ReasonCode.BOX_FAULT, state=snapshot.status.state.value)
    return None


def _never_begun(state: State, snapshot: Snapshot, wish: Demand | Order, settings: CoreSettings) -> bool:
    """Whether a box that tells no state is only assumed to be on, and is wanted to be."""
    return (
        snapshot.status is not None
        and snapshot.status.state is OcppState.UNKNOWN
        and state.charging_told_at_s == LONG_AGO_S
        and isinstance(wish, Demand)
        and wish.current_a >= settings.min_current_a
    )


def _for_a_paused_car(told: Command, target: Command, reason: Reason, *, raises: bool) -> tuple[Command, Reason]:
    """Nothing is raised for a car that takes nothing, nor is it promised: `raises` tells whether more is wished for."""
    if target.limit_a > told.limit_a:
        return Command(told.limit_a, target.charging), _CAR_PAUSED
    promised = reason.in_s is not None and not (raises and reason.code in _RAISES_LATER)
    return target, reason if target != told or promised else _CAR_PAUSED


def _bounded(wish: Demand, settings: CoreSettings, seen: Seen) -> Demand:
    """The wish as far as it may be fulfilled: what is forbidden is neither waited for nor promised."""
    wanted_a = wish.current_a
    if wanted_a < settings.min_current_a:
        return wish
    target, reason = _protect(Command(int(wanted_a), True), wish.reason, settings, seen)
    return wish._replace(current_a=target.limit_a if target.charging else 0.0, reason=reason)


def _protect(target: Command, reason: Reason, settings: CoreSettings, seen: Seen) -> tuple[Command, Reason]:
    """The last word: no limit above what configuration, box and main fuse allow, none below the minimum."""
    limit_max_a, cap_a = seen.limit_max_a, seen.cap_a
    if not target.charging or settings.min_current_a <= cap_a >= target.limit_a:
        return target, reason
    fuse_binds = cap_a < limit_max_a
    if cap_a < settings.min_current_a:
        by = "main_fuse" if fuse_binds else "box_maximum"
        reason = because(ReasonCode.NO_HEADROOM, limit_by=by, current_a=cap_a, min_a=settings.min_current_a)
        return Command(target.limit_a, False), reason
    if fuse_binds:
        reason = _why_the_fuse(cap_a, settings, seen)
    return Command(cap_a, True), reason


def _why_the_fuse(cap_a: int, settings: CoreSettings, seen: Seen) -> Reason:
    """Why the car may have no more: the house, what is missing, or what the house needed a moment ago."""
    if seen.unwatched is not None:
        return because(ReasonCode.FUSE_UNWATCHED, missing=seen.unwatched, current_a=cap_a)
    house_a, fuse_a = max(0.0, seen.house_a), settings.main_fuse_a
    if math.floor(fuse_a - house_a) != cap_a:
        return because(ReasonCode.FUSE_HELD, current_a=cap_a, for_s=FUSE_RECOVERY_S)
    return because(ReasonCode.FUSE, house_a=house_a, fuse_a=fuse_a, current_a=cap_a)


def _without_refused(state: State, told: Command, target: Command, now_s: float) -> tuple[Command, tuple[Action, ...]]:
    """What can be done though the box refuses `target`: a box that will not be raised may start as it is.

    One that will not be lowered may not: it would charge at more than is wanted.
    """
    as_it_is = Command(told.limit_a, target.charging)
    startable = told.limit_a >= MIN_CURRENT_A and (told.limit_a <= target.limit_a or not target.charging)
    actions = _actions(told, as_it_is) if startable else ()
    if refused_for_s(state, actions, now_s) > 0:
        return told, ()
    return (as_it_is if actions else told), actions


def _actions(told: Command, target: Command) -> tuple[Action, ...]:
    """The calls from `told` to `target`: the limit first, so that no start runs at an old one."""
    switch: tuple[Action, ...] = ()
    if target.charging != told.charging:
        switch = (_START,) if target.charging else (_STOP,)
    if not target.charging or target.limit_a == told.limit_a:
        return switch
    return (Action(_SET_LIMIT, target.limit_a), *switch)
