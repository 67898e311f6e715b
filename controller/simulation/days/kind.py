"""The kinds of day that we make."""

from __future__ import annotations

from datetime import date
from enum import StrEnum


class DayKind(StrEnum):
    """What the sky does."""

    CLEAR = "clear"
    SUNNY = "sunny"
    BROKEN = "broken"
    OVERCAST = "overcast"
    MIXED = "mixed"
    WINTER = "winter"
    FOG = "fog"
    THUNDERSTORM = "thunderstorm"


_SUMMER = date(2026, 6, 21)
_SEASONS = {
    DayKind.WINTER: date(2026, 1, 21),
    DayKind.FOG: date(2026, 10, 21),
    DayKind.THUNDERSTORM: date(2026, 7, 21),
}


def usual_date(kind: DayKind, latitude_deg: float) -> date:
    """When a kind of day is at home; half a year later in the south."""
    north = _SEASONS.get(kind, _SUMMER)
    return north if latitude_deg >= 0 else north.replace(month=(north.month + 5) % 12 + 1)
