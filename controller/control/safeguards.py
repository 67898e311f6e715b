"""What only some sites need around the strategy's wish: hidden sun, a battery to be spared, starts a day; pure."""

from __future__ import annotations

from controller.control.ask import Failure, Order, wish_for
from controller.control.battery import spared, watch_battery
from controller.control.curtailment import Outlook, look_for_hidden
from controller.control.look import Seen
from controller.control.settings import CoreSettings
from controller.control.starts import spent, starts_today
from controller.control.state import Snapshot, State
from controller.domain.decision import Command
from controller.domain.demand import Demand
from controller.domain.level import Level
from controller.domain.reasons import Reason
from controller.domain.units import power_w


def guarded_wish(
    state: State, told: Command, snapshot: Snapshot, settings: CoreSettings, seen: Seen, *, failed: Failure | None
) -> tuple[State, Demand | Order, Level]:
    """The wish, held to what the site's safeguards leave, their memory, and whose wish it is.

    Args:
        state: The core's memory.
        told: What the box has been told.
        snapshot: All that is known now.
        settings: The site.
        seen: The snapshot, worked out.
        failed: Why the strategy cannot be asked; None when it may be.
    """
    if settings.feed_in_limit_w is not None:
        return _with_hidden_sun(state, told, snapshot, settings, seen, failed=failed)
    wish, level = wish_for(told, snapshot, settings, seen, failed, pause_harms=state.conduct.pauses.harm)
    if isinstance(wish, Demand) and wish.battery_spared:
        state, wish = _spared(state, wish, snapshot, settings, seen)
    return state, wish, level


def within_starts(state: State, snapshot: Snapshot, settings: CoreSettings) -> tuple[State, Reason | None]:
    """The reason why nothing is to be started any more today, if so, and the count brought up to the day."""
    starts = starts_today(state.guards.starts, snapshot.now, settings)
    state = state._replace(guards=state.guards._replace(starts=starts))
    return state, spent(starts, snapshot.now, settings)


def _with_hidden_sun(
    state: State, told: Command, snapshot: Snapshot, settings: CoreSettings, seen: Seen, *, failed: Failure | None
) -> tuple[State, Demand | Order, Level]:
    hidden = state.guards.hidden
    if seen.surplus_w is not None:
        outlook = Outlook(
            now_s=snapshot.now_s,
            house=snapshot.house,
            limit_w=settings.feed_in_limit_w or 0.0,
            surplus_w=seen.surplus_w,
            ev_w=seen.ev_w,
            watts_per_amp=power_w(1.0, seen.phases, seen.voltage_v),
            told=told,
            told_at_s=state.told_at_s,
            min_a=settings.min_current_a,
            max_a=seen.limit_max_a,
        )
        hidden = look_for_hidden(hidden, outlook)
    harm = state.conduct.pauses.harm
    wish, level = wish_for(told, snapshot, settings, seen, failed, pause_harms=harm, hidden=hidden)
    if isinstance(wish, Demand) and not wish.keep_s:
        hidden = hidden._replace(wanted_a=wish.current_a)
    state = state._replace(guards=state.guards._replace(hidden=hidden))
    if isinstance(wish, Demand) and wish.battery_spared:
        state, wish = _spared(state, wish, snapshot, settings, seen)
    return state, wish, level


def _spared(state: State, wish: Demand, snapshot: Snapshot, settings: CoreSettings, seen: Seen) -> tuple[State, Demand]:
    """Holds a demand that is to spare the home battery."""
    old = state.guards.spare
    spare = watch_battery(old, snapshot.house, seen.ev_w, snapshot.now_s)
    if spare is old:
        return state, wish
    wish = spared(spare, wish, power_w(1.0, seen.phases, seen.voltage_v), settings.min_current_a)
    return state._replace(guards=state.guards._replace(spare=spare)), wish
