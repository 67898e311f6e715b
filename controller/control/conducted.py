"""What the governor sees of how car and box behave, and does about it; pure."""

from __future__ import annotations

from controller.control.ask import Order
from controller.control.car import known_phases
from controller.control.car_memory import Car
from controller.control.ceiling import Ceiling
from controller.control.conduct import observe_conduct
from controller.control.glance import Glance
from controller.control.look import Seen
from controller.control.obedience import on_or_off
from controller.control.settings import CoreSettings, Fallback
from controller.control.sleep import wake
from controller.control.state import LONG_AGO_S, REPEAT_AFTER_S, Refusal, Snapshot, State
from controller.domain.charger import ChargerStatus, OcppState, plugged_anew
from controller.domain.decision import Command
from controller.domain.demand import Demand
from controller.domain.reasons import Reason, ReasonCode
from controller.domain.units import MIN_CURRENT_A, power_w

_DRAWS_SHARE = 0.5  # of the smallest car's power: more is drawn by a car that charges
_NOTHING_W = 100.0  # less is a meter's noise
_MOVED_AFTER_S = 30.0  # a counter may show what flowed before the start for so long
_COUNTED_ANEW_S = 60.0  # some boxes count from every start: that is no other car
_PRESUMED_AFTER_S = 200.0  # where nobody tells: the estimator has found out by then that a car draws nothing
_REFUSED_AGAIN_S = 60.0  # patience after the second refusal of a lower limit


def watch(state: State, snapshot: Snapshot, settings: CoreSettings, voltage_v: float) -> State:
    """Takes note of how car and box behave, with each new dashboard.

    A car that was plugged in anew finds nothing of what was known of the last one, not even where it was exchanged
    between two looks: then the session's energy has fallen.
    """
    status, told, known = snapshot.status, state.told, state.conduct
    if status is None or told is None or status.taken_at_s <= known.at_s:
        return state
    switched = 0 <= status.taken_at_s - state.charging_told_at_s <= _COUNTED_ANEW_S
    anew = plugged_anew(status, known.plugged, None if switched else known.energy_wh)
    if anew:
        state = _forgotten(state, status)
    phases = known_phases(state.car, settings)
    power, ev_w = snapshot.power, snapshot.house.ev_w
    glance = Glance(
        at_s=status.taken_at_s,
        state=status.state,
        told=told,
        confirmed=power is not None and power.limit_a == told.limit_a and state.unconfirmed is None,
        started_s=state.charging_told_at_s,
        settled_s=state.told_at_s,
        draws=_draws(state, status, ev_w, voltage_v),
        drawn_a=None if ev_w is None else ev_w / (phases * voltage_v),
        mean_a_of_wh=3600 / (phases * voltage_v),
        energy_wh=status.session_energy_wh,
        grain_wh=state.car.counter.grain_wh if state.car.counter is not None else 0.0,
        first=known.at_s == LONG_AGO_S,
        anew=anew or status.state.plugged is False,
    )
    refuses = state.refusals.reducing.patience_s >= _REFUSED_AGAIN_S and told.charging
    seen = observe_conduct(known, glance, belief=state.car.belief, refuses_a=told.limit_a if refuses else None)
    return state._replace(conduct=seen)


def _forgotten(state: State, status: ChargerStatus) -> State:
    """Without what was known of the last car; what the box shows of this one is believed at once."""
    car = Car(noise_w=state.car.noise_w, uneven_w=state.car.uneven_w, lowest_w=state.car.lowest_w)
    return state._replace(
        switched_at_s=LONG_AGO_S,
        repeat_after_s=REPEAT_AFTER_S,
        refusals=state.refusals._replace(starting=Refusal()),
        charging_told_at_s=min(state.charging_told_at_s, status.taken_at_s - REPEAT_AFTER_S),
        car=car,
    )


def _draws(state: State, status: ChargerStatus, ev_w: float | None, voltage_v: float) -> bool | None:
    """Whether the car draws current: its meter's word, or the box's and the estimator's; None where nobody knows."""
    suspended = status.state is OcppState.SUSPENDED_EV
    if ev_w is not None:
        if ev_w >= _DRAWS_SHARE * power_w(MIN_CURRENT_A, 1, voltage_v):
            return True
        return False if suspended or ev_w < _NOTHING_W else None
    since_s = max(state.conduct.sleep.since_s, state.charging_told_at_s)
    offered_s = status.taken_at_s - since_s
    before_wh, wh = state.conduct.energy_wh, status.session_energy_wh
    moved = wh is not None and before_wh is not None and wh > before_wh and offered_s >= _MOVED_AFTER_S
    if moved or state.car.belief is not state.conduct.belief:  # only a car that draws teaches which one it is
        return True
    if suspended or state.car.rest_w is not None:
        return False
    return True if offered_s >= _PRESUMED_AFTER_S else None


def within_ceiling(wish: Demand, told: Command, ceiling: Ceiling, settings: CoreSettings) -> Demand:
    """The wish without what the car would not take: more than is offered already is not offered for nothing."""
    most_a = max(ceiling.most_a, settings.min_current_a, told.limit_a if told.charging else 0)
    return wish if wish.current_a <= most_a else wish._replace(current_a=most_a)


def roused(
    state: State,
    so_far: tuple[Command, Reason],
    wish: Demand | Order,
    seen: Seen,
    settings: CoreSettings,
    *,
    now_s: float,
) -> tuple[State, Command, Reason]:
    """The target for a car that sleeps: it is woken.

    Args:
        state: The core's memory; its `conduct` matters.
        so_far: What the box would be told, and why.
        wish: What the strategy wants, or what is done at once.
        seen: The snapshot, worked out.
        settings: The site.
        now_s: Now, monotonic seconds.
    """
    (target, reason), told, known = so_far, state.told, state.conduct
    if told is None:
        return state, target, reason
    if not known.sleep.asleep and known.sleep.waking_s is None:
        return state, target, reason
    wanted = isinstance(wish, Demand) and wish.current_a >= settings.min_current_a
    if not wanted or known.pauses.harm:
        if known.sleep.waking_s is None:
            return state, target, reason
        return state._replace(conduct=known.but(sleep=known.sleep._replace(waking_s=None))), target, reason
    awakening = wake(
        known.sleep,
        told,
        target,
        now_s=now_s,
        switched_s=state.charging_told_at_s,
        wait_s=seen.gap_s - (now_s - state.told_at_s),
        least_a=settings.min_current_a,
    )
    if awakening is None:
        return state, target, reason
    if awakening.sleep is not known.sleep:
        state = state._replace(conduct=known.but(sleep=awakening.sleep))
    return state, awakening.command, awakening.reason


def obeyed(
    state: State,
    so_far: tuple[Command, Reason],
    wish: Demand | Order,
    seen: Seen,
    settings: CoreSettings,
    *,
    now_s: float,
    capped: bool,
) -> tuple[State, Command, Reason]:
    """The last word where the box does not follow the limit: then it is only on or off.

    Args:
        state: The core's memory; its `conduct` matters.
        so_far: What the box would be told, every cap included, and why.
        wish: What the strategy wants, or what is done at once.
        seen: The snapshot, worked out.
        settings: The site.
        now_s: Now, monotonic seconds.
        capped: Whether a cap that protects has lowered the target.
    """
    (target, reason), told, known = so_far, state.told, state.conduct
    if told is None or known.obedience.flows_a <= 0:
        return state, target, reason
    hold = settings.fallback is Fallback.HOLD
    silent = isinstance(wish, Order) and reason.code is not ReasonCode.METER_AWAITED
    wanted_a = wish.command.limit_a if isinstance(wish, Order) else wish.current_a
    switched = on_or_off(
        known.obedience,
        told,
        target,
        reason,
        wanted_a=min(wanted_a, seen.cap_a),
        least_a=settings.min_current_a,
        now_s=now_s,
        gap_s=seen.gap_s - (now_s - state.told_at_s),
        urgent=capped or known.obedience.flows_a > _allowed_a(seen) or (silent and not hold),
        hold=hold,
    )
    if switched.known != known.obedience:
        state = state._replace(conduct=known.but(obedience=switched.known))
    return state, switched.command, switched.reason


def _allowed_a(seen: Seen) -> float:
    """What box and main fuse allow, with the amp by which a car may draw more, A."""
    fuse_a = seen.fuse.cap_a
    return 1.0 + (seen.limit_max_a if fuse_a is None else min(seen.limit_max_a, fuse_a))
