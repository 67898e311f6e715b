"""What the car takes at the most, where it has shown that more is of no use to it; pure.

An on-board charger's limit, a cold battery, or one that is nearly full: beyond it a higher offer brings nothing, and
every write of one is wasted. A car that takes a little less than any offer is not meant: it does answer.
"""

from __future__ import annotations

from math import ceil, inf
from typing import NamedTuple

from controller.control.glance import Glance

_SETTLED_S = 60.0  # after a command the car draws what it will draw of it, and its meter has told
_ANSWERS = 0.3  # of a rise: less is none
_LEAST_RISE_A = 2  # smaller ones drown in the meter's noise
_TAPERS_A = 2.5  # so much less than before of the same offer
_LESS_A = 1.5  # than offered: cars take an amp less, and meters tremble
_MORE_A = 0.75  # so much more than the ceiling, and it was none
_DRAWS_A = 1.0  # with less it rests, and shows nothing
_ROOM_A = 1  # above it, so that a car that would take more can show it


class Ceiling(NamedTuple):
    """What the car takes at the most.

    Attributes:
        limit_a: The offer at the last settled look, A; 0 where there was none.
        drawn_a: What it took of it then, or at the first look at that offer, A.
        cap_a: What it takes at the most, A; infinite while that has not shown.
    """

    limit_a: int = 0
    drawn_a: float = 0.0
    cap_a: float = inf

    @property
    def most_a(self) -> float:
        """The highest offer that is of any use, A."""
        return ceil(self.cap_a - 0.25) + _ROOM_A if self.cap_a < inf else inf


def observe_ceiling(known: Ceiling, glance: Glance) -> Ceiling:
    """What a look at the box and the car's own meter says of it."""
    if glance.anew:
        return Ceiling()
    settled = glance.offers and glance.at_s - glance.settled_s >= _SETTLED_S
    if glance.drawn_a is None or glance.drawn_a < _DRAWS_A or not settled:
        return known
    drawn_a, limit_a = glance.drawn_a, glance.told.limit_a
    if drawn_a > known.cap_a + _MORE_A:
        return Ceiling(limit_a, drawn_a)
    rise_a = limit_a - known.limit_a
    tapers = rise_a == 0 and drawn_a <= known.drawn_a - _TAPERS_A
    silent = known.limit_a > 0 and rise_a >= _LEAST_RISE_A and drawn_a - known.drawn_a < _ANSWERS * rise_a
    if drawn_a < limit_a - _LESS_A and (tapers or silent):
        return Ceiling(limit_a, drawn_a, min(known.cap_a, drawn_a if tapers else max(drawn_a, known.drawn_a)))
    return known if rise_a == 0 else known._replace(limit_a=limit_a, drawn_a=drawn_a)
