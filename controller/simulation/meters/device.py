"""A virtual device: units with the registers of a profile, and what they answer."""

from __future__ import annotations

from collections.abc import Mapping

from controller.domain.errors import ConfigError
from controller.meter.formula import Formula, Function
from controller.meter.profile import Profile
from controller.meter.quantities import Role
from controller.simulation.meters.encoding import Wanted, blanked, encoded, folded
from controller.simulation.meters.faults import MeterFaults
from controller.simulation.meters.layout import Cells, Layout, readable
from controller.simulation.meters.sunspec import sunspec_layout
from controller.simulation.meters.values import Measuring, turned

ILLEGAL_FUNCTION = 1
ILLEGAL_ADDRESS = 2
ILLEGAL_VALUE = 3


class Refused(Exception):
    """The device refuses a request.

    Attributes:
        code: The Modbus exception code.
    """

    def __init__(self, code: int) -> None:
        super().__init__(f"exception {code}")
        self.code = code


class VirtualDevice:
    """All units behind one connection.

    Args:
        profile: The device.
        units: Unit id -> the roles that it serves, several for a hybrid inverter, and what it measures in each.
        strict: Whether gaps and long requests are refused as the device would; else anything up to its last register
            reads.

    Raises:
        ConfigError: The profile tells nothing of a role, or cannot be emulated.
    """

    def __init__(self, profile: Profile, units: Mapping[int, Mapping[Role, Measuring]], *, strict: bool = True) -> None:
        self.profile = profile
        self.units = units
        self._strict = strict
        self._layout = sunspec_layout(profile) if profile.needs_discovery else Layout(formulas=profile.sections)
        for role in (role for roles in self.units.values() for role in roles):
            if profile.section_for(role) is None:
                raise ConfigError(
                    [f"meter profile {profile.key} has no {role} values, only {', '.join(profile.roles)}"]
                )
        self._used = self._layout.used()
        self._readable = readable(self._used, profile.manners.max_gap)
        self._frozen: dict[int, Cells] = {}
        self._faults = MeterFaults()

    @property
    def faults(self) -> MeterFaults:
        """The faults in force; those of the wire are played elsewhere."""
        return self._faults

    @faults.setter
    def faults(self, faults: MeterFaults) -> None:
        if faults.frozen and not self._faults.frozen:
            self._frozen = {unit_id: self._shown(unit_id) for unit_id in self.units}
        self._faults = faults

    def check(self) -> None:
        """Whether its registers can show what is measured now. Raises ConfigError where a value does not fit."""
        for unit_id in self.units:
            try:
                self._shown(unit_id)
            except OverflowError as error:
                raise ConfigError([f"{self.profile.name} cannot show this: {error}"]) from error

    def read(self, unit_id: int, function: Function, start: int, count: int) -> list[int]:
        """Register contents. Raises Refused as the device would, KeyError for a unit that is not there."""
        if unit_id not in self.units:
            raise KeyError(unit_id)
        wanted = [(function, address) for address in range(start, start + count)]
        if self._strict:
            if not any(used == function for used, _ in self._used):
                raise Refused(ILLEGAL_FUNCTION)
            if count > self.profile.manners.max_registers:
                raise Refused(ILLEGAL_VALUE)
            if not self._readable.issuperset(wanted):
                raise Refused(ILLEGAL_ADDRESS)
        elif start + count > max(address for _, address in self._used) + 1:
            raise Refused(ILLEGAL_ADDRESS)
        cells = self.cells(unit_id)
        return [cells.get(place, 0) for place in wanted]

    def cells(self, unit_id: int) -> Cells:
        """Everything that the unit shows now, its faults included."""
        return dict(self._frozen[unit_id]) if self._faults.frozen else self._shown(unit_id)

    def _shown(self, unit_id: int) -> Cells:
        wanted: list[Wanted] = []
        for role, measuring in self.units[unit_id].items():
            wanted += self._wanted(role, measuring)
        cells = encoded(wanted, self._layout.constants)
        return blanked(cells, (formula for _, formula, _ in wanted)) if self._faults.nan else cells

    def _wanted(self, role: Role, measuring: Measuring) -> list[Wanted]:
        """What the role's table has to show, in the sense of its formulas."""
        section = self.profile.section_for(role)
        if section is None:
            return []
        sign = self.profile.sense(role) * (-1 if self._faults.sign_flip else 1)
        values = turned(measuring(), sign)
        return [
            (quantity, formula, _fitting(folded(values[quantity], quantity, phases), formula))
            for quantity, formula in self._layout.formulas[section].items()
            if quantity in values and (phases := len(formula.components))
        ]


def _fitting(numbers: tuple[float, ...], formula: Formula) -> tuple[float, ...]:
    """As many numbers as the formula has components; phases that nobody tells of are at 0."""
    return (*numbers, *(0.0,) * (len(formula.components) - len(numbers)))
