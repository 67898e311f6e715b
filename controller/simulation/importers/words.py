"""Instants, lengths and counts for people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime


def at(time_s: float) -> str:
    """An instant for people."""
    return f"{datetime.fromtimestamp(time_s, UTC):%Y-%m-%dT%H:%M:%SZ}"


def lasting(length_s: float) -> str:
    """A length of time for people."""
    return f"{length_s:.0f} s" if length_s < 120 else f"{length_s / 60:.0f} min"


def often(count: int) -> str:
    """How many times, for people."""
    return "once" if count == 1 else f"{count} times"


def rows(count: int) -> str:
    """How many rows, for people."""
    return f"{count} row{'s' if count != 1 else ''}"


def usual_step_s(times_s: Sequence[float]) -> float:
    """The median of the steps, 0 where there is none; of a sample where they are very many."""
    stride = max(1, len(times_s) // 20_000)
    steps = sorted(times_s[index] - times_s[index - 1] for index in range(1, len(times_s), stride))
    return steps[(len(steps) - 1) // 2] if steps else 0.0
