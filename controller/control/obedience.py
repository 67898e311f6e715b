"""A box that shows the limit it was told, and lets the car draw more: found out, and from then on only on or off; pure.

Cars draw an amp or two more than they are offered, follow late, and their meters lag and tremble: only what is clearly
more than every offer of the last minutes, for a minute, is taken for disobedience.
"""

from __future__ import annotations

from math import inf
from typing import NamedTuple

from controller.control.glance import Glance
from controller.domain.decision import Command
from controller.domain.reasons import Reason, ReasonCode, because
from controller.domain.units import MIN_CURRENT_A

CLEARLY_A = 3.5
"""More than this above the offer is no car's own overdraw."""

_FOLLOWED_A = 1.5  # as near to the offer as this is obedience
_DRAWS_A = 1.0  # with less it rests, and shows nothing
_REMEMBER_S = 75.0  # offers so old may still flow: half a minute of dead time, the meter's lag, and a look
_LASTS_S = 60.0
_SPAN_S = 180.0  # of the box's counter
_LONGEST_SPAN_S = 900.0
_GRAINS = 20.0
_ENOUGH_A = 1.0  # so much less than what flows is not worth a stop
_LESS_FOR_S = 60.0  # what is not urgent waits so long: a passing cloud, a kettle
_TRIAL_S = 90.0  # and after a start so much longer: the car has to draw before anybody can judge
_PATIENCE_FIRST_S = 600.0
_PATIENCE_MAX_S = 7200.0


class Span(NamedTuple):
    """A stretch of the box's counter.

    Attributes:
        from_s: When it began.
        from_wh: The counter then.
        most_a: The highest offer in it, and shortly before, A.
    """

    from_s: float
    from_wh: float
    most_a: int


class Obedience(NamedTuple):
    """Whether the box follows the limit; all times are monotonic seconds.

    Attributes:
        offers: (when, A) of the last looks at which it offered current.
        over_since_s: Since when clearly more flows than every one of them; infinite when it does not.
        follows_since_s: Since when a box that did not follow does again; infinite when it does not.
        flows_a: What flows though less is offered, A; 0 of a box that follows.
        shown: Whether it says so itself, by showing another limit than it was told.
        span: Of the counter; None where it tells nothing.
        less_since_s: Since when less than that is wanted; infinite when it is not.
        retry_s: Before this it is not started in the hope that it follows.
        patience_s: How long that was; doubles each time.
    """

    offers: tuple[tuple[float, int], ...] = ()
    over_since_s: float = inf
    follows_since_s: float = inf
    flows_a: float = 0.0
    shown: bool = False
    span: Span | None = None
    less_since_s: float = inf
    retry_s: float = -inf
    patience_s: float = 0.0


def observe_obedience(known: Obedience, glance: Glance, *, refuses_a: int | None = None) -> Obedience:
    """What a look at the box says of it.

    Args:
        known: What was known.
        glance: The look.
        refuses_a: The limit that the box goes on showing though it was told a lower one, A; None when it does not.
    """
    if (
        not glance.offers or glance.anew or glance.told.limit_a < MIN_CURRENT_A
    ):  # less does not exist: anything may flow
        return known._replace(offers=(), over_since_s=inf, follows_since_s=inf, span=None)
    at_s, limit_a = glance.at_s, glance.told.limit_a
    kept = [offer for offer in known.offers if at_s - offer[0] <= _REMEMBER_S]
    if not kept and known.offers and at_s - glance.settled_s <= _REMEMBER_S:
        kept = [known.offers[-1]]  # looked at long ago, and in force until a moment ago
    known = known._replace(offers=(*kept, (at_s, limit_a)))
    most_a = max(offer_a for _, offer_a in known.offers)
    if refuses_a is not None:
        drawn_a = glance.drawn_a if glance.drawn_a is not None else refuses_a
        return known._replace(flows_a=max(drawn_a, float(limit_a)), shown=True, follows_since_s=inf)
    if not glance.confirmed:
        return known._replace(over_since_s=inf, follows_since_s=inf, span=None)
    if known.shown and limit_a < known.flows_a:  # two writes were lost on their way, and this one has arrived
        known = Obedience(offers=known.offers)
    if glance.drawn_a is not None:
        return _metered(known, glance.drawn_a, most_a, at_s)
    return _counted(known, glance, most_a)


def _metered(known: Obedience, drawn_a: float, most_a: int, at_s: float) -> Obedience:
    """The car's own meter tells what flows."""
    if drawn_a > most_a + CLEARLY_A:
        since_s = min(known.over_since_s, at_s)
        lasts = at_s - since_s >= _LASTS_S
        return known._replace(
            over_since_s=since_s, follows_since_s=inf, flows_a=drawn_a if lasts else known.flows_a, span=None
        )
    known = known._replace(over_since_s=inf, span=None)
    return _followed(known, drawn_a, most_a, at_s)


def _followed(known: Obedience, drawn_a: float, most_a: int, at_s: float) -> Obedience:
    """A box that did not follow does again, once clearly less than flowed then is offered and drawn for a while."""
    if known.flows_a <= 0 or drawn_a < _DRAWS_A:
        return known
    if most_a + CLEARLY_A > known.flows_a or drawn_a > most_a + _FOLLOWED_A:
        return known._replace(follows_since_s=inf)
    since_s = min(known.follows_since_s, at_s)
    if at_s - since_s < _LASTS_S:
        return known._replace(follows_since_s=since_s)
    return Obedience(offers=known.offers)


def _counted(known: Obedience, glance: Glance, most_a: int) -> Obedience:
    """The box's counter tells what has flowed."""
    at_s, wh, span = glance.at_s, glance.energy_wh, known.span
    if wh is None:
        return known._replace(span=None, over_since_s=inf)
    if span is None or wh < span.from_wh:
        return known._replace(span=Span(at_s, wh, most_a))
    span = span._replace(most_a=max(span.most_a, most_a))
    lasts_s, grew_wh = at_s - span.from_s, wh - span.from_wh
    if lasts_s < _SPAN_S or (grew_wh < _GRAINS * glance.grain_wh and lasts_s < _LONGEST_SPAN_S):
        return known._replace(span=span)
    drawn_a = max(0.0, grew_wh - glance.grain_wh) * glance.mean_a_of_wh / lasts_s
    known = known._replace(span=Span(at_s, wh, most_a))
    if drawn_a > span.most_a + CLEARLY_A:
        return known._replace(flows_a=drawn_a, follows_since_s=inf)
    return _followed(known, drawn_a, span.most_a, at_s)


class Switched(NamedTuple):
    """What is done with a box that is only on or off.

    Attributes:
        known: The memory after it.
        command: What the box is to do.
        reason: Why.
    """

    known: Obedience
    command: Command
    reason: Reason


def on_or_off(
    known: Obedience,
    told: Command,
    target: Command,
    reason: Reason,
    *,
    wanted_a: float,
    least_a: int,
    now_s: float,
    gap_s: float,
    urgent: bool,
    hold: bool,
) -> Switched:
    """A box that does not follow is stopped when less is wanted than flows, and tried again with growing patience.

    Args:
        known: What is known of it, `flows_a` > 0.
        told: What the box was told last.
        target: What it would be told otherwise, every cap included.
        reason: Why that.
        wanted_a: What is wanted, whatever the next command waits for, A.
        least_a: Lowest limit that charges, A.
        now_s: Now, monotonic seconds.
        gap_s: Seconds until it takes the next command.
        urgent: Whether the target protects, or the meter is silent: then it does not wait.
        hold: Whether the site asks to hold a box that nothing can be told.
    """
    if not told.charging and known.less_since_s <= now_s:
        known = _stopped(known, now_s)
    useful_a = max(least_a, min(target.limit_a, wanted_a) if target.charging else wanted_a)
    if useful_a + _ENOUGH_A >= known.flows_a:
        return Switched(known._replace(less_since_s=inf), target, reason)
    if not told.charging:
        wanted = target.charging or wanted_a >= least_a
        trial = _Trial(now_s=now_s, urgent=urgent, limit_a=int(useful_a))
        return _tried_again(known, told, target, reason, trial) if wanted else Switched(known, target, reason)
    if not target.charging:
        return Switched(known, target, reason)
    if known.less_since_s == inf:
        known = known._replace(less_since_s=now_s)
    wait_s = 0.0 if urgent else max(0.0, gap_s, known.less_since_s + _LESS_FOR_S - now_s)
    figures = {"limit_a": int(useful_a), "flows_a": known.flows_a, "why": reason}
    if hold and not urgent:
        return Switched(known, target, because(ReasonCode.LIMIT_IGNORED_HELD, **figures))
    if wait_s > 0:
        return Switched(known, target, because(ReasonCode.LIMIT_IGNORED_SOON, in_s=wait_s, **figures))
    return Switched(known, Command(told.limit_a, False), because(ReasonCode.LIMIT_IGNORED, **figures))


def _stopped(known: Obedience, now_s: float) -> Obedience:
    """It was stopped, since less was wanted than flowed: the next try is farther off each time."""
    patience_s = min(max(_PATIENCE_FIRST_S, 2 * known.patience_s), _PATIENCE_MAX_S)
    return known._replace(less_since_s=inf, retry_s=now_s + patience_s, patience_s=patience_s)


class _Trial(NamedTuple):
    """A start that is wanted.

    Attributes:
        now_s: Now, monotonic seconds.
        urgent: Whether what would flow is more than is allowed.
        limit_a: What is wanted, A.
    """

    now_s: float
    urgent: bool
    limit_a: int


def _tried_again(known: Obedience, told: Command, target: Command, reason: Reason, trial: _Trial) -> Switched:
    """A start at less than would flow: in the hope that the box follows by now, not often, and not beyond a cap."""
    wait_s = known.retry_s - trial.now_s
    figures = {"limit_a": trial.limit_a, "flows_a": known.flows_a, "why": _without_promise(reason)}
    if trial.urgent:
        return Switched(known, told, because(ReasonCode.LIMIT_IGNORED_CAPPED, **figures))
    if wait_s > 0:
        in_s = max(wait_s, reason.in_s or 0.0)
        return Switched(known, told, because(ReasonCode.LIMIT_IGNORED_OFF, in_s=in_s, **figures))
    if target.charging:
        known = known._replace(less_since_s=trial.now_s + _TRIAL_S)
    return Switched(known, target, reason)


def _without_promise(reason: Reason) -> Reason:
    """Without what says when it would start: it does not start then."""
    while reason.in_s is not None and isinstance(why := reason.values.get("why"), Reason):
        reason = why
    return reason
