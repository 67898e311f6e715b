"""A moment to come, as exactly as a person has to be told it; pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple, Self

_DAY = timedelta(days=1)


class Moment(NamedTuple):
    """A moment to come.

    Attributes:
        at: Aware, in the zone of who is told.
        within_a_day: Whether it is at most 24 h away: the time of day tells it.
        near: Whether it is today or tomorrow: the day of the week tells it; otherwise it takes the date.
    """

    at: datetime
    within_a_day: bool
    near: bool

    @classmethod
    def seen_from(cls, now: datetime, at: datetime) -> Self:
        """How it is told at `now` (aware, in the zone of who is told)."""
        local = at.astimezone(now.tzinfo)
        ahead = local.date() - now.date()
        # between two times of one zone Python would reckon with what the clocks on the wall show
        return cls(local, at.timestamp() - now.timestamp() <= _DAY.total_seconds(), ahead <= _DAY)


def shown_twice(local: datetime) -> bool:
    """Whether the clock shows this time again, or has before, because it is put back."""
    before, after = local.replace(fold=0).utcoffset(), local.replace(fold=1).utcoffset()
    return before is not None and after is not None and before > after
