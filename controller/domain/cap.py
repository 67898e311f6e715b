"""A limit of the car's power that is set from outside, as by a grid operator's dimming."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple


class Cap(NamedTuple):
    """What somebody else allows the car.

    Of `power_w` and `current_a` one is given. Neither is where what was set cannot be read: then the car gets its
    minimum at the most.

    Attributes:
        power_w: Most that it may draw on all phases together, W, >= 0.
        current_a: Most that it may draw a phase, A, >= 0.
        until: Aware; when it ends; None for never.
        source: Who has set it; empty where nobody said.
        kept: Whether what was set last cannot be read, and this is what was set before.
    """

    power_w: float | None = None
    current_a: float | None = None
    until: datetime | None = None
    source: str = ""
    kept: bool = False

    def holds(self, now: datetime) -> bool:
        """Whether it has not ended at `now` (aware)."""
        return self.until is None or now < self.until
