"""What virtual meters measure: the house by role, and what a person sets."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from controller.domain.errors import ConfigError
from controller.meter.profile import Profile
from controller.meter.quantities import PHYSICAL_RANGE, Quantity, Role
from controller.simulation.plant import LivePlant, MeterOptions, Plant
from controller.simulation.sensing import Meters

Values = Mapping[Quantity, tuple[float, ...]]
"""Numbers in the role's sign, one or one a phase."""

Measuring = Callable[[], Values]
"""What one meter measures at this moment."""

_COUNTED_WH = 1_000_000.0
"""What the energy counters show at the start."""
_FREQUENCY_HZ = 50.0
_FREQUENCY_SWING_HZ = 0.03
_VOLTAGE_SWING_V = 1.0
_SOC_PCT = 50.0
_SHAPED = {"noise_w", "noise_pct", "quantum_w", "lag_s", "average_s"}


def turned(values: Values, sign: int) -> dict[Quantity, tuple[float, ...]]:
    """The same seen from the other side where `sign` is -1: flows turn, energy counters change places."""
    if sign > 0:
        return dict(values)
    flows = (Quantity.POWER_W, Quantity.PHASE_POWER_W, Quantity.CURRENT_A)
    places = {Quantity.ENERGY_WH: Quantity.ENERGY_BACK_WH, Quantity.ENERGY_BACK_WH: Quantity.ENERGY_WH}
    return {
        places.get(quantity, quantity): tuple(-number for number in numbers) if quantity in flows else numbers
        for quantity, numbers in values.items()
    }


class _Flows(NamedTuple):
    """What flows, or what the meters make of it, W; phases are L1 to L3."""

    load_w: float
    pv_w: float
    ev_w: float
    battery_w: float
    grid_phase_w: tuple[float, float, float]
    ev_phase_w: tuple[float, ...]


class HouseValues:
    """The virtual house, measured in every role; energy counters count from one look to the next.

    Of the plant's `meter` options noise, quantum, lag and mean count here; cadence and drop-outs are those of whoever
    asks, and of the meter's own faults.

    Args:
        live: The house.
        settings: What is set to a fixed value, by public name; see `settings_for`.
    """

    def __init__(self, live: LivePlant, settings: Mapping[str, tuple[float, ...]] | None = None) -> None:
        self._live = live
        self.settings: Mapping[str, tuple[float, ...]] = dict(settings or {})
        self._plant = plant = live.now()
        options = plant.settings.meter
        asked = MeterOptions(**options.model_dump(include=_SHAPED))
        self._meters = Meters(asked, plant.settings.seed) if asked != MeterOptions() else None
        if self._meters is not None:
            live.follow(self._remember)
        self._counted_wh: dict[Role, tuple[float, float]] = {}
        self._counted_at_s: dict[Role, float] = {}

    def measuring(self, role: Role) -> Measuring:
        """A meter in that role."""
        return partial(self.measured, role)

    def measured(self, role: Role) -> Values:
        """What a meter in that role measures at this moment."""
        plant = self._live.now()
        mains_v = plant.voltage_v + _VOLTAGE_SWING_V * _wander(plant.now_s)
        volts = self.settings.get(role.public_name(Quantity.VOLTAGE_V), (mains_v,))
        voltage_v = _three(volts)
        flows = self._flows(plant)
        phase_w = self._phase_w(role, flows)
        power_w = self._power_w(role, flows)
        energy_wh, back_wh = self._energy_wh(role, power_w, plant.now_s)
        values: dict[Quantity, tuple[float, ...]] = {
            Quantity.POWER_W: (power_w,),
            Quantity.PHASE_POWER_W: phase_w,
            Quantity.CURRENT_A: tuple(w / v if v else 0.0 for w, v in zip(phase_w, voltage_v, strict=True)),
            Quantity.VOLTAGE_V: voltage_v,
            Quantity.FREQUENCY_HZ: (_FREQUENCY_HZ + _FREQUENCY_SWING_HZ * _wander(plant.now_s + 100),),
            Quantity.ENERGY_WH: (energy_wh,),
            Quantity.ENERGY_BACK_WH: (back_wh,),
            Quantity.SOC_PCT: (_SOC_PCT if plant.battery_soc_pct is None else plant.battery_soc_pct,),
        }
        for quantity in values:
            if (numbers := self.settings.get(role.public_name(quantity))) is not None:
                values[quantity] = _three(numbers) if quantity.per_phase else numbers
        return values

    def _remember(self) -> None:
        """Meters that lag have seen every step."""
        if self._meters is not None:
            self._meters.look(self._plant)

    def _flows(self, plant: Plant) -> _Flows:
        ev_phase_w = tuple(current_a * plant.voltage_v for current_a in plant.phase_current_a)
        if self._meters is None:
            return _Flows(plant.load_w, plant.pv_w, plant.ev_w, plant.battery_w, plant.grid_phase_w, ev_phase_w)
        seen = self._meters.look(plant)
        pv_w, ev_w, battery_w = seen.pv_w or 0.0, seen.ev_w or 0.0, seen.battery_w or 0.0
        phases = plant.settings.phases_in_use
        on_each_w = tuple(ev_w / phases if index < phases else 0.0 for index in range(3))
        return _Flows(seen.grid_w + pv_w + battery_w - ev_w, pv_w, ev_w, battery_w, seen.grid_phase_w, on_each_w)

    def _power_w(self, role: Role, flows: _Flows) -> float:
        """In the role's sign; what is set for one role moves the grid, and the load follows from the rest."""
        if (numbers := self.settings.get(role.public_name(Quantity.POWER_W))) is not None:
            return numbers[0]
        if (phases := self.settings.get(role.public_name(Quantity.PHASE_POWER_W))) is not None:
            return sum(_three(phases))
        match role:
            case Role.PV:
                power_w = flows.pv_w
            case Role.EV:
                power_w = flows.ev_w
            case Role.BATTERY:
                power_w = flows.battery_w
            case Role.LOAD:
                power_w = sum(self._power_w(other, flows) for other in (Role.GRID, Role.PV, Role.BATTERY))
            case Role.GRID:
                own_w = flows.load_w + self._power_w(Role.EV, flows)
                load_w = self.settings.get(Role.LOAD.public_name(Quantity.POWER_W), (own_w,))[0]
                power_w = load_w - self._power_w(Role.PV, flows) - self._power_w(Role.BATTERY, flows)
        return power_w

    def _phase_w(self, role: Role, flows: _Flows) -> tuple[float, ...]:
        """A phase each; their sum is the power."""
        if (phases := self.settings.get(role.public_name(Quantity.PHASE_POWER_W))) is not None:
            return _three(phases)
        power_w = self._power_w(role, flows)
        if role is Role.GRID:
            unevenness_w = power_w - sum(flows.grid_phase_w)
            if role.public_name(Quantity.POWER_W) not in self.settings:
                return tuple(watts + unevenness_w / 3 for watts in flows.grid_phase_w)
        if role is Role.EV and role.public_name(Quantity.POWER_W) not in self.settings:
            return flows.ev_phase_w
        return (power_w / 3,) * 3

    def _energy_wh(self, role: Role, power_w: float, now_s: float) -> tuple[float, float]:
        """Both counters of a role, Wh."""
        energy_wh, back_wh = self._counted_wh.get(role, (_COUNTED_WH, _COUNTED_WH))
        flowed_wh = power_w * (now_s - self._counted_at_s.get(role, now_s)) / 3600
        energy_wh, back_wh = energy_wh + max(0.0, flowed_wh), back_wh + max(0.0, -flowed_wh)
        self._counted_wh[role], self._counted_at_s[role] = (energy_wh, back_wh), now_s
        return energy_wh, back_wh


def known_names(profile: Profile, roles: Iterable[Role]) -> dict[str, Quantity]:
    """What a device tells in these roles, by public name."""
    return {
        role.public_name(quantity): quantity
        for role in roles
        if (section := profile.section_for(role)) is not None
        for quantity in profile.sections[section]
    }


def settings_for(words: Sequence[str], profile: Profile, roles: Iterable[Role]) -> dict[str, tuple[float, ...]]:
    """What `NAME=VALUE` words set; a quantity a phase takes one value for all, or three with commas between.

    Args:
        words: As a person writes them: "grid_w=-2100", "voltage_v=231,229,230".
        profile: The device, which knows some quantities and others not.
        roles: The roles that it serves.

    Raises:
        ConfigError: With every word that is wrong, and what would be right.
    """
    known = known_names(profile, roles)
    found: dict[str, tuple[float, ...]] = {}
    faults: list[str] = []
    for word in words:
        name, equals, text = word.partition("=")
        if not equals or name not in known:
            what = "unknown name" if equals else "NAME=VALUE is expected"
            faults.append(f"--set {word}: {what}; names of {profile.name} are {', '.join(known)}")
            continue
        try:
            found[name] = _numbers(text, known[name])
        except ValueError as error:
            faults.append(f"--set {word}: {error}")
    if faults:
        raise ConfigError(faults)
    return found


def _wander(now_s: float) -> float:
    """-1 to 1: the mains is never still, and a meter that is would not be believed for long."""
    return 0.5 * math.sin(now_s / 6.1) + 0.5 * math.sin(now_s / 53.0)


def _numbers(text: str, quantity: Quantity) -> tuple[float, ...]:
    try:
        numbers = tuple(float(part) for part in text.split(","))
    except ValueError as error:
        raise ValueError(f"{text!r} is not a number") from error
    if len(numbers) not in ((1, 3) if quantity.per_phase else (1,)):
        raise ValueError("one number, or three of a quantity a phase")
    low, high = PHYSICAL_RANGE[quantity]
    if not all(low <= number <= high for number in numbers):
        raise ValueError(f"must be {low:g} to {high:g}")
    return numbers if len(numbers) == 3 or quantity is not Quantity.PHASE_POWER_W else (numbers[0],) * 3


def _three(numbers: tuple[float, ...]) -> tuple[float, ...]:
    return numbers if len(numbers) == 3 else (numbers[0],) * 3
