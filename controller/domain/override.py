"""What a person wants for a while, over all that is planned: a pause, or a boost."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple


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
        """Whether its time is not over at `now` (aware)."""
        return self.until is None or now < self.until
