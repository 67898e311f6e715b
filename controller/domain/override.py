"""What a person wants for a while, over all that is planned: a pause, or a boost."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

PAUSE_LASTS = timedelta(hours=12)
"""Unless it is said: over the longest absence of a day; a pause that is forgotten leaves no car empty for ever."""
BOOST_LASTS = timedelta(hours=4)
"""Unless it is said, nor an energy: what most daily drives need even on one phase."""
BOOST_ENERGY_LASTS = timedelta(hours=24)
"""One that is to give an energy, at the most, unless it is said."""
LONGEST = timedelta(days=31)
"""No pause or boost may last for longer: that is what strategies are for."""
_FURTHEST = LONGEST + timedelta(days=1)
"""So far off an end may be: a clock that is set back a little ends nothing."""


class OverrideKind(StrEnum):
    """What is wanted; a pause goes before a boost, and both before any strategy."""

    PAUSE = "pause"
    BOOST = "boost"


class Override(NamedTuple):
    """A wish with an end.

    Attributes:
        kind: Which.
        set_at: Aware UTC.
        until: When it ends, aware UTC; None where only its energy ends it.
        current_a: Of a boost, A a phase; None for as much as there may be.
        energy_wh: Of a boost: after so much more it ends, Wh; None where only time ends it.
        use_battery: Of a boost: whether the home battery may be emptied into the car.
    """

    kind: OverrideKind
    set_at: datetime
    until: datetime | None
    current_a: int | None = None
    energy_wh: float | None = None
    use_battery: bool = False

    def holds(self, now: datetime) -> bool:
        """Whether its time is not over at `now` (aware).

        One whose end is further off than any may be was set while the clock was wrong: nobody meant years.
        """
        return self.until is None or timedelta(0) < self.until - now <= _FURTHEST


class Overrides(NamedTuple):
    """What persons want for a while; each kind once.

    Attributes:
        pause: No charging; None for none.
        boost: Charging; None for none.
    """

    pause: Override | None = None
    boost: Override | None = None

    def in_force(self, now: datetime) -> Override | None:
        """The one that counts at `now` (aware): a pause goes first, and a boost goes on underneath."""
        for one in self:
            if one is not None and one.holds(now):
                return one
        return None


NO_OVERRIDES = Overrides()
"""Nobody wants anything."""
