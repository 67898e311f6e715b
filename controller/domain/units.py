"""Electrical constants and conversions; watts, amps and volts a phase."""

from __future__ import annotations

MIN_CURRENT_A = 6
"""Lowest current that IEC 61851-1 lets a station signal while charging; 1 to 5 A do not exist."""

MAX_CURRENT_A = 32
"""Highest current of the wallboxes served (22 kW on three phases)."""

HIGHEST_LIMIT_A = 250
"""Highest operator current limit that is believed, at a box or on record."""


def power_w(current_a: float, phases: int, voltage_v: float) -> float:
    """Power of `phases` equal phases, in W.

    Args:
        current_a: Current a phase, A.
        phases: 1 to 3.
        voltage_v: Phase to neutral, V.
    """
    return current_a * phases * voltage_v
