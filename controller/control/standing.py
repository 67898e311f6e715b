"""How long a decision stands: what would have to change before another look could bring another; pure."""

from __future__ import annotations

from math import inf
from typing import NamedTuple

from controller.control.settings import CoreSettings
from controller.control.state import Snapshot, State
from controller.domain.decision import Decision
from controller.domain.reasons import ReasonCode

_LONGEST_S = 60.0  # one look stands for no longer in the timers
_MINUTE_S = 60.0  # schedules change on the full minute
_SLACK_W = 1e-6


class Standing(NamedTuple):
    """What a decision waits for.

    Attributes:
        from_w: It stands while the surplus is at least this, W,
        below_w: and below this, W,
        until_s: and before this monotonic second.
    """

    from_w: float
    below_w: float
    until_s: float


def standing(state: State, snapshot: Snapshot, settings: CoreSettings, decision: Decision) -> Standing | None:
    """How long the box would be told nothing else if only the surplus changed; None where every look counts.

    Holds where the car's power is metered and no fuse is watched: what is learned of the car, and what the fuse
    leaves, come from every look.

    Args:
        state: As `decide` returned it.
        snapshot: As it was shown.
        settings: As it was given.
        decision: As it came out.
    """
    demand, told, reason = decision.demand, state.told, decision.reason
    if demand is None or demand.steady_w is None or told is None or decision.actions:
        return None
    if snapshot.house.ev_w is None or settings.main_fuse_a > 0 or reason.code is ReasonCode.BUDGET:
        return None
    if state.conduct.matters:
        return None
    wanted = demand.current_a >= settings.min_current_a
    kept = told.charging and wanted and int(demand.current_a) == told.limit_a
    if reason.in_s is None and not kept and (wanted or told.charging):
        return None
    from_w, below_w = demand.steady_w[0] + _SLACK_W, demand.steady_w[1] - _SLACK_W
    if _rests(state, settings) and not wanted and getattr(settings.strategies[settings.active], "timeless", False):
        return Standing(from_w, below_w, inf)
    now_s = snapshot.now_s
    to_minute_s = _MINUTE_S - snapshot.now.second - snapshot.now.microsecond / 1e6
    waits_s = min(_LONGEST_S, to_minute_s, _LONGEST_S if reason.in_s is None else reason.in_s)
    return Standing(from_w, below_w, now_s + waits_s)


def _rests(state: State, settings: CoreSettings) -> bool:
    """Whether no timer runs: off, no start on its way, nothing spent of the write budget."""
    told, timers = state.told, state.timers
    spent = timers.write_tokens is None or timers.write_tokens < settings.writes_per_hour
    return told is not None and not told.charging and timers.start_s <= 0 and not spent
