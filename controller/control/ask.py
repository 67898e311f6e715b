"""What is wished for: the strategy's demand, or the fallback where it cannot be had; pure."""

from __future__ import annotations

import math
from typing import NamedTuple

from controller.control.curtailment import Hidden, ended, with_hidden
from controller.control.look import Seen
from controller.control.settings import CoreSettings, Fallback
from controller.control.state import Snapshot
from controller.domain.decision import Command
from controller.domain.demand import Defer, Demand, Situation
from controller.domain.reasons import Reason, ReasonCode, because

_METER_AWAITED = because(ReasonCode.METER_AWAITED)
_NO_CAR = Demand(current_a=0.0, reason=because(ReasonCode.NO_CAR))


class Failure(NamedTuple):
    """Why a strategy cannot be asked.

    Attributes:
        for_s: How long it has been failing, s.
        strategy: Its name.
        what: What it did, one line.
    """

    for_s: float
    strategy: str
    what: str


class Order(NamedTuple):
    """What the box does at once, because it protects."""

    command: Command
    reason: Reason


def wish_for(
    told: Command,
    snapshot: Snapshot,
    settings: CoreSettings,
    seen: Seen,
    failed: Failure | None,
    *,
    pause_harms: bool,
    hidden: Hidden | None = None,
) -> Demand | Order:
    """The strategy's demand, or the fallback where it cannot be had; `hidden` is sun that it may be shown as well."""
    house, status = snapshot.house, snapshot.status
    if not seen.fresh:
        stale_s = house.grid_age_s - settings.stale_after_s
        if stale_s <= 0:
            return Order(told, _METER_AWAITED)
        return _fallback(told, settings, stale_s, ReasonCode.METER_STALE, age_s=house.grid_age_s)
    if failed is not None:
        for_s, strategy, what = failed
        return _fallback(told, settings, for_s, ReasonCode.STRATEGY_FAILED, strategy=strategy, what=what)
    if status is not None and status.state.plugged is False:
        return _NO_CAR
    situation = Situation(
        snapshot.now.astimezone(settings.timezone),
        house,
        seen.ev_w - (seen.surplus_w or 0.0),
        seen.ev_w,
        told.charging,
        settings.min_current_a,
        seen.limit_max_a,
        seen.phases,
        seen.voltage_v,
        pause_harms,
        snapshot.horizon,
    )
    own = _ask(situation, settings)
    return own if hidden is None else _with_hidden(own, hidden, situation, settings)


def _fallback(told: Command, settings: CoreSettings, since_s: float, code: ReasonCode, **figures: object) -> Order:
    """Nobody knows what the grid does: never up, and off after a while."""
    overdue = 0 < settings.fallback_stop_after_s <= since_s
    fallback = Fallback.STOP if overdue else settings.fallback
    reason = because(code, fallback=fallback.value, **figures)
    match fallback:
        case Fallback.STOP:
            return Order(Command(told.limit_a, False), reason)
        case Fallback.MINIMUM:
            return Order(Command(min(told.limit_a, settings.min_current_a), told.charging), reason)
        case Fallback.HOLD:
            return Order(told, reason)


def _with_hidden(own: Demand, hidden: Hidden, situation: Situation, settings: CoreSettings) -> Demand:
    """The demand where sun may be hidden: asked once more with that."""
    if hidden.ends and own.current_a < settings.min_current_a:
        return ended(own)
    if hidden.allow_w <= 0:
        return own
    tried = _ask(situation._replace(grid_w=situation.grid_w - hidden.allow_w), settings)
    return with_hidden(own, tried, hidden, settings.feed_in_limit_w or 0.0, settings.min_current_a)


def _ask(situation: Situation, settings: CoreSettings) -> Demand:
    """Asks the active strategy, or the one it defers to."""
    name, waits = settings.active, None
    for _ in settings.strategies:
        answer = settings.strategies[name].demand(situation)
        if isinstance(answer, Demand):
            if not math.isfinite(answer.current_a):
                raise ValueError(f"strategy {name!r} asks for {answer.current_a} A")
            return answer if waits is None else with_wait(answer, waits)
        if not isinstance(answer, Defer):
            raise TypeError(f"strategy {name!r} answered {answer!r}, neither a Demand nor a Defer")
        name, waits = answer.to, waits or answer.reason
    raise ValueError(f"strategy {settings.active!r} is deferred in a circle; the last one named was {name!r}")


def with_wait(demand: Demand, waits: Reason) -> Demand:
    """A demand of whom it was left to, with what the other one waits for; that may come with any look."""
    sun = None if demand.sun is None else demand.sun._replace(steady=False)
    reason = Reason(waits.code, {**waits.values, "why": demand.reason})
    return demand._replace(reason=reason, steady_w=None, sun=sun)
