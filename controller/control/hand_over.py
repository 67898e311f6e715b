"""Hand-over from one strategy to the next: nothing is opened that would be closed again at once, nor the reverse; pure.

A strategy is pure, so it can be asked what it will want. Before a start or stop the strategies are asked for the full
minutes within which staying as it is costs less than a start: where one takes the move back, it is not made.
"""

from __future__ import annotations

from datetime import UTC, timedelta

from controller.control.ask import ask, situation_of
from controller.control.look import Seen
from controller.control.settings import CoreSettings
from controller.control.state import Snapshot
from controller.domain.decision import Command
from controller.domain.demand import Demand, Situation
from controller.domain.level import Level, decided_by
from controller.domain.reasons import Reason, ReasonCode, because

_START_COSTS_WS = 0.1 * 3.6e6  # as `[strategy.surplus]` has it: 0.1 kWh
_MOST_S = 600.0
_MINUTE = timedelta(minutes=1)


def handed_over(
    told: Command,
    held: tuple[Command, Reason],
    *,
    wish: Demand,
    wished: Level,
    snapshot: Snapshot,
    settings: CoreSettings,
    seen: Seen,
) -> tuple[Command, Reason]:
    """A start or stop that is about to be told, or what is done in its place while it would soon be taken back.

    Args:
        told: What the box has been told.
        held: What it is to be told, and why.
        wish: What is wanted.
        wished: By whom: what a person wants is not put off, nor what protects.
        snapshot: All that is known now.
        settings: The site.
        seen: The snapshot, worked out.
    """
    target, reason = held
    if wished not in (Level.PLAN, Level.BASE) or decided_by(reason, wished) is Level.SAFETY:
        return held
    if settings.timeless:
        return held  # nobody hands over
    situation = situation_of(told, snapshot, settings, seen)
    least_w = settings.min_current_a * situation.watts_per_amp
    if told.charging:
        from_grid_w = least_w - max(0.0, seen.surplus_w or 0.0)
        in_s = _changes_in_s(situation, settings, _within_s(from_grid_w), wanted=True)
        if in_s is None:
            return held
        least = Command(min(told.limit_a, settings.min_current_a), True)
        return least, because(ReasonCode.WANTED_SOON, why=wish.reason, in_s=in_s)
    if wish.sun is not None or ask(situation, settings)[0].current_a < settings.min_current_a:
        return held  # it has weighed what a start brings, or tries something that no strategy has asked for
    gives_w = target.limit_a * situation.watts_per_amp
    in_s = _changes_in_s(situation, settings, _within_s(gives_w), wanted=False)
    return held if in_s is None else (told, because(ReasonCode.ENDS_SOON, why=wish.reason, in_s=in_s))


def _within_s(power_w: float) -> float:
    """For how long a power makes less of a difference than a start."""
    return min(_MOST_S, _START_COSTS_WS / power_w) if power_w > 0 else _MOST_S


def _changes_in_s(situation: Situation, settings: CoreSettings, within_s: float, *, wanted: bool) -> float | None:
    """When within some time charging is wanted, or is no longer, if nothing but the time changes; None where it is not.

    Plans change on the full minute. Who follows the sun is not believed to want anything yet.
    """
    local, now = situation.local_time, situation.local_time.astimezone(UTC)
    gone = timedelta(seconds=local.second, microseconds=local.microsecond)
    ahead = _MINUTE - gone
    while ahead.total_seconds() <= within_s:
        answer, _ = ask(situation._replace(local_time=(now + ahead).astimezone(local.tzinfo)), settings)
        wants = answer.current_a >= settings.min_current_a
        if wants is wanted and not (wanted and answer.sun is not None):
            return ahead.total_seconds()
        ahead += _MINUTE
    return None
