"""A device's profile: which registers hold which quantity, and how the device wants to be asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from controller.meter.formula import Formula
from controller.meter.quantities import Quantity, Role, Section

Parity = Literal["none", "even", "odd"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Serial:
    """How a serial line is set.

    Attributes:
        baudrate: Bits a second.
        parity: "none", "even" or "odd".
        stopbits: 1 or 2.
    """

    baudrate: int = 9600
    parity: Parity = "none"
    stopbits: Literal[1, 2] = 1

    def __str__(self) -> str:
        """As people write it: 9600 8N1."""
        return f"{self.baudrate} 8{self.parity[0].upper()}{self.stopbits}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How a device wants to be asked.

    Attributes:
        max_registers: Most registers of one request.
        max_gap: Most registers that a request may read for nothing.
        pause_s: Rest between two requests, s.
        settle_s: Wait between connecting and the first request, s.
        timeout_s: Longest wait for an answer, s; None for what the configuration says.
        one_client: Whether it serves a single connection at a time.
    """

    max_registers: int = 100
    max_gap: int = 0
    pause_s: float = 0.0
    settle_s: float = 0.0
    timeout_s: float | None = None
    one_client: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A device, ready to be read.

    Attributes:
        key: The file's name without its ending.
        name: What people call the device.
        maker: Who makes it.
        models: Further names it is sold or known under, for searching.
        source: The manual that the addresses come from.
        notes: What an installer has to know: settings to make, things that look odd and are right.
        port: Usual TCP port.
        unit_id: Usual unit id.
        serial: Usual settings of its serial line.
        manners: How it wants to be asked.
        sections: What it can tell, by table.
    """

    key: str
    name: str
    maker: str
    models: tuple[str, ...] = ()
    source: str
    notes: str = ""
    port: int = 502
    unit_id: int = 1
    serial: Serial = Serial()
    manners: Manners = Manners()
    sections: Mapping[Section, Mapping[Quantity, Formula]] = field(default_factory=dict)

    @property
    def roles(self) -> tuple[Role, ...]:
        """The roles that it can fill; a line meter fills any."""
        if Section.METER in self.sections:
            return tuple(Role)
        served = [Role(section.value) for section in self.sections]
        return tuple(role for role in Role if role in served or (role is Role.EV and Role.LOAD in served))

    @property
    def usual_roles(self) -> tuple[Role, ...]:
        """The roles that are meant when nobody says: all of an inverter's, the grid for a line meter."""
        return tuple(section.usual_role for section in Section if section in self.sections)

    def section_for(self, role: Role) -> Section | None:
        """The table that tells of `role`; None where there is none."""
        own = Section.LOAD if role is Role.EV else Section(role.value)
        return next((section for section in (own, Section.METER) if section in self.sections), None)

    def sense(self, role: Role) -> int:
        """Factor from what the profile's formulas give to the role's sign."""
        return role.sign if self.section_for(role) is Section.METER else 1

    def formulas(self) -> Iterator[Formula]:
        """All of them."""
        for quantities in self.sections.values():
            yield from quantities.values()

    @property
    def needs_discovery(self) -> bool:
        """Whether SunSpec models have to be found before it can be read."""
        return any(True for formula in self.formulas() for _ in formula.points())
