"""Moments and durations on the command line."""

from __future__ import annotations

import argparse
import re
from datetime import datetime, time, timedelta, tzinfo

from controller.domain.calendar import instant, wall_time
from controller.domain.moment import shown_twice

_DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)(?:min|m))?(?:(\d+)s)?")


def moment(text: str) -> datetime:
    """A time with its offset. Raises ArgumentTypeError."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no time; write it like 2026-12-31T18:00:00+01:00") from error
    if found.tzinfo is None:
        raise argparse.ArgumentTypeError(f"{text}: an offset is needed, like {text}+01:00, or Z behind it for UTC")
    return found


def clock_time(local: datetime) -> str:
    """A time of day in its zone, which is named where the clock shows that time twice because it is put back."""
    return f"{local:%H:%M} {local:%Z}" if shown_twice(local) else f"{local:%H:%M}"


def moment_or_clock(text: str) -> time | datetime:
    """A time with its offset, or a time of day. Raises ArgumentTypeError."""
    try:
        return wall_time(text)
    except ValueError:
        return moment(text)


def end_meant(until: time | datetime | None, lasts: timedelta | None, now: datetime, zone: tzinfo) -> datetime | None:
    """When something is to end; None where nothing was said.

    Args:
        until: The moment, or the next time a clock shows it.
        lasts: Or how long it lasts.
        now: From which on, aware.
        zone: The site's.
    """
    if isinstance(until, datetime):
        return until
    if until is not None:
        today = now.astimezone(zone).date()
        ends = (instant(today + timedelta(days=days), until, zone) for days in (0, 1))
        return next(end for end in ends if end > now)
    return None if lasts is None else now + lasts


def duration(text: str, longest: timedelta, as_said: str, otherwise: str = "") -> timedelta:
    """A duration like 1h30min.

    Args:
        text: As it was typed.
        longest: The most.
        as_said: And how that is said.
        otherwise: What can be typed in place of a longer one.

    Raises:
        ArgumentTypeError: It is none, or not between a second and the longest.
    """
    match = _DURATION.fullmatch(text)
    if match is None or not any(match.groups()):
        raise argparse.ArgumentTypeError(f"{text!r} is no duration; write it like 2h, 90min or 1h30min")
    days, hours, minutes, seconds = (int(group or 0) for group in match.groups())
    if max(days, hours, minutes, seconds) > longest.total_seconds():
        raise argparse.ArgumentTypeError(f"{text} is too long; {as_said} is the most{otherwise}")
    lasts = timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if not timedelta(0) < lasts <= longest:
        raise argparse.ArgumentTypeError(f"{text} is not between a second and {as_said}{otherwise.replace(',', ';')}")
    return lasts
