"""The days on which the project measures itself."""

from __future__ import annotations

from datetime import date

from controller.simulation.days.day import Day
from controller.simulation.days.kind import DayKind

_JUNE = (
    (DayKind.MIXED, 1),
    (DayKind.OVERCAST, 2),
    (DayKind.OVERCAST, 3),
    (DayKind.BROKEN, 4),
    (DayKind.MIXED, 5),
    (DayKind.BROKEN, 6),
    (DayKind.MIXED, 7),
    (DayKind.OVERCAST, 8),
    (DayKind.BROKEN, 9),
    (DayKind.CLEAR, 10),
)
_OTHERS = (
    (DayKind.SUNNY, 13, date(2026, 4, 13)),
    (DayKind.THUNDERSTORM, 12, date(2026, 7, 21)),
    (DayKind.FOG, 15, date(2026, 10, 21)),
    (DayKind.WINTER, 11, date(2026, 1, 21)),
)


def june_days() -> tuple[Day, ...]:
    """Ten days of June that have, together, the clouds of ten recorded ones."""
    return tuple(Day(kind=kind, seed=seed, on=date(2026, 6, seed)) for kind, seed in _JUNE)


def standard_days() -> tuple[Day, ...]:
    """Those of June, and one of every other kind in its season."""
    return (*june_days(), *(Day(kind=kind, seed=seed, on=on) for kind, seed, on in _OTHERS))
