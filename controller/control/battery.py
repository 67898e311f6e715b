"""Keeps the home battery from being emptied into the car by a strategy that does not look at it; pure.

A battery's own controller holds the grid at 0 W: what the car draws beyond the sun, the battery gives, as much as it
can. Less current helps only as far as the sun reaches. So the car gets what the roof has left, at night nothing, until
the battery shows that it would not give: it is empty, or its inverter has been told to hold it.
"""

from __future__ import annotations

from math import inf
from typing import NamedTuple

from controller.domain.demand import Demand, Dwell
from controller.domain.readings import House
from controller.domain.reasons import ReasonCode, because

_FEEDS_W = 150.0  # into the car; less is its controller's play
_RESTS_W = 50.0  # its own needs
_LACKS_W = 300.0  # import at which a battery that could give would: many wake up only above their own needs
_FEEDS_FOR_S = 30.0  # after a step of car or house some seconds of discharge are normal
_IDLE_FOR_S = 60.0
_TRIED_FOR_S = 600.0  # what ends earlier was a try that failed
_PATIENCE_FIRST_S = 900.0
_PATIENCE_MAX_S = 7200.0
_LONGEST_STEP_S = 60.0  # time a single look may stand for
_STALE_S = 600.0  # what was seen before such a pause, as between two windows, says nothing any more
_HOPELESS_SHARE = 0.5  # of the minimum power: with less sun no cloud is waited for
_CALM = Dwell(start_delay_s=120.0, stop_delay_s=120.0, min_off_s=600.0)
_AT_ONCE = Dwell(start_delay_s=120.0, min_off_s=600.0)


class Spare(NamedTuple):
    """What is known of a battery that is to be spared; all times are monotonic seconds.

    Attributes:
        at_s: When it was looked at last.
        held: Whether the car is held to what the roof has left.
        left_w: What that was, W.
        feeds_s: How long the battery has fed the car while that was free, s; counts backwards while it does not.
        idle_s: How long it has given nothing though the house lacked power, s; likewise.
        freed_at_s: When the car was let free last.
        held_at_s: When it was held last.
        patience_s: How long it is held before it is let free to see; doubles with every try that fails.
        failed: Whether it was held last because such a try had failed.
    """

    at_s: float = -inf
    held: bool = False
    left_w: float = 0.0
    feeds_s: float = 0.0
    idle_s: float = 0.0
    freed_at_s: float = -inf
    held_at_s: float = -inf
    patience_s: float = 0.0
    failed: bool = False


NOTHING_SEEN = Spare()


def watch_battery(old: Spare, house: House, ev_w: float, now_s: float) -> Spare:
    """Looks at the battery once, for a demand that is to spare it.

    Args:
        old: What the last look returned; `NOTHING_SEEN` at first.
        house: The meters; the grid's power is fresh.
        ev_w: The car's power, W.
        now_s: Monotonic seconds.
    """
    grid_w, battery_w = house.grid_w, house.battery_w
    if grid_w is None or battery_w is None:
        return old._replace(at_s=now_s) if house.battery_missing else NOTHING_SEEN
    if now_s - old.at_s > _STALE_S:
        old = NOTHING_SEEN._replace(at_s=now_s)
    step_s = min(max(0.0, now_s - old.at_s), _LONGEST_STEP_S)
    left_w = ev_w - grid_w - battery_w
    if old.held:
        idle = battery_w < _RESTS_W and grid_w > _LACKS_W
        idle_s = max(0.0, old.idle_s + (step_s if idle else -step_s))
        may_try = now_s - old.held_at_s >= old.patience_s and abs(battery_w) < _RESTS_W
        if may_try or (idle_s >= _IDLE_FOR_S and not old.failed):
            return Spare(at_s=now_s, left_w=left_w, freed_at_s=now_s, patience_s=old.patience_s)
        return old._replace(at_s=now_s, left_w=left_w, idle_s=idle_s)
    fed_w = battery_w - max(0.0, -left_w)  # the house's own lack has it first
    feeds_s = max(0.0, old.feeds_s + (step_s if min(fed_w, ev_w) > _FEEDS_W else -step_s))
    if feeds_s < _FEEDS_FOR_S:
        return old._replace(at_s=now_s, left_w=left_w, feeds_s=feeds_s)
    failed = now_s - old.freed_at_s < _TRIED_FOR_S
    patience_s = min(max(_PATIENCE_FIRST_S, 2 * old.patience_s), _PATIENCE_MAX_S) if failed else _PATIENCE_FIRST_S
    return Spare(
        at_s=now_s,
        held=True,
        left_w=left_w,
        freed_at_s=old.freed_at_s,
        held_at_s=now_s,
        patience_s=patience_s,
        failed=failed,
    )


def spared(spare: Spare, wish: Demand, watts_per_amp: float, min_current_a: int) -> Demand:
    """The demand, held to what the roof has left where the battery would give the rest.

    Args:
        spare: As `watch_battery` returned it.
        wish: What the strategy wants.
        watts_per_amp: Of the car, W/A.
        min_current_a: Lowest limit while charging, A.
    """
    if not spare.held or wish.current_a < min_current_a:
        return wish
    left_a = max(0.0, spare.left_w) / watts_per_amp
    if left_a >= wish.current_a:
        return wish._replace(dwell=_CALM)
    if left_a >= min_current_a:
        reason = because(ReasonCode.BATTERY_SPARED, why=wish.reason, left_w=spare.left_w)
        return wish._replace(current_a=left_a, reason=reason, dwell=_CALM, sun=None)
    need_w = min_current_a * watts_per_amp
    reason = because(ReasonCode.BATTERY_HELD, why=wish.reason, left_w=spare.left_w, need_w=need_w)
    dwell = _CALM if left_a >= _HOPELESS_SHARE * min_current_a else _AT_ONCE
    return wish._replace(current_a=0.0, reason=reason, dwell=dwell, sun=None)
