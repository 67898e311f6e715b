"""What the box was told, set against what it shows; pure."""

from __future__ import annotations

from math import inf
from typing import assert_never

from controller.control.state import LONG_AGO_S, REPEAT_AFTER_S, Snapshot, State
from controller.domain.charger import ChargerStatus, PowerSettings
from controller.domain.decision import Action, ActionKind, Command

_REPEAT_AFTER_MAX_S = 1800.0


def observe(state: State, snapshot: Snapshot) -> State:
    """Takes over what the box shows where it contradicts what we believe.

    A contradiction counts only in what was asked of the box after it was told, and for start and stop only after
    some patience that doubles with each repetition: a box or a car that will not follow is not hammered.
    """
    status, power = snapshot.status, snapshot.power
    if status is None or power is None:
        return state
    if state.told is None:
        return state._replace(told=Command(power.limit_a, status.state.enabled is True))
    state = _observe_limit(state, power)
    return _observe_charging(state, status)


def _observe_limit(state: State, power: PowerSettings) -> State:
    told = state.told
    if told is None or power.limit_a == told.limit_a or power.taken_at_s <= state.limit_told_at_s:
        return state
    return state._replace(told=Command(power.limit_a, told.charging))


def _observe_charging(state: State, status: ChargerStatus) -> State:
    told, enabled = state.told, status.state.enabled
    if told is None or enabled is None or status.taken_at_s <= state.charging_told_at_s:
        return state
    if enabled == told.charging:
        return state if state.repeat_after_s == REPEAT_AFTER_S else state._replace(repeat_after_s=REPEAT_AFTER_S)
    found = Command(told.limit_a, enabled)
    if status.state.plugged is False:
        return state._replace(told=found, switched_at_s=LONG_AGO_S, repeat_after_s=REPEAT_AFTER_S)
    if status.taken_at_s < state.charging_told_at_s + state.repeat_after_s:
        return state
    patience_s = min(2 * state.repeat_after_s, _REPEAT_AFTER_MAX_S)
    if enabled:  # it began by itself, as boxes do at plug-in: unless it is wanted, it need not run its minimum time
        return state._replace(
            told=found, timers=state.timers._replace(stop_s=inf), switched_at_s=LONG_AGO_S, repeat_after_s=patience_s
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
                timers=timers._replace(write_tokens=max(0.0, (timers.write_tokens or 0.0) - 1.0)),
            )
        case ActionKind.START | ActionKind.STOP:
            return state._replace(
                told=Command(told.limit_a, action.kind is ActionKind.START),
                before=told,
                told_at_s=now_s,
                charging_told_at_s=now_s,
                switched_at_s=now_s,
                timers=timers._replace(start_s=0.0, stop_s=0.0, raise_s=0.0),
            )
        case _:
            assert_never(action.kind)
