"""What is wished for, and by whom: a person, the strategy, or the fallback where it cannot be had; pure."""

from __future__ import annotations

import math
from typing import NamedTuple

from controller.control.curtailment import Hidden, ended, with_hidden
from controller.control.look import Seen
from controller.control.precedence import boosted, paused
from controller.control.settings import CoreSettings, Fallback
from controller.control.state import Snapshot
from controller.domain.decision import Command
from controller.domain.demand import Defer, Demand, Situation
from controller.domain.errors import StrategyError
from controller.domain.level import Level
from controller.domain.reasons import Reason, ReasonCode, because

_SAFETY, _PAUSE, _BOOST, _PLAN, _BASE = Level  # looked up once: an enum is slow at it
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
) -> tuple[Demand | Order, Level]:
    """What is wished for, and whose wish it is; `hidden` is sun that the strategy may be shown as well."""
    if (first := _before_strategies(told, snapshot, settings, seen, failed)) is not None:
        return first
    situation = situation_of(told, snapshot, settings, seen, pause_harms=pause_harms)
    own, level = ask(situation, settings)
    return own if hidden is None else _with_hidden(own, hidden, situation, settings), level


def situation_of(
    told: Command, snapshot: Snapshot, settings: CoreSettings, seen: Seen, *, pause_harms: bool = False
) -> Situation:
    """What a strategy is shown; the grid's power is fresh."""
    return Situation(
        snapshot.now.astimezone(settings.timezone),
        snapshot.house,
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


def _before_strategies(
    told: Command, snapshot: Snapshot, settings: CoreSettings, seen: Seen, failed: Failure | None
) -> tuple[Demand | Order, Level] | None:
    """What goes before every strategy, in the order of precedence; None where nothing does.

    Stopping needs no meter: a pause holds even where nobody knows what the grid does.
    """
    status, override = snapshot.status, snapshot.override
    if override is not None and (pause := paused(override, snapshot.now, settings)) is not None:
        return pause, _PAUSE
    if not seen.fresh:
        return _without_meter(told, snapshot, settings), _SAFETY
    if status is not None and status.state.plugged is False:
        return (_NO_CAR if failed is None else _failed(told, settings, failed)), _SAFETY
    if override is not None:
        boost = boosted(override, snapshot.now, snapshot.horizon.charged, seen.limit_max_a, settings)
        if boost is not None:
            return boost, _BOOST
    return None if failed is None else (_failed(told, settings, failed), _SAFETY)


def _without_meter(told: Command, snapshot: Snapshot, settings: CoreSettings) -> Order:
    age_s = snapshot.house.grid_age_s
    stale_s = age_s - settings.stale_after_s
    if stale_s <= 0:
        return Order(told, _METER_AWAITED)
    return _fallback(told, settings, stale_s, ReasonCode.METER_STALE, age_s=age_s)


def _failed(told: Command, settings: CoreSettings, failed: Failure) -> Order:
    for_s, strategy, what = failed
    return _fallback(told, settings, for_s, ReasonCode.STRATEGY_FAILED, strategy=strategy, what=what)


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
    tried, _ = ask(situation._replace(grid_w=situation.grid_w - hidden.allow_w), settings)
    return with_hidden(own, tried, hidden, settings.feed_in_limit_w or 0.0, settings.min_current_a)


def ask(situation: Situation, settings: CoreSettings) -> tuple[Demand, Level]:
    """Asks the active strategy, or the one it defers to: what is wanted, and on which level."""
    name, demand = decided(situation, settings)
    return demand, _BASE if getattr(settings.strategies[name], "timeless", False) else _PLAN


def decided(situation: Situation, settings: CoreSettings) -> tuple[str, Demand]:
    """Who decides, the active strategy or the one it defers to, and how.

    Raises:
        StrategyError: They defer in a circle.
        ValueError: A strategy asks for what is no number.
        TypeError: A strategy answers something else.
    """
    name, waits, until = settings.active, None, settings.active_until
    if until is not None and situation.local_time >= until:
        name = settings.afterwards
    for _ in settings.strategies:
        answer = settings.strategies[name].demand(situation)
        if isinstance(answer, Demand):
            if not math.isfinite(answer.current_a):
                raise ValueError(f"strategy {name!r} asks for {answer.current_a} A")
            return name, answer if waits is None else _with_wait(answer, waits)
        if not isinstance(answer, Defer):
            raise TypeError(f"strategy {name!r} answered {answer!r}, neither a Demand nor a Defer")
        name, waits = answer.to, waits or answer.reason
    raise StrategyError(settings.active, f"is deferred in a circle; the last one named was {name!r}")


def _with_wait(demand: Demand, waits: Reason) -> Demand:
    """A demand of whom it was left to, with what the other one waits for; that may come with any look."""
    sun = None if demand.sun is None else demand.sun._replace(steady=False)
    reason = Reason(waits.code, {**waits.values, "why": demand.reason})
    return demand._replace(reason=reason, steady_w=None, sun=sun)
