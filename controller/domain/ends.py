"""How the end of something is said to people; pure."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

_WEEK = timedelta(days=6)


def said_end(until: datetime | None, now: datetime, zone: tzinfo) -> datetime | str:
    """An end for a reason: local time, as a day of the week and a time only while that is no other week's.

    Args:
        until: Aware; None for one that does not come by itself.
        now: Aware.
        zone: The site's.
    """
    if until is None:
        return "always"
    local = until.astimezone(zone)
    return local if until - now < _WEEK else f"{local:%Y-%m-%d %H:%M}"
