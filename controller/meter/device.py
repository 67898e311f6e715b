"""A meter: reads what its profile says, in as few requests as the device allows, and believes what is plausible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import structlog

from controller.domain.errors import ConfigError, DeviceProtocolError, DeviceRejected
from controller.domain.ports import Clock
from controller.domain.readings import Phases, Reading
from controller.meter.connection import ILLEGAL_ADDRESS, ILLEGAL_VALUE
from controller.meter.formula import Formula, Function, Register
from controller.meter.plan import Block, plan
from controller.meter.plausibility import Bounds, History
from controller.meter.profile import Profile
from controller.meter.quantities import Quantity, Role
from controller.meter.registers import RegisterType, ValueRefused
from controller.meter.sunspec import Chain, discover

_log = structlog.get_logger()
_REFUSED_AGAIN_AFTER_S = 600.0
"""Registers that a device refuses are asked for again after so long: it may have got its battery by then."""
_OTHER_COUNTER = {Quantity.ENERGY_WH: Quantity.ENERGY_BACK_WH, Quantity.ENERGY_BACK_WH: Quantity.ENERGY_WH}
_POWER_MISSING_S = 60.0
"""SunSpec models are looked for again after so long where none has the power: meters wake up after their inverters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where the quantities of one role lie in one device.

    Attributes:
        formulas: What is to be read, by quantity; without SunSpec points.
        missing: Quantity -> why the device has no place for it.
        expected: Register contents that show that everything still lies there.
    """

    formulas: Mapping[Quantity, Formula]
    missing: Mapping[Quantity, str]
    expected: Mapping[tuple[Function, int], int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at a device: what is believed, and what it follows from.

    Attributes:
        reading: What is believed.
        layout: Where it lies.
        memory: Register contents: function and address -> word.
    """

    reading: Reading
    layout: Layout
    memory: Mapping[tuple[Function, int], int]


class Wire(Protocol):
    """One unit on the wire; `connection.Unit` is one."""

    async def read(self, function: Function, start: int, count: int) -> list[int]:
        """Reads registers. Raises DeviceError."""
        ...

    async def close(self) -> None:
        """Gives the connection back."""
        ...


class ModbusMeter:
    """One Modbus device in one role.

    Args:
        role: Where it sits; decides the sign of its power.
        profile: Its registers.
        unit: Its place on the wire; the meter owns it.
        clock: The service's clock.
        invert: Whether it is wired the other way round.
        bounds: What is believed of it.

    Raises:
        ConfigError: The profile tells nothing of the role.
    """

    def __init__(
        self,
        *,
        role: Role,
        profile: Profile,
        unit: Wire,
        clock: Clock,
        invert: bool = False,
        bounds: Bounds | None = None,
    ) -> None:
        section = profile.section_for(role)
        if section is None:
            served = ", ".join(profile.roles)
            raise ConfigError(
                [f"meter profile {profile.key} ({profile.name}) has no {role.value} values, only {served}"]
            )
        self._role = role
        self._profile = profile
        self._formulas = profile.sections[section]
        self._unit = unit
        self._clock = clock
        self._sign = -profile.sense(role) if invert else profile.sense(role)
        self._bounds = bounds or Bounds()
        self._history = History(role, self._bounds)
        self._layout: Layout | None = None
        self._blocks: tuple[Block, ...] = ()
        self._refused: set[tuple[Function, int, int]] = set()
        self._refused_at_s = 0.0
        self._gaps = True
        self._found_at_s = 0.0

    @property
    def name(self) -> str:
        """See `Meter.name`."""
        return f"{self._role} meter {self._unit}"

    async def read(self) -> Reading:
        """See `Meter.read`."""
        return (await self.look()).reading

    async def look(self) -> Look:
        """As `read`, with what it follows from. Raises DeviceError."""
        taken_at_s = self._clock.monotonic_s()
        layout = await self._laid_out()
        memory: dict[tuple[Function, int], int] = {}
        for block in self._blocks:
            await self._fill(memory, block)
        for (function, address), word in layout.expected.items():
            if memory.get((function, address)) != word:
                self._layout = None
                self._refused.clear()  # what was refused may have been the old place
                raise DeviceProtocolError(f"{self.name}: its SunSpec models have moved; they are looked for again")
        return Look(reading=self._reading(taken_at_s, layout, memory), layout=layout, memory=memory)

    async def close(self) -> None:
        """See `Meter.close`."""
        await self._unit.close()

    async def _laid_out(self) -> Layout:
        """Where everything lies; looked for at first, and what was refused again after a while."""
        if self._layout is not None and self._layout.missing:
            again_after_s = _POWER_MISSING_S if Quantity.POWER_W in self._layout.missing else _REFUSED_AGAIN_AFTER_S
            if self._clock.monotonic_s() - self._found_at_s > again_after_s:
                self._layout = None
        if self._layout is None:
            self._found_at_s = self._clock.monotonic_s()
            if any(True for formula in self._formulas.values() for _ in formula.points()):
                self._layout = _resolved(self._formulas, await discover(self._unit.read))
            else:
                self._layout = Layout(formulas=self._formulas, missing={}, expected={})
            self._plan(self._layout)
        elif self._refused and self._clock.monotonic_s() - self._refused_at_s > _REFUSED_AGAIN_AFTER_S:
            self._refused.clear()
            self._gaps = True
            self._plan(self._layout)
        return self._layout

    def _plan(self, layout: Layout) -> None:
        manners = self._profile.manners
        wanted = [register for formula in layout.formulas.values() for register in formula.registers()]
        wanted += [_header(function, address) for function, address in layout.expected]
        self._blocks = plan(
            (r for r in wanted if (r.function, r.address, r.end) not in self._refused),
            max_registers=manners.max_registers,
            max_gap=manners.max_gap if self._gaps else 0,
        )

    async def _fill(self, memory: dict[tuple[Function, int], int], block: Block) -> None:
        """Reads a block; what the device refuses is found out, and left out from then on."""
        try:
            words = await self._unit.read(block.function, block.start, block.count)
        except DeviceRejected as error:
            if error.status not in (ILLEGAL_ADDRESS, ILLEGAL_VALUE):
                raise
            if len(block.parts) == 1:
                self._refused.add((block.function, block.start, block.end))
                self._refused_at_s = self._clock.monotonic_s()
                _log.info("meter_registers_refused", meter=self.name, error=str(error))
            else:
                for part in block.split():
                    await self._fill(memory, part)
            self._gaps = self._gaps and not block.has_gaps
            if self._layout is not None:
                self._plan(self._layout)
            return
        memory.update({(block.function, block.start + i): word for i, word in enumerate(words)})

    def _reading(self, taken_at_s: float, layout: Layout, memory: Mapping[tuple[Function, int], int]) -> Reading:
        refused = {self._told_as(quantity): why for quantity, why in layout.missing.items()}
        values: dict[Quantity, tuple[float, ...]] = {}
        for quantity, formula in layout.formulas.items():
            try:
                values[quantity] = formula.values(memory)
            except ValueRefused as error:
                refused[self._told_as(quantity)] = str(error)
        values = self._in_role(values)
        for quantity in list(values):
            faults = (self._bounds.fault(self._role, quantity, value) for value in values[quantity])
            if (fault := next((fault for fault in faults if fault is not None), None)) is not None:
                refused[quantity] = fault
                del values[quantity]
        image = tuple(memory.values())
        for quantity, fault in self._history.faults(values, image, taken_at_s).items():
            refused[quantity] = fault
            del values[quantity]
        return _told(taken_at_s, self._role, values, refused)

    def _told_as(self, quantity: Quantity) -> Quantity:
        """The quantity that a register tells in this role: counters change places where the sense is turned."""
        return _OTHER_COUNTER.get(quantity, quantity) if self._sign < 0 else quantity

    def _in_role(self, values: Mapping[Quantity, tuple[float, ...]]) -> dict[Quantity, tuple[float, ...]]:
        """Everything in the role's sign; energy counters change places where the sense is turned."""
        turned = {self._told_as(quantity): found for quantity, found in values.items()}
        for quantity in (Quantity.POWER_W, Quantity.PHASE_POWER_W, Quantity.CURRENT_A):
            if quantity in turned:
                turned[quantity] = tuple(self._sign * value for value in turned[quantity])
        if Quantity.CURRENT_A in turned and self._formulas[Quantity.CURRENT_A].unsigned:
            turned[Quantity.CURRENT_A] = _with_signs(values[Quantity.CURRENT_A], turned)
        return turned


def _resolved(formulas: Mapping[Quantity, Formula], chain: Chain) -> Layout:
    """The formulas with the SunSpec points put where the device has them."""
    found: dict[Quantity, Formula] = {}
    missing: dict[Quantity, str] = {}
    for quantity, formula in formulas.items():
        try:
            found[quantity] = chain.locate(formula)
        except ValueRefused as error:
            missing[quantity] = str(error)
    used = [register for formula in found.values() for register in formula.registers()]
    return Layout(formulas=found, missing=missing, expected=chain.headers_of(used))


def _header(function: Function, address: int) -> Register:
    return Register(function=function, address=address, kind=RegisterType.UINT16)


def _with_signs(current_a: tuple[float, ...], values: Mapping[Quantity, tuple[float, ...]]) -> tuple[float, ...]:
    """Magnitudes with the sign of their phase's power; of unknown direction they count as the role's positive sense."""
    phase_power_w = values.get(Quantity.PHASE_POWER_W) or values.get(Quantity.POWER_W, ())
    if len(phase_power_w) != len(current_a):
        return tuple(abs(amps) for amps in current_a)
    return tuple(-abs(a) if watts < 0 else abs(a) for a, watts in zip(current_a, phase_power_w, strict=True))


def _told(
    taken_at_s: float, role: Role, values: Mapping[Quantity, tuple[float, ...]], refused: Mapping[Quantity, str]
) -> Reading:
    power_w = _single(values, Quantity.POWER_W)
    if power_w is not None and role in (Role.PV, Role.LOAD, Role.EV):
        power_w = max(0.0, power_w)  # its own consumption at night, and noise
    phases = max((len(values[quantity]) for quantity in values if quantity.per_phase), default=3)
    return Reading(
        taken_at_s=taken_at_s,
        power_w=power_w,
        phase_power_w=_phases(values, Quantity.PHASE_POWER_W),
        current_a=_phases(values, Quantity.CURRENT_A),
        voltage_v=_phases(values, Quantity.VOLTAGE_V),
        phases=phases,
        energy_wh=_single(values, Quantity.ENERGY_WH),
        energy_back_wh=_single(values, Quantity.ENERGY_BACK_WH),
        frequency_hz=_single(values, Quantity.FREQUENCY_HZ),
        soc_pct=_single(values, Quantity.SOC_PCT),
        refused={quantity.value: why for quantity, why in refused.items()},
    )


def _single(values: Mapping[Quantity, tuple[float, ...]], quantity: Quantity) -> float | None:
    found = values.get(quantity)
    return found[0] if found is not None else None


def _phases(values: Mapping[Quantity, tuple[float, ...]], quantity: Quantity) -> Phases | None:
    found = values.get(quantity)
    if found is None:
        return None
    a, b, c = (*found, 0.0, 0.0, 0.0)[:3]
    return (a, b, c)
