"""Moments and durations on the command line."""

from __future__ import annotations

import argparse
import re
from datetime import datetime, timedelta

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
