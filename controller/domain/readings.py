"""What the meters of a house say, in the design's words and signs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

Phases = tuple[float, float, float]
"""One value a phase: L1, L2, L3."""

_NOTHING_REFUSED: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One poll of one meter, already plausible; what was refused is absent and named.

    Attributes:
        taken_at_s: Monotonic second at which the request was sent.
        power_w: The meter's power in the sign of its role (grid: import; pv: production; battery: discharge; ev: draw).
        phase_power_w: The same a phase, W.
        current_a: Current a phase, A, with the sign of the phase's power where that is known.
        voltage_v: Phase to neutral, V.
        phases: Phases that the meter has; what a tuple of three holds beyond them is 0.
        energy_wh: Total in the role's positive sense (imported, produced, discharged, drawn), Wh.
        energy_back_wh: Total the other way (exported, charged), Wh.
        frequency_hz: Mains frequency, Hz.
        soc_pct: State of charge, for batteries, %.
        refused: Quantity -> why its value was not believed.
    """

    taken_at_s: float
    power_w: float | None = None
    phase_power_w: Phases | None = None
    current_a: Phases | None = None
    voltage_v: Phases | None = None
    phases: int = 3
    energy_wh: float | None = None
    energy_back_wh: float | None = None
    frequency_hz: float | None = None
    soc_pct: float | None = None
    refused: Mapping[str, str] = field(default_factory=lambda: _NOTHING_REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The house as the controller sees it in one instant; None is "not known", never zero.

    Attributes:
        grid_w: Grid power, W; > 0 imports, < 0 exports. None without a fresh reading.
        grid_age_s: Seconds since the last grid reading was taken (or since the start, without one).
        grid_current_a: Grid current a phase, A; > 0 imports.
        grid_phases_missing: The grid meter knows its phases, and does not tell them now.
        voltage_v: Measured voltage a phase, V.
        pv_w: PV production, W, >= 0.
        pv_missing: PV is metered and not known now, though the sun may shine.
        ev_w: The car's own power, W, >= 0, from a meter of its own, as old as the grid reading at the most.
        battery_missing: There is a home battery, and its meter is silent.
        battery_w: House battery, W; > 0 discharges.
        battery_soc_pct: House battery's state of charge, %.
    """

    grid_w: float | None
    grid_age_s: float
    grid_current_a: Phases | None = None
    grid_phases_missing: bool = False
    voltage_v: Phases | None = None
    pv_w: float | None = None
    pv_missing: bool = False
    ev_w: float | None = None
    battery_missing: bool = False
    battery_w: float | None = None
    battery_soc_pct: float | None = None
