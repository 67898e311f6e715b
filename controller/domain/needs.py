"""What has to be in the car by when, and what of it is there; pure.

What counts for a deadline is what has been charged since the one before it, or since the car was plugged in, whichever
is later: at a deadline the car is taken to leave, and a car that comes back may have been anywhere. Both err to the
safe side: rather too much is charged than too little. Where the driver says that the car drives what the needs say,
what was charged beyond one is there for the next. What a later deadline needs, and could not get after an earlier one,
has to be there by the earlier one as well, and is carried over.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from controller.domain.calendar import Span
from controller.domain.horizon import EnergyLog

_DAY = timedelta(days=1)


class Need(NamedTuple):
    """What has to be there by a moment.

    Attributes:
        by: Aware UTC.
        wh: So much, charged for it, at the plug.
    """

    by: datetime
    wh: float


class Due(NamedTuple):
    """The next deadline, with what is left to do for it.

    Attributes:
        by: Aware UTC.
        wh: What is wanted for it, Wh.
        got_wh: What of it there is already, Wh.
        early_wh: What has to be there beyond it, because a later deadline could not get it afterwards, Wh.
    """

    by: datetime
    wh: float
    got_wh: float
    early_wh: float

    @property
    def missing_wh(self) -> float:
        """What is still to be charged by then, Wh."""
        return max(0.0, self.wh + self.early_wh - self.got_wh)


def in_order(needs: Iterable[Need]) -> list[Need]:
    """One need a deadline, in their order: where two are for the same moment the larger one counts."""
    largest: dict[datetime, float] = {}
    for by, wh in needs:
        largest[by] = max(wh, largest.get(by, 0.0))
    return [Need(by, wh) for by, wh in sorted(largest.items())]


def due(
    needs: Sequence[Need],
    now: datetime,
    charged: EnergyLog,
    plugged_since: datetime | None,
    full_w: float,
    *,
    leftover_counts: bool = False,
) -> Due | None:
    """The next deadline; None where there is none.

    Args:
        needs: One a deadline, in their order, those that have passed among them.
        now: Aware.
        charged: What the car has got.
        plugged_since: When it came; None where nobody knows.
        full_w: What it draws at the most, W.
        leftover_counts: Whether what was charged beyond the needs that have passed is still there.
    """
    place = bisect_right(needs, now, key=lambda need: need.by)
    if place == len(needs):
        return None
    need, early_wh = needs[place], _early_wh(needs, place, full_w)
    if leftover_counts:
        got_wh = _left_wh(needs[: place + 1], charged, full_w)
    else:
        got_wh = _got_wh(needs, place, charged, plugged_since, full_w)
    return Due(need.by, need.wh, got_wh, early_wh)


def shortfall(
    needs: Sequence[Need], now: datetime, got_wh: float, full_w: float, *, leftover_counts: bool = False
) -> tuple[Need, float] | None:
    """The first deadline that cannot be made from now on at full power, and what it will lack, Wh; None without one.

    Args:
        needs: One a deadline, in their order, those that have passed among them.
        now: Aware.
        got_wh: What there is for the next one, Wh.
        full_w: What the car draws at the most, W.
        leftover_counts: Whether what there is beyond a need is still there for the next.
    """
    wanted_wh = -got_wh
    for place in range(bisect_right(needs, now, key=lambda need: need.by), len(needs)):
        need = needs[place]
        wanted_wh += need.wh
        lacks_wh = wanted_wh - full_w * Span(now, need.by).hours
        if lacks_wh > 0:
            return need, min(lacks_wh, need.wh)
        if not leftover_counts:
            wanted_wh = max(wanted_wh, -_early_wh(needs, place, full_w))
    return None


def _early_wh(needs: Sequence[Need], place: int, full_w: float) -> float:
    """What the deadlines after one cannot get between it and theirs."""
    early_wh = 0.0
    for before, after in reversed(list(zip(needs[place:], needs[place + 1 :], strict=False))):
        early_wh = max(0.0, after.wh + early_wh - full_w * Span(before.by, after.by).hours)
    return early_wh


def _got_wh(
    needs: Sequence[Need], place: int, charged: EnergyLog, plugged_since: datetime | None, full_w: float
) -> float:
    """What there is for a deadline: charged from when it counts, or carried over the one before."""
    since, by = _counts_from(needs, place, plugged_since, full_w), needs[place].by
    got_wh = charged.since_wh(since) - charged.since_wh(by)
    meant_wh = _early_wh(needs, place - 1, full_w) if place else 0.0
    if meant_wh <= 0:
        return got_wh
    left_wh = _got_wh(needs, place - 1, charged, plugged_since, full_w) - needs[place - 1].wh
    return got_wh + min(meant_wh, max(0.0, left_wh))


def _left_wh(needs: Sequence[Need], charged: EnergyLog, full_w: float) -> float:
    """What there is for the last of some deadlines, where each before it has taken what it needed, and no more.

    Behind the first that has passed nothing is counted as left: who has taken of it before is not known.
    """
    left_wh = 0.0
    for place, need in enumerate(needs[1:], start=1) if len(needs) > 1 else enumerate(needs):
        since = _counts_from(needs, place, None, full_w)
        taken_wh = needs[place - 1].wh if place > 1 else 0.0
        left_wh = max(0.0, left_wh - taken_wh) + charged.since_wh(since) - charged.since_wh(need.by)
    return left_wh


def _counts_from(needs: Sequence[Need], place: int, plugged_since: datetime | None, full_w: float) -> datetime:
    """From when on what is charged counts: the deadline before, or when the car came; a first one's in good time."""
    need = needs[place]
    came = plugged_since if plugged_since is not None and plugged_since <= need.by else None
    if place:
        before = needs[place - 1].by
        return before if came is None else max(before, came)
    return came or need.by - max(_DAY, timedelta(hours=2 * need.wh / full_w))
