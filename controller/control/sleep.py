"""A car that does not answer an offer is asleep, and woken by a stop and a start; pure.

Some cars fall asleep when nothing is offered for long. Such a car has drawn nothing since the start. One that drew and
then ended by itself is full, or paused by its own timer: no stop and start would change that, and it is let alone
until it draws again or is unplugged.
"""

from __future__ import annotations

from math import inf
from typing import NamedTuple

from controller.control.glance import Glance
from controller.domain.decision import Command
from controller.domain.reasons import Reason, ReasonCode, because

ASLEEP_AFTER_S = 120.0
"""A car that has drawn nothing for so long since the start is asleep: ten times what waking takes usually."""

TRIES = 2
"""So often it is woken in vain, until it is unplugged."""

_MOST_WAKES = 8  # a plugged-in session, in vain or not: some cars give up after ten interruptions
_BETWEEN_S = 600.0  # from one try to the next
_PAUSE_S = 45.0  # from stop to start: a box may take half a minute to pass a command on
_GIVE_UP_S = 300.0  # a stop and start that the box has not taken by then is forgotten


class Sleep(NamedTuple):
    """What is known of the car's sleep since it was plugged in; all times are monotonic seconds.

    Attributes:
        since_s: When the offer in force began; infinite while there is none.
        drew: Whether the car has drawn since.
        sated: Whether it has drawn and then ended by itself, and not drawn since.
        idle_since_s: Since when it draws nothing of the offer; infinite where it does.
        asleep: Whether it is taken to be asleep.
        tries: How often it was woken in vain, or is being.
        wakes: How often it was woken at all.
        tried_s: When it was woken last.
        waking_s: When the stop and start that is under way began; None when none is.
    """

    since_s: float = inf
    drew: bool = False
    sated: bool = False
    idle_since_s: float = inf
    asleep: bool = False
    tries: int = 0
    wakes: int = 0
    tried_s: float = -inf
    waking_s: float | None = None


def observe_sleep(sleep: Sleep, glance: Glance) -> Sleep:
    """What a look at the box says of it."""
    if glance.anew:
        seen = glance.state.plugged is False
        return Sleep() if seen else Sleep(wakes=sleep.wakes, tried_s=sleep.tried_s)
    if not glance.offers:
        return sleep._replace(since_s=inf, drew=False, idle_since_s=inf, asleep=False)
    if sleep.since_s == inf or glance.started_s > sleep.since_s:
        sleep = _offered(sleep, glance)
    if glance.draws:
        return sleep._replace(drew=True, sated=False, idle_since_s=inf, asleep=False, tries=0, waking_s=None)
    return sleep if glance.draws is None else _idle(sleep, glance.at_s)


def _offered(sleep: Sleep, glance: Glance) -> Sleep:
    """An offer has begun."""
    recent = glance.at_s - glance.started_s <= ASLEEP_AFTER_S / 2
    unknown = glance.first and glance.energy_wh != 0  # it may have drawn before anybody looked
    since_s = glance.started_s if recent else glance.at_s
    return sleep._replace(since_s=since_s, drew=unknown, idle_since_s=inf, asleep=False)


def _idle(sleep: Sleep, at_s: float) -> Sleep:
    """The car draws nothing of the offer."""
    if sleep.idle_since_s == inf:
        return sleep._replace(idle_since_s=at_s)  # one look may be wrong
    if sleep.drew:
        return sleep._replace(sated=sleep.sated or at_s - sleep.idle_since_s >= ASLEEP_AFTER_S)
    return sleep._replace(asleep=not sleep.sated and at_s - sleep.since_s >= ASLEEP_AFTER_S)


class Awakening(NamedTuple):
    """What is done about a car that sleeps.

    Attributes:
        sleep: The memory after it.
        command: What the box is to do.
        reason: Why.
    """

    sleep: Sleep
    command: Command
    reason: Reason


def wake(
    sleep: Sleep,
    told: Command,
    target: Command,
    *,
    now_s: float,
    switched_s: float,
    wait_s: float,
    least_a: int,
) -> Awakening | None:
    """One step of waking the car; None when there is nothing to be done or said.

    Call it only while charging is wanted and a pause does no harm: what is under way is then given up without it.

    Args:
        sleep: What is known.
        told: What the box was told last.
        target: What it would be told otherwise.
        now_s: Now, monotonic seconds.
        switched_s: When it was last told to start or stop.
        wait_s: Seconds until it takes the next command.
        least_a: Lowest limit that charges, A.
    """
    if sleep.waking_s is not None:
        return _go_on(sleep, sleep.waking_s, told, now_s=now_s, switched_s=switched_s, wait_s=wait_s, least_a=least_a)
    if not (sleep.asleep and told.charging and target.charging):
        return None
    if sleep.tries >= TRIES or sleep.wakes >= _MOST_WAKES:
        return Awakening(sleep, target, because(ReasonCode.CAR_WONT_WAKE, wakes=sleep.wakes, tries=sleep.tries))
    wait_s = max(wait_s, sleep.tried_s + _BETWEEN_S - now_s)
    if wait_s > 0:
        return Awakening(sleep, target, because(ReasonCode.CAR_ASLEEP, in_s=wait_s))
    sleep = sleep._replace(tries=sleep.tries + 1, wakes=sleep.wakes + 1, tried_s=now_s, waking_s=now_s)
    return Awakening(sleep, Command(told.limit_a, False), because(ReasonCode.CAR_WAKING, tries=sleep.tries))


def _go_on(
    sleep: Sleep, waking_s: float, told: Command, *, now_s: float, switched_s: float, wait_s: float, least_a: int
) -> Awakening | None:
    """The stop and start that is under way: first the one, then a pause, then the other."""
    reason = because(ReasonCode.CAR_WAKING, tries=sleep.tries)
    if now_s - waking_s > _GIVE_UP_S or (told.charging and switched_s >= waking_s and switched_s > -inf):
        return Awakening(sleep._replace(waking_s=None), told, reason)
    if told.charging:
        return Awakening(sleep, Command(told.limit_a, False), reason)
    if now_s - max(waking_s, switched_s) < _PAUSE_S or wait_s > 0:
        return Awakening(sleep, told, reason)
    return Awakening(sleep, Command(max(told.limit_a, least_a), True), reason)
