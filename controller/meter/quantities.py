"""What a meter can tell, where in the house it sits, and the names under which people see both."""

from __future__ import annotations

from enum import StrEnum


class Quantity(StrEnum):
    """What a meter tells; names carry the units."""

    POWER_W = "power_w"
    PHASE_POWER_W = "phase_power_w"
    CURRENT_A = "current_a"
    VOLTAGE_V = "voltage_v"
    FREQUENCY_HZ = "frequency_hz"
    ENERGY_WH = "energy_wh"
    """Total in the role's positive sense: imported, produced, discharged, drawn."""
    ENERGY_BACK_WH = "energy_back_wh"
    """Total the other way: exported, charged."""
    SOC_PCT = "soc_pct"

    @property
    def per_phase(self) -> bool:
        """Whether it has one value a phase."""
        return self in (Quantity.PHASE_POWER_W, Quantity.CURRENT_A, Quantity.VOLTAGE_V)


class Role(StrEnum):
    """Where in the house a meter sits."""

    GRID = "grid"
    PV = "pv"
    BATTERY = "battery"
    LOAD = "load"
    EV = "ev"

    @property
    def sign(self) -> int:
        """Factor from a line meter's sense (positive towards the load) to the role's."""
        return -1 if self in (Role.PV, Role.BATTERY) else 1

    def public_name(self, quantity: Quantity) -> str:
        """What the quantity of a meter in this role is called outside: `grid_w`, `pv_w`, `battery_soc_pct`."""
        return _PUBLIC_NAMES[self].get(quantity, f"{self.value}_{_SHORT.get(quantity, quantity.value)}")


class Section(StrEnum):
    """The tables of a profile: a line meter that serves any role, or what a device knows of one role."""

    METER = "meter"
    GRID = "grid"
    PV = "pv"
    BATTERY = "battery"
    LOAD = "load"

    @property
    def words(self) -> dict[str, Quantity]:
        """The keys of the table."""
        return _SECTION_WORDS[self]

    @property
    def senses(self) -> dict[str, int]:
        """What `positive` may say in the table, and the factor that follows from it."""
        return _SENSES[self]

    @property
    def usual_role(self) -> Role:
        """The role that is meant when nobody says."""
        return Role.GRID if self is Section.METER else Role(self.value)


PHYSICAL_RANGE: dict[Quantity, tuple[float, float]] = {
    Quantity.POWER_W: (-200_000, 200_000),
    Quantity.PHASE_POWER_W: (-70_000, 70_000),
    Quantity.CURRENT_A: (-300, 300),
    Quantity.VOLTAGE_V: (0, 300),
    Quantity.FREQUENCY_HZ: (45, 65),
    Quantity.ENERGY_WH: (0, 1e12),
    Quantity.ENERGY_BACK_WH: (0, 1e12),
    Quantity.SOC_PCT: (0, 100),
}
"""What a house's connection can show at all; beyond it a value is a fault of meter, wiring or profile."""

_LINE = {
    "power_w": Quantity.POWER_W,
    "phase_power_w": Quantity.PHASE_POWER_W,
    "current_a": Quantity.CURRENT_A,
    "voltage_v": Quantity.VOLTAGE_V,
    "frequency_hz": Quantity.FREQUENCY_HZ,
}
_BOTH_WAYS = {**_LINE, "energy_import_wh": Quantity.ENERGY_WH, "energy_export_wh": Quantity.ENERGY_BACK_WH}
_ONE_WAY = {**_LINE, "energy_wh": Quantity.ENERGY_WH}
_SECTION_WORDS: dict[Section, dict[str, Quantity]] = {
    Section.METER: _BOTH_WAYS,
    Section.GRID: _BOTH_WAYS,
    Section.PV: _ONE_WAY,
    Section.LOAD: _ONE_WAY,
    Section.BATTERY: {
        **_LINE,
        "energy_discharged_wh": Quantity.ENERGY_WH,
        "energy_charged_wh": Quantity.ENERGY_BACK_WH,
        "soc_pct": Quantity.SOC_PCT,
    },
}
_SENSES: dict[Section, dict[str, int]] = {
    Section.METER: {"import": 1, "export": -1},
    Section.GRID: {"import": 1, "export": -1},
    Section.PV: {"production": 1, "consumption": -1},
    Section.LOAD: {"consumption": 1, "production": -1},
    Section.BATTERY: {"discharge": 1, "charge": -1},
}
_SHORT = {Quantity.POWER_W: "w", Quantity.PHASE_POWER_W: "phase_w"}
_PUBLIC_NAMES: dict[Role, dict[Quantity, str]] = {role: {} for role in Role}
_PUBLIC_NAMES[Role.GRID] = {
    Quantity.CURRENT_A: "current_a",
    Quantity.VOLTAGE_V: "voltage_v",
    Quantity.FREQUENCY_HZ: "frequency_hz",
    Quantity.ENERGY_WH: "energy_import_wh",
    Quantity.ENERGY_BACK_WH: "energy_export_wh",
}
_PUBLIC_NAMES[Role.BATTERY] = {
    Quantity.ENERGY_WH: "battery_energy_discharged_wh",
    Quantity.ENERGY_BACK_WH: "battery_energy_charged_wh",
}
