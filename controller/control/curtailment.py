"""Sun that a limit of feed-in hides: looked for by careful tries, and given up where they bring import; pure.

An inverter that may not export throttles, and the meter shows no surplus however much the roof could give. Where export
stands at the limit for a while, the car is offered a little more than the meter shows: its minimum, later one amp more
at a time. If export comes back to its limit, there was sun; if import stays, there was none, and the next try waits.
"""

from __future__ import annotations

from math import inf
from typing import NamedTuple

from controller.domain.decision import Command
from controller.domain.demand import Demand, Dwell
from controller.domain.readings import House
from controller.domain.reasons import ReasonCode, because

_NEAR_W, _NEAR_SHARE = 150.0, 0.03  # how far from its limit export still stands there: inverters play about it
_PRODUCES_W = 100.0
_STANDS_FOR_S = 45.0
_FOLLOWS_S = 50.0  # until box and car have followed a command, and the inverter has opened up for them
_SHORT_FOR_S = 30.0  # what is missing for so long was not hidden
_LONGEST_TRY_S = 300.0
_DAWN_S = 3600.0  # after a night nobody's minimum is on the roof at once
_START_PATIENCE_S, _RAISE_PATIENCE_S = (900.0, 7200.0), (300.0, 1800.0)
_BETTER_SHARE = 0.1  # of the minimum power: so much more than at the last failure, and patience need not grow
_LONGEST_STEP_S = 60.0  # time a single look may stand for
_TAKES_SHARE = 0.9  # a car that takes less of what it is offered does not need more
_AT_ONCE = Dwell(min_off_s=300.0)


class Patience(NamedTuple):
    """How long a kind of try waits.

    Attributes:
        until_s: When the next one may be made, monotonic s.
        wait_s: How long that was; doubles with a failure. 0 after a success.
        surplus_w: What the last failure has found instead, W.
    """

    until_s: float = -inf
    wait_s: float = 0.0
    surplus_w: float = -inf


class Hidden(NamedTuple):
    """What is known of hidden sun.

    Attributes:
        at_s: When it was looked for last, monotonic s.
        stands_s: How long export has stood at its limit, s; counts backwards, and faster, while it does not.
        dark_s: How long the roof has produced next to nothing, s.
        short_s: How long a try has been missing sun, s; counts backwards while it is not.
        allow_w: What may be added to the surplus that the meter shows, W, >= 0.
        most_a: Limit beyond which the car is not to be given anything on that ground, A.
        try_a: The limit that is being tried, A; 0 for none.
        given: Whether the box has been told so.
        starts: Whether that try is a start.
        ends: Whether a start has failed, and charging is to end without the usual delay.
        wanted_a: What the strategy wanted of all that at the last look, A.
        starting: Patience with starts.
        raising: And with one amp more.
    """

    at_s: float = -inf
    stands_s: float = 0.0
    dark_s: float = 0.0
    short_s: float = 0.0
    allow_w: float = 0.0
    most_a: int = 0
    try_a: int = 0
    given: bool = False
    starts: bool = False
    ends: bool = False
    wanted_a: float = 0.0
    starting: Patience = Patience()
    raising: Patience = Patience()


class Outlook(NamedTuple):
    """What hidden sun is looked for with.

    Attributes:
        now_s: Monotonic seconds.
        house: The meters; the grid's power is fresh.
        limit_w: Most that may be fed in, W.
        surplus_w: What would be exported without the car, W.
        ev_w: The car's power, W.
        watts_per_amp: Of the car, W/A.
        told: What the box has been told.
        told_at_s: When.
        min_a: Lowest limit while charging, A.
        max_a: Highest one, A.
    """

    now_s: float
    house: House
    limit_w: float
    surplus_w: float
    ev_w: float
    watts_per_amp: float
    told: Command
    told_at_s: float
    min_a: int
    max_a: int


def look_for_hidden(old: Hidden, seen: Outlook) -> Hidden:
    """Looks once.

    Args:
        old: What the last look returned; `Hidden()` at first.
        seen: What there is to see.
    """
    now_s, told = seen.now_s, seen.told
    step_s = min(max(0.0, now_s - old.at_s), _LONGEST_STEP_S) if old.at_s > -inf else 0.0
    near_w = _NEAR_W + _NEAR_SHARE * seen.limit_w
    new = _timed(old, seen, step_s, stands=_stands(seen, near_w))
    offered_a = told.limit_a if told.charging else 0
    if new.try_a and offered_a == new.try_a:
        return _judged(new, seen, near_w, step_s)
    if new.given:  # the strategy has moved on by itself: up, for there was more, or down
        new = _succeeded(new) if offered_a > new.try_a else _failed(new, seen)
    asked = new.try_a and offered_a == (0 if new.starts else new.try_a - 1)
    if new.stands_s <= 0 or new.ends:
        return new._replace(try_a=0)
    if asked:
        return _trying(new, seen)
    new = new._replace(try_a=0)
    patience = new.raising if offered_a else new.starting
    waits = now_s < patience.until_s or now_s - seen.told_at_s < _FOLLOWS_S
    if waits or new.stands_s < _STANDS_FOR_S or not _takes(seen, offered_a):
        return _keeping(new, offered_a, near_w)
    return _trying(new._replace(try_a=offered_a + 1 if offered_a else seen.min_a, starts=not offered_a), seen)


def _timed(old: Hidden, seen: Outlook, step_s: float, *, stands: bool) -> Hidden:
    """The timers, a step on."""
    dark = seen.house.pv_w is not None and seen.house.pv_w < _PRODUCES_W
    starting = old.starting
    if not dark and old.dark_s >= _DAWN_S:
        starting = Patience(until_s=seen.now_s + _DAWN_S)
    return old._replace(
        at_s=seen.now_s,
        stands_s=min(_STANDS_FOR_S, old.stands_s + step_s) if stands else max(0.0, old.stands_s - 3 * step_s),
        dark_s=old.dark_s + step_s if dark else 0.0,
        allow_w=0.0,
        most_a=0,
        ends=old.ends and seen.told.charging,
        starting=starting,
    )


def _stands(seen: Outlook, near_w: float) -> bool:
    """Whether export stands at its limit while the sun shines, and nothing else could take what is hidden."""
    house = seen.house
    grid_w = seen.ev_w - seen.surplus_w
    over_w = grid_w + seen.limit_w  # import, where nothing is fed in, means that the roof gives all it has
    if not -near_w <= over_w <= near_w / 2 or house.battery_missing or abs(house.battery_w or 0.0) > _NEAR_W:
        return False
    if house.pv_w is None:
        return seen.limit_w > 2 * near_w  # so much export is sun; at zero feed-in the night looks the same
    return house.pv_w >= _PRODUCES_W


def _takes(seen: Outlook, offered_a: int) -> bool:
    """Whether the car could use one amp more."""
    return offered_a < seen.max_a and seen.ev_w >= _TAKES_SHARE * offered_a * seen.watts_per_amp


def _keeping(new: Hidden, offered_a: int, near_w: float) -> Hidden:
    """The amps that are given may stay while export plays about its limit."""
    return new._replace(allow_w=near_w, most_a=offered_a) if offered_a else new


def _trying(new: Hidden, seen: Outlook) -> Hidden:
    """As much as makes a strategy give `try_a`, whatever share of it has to be sun."""
    wants_w = (new.try_a + 0.5) * seen.watts_per_amp
    return new._replace(allow_w=max(0.0, wants_w - seen.surplus_w), most_a=new.try_a)


def _judged(new: Hidden, seen: Outlook, near_w: float, step_s: float) -> Hidden:
    """What has come of a try that is being carried out: whether the strategy would stay there by itself."""
    since_s = seen.now_s - seen.told_at_s
    if since_s < _FOLLOWS_S:
        return _trying(new._replace(given=True, stands_s=0.0, short_s=0.0, wanted_a=inf), seen)
    short_s = max(0.0, new.short_s + (step_s if new.wanted_a < new.try_a else -step_s))
    if short_s >= _SHORT_FOR_S:
        return _failed(new, seen)
    if since_s >= _FOLLOWS_S + _STANDS_FOR_S and short_s <= 0:
        new = _succeeded(new)
    elif since_s >= _LONGEST_TRY_S:
        return _failed(new, seen)
    return _keeping(new._replace(short_s=short_s), seen.told.limit_a, near_w)


def _succeeded(new: Hidden) -> Hidden:
    new = new._replace(try_a=0, given=False)
    return new._replace(starting=Patience()) if new.starts else new._replace(raising=Patience())


def _failed(new: Hidden, seen: Outlook) -> Hidden:
    ends = new.starts and seen.told.charging
    new = new._replace(try_a=0, given=False, stands_s=0.0, short_s=0.0, ends=ends)
    if new.starts:
        return new._replace(starting=_longer(new.starting, _START_PATIENCE_S, seen))
    return new._replace(raising=_longer(new.raising, _RAISE_PATIENCE_S, seen))


def _longer(patience: Patience, bounds_s: tuple[float, float], seen: Outlook) -> Patience:
    """After a failure: twice as long, unless there was clearly more sun than at the last one."""
    first_s, last_s = bounds_s
    better_w = _BETTER_SHARE * seen.min_a * seen.watts_per_amp
    factor = 1 if seen.surplus_w > patience.surplus_w + better_w else 2
    wait_s = min(max(first_s, factor * patience.wait_s), last_s)
    return Patience(until_s=seen.now_s + wait_s, wait_s=wait_s, surplus_w=seen.surplus_w)


def with_hidden(own: Demand, tried: Demand, hidden: Hidden, limit_w: float, min_current_a: int) -> Demand:
    """The demand of a strategy that has been shown hidden sun as well.

    Args:
        own: What it wants by what the meter shows.
        tried: What it wants with `hidden.allow_w` more.
        hidden: As `look_for_hidden` returned it.
        limit_w: Most that may be fed in, W.
        min_current_a: Lowest limit while charging, A.
    """
    most_a = min(tried.current_a, float(hidden.most_a))
    if most_a < min_current_a or most_a <= own.current_a:
        return own
    reason = because(ReasonCode.CURTAILED, limit_w=limit_w, current_a=int(most_a))
    return tried._replace(current_a=most_a, reason=reason, sun=None)  # what is tried is not weighed


def ended(own: Demand) -> Demand:
    """The demand after a start that the sun did not carry: what is not wanted ends without the usual delay."""
    return own._replace(dwell=_AT_ONCE, sun=None)
