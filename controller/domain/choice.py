"""Another strategy than the configuration's, chosen by a person for good or until an end."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import NamedTuple

DEFAULT = "default"
"""The word that goes back to what the configuration says."""
RESERVED = frozenset({"active", DEFAULT, "list", "show"})
"""Words of the configuration and of `sunpace strategy`: no strategy is called so."""
LONGEST = timedelta(days=366)
"""Whoever means longer means for good."""
_FURTHEST = LONGEST + timedelta(days=1)
"""So far off an end may be: a clock that is set back a little ends nothing."""
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")


def is_name(text: str) -> bool:
    """Whether a strategy may be called so."""
    return text not in RESERVED and _NAME.fullmatch(text) is not None


class Choice(NamedTuple):
    """What was chosen.

    Attributes:
        name: The strategy's.
        set_at: Aware UTC.
        until: When the configuration's holds again, aware UTC; None where only another word ends it.
    """

    name: str
    set_at: datetime
    until: datetime | None = None

    def holds(self, now: datetime) -> bool:
        """Whether its time is not over at `now` (aware).

        One whose end is further off than any may be was set while the clock was wrong: nobody meant years.
        """
        return self.until is None or timedelta(0) < self.until - now <= _FURTHEST


class Followed(NamedTuple):
    """What the service follows.

    Attributes:
        name: The strategy's.
        since: Aware UTC.
        awaited: One that was chosen, and is not followed yet, or cannot be; empty for none.
        why: Why not; empty while it is only being started.
    """

    name: str
    since: datetime
    awaited: str = ""
    why: str = ""
