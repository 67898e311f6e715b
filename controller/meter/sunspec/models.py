"""The SunSpec models as data: which points they have, where, and of which type."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Any

from controller.meter.registers import RegisterType

COMMON = 1
"""The model that begins a device block: who made it."""
END = 0xFFFF
"""The model number that ends a chain."""
HEADER_REGISTERS = 2
"""Model number and length."""

_TYPES: dict[str, tuple[RegisterType, frozenset[int] | None]] = {
    "int16": (RegisterType.INT16, frozenset({0x8000})),
    "uint16": (RegisterType.UINT16, frozenset({0xFFFF})),
    "uint32": (RegisterType.UINT32, frozenset({0xFFFF_FFFF})),
    "uint64": (RegisterType.UINT64, frozenset({0xFFFF_FFFF_FFFF_FFFF})),
    "acc32": (RegisterType.UINT32, frozenset({0xFFFF_FFFF})),
    "float32": (RegisterType.FLOAT32, None),
}
"""SunSpec's type -> ours, and its patterns for "not implemented"; None for the usual ones.

0x7FFF is a good int16 here, unlike with many vendors. A counter (acc32) that a device does not keep is 0 by the
specification, and so is that of a house that never exported: 0 counts as a value. All ones are no value: nobody gets
there, and devices that sleep show it.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a point lies in its model.

    Attributes:
        offset: Registers from the model's number, or from the start of a module.
        kind: Its type.
        not_available: Bit patterns for "not implemented"; None for the type's usual ones.
        exponent_offset: Where its power of ten lies, from the model's number; None for none.
        unit: Of the value after scaling: W, A, V, Hz, Wh or %.
        phase: The phase it belongs to, from 1; 0 for all of them.
    """

    offset: int
    kind: RegisterType
    not_available: frozenset[int] | None
    exponent_offset: int | None
    unit: str
    phase: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a model looks like.

    Attributes:
        points: Those of the fixed part that Sunpace reads, by name.
        phases: Phases it has.
        wiring_offset: The register that tells the phases; None where the model's number does.
        wiring_phases: Phases by what stands there.
        module_points: Those of each repeated module.
        first_module_offset: Where the first module begins.
        module_length: Registers of a module; 0 where there are none.
    """

    points: Mapping[str, Place]
    phases: int = 3
    wiring_offset: int | None = None
    wiring_phases: tuple[int, ...] = ()
    module_points: Mapping[str, Place] = field(default_factory=dict)
    first_module_offset: int = 0
    module_length: int = 0

    def modules(self, length: int) -> int:
        """Modules of a model that has `length` registers behind its header."""
        if not self.module_length:
            return 0
        return max(0, (length + HEADER_REGISTERS - self.first_module_offset) // self.module_length)


@cache
def shapes() -> Mapping[int, Shape]:
    """All models that Sunpace can read, by number."""
    text = (resources.files("controller.meter.sunspec") / "models.toml").read_text(encoding="utf-8")
    found: dict[int, Shape] = {}
    for family in tomllib.loads(text)["family"]:
        for index, number in enumerate(family["models"]):
            found[number] = _shape(family, index)
    return found


def fault(number: int, point: str, *, in_module: bool) -> str | None:
    """Why `point` cannot be read from the model `number`; None when it can."""
    if number not in shapes():
        known = ", ".join(map(str, sorted(shapes())))
        return f"SunSpec model {number} is none of those that can be read here: {known}"
    shape = shapes()[number]
    places = shape.module_points if in_module else shape.points
    if point in places:
        return None
    kind = "module point" if in_module else "point"
    return f"SunSpec model {number} has no {kind} {point} that can be read here, only {', '.join(places) or 'none'}"


def _shape(family: Mapping[str, Any], index: int) -> Shape:
    return Shape(
        points=_places(family.get("points", {})),
        phases=family["phases"][index] if "phases" in family else 3,
        wiring_offset=family.get("wiring_at"),
        wiring_phases=tuple(family.get("wiring_phases", ())),
        module_points=_places(family.get("module_points", {})),
        first_module_offset=family.get("first_module_at", 0),
        module_length=family.get("module_length", 0),
    )


def _places(points: Mapping[str, Mapping[str, Any]]) -> dict[str, Place]:
    found: dict[str, Place] = {}
    for name, point in points.items():
        kind, not_available = _TYPES[point["type"]]
        found[name] = Place(
            offset=point["at"],
            kind=kind,
            not_available=not_available,
            exponent_offset=point.get("exponent_at"),
            unit=point["unit"],
            phase=point.get("phase", 0),
        )
    return found
