"""What the box was told, set against what it shows; pure."""

from __future__ import annotations

from math import inf
from typing import Literal, assert_never

from controller.control.state import LONG_AGO_S, REPEAT_AFTER_S, Refusal, Refusals, Snapshot, State
from controller.domain.charger import ChargerStatus, OcppState, PowerSettings
from controller.domain.decision import Action, ActionKind, Command

_REPEAT_AFTER_MAX_S = 1800.0
_NOTHING_REFUSED = Refusals()
_REFUSED_FIRST_S = 30.0
_REFUSED_MAX_S = 3600.0
_REFUSED_REDUCTION_MAX_S = 60.0  # what protects is tried more often


def observe(state: State, snapshot: Snapshot) -> State:
    """Takes over what the box shows where it contradicts what we believe.

    A contradiction counts only in what was asked of the box after it was told, and for start and stop only after
    some patience that doubles with each repetition: a box or a car that will not follow is not hammered.
    """
    status, power = snapshot.status, snapshot.power
    if status is None or power is None:
        return state
    told = state.told
    if told is None:
        # of a box that tells no state the worse is assumed: then silence of the meter still brings the fallback
        charging = status.state.enabled is True or status.state is OcppState.UNKNOWN
        return state._replace(told=Command(power.limit_a, charging))
    if power.limit_a == told.limit_a and status.state.enabled is told.charging and _owes_nothing(state):
        return state
    state = _observe_limit(state, power)
    return _observe_charging(state, status)


def _owes_nothing(state: State) -> bool:
    """Whether nothing is remembered that would end once the box does as it was told."""
    return (
        state.unconfirmed is None and state.repeat_after_s == REPEAT_AFTER_S and state.refusals.starting.patience_s == 0
    )


def _observe_limit(state: State, power: PowerSettings) -> State:
    told = state.told
    if told is None or power.taken_at_s <= state.limit_told_at_s:
        return state
    written = state.unconfirmed
    if power.limit_a == told.limit_a:
        if written is None:
            return state
        return state._replace(unconfirmed=None, refusals=state.refusals._replace(raising=Refusal(), reducing=Refusal()))
    state = state._replace(told=Command(power.limit_a, told.charging), unconfirmed=None)
    return state if written is None else refuse(state, written, power.taken_at_s)


def _observe_charging(state: State, status: ChargerStatus) -> State:
    told, enabled = state.told, status.state.enabled
    if told is None or enabled is None or status.taken_at_s <= state.charging_told_at_s:
        return state
    if enabled == told.charging:
        if state.repeat_after_s > REPEAT_AFTER_S:
            state = state._replace(repeat_after_s=REPEAT_AFTER_S)
        if enabled and state.refusals.starting.patience_s > 0:
            state = state._replace(refusals=state.refusals._replace(starting=Refusal()))
        return state
    found = Command(told.limit_a, enabled)
    if status.state.plugged is False:
        return state._replace(told=found, switched_at_s=LONG_AGO_S, repeat_after_s=REPEAT_AFTER_S)
    if status.taken_at_s < state.charging_told_at_s + state.repeat_after_s:
        return state
    patience_s = min(2 * state.repeat_after_s, _REPEAT_AFTER_MAX_S)
    if enabled:  # it began by itself, as boxes do at plug-in: unless it is wanted, it need not run its minimum time
        return state._replace(
            told=found,
            timers=state.timers._replace(stop_s=inf),
            scales=state.scales._replace(borne_kwh=inf),
            switched_at_s=LONG_AGO_S,
            repeat_after_s=patience_s,
        )
    return state._replace(told=found, switched_at_s=status.taken_at_s, repeat_after_s=patience_s)


def acknowledge(state: State, action: Action, now_s: float) -> State:
    """The box has accepted `action` at `now_s`."""
    told, timers = state.told, state.timers
    if told is None:
        raise ValueError("an action was acknowledged before the box was ever seen")
    match action.kind:
        case ActionKind.SET_LIMIT:
            limit_a = action.limit_a if action.limit_a is not None else told.limit_a
            return state._replace(
                told=Command(limit_a, told.charging),
                before=told,
                told_at_s=now_s,
                limit_told_at_s=now_s,
                unconfirmed=action,
                timers=timers._replace(write_tokens=max(0.0, (timers.write_tokens or 0.0) - 1.0)),
                scales=state.scales.told(switched=False),
            )
        case ActionKind.START | ActionKind.STOP:
            charging, guards = action.kind is ActionKind.START, state.guards
            if charging:
                guards = guards._replace(starts=guards.starts.one_more)
            return state._replace(
                told=Command(told.limit_a, charging),
                before=told,
                told_at_s=now_s,
                charging_told_at_s=now_s,
                switched_at_s=now_s,
                guards=guards,
                timers=timers._replace(start_s=0.0, stop_s=0.0, raise_s=0.0),
                scales=state.scales.told(switched=True),
                refusals=state.refusals if charging else state.refusals._replace(stopping=Refusal()),
            )
        case _:
            assert_never(action.kind)


def refuse(state: State, action: Action, now_s: float) -> State:
    """The box has rejected `action`, or was seen at `now_s` not to have followed it: it is let alone with that."""
    refusals = state.refusals
    match _kind(state.told, action):
        case "starting":
            refusals = refusals._replace(starting=_longer(refusals.starting, now_s, _REFUSED_MAX_S))
        case "raising":
            refusals = refusals._replace(raising=_longer(refusals.raising, now_s, _REFUSED_MAX_S))
        case "stopping":
            refusals = refusals._replace(stopping=_longer(refusals.stopping, now_s, _REFUSED_REDUCTION_MAX_S))
        case _:
            refusals = refusals._replace(reducing=_longer(refusals.reducing, now_s, _REFUSED_REDUCTION_MAX_S))
    return state._replace(refusals=refusals, pending=None)


def refused_for_s(state: State, actions: tuple[Action, ...], now_s: float) -> float:
    """Seconds until all of `actions` may be given; 0 when they may be now."""
    if not actions or state.refusals == _NOTHING_REFUSED:
        return 0.0
    until_s = max((getattr(state.refusals, _kind(state.told, action)).until_s for action in actions), default=now_s)
    return max(0.0, until_s - now_s)


def _kind(told: Command | None, action: Action) -> Literal["starting", "raising", "reducing", "stopping"]:
    if action.kind is not ActionKind.SET_LIMIT:
        return "starting" if action.kind is ActionKind.START else "stopping"
    if told is not None and (action.limit_a or 0) > told.limit_a:
        return "raising"
    return "reducing"


def _longer(refusal: Refusal, now_s: float, longest_s: float) -> Refusal:
    patience_s = min(max(_REFUSED_FIRST_S, 2 * refusal.patience_s), longest_s)
    return Refusal(until_s=now_s + patience_s, patience_s=patience_s)
