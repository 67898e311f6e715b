"""Where a profile's quantities lie in the virtual device; pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from controller.domain.errors import ConfigError
from controller.meter.formula import Formula, Function
from controller.meter.profile import Profile
from controller.meter.quantities import Quantity, Section

Cells = dict[tuple[Function, int], int]
"""Register contents: function and address -> 16-bit word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """A device's register map.

    Attributes:
        formulas: What lies where, by table and quantity; registers only, no SunSpec points.
        constants: What never changes: a SunSpec device's marker, model heads and names.
    """

    formulas: Mapping[Section, Mapping[Quantity, Formula]]
    constants: Mapping[tuple[Function, int], int] = field(default_factory=dict)

    def used(self) -> frozenset[tuple[Function, int]]:
        """Every register that the device has."""
        return frozenset(self.constants) | {
            (register.function, address)
            for quantities in self.formulas.values()
            for formula in quantities.values()
            for register in formula.registers()
            for address in range(register.address, register.end)
        }


def layout_of(profile: Profile) -> Layout:
    """Where a device of this profile has its values. Raises ConfigError where that is not known."""
    if profile.needs_discovery:
        raise ConfigError([f"meter profile {profile.key}: SunSpec devices are not emulated yet"])
    return Layout(formulas=profile.sections)


def readable(used: frozenset[tuple[Function, int]], max_gap: int) -> frozenset[tuple[Function, int]]:
    """What may be read: the registers that are used, and the gaps of up to `max_gap` between them."""
    found = set(used)
    order = sorted(used)
    for (function, address), (next_function, next_address) in pairwise(order):
        if function == next_function and next_address - address - 1 <= max_gap:
            found.update((function, between) for between in range(address + 1, next_address))
    return frozenset(found)
