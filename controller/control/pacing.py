"""Calm: delays, minimum times, whole amps, gaps between commands, and the write budget; pure."""

from __future__ import annotations

import math

from controller.control.settings import CoreSettings
from controller.control.state import LONG_AGO_S, State, Timers
from controller.control.weigh import Scales, moves_within_s
from controller.domain.decision import Command
from controller.domain.demand import Demand
from controller.domain.reasons import Reason, ReasonCode, because
from controller.domain.units import MIN_CURRENT_A

_KEEP_MARGIN_A = 0.15  # of an amp in force may be missing before it is taken: a surplus that trembles costs no writes
_RAISE_AFTER_S = 10.0  # more amps have to be wanted for so long before they are given
_LONGEST_PROMISE_S = 3600.0  # nothing stays as it is for longer: what comes later is not promised
_LONGEST_STEP_S = 60.0  # time a single sample may stand for in the timers, after a stall or a suspended machine
_GRAIN = 1e-9  # of a write: what is saved up in many small parts is a whole one, whatever it was rounded to
_BUDGET_RESERVE = 0.25  # share of the write budget that raising leaves for reducing


def advance(
    state: State, now_s: float, settings: CoreSettings, told: Command | None = None, wish: Demand | None = None
) -> Timers:
    """The timers at `now_s`; without a wish the delays begin anew, and what is kept is kept no longer for it.

    What was wanted at the last look is taken to have been wanted until this one.
    """
    old = state.timers
    at_s = old.at_s
    step_s = _between_0_and(_LONGEST_STEP_S, now_s - at_s) if at_s > LONG_AGO_S else 0.0
    tokens = budget = settings.writes_per_hour
    if (left := old.write_tokens) is not None and left < budget:
        tokens = _between_0_and(budget, left + step_s * budget / 3600)
    if told is None or wish is None:
        return Timers(now_s, 0.0, 0.0, 0.0, tokens, 0.0, old.kept_since_s)
    dwell = wish.dwell
    if wish.sun is not None and not (dwell.start_delay_s or dwell.stop_delay_s):
        return Timers(now_s, 0.0, 0.0, 0.0, tokens, told.limit_a if told.charging else 0.0)  # weighed, not timed
    wants_a, wanted = wish.current_a, old.wants_a >= settings.min_current_a
    kept_since_s = None
    if wish.keep_s:
        kept_since_s = now_s if old.kept_since_s is None else old.kept_since_s
    if not told.charging:
        start_s = old.start_s + step_s if wanted else old.start_s - step_s
        return Timers(now_s, _between_0_and(dwell.start_delay_s, start_s), 0.0, 0.0, tokens, wants_a, kept_since_s)
    stop_s = _between_0_and(dwell.stop_delay_s, old.stop_s - step_s if wanted else old.stop_s + step_s)
    raise_s = old.raise_s + step_s if old.wants_a >= told.limit_a + 1 else old.raise_s - step_s
    return Timers(now_s, 0.0, stop_s, _between_0_and(_RAISE_AFTER_S, raise_s), tokens, wants_a, kept_since_s)


def kept_s(wish: Demand, timers: Timers) -> float:
    """How long what runs is kept as it is from now on, s; <= 0 when the wish is followed."""
    return 0.0 if timers.kept_since_s is None else wish.keep_s - (timers.at_s - timers.kept_since_s)


def _between_0_and(full_s: float, timer_s: float) -> float:
    if timer_s <= 0.0:
        return 0.0
    return full_s if timer_s > full_s else timer_s


def hold(
    state: State, told: Command, wish: Demand, settings: CoreSettings, timers: Timers, *, gap_s: float
) -> tuple[Command, Reason]:
    """Turns the wish into a command by whole amps, delays and minimum times."""
    limit_a = _whole_amps(wish.current_a, told, settings, timers)
    since_switch_s = timers.at_s - state.switched_at_s
    if told.charging:
        if limit_a > 0:
            return Command(limit_a, True), wish.reason
        delay_s, least_s = wish.dwell.stop_delay_s - timers.stop_s, wish.dwell.min_on_s - since_switch_s
        keeps_s = kept_s(wish, timers)
        delay_s = max(delay_s, keeps_s)
        if delay_s <= 0 and least_s <= 0:
            return Command(told.limit_a, False), wish.reason
        code = ReasonCode.STOPS_SOON if delay_s >= least_s else ReasonCode.MIN_ON
        least, due_s = Command(min(told.limit_a, settings.min_current_a), True), max(delay_s, least_s)
        in_s = _stops_in_s(state, told, least, settings, timers, keeps_s=keeps_s, due_s=due_s, gap_s=gap_s)
        return told if keeps_s > 0 else least, because(code, why=wish.reason, in_s=in_s)
    if limit_a == 0:
        return told, wish.reason
    delay_s, least_s = wish.dwell.start_delay_s - timers.start_s, wish.dwell.min_off_s - since_switch_s
    if delay_s <= 0 and least_s <= 0:
        return Command(limit_a, True), wish.reason
    code = ReasonCode.STARTS_SOON if delay_s >= least_s else ReasonCode.MIN_OFF
    starts_s = max(delay_s, least_s)
    waits_s, earns = _waits(state, told, Command(limit_a, True), settings, timers, gap_s=gap_s)
    if waits_s > starts_s:
        code, starts_s = ReasonCode.BUDGET if earns else ReasonCode.PACING, waits_s
    if (refused_s := _refused_s(state, told, limit_a, timers.at_s)) > starts_s:
        code, starts_s = ReasonCode.BOX_REFUSES, refused_s
    return told, because(code, why=wish.reason, in_s=starts_s)


def _refused_s(state: State, told: Command, limit_a: int, now_s: float) -> float:
    """For how long the box will not start at `limit_a`: one that will not be raised may start as it is."""
    refusals = state.refusals
    until_s = refusals.starting.until_s
    if told.limit_a > limit_a:
        until_s = max(until_s, refusals.reducing.until_s)
    elif told.limit_a < MIN_CURRENT_A:
        until_s = max(until_s, refusals.raising.until_s)
    return until_s - now_s


def _stops_in_s(
    state: State,
    told: Command,
    least: Command,
    settings: CoreSettings,
    timers: Timers,
    *,
    keeps_s: float,
    due_s: float,
    gap_s: float,
) -> float:
    """When a stop comes that is due in `due_s`: a reduction before, once nothing is kept, puts it off by a gap."""
    if least != told:
        waits_s, _ = _waits(state, told, least, settings, timers, gap_s=gap_s)
        reduces_s = max(0.0, keeps_s, waits_s, state.refusals.reducing.until_s - timers.at_s)
        if reduces_s < due_s:
            return max(due_s, reduces_s + gap_s)
    return max(due_s, gap_s - (timers.at_s - state.told_at_s))


def hold_by_worth(state: State, told: Command, wish: Demand, timers: Timers, scales: Scales) -> tuple[Command, Reason]:
    """Turns the wish into a command by what start, stop and amps are worth, and by delays and minimum times."""
    why, dwell, best_a, worth_kw = wish.reason, wish.dwell, scales.best_a, scales.worth_kw
    if best_a > 0 and (wish.current_a > 0.0) is not (worth_kw > 0.0):  # 0: nothing has been weighed yet
        if scales.weighed_at_s is None:  # in the dark
            why = because(ReasonCode.DARK, why=why)
        else:
            why = because(ReasonCode.EXPECTED, why=why, expected_w=scales.expected_w)
    since_switch_s, due = timers.at_s - state.switched_at_s, scales.switch_lacks_kwh <= 0.0
    if not told.charging:
        unasked = best_a == 0 and wish.current_a > 0.0 and wish.sun is not None and wish.sun.always
        if worth_kw <= 0.0 and not unasked:
            return told, why
        if not due and not unasked:
            return told, _weighs(ReasonCode.WEIGHS_START, why, scales)
        delay_s, least_s = dwell.start_delay_s - timers.start_s, dwell.min_off_s - since_switch_s
        moved = Command(int(wish.current_a) if unasked else best_a, True)  # what is wanted always waits for no sky
    else:
        stays = Command(best_a, True) if scales.change_lacks_kwh <= 0.0 else told
        if worth_kw >= 0.0 or not due:
            return stays, _stays_because(scales, told, stays, why)
        delay_s, least_s = dwell.stop_delay_s - timers.stop_s, dwell.min_on_s - since_switch_s
        told, moved = stays, Command(told.limit_a, False)
    if delay_s <= 0 and least_s <= 0:
        return moved, why
    if moved.charging:
        code = ReasonCode.STARTS_SOON if delay_s >= least_s else ReasonCode.MIN_OFF
    else:
        code = ReasonCode.STOPS_SOON if delay_s >= least_s else ReasonCode.MIN_ON
    return told, because(code, why=why, in_s=max(delay_s, least_s))


def _stays_because(scales: Scales, told: Command, stays: Command, why: Reason) -> Reason:
    if scales.worth_kw < 0.0:
        return _weighs(ReasonCode.WEIGHS_STOP, why, scales)
    if stays is told and 0 < scales.best_a != told.limit_a:  # 0: nothing has been weighed yet
        return because(ReasonCode.CALM, why=why, current_a=scales.best_a)
    return why


def _weighs(code: ReasonCode, why: Reason, scales: Scales) -> Reason:
    """When the move comes, where that is soon; right after a command it is known again at the next look at the sky."""
    in_s = moves_within_s(scales)
    return why if in_s > _LONGEST_PROMISE_S else because(code, why=why, in_s=in_s)


def _whole_amps(wanted_a: float, told: Command, settings: CoreSettings, timers: Timers) -> int:
    """Whole amps for a wish; 0 where it does not reach the minimum."""
    if wanted_a < settings.min_current_a:
        return 0
    whole_a = math.floor(wanted_a)
    if not told.charging or told.limit_a < settings.min_current_a:
        return whole_a
    trembles = told.limit_a - _KEEP_MARGIN_A <= wanted_a < told.limit_a
    hasty = whole_a > told.limit_a and timers.raise_s < _RAISE_AFTER_S
    return told.limit_a if trembles or hasty else whole_a


def pace(
    state: State,
    told: Command,
    wanted: tuple[Command, Reason],
    settings: CoreSettings,
    timers: Timers,
    *,
    gap_s: float,
) -> tuple[Command, Reason]:
    """Keeps the gap between commands and the write budget; raising leaves a reserve for reducing.

    A command that is half carried out, its limit written, is finished as it was, unless its start is no longer wanted.
    """
    target, reason = wanted
    if target == told:
        return wanted
    pending = state.pending
    if pending is not None and pending.limit_a == told.limit_a and pending.charging == target.charging != told.charging:
        return pending, reason
    waits_s, earns = _waits(state, told, target, settings, timers, gap_s=gap_s)
    if waits_s <= 0:
        return wanted
    return told, because(ReasonCode.BUDGET if earns else ReasonCode.PACING, why=reason, in_s=waits_s)


def _waits(
    state: State, told: Command, target: Command, settings: CoreSettings, timers: Timers, *, gap_s: float
) -> tuple[float, bool]:
    """Seconds until the box may be told `target`, <= 0 when it may be now; and whether the write budget says so."""
    waits_s = gap_s - (timers.at_s - state.told_at_s)
    if target.charging and target.limit_a != told.limit_a:
        raising = target.limit_a > told.limit_a or not told.charging
        reserve = _BUDGET_RESERVE * settings.writes_per_hour if raising else 0.0
        missing = 1.0 + reserve - (timers.write_tokens or 0.0)
        if missing > _GRAIN and (earns_s := missing * 3600 / settings.writes_per_hour) > waits_s:
            return earns_s, True
    return waits_s, False
