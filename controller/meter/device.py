"""A meter: reads its profile's blocks and believes only what is plausible."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from controller.domain.ports import Clock
from controller.domain.readings import Phases, Reading
from controller.meter.modbus import ModbusTcp
from controller.meter.profile import Profile, Quantity, Register
from controller.meter.registers import ValueRefused, decode


class Role(StrEnum):
    """Where in the house a meter sits."""

    GRID = "grid"
    PV = "pv"
    BATTERY = "battery"
    EV = "ev"

    @property
    def sign(self) -> int:
        """Factor from a line meter's sense (positive towards the load) to the role's."""
        return -1 if self in (Role.PV, Role.BATTERY) else 1


_PLAUSIBLE: dict[Quantity, tuple[float, float]] = {
    Quantity.POWER_W: (-200_000, 200_000),
    Quantity.PHASE_POWER_W: (-70_000, 70_000),
    Quantity.CURRENT_A: (-300, 300),
    Quantity.VOLTAGE_V: (0, 300),
    Quantity.FREQUENCY_HZ: (45, 65),
    Quantity.ENERGY_IMPORT_WH: (0, 1e12),
    Quantity.ENERGY_EXPORT_WH: (0, 1e12),
    Quantity.SOC_PCT: (0, 100),
}
"""What a house's connection can show at all; beyond it a value is a fault of meter or wiring."""


class ModbusMeter:
    """One Modbus device in one role.

    Args:
        role: Where it sits; decides the sign of its power.
        profile: Its registers.
        connection: Its connection; the meter owns it.
        unit_id: Its unit id.
        clock: The service's clock.
        invert: Whether it is wired the other way round.
    """

    def __init__(
        self,
        *,
        role: Role,
        profile: Profile,
        connection: ModbusTcp,
        unit_id: int,
        clock: Clock,
        invert: bool = False,
    ) -> None:
        self._role = role
        self._profile = profile
        self._connection = connection
        self._unit_id = unit_id
        self._clock = clock
        self._sign = -role.sign if invert else role.sign

    @property
    def name(self) -> str:
        """See `Meter.name`."""
        return f"{self._role} meter {self._connection.address} unit {self._unit_id}"

    async def read(self) -> Reading:
        """See `Meter.read`."""
        taken_at_s = self._clock.monotonic_s()
        memory: dict[tuple[str, int], int] = {}
        for block in self._profile.blocks:
            words = await self._connection.read(block.function, block.start, block.end - block.start, self._unit_id)
            memory.update({(block.function, block.start + i): word for i, word in enumerate(words)})
        return self._reading(taken_at_s, memory)

    async def close(self) -> None:
        """See `Meter.close`."""
        await self._connection.close()

    def _reading(self, taken_at_s: float, memory: Mapping[tuple[str, int], int]) -> Reading:
        values: dict[Quantity, tuple[float, ...]] = {}
        refused: dict[str, str] = {}
        for quantity, registers in self._profile.registers.items():
            try:
                values[quantity] = tuple(_value(quantity, register, memory) for register in registers)
            except ValueRefused as error:
                refused[quantity.value] = str(error)
        phase_power_w = self._signed(_phases(values, Quantity.PHASE_POWER_W))
        return Reading(
            taken_at_s=taken_at_s,
            power_w=_turned(_single(values, Quantity.POWER_W), self._sign),
            phase_power_w=phase_power_w,
            current_a=self._current_a(_phases(values, Quantity.CURRENT_A), phase_power_w),
            voltage_v=_phases(values, Quantity.VOLTAGE_V),
            energy_import_wh=_single(values, self._energy(imported=True)),
            energy_export_wh=_single(values, self._energy(imported=False)),
            frequency_hz=_single(values, Quantity.FREQUENCY_HZ),
            soc_pct=_single(values, Quantity.SOC_PCT),
            refused=refused,
        )

    def _signed(self, phases: Phases | None) -> Phases | None:
        if phases is None:
            return None
        return (self._sign * phases[0], self._sign * phases[1], self._sign * phases[2])

    def _current_a(self, current_a: Phases | None, phase_power_w: Phases | None) -> Phases | None:
        """Currents with the sign of their phase's power; of unknown direction they count as towards the load."""
        if current_a is None:
            return None
        if Quantity.CURRENT_A not in self._profile.unsigned:
            return self._signed(current_a)
        if phase_power_w is None:
            return current_a
        a, b, c = (-abs(amps) if watts < 0 else abs(amps) for amps, watts in zip(current_a, phase_power_w, strict=True))
        return (a, b, c)

    def _energy(self, *, imported: bool) -> Quantity:
        """The counter that counts what is imported in the role's sense."""
        forward = imported == (self._sign > 0)
        return Quantity.ENERGY_IMPORT_WH if forward else Quantity.ENERGY_EXPORT_WH


def _value(quantity: Quantity, register: Register, memory: Mapping[tuple[str, int], int]) -> float:
    words = [memory[register.function, address] for address in range(register.address, register.end)]
    value = decode(words, register.kind, register.word_order, register.scale)
    low, high = _PLAUSIBLE[quantity]
    if not low <= value <= high:
        raise ValueRefused(f"{value:g} is outside {low:g} to {high:g}")
    return value


def _single(values: Mapping[Quantity, tuple[float, ...]], quantity: Quantity) -> float | None:
    found = values.get(quantity)
    return found[0] if found is not None else None


def _phases(values: Mapping[Quantity, tuple[float, ...]], quantity: Quantity) -> Phases | None:
    found = values.get(quantity)
    return (found[0], found[1], found[2]) if found is not None else None


def _turned(value: float | None, sign: int) -> float | None:
    return None if value is None else sign * value
