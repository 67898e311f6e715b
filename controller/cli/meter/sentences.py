"""What the signs mean now, in words; pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from controller.cli.meter.values import watts
from controller.domain.readings import Reading
from controller.meter.quantities import Role

_NOTHING_W = 1.0
"""Below it nobody can tell a direction."""
_WAYS: dict[Role, tuple[str, str, str]] = {
    Role.GRID: (
        "you are importing {} from the grid",
        "you are exporting {} to the grid",
        "nothing flows to or from the grid",
    ),
    Role.PV: ("the PV produces {}", "the PV draws {}", "the PV produces nothing now"),
    Role.BATTERY: ("the battery is discharging with {}", "the battery is charging with {}", "the battery rests"),
    Role.LOAD: ("the house draws {}", "the house delivers {}", "the house draws nothing"),
    Role.EV: ("the car draws {}", "the car delivers {}", "the car draws nothing"),
}
_SUBJECTS = {
    Role.GRID: "the grid",
    Role.PV: "the PV",
    Role.BATTERY: "the battery",
    Role.LOAD: "the house",
    Role.EV: "the car",
}


def sentence(role: Role, reading: Reading) -> str:
    """What the meter's power means now."""
    power_w = reading.power_w
    if power_w is None:
        why = reading.refused.get("power_w", "the meter does not tell")
        return f"what {_SUBJECTS[role]} does is not known: {why}"
    forth, back, nothing = _WAYS[role]
    if abs(power_w) < _NOTHING_W:
        return nothing
    return (forth if power_w > 0 else back).format(watts(power_w))


def explained(readings: Mapping[Role, Reading], *, line_meter: bool, invert: bool) -> Iterator[str]:
    """A sentence a role, and what to do where one of them is wrong.

    Args:
        readings: What was read.
        line_meter: Whether the device could sit anywhere in the house.
        invert: Whether it is read the other way round already.
    """
    for role, reading in readings.items():
        yield sentence(role, reading)
    signed = [role for role, reading in readings.items() if reading.power_w and abs(reading.power_w) >= _NOTHING_W]
    if signed and line_meter:
        remedy = "leave out --invert" if invert else "invert = true (here --invert)"
        yield f"if that is the wrong way round: {remedy}"
    elif signed and invert:
        yield "if that is the wrong way round: leave out --invert"
    elif signed:
        yield "if one of these is the wrong way round: give it a table of its own, with invert = true (here --invert)"
    if line_meter and Role.GRID in readings:
        yield (
            "it was read as the meter at the grid connection; if it sits elsewhere, say so with --role: "
            "pv, battery, load or ev"
        )
