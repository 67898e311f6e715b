"""A meter: reads what its profile says, in as few requests as the device allows, and believes what is plausible."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import product
from typing import Protocol

import structlog

from controller.domain.errors import ConfigError, DeviceError, DeviceProtocolError, DeviceRejected, DeviceTimeout
from controller.domain.ports import Clock
from controller.domain.readings import Phases, Reading
from controller.meter.connection import ILLEGAL_ADDRESS, ILLEGAL_VALUE, NOT_NOW
from controller.meter.formula import Formula, Function, Register
from controller.meter.plan import Block, plan
from controller.meter.plausibility import Bounds, History
from controller.meter.profile import Profile
from controller.meter.quantities import Quantity, Role
from controller.meter.refusals import Refusals, Span
from controller.meter.registers import RegisterType, ValueRefused
from controller.meter.sunspec import Chain, discover

_log = structlog.get_logger()
_REFUSED_AGAIN_AFTER_S = 600.0
"""SunSpec models that are missing or blank are looked for again after so long: there may be a battery by then."""
_USUAL_VOLTAGE_V = 230.0
_FITS_W, _FITS_SHARE = 200.0, 0.15
"""Currents and power fit each other within so much: currents are apparent ones, and not of quite the same moment."""
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

    @property
    def sent_at_s(self) -> float | None:
        """When the last request was sent, monotonic seconds; None where nobody knows."""
        ...

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
        self.bounds = bounds or Bounds()
        self._history = History(role, self.bounds)
        self._layout: Layout | None = None
        self._blocks: tuple[Block, ...] = ()
        self._needed: frozenset[Span] = frozenset()
        self._refusals = Refusals()
        self._rejection: DeviceRejected | None = None
        self._news: list[str] = []
        self._noted: list[Span] = []
        self._first_sent_at_s: float | None = None
        self._blank_since_s: float | None = None
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
        self._rejection, self._news, self._noted = None, [], []
        try:
            memory = await self._read_blocks()
        except DeviceError:
            self._refusals.given(self._noted)  # it is the device that fails, not its registers
            raise
        taken_at_s = self._first_sent_at_s or taken_at_s  # the wait for its turn makes no reading older
        if self._news:
            _log.info("meter_registers_refused", meter=self.name, count=len(self._news), first=self._news[0])
        self._check_place(layout, memory)
        return Look(reading=self._reading(taken_at_s, layout, memory), layout=layout, memory=memory)

    def nothing(self, why: DeviceRejected) -> Look:
        """A look at a device that refused everything: as `look`, with that reason for each quantity."""
        layout = Layout(formulas=self._formulas, missing={}, expected={})
        refused = {self._told_as(quantity).value: str(why) for quantity in self._formulas}
        reading = Reading(taken_at_s=self._clock.monotonic_s(), refused=refused)
        return Look(reading=reading, layout=layout, memory={})

    async def _read_blocks(self) -> dict[tuple[Function, int], int]:
        """Register contents. Raises DeviceError, also where the device refuses everything."""
        memory: dict[tuple[Function, int], int] = {}
        self._first_sent_at_s = None
        for block in self._blocks:
            await self._fill(memory, block)
            if self._first_sent_at_s is None:
                self._first_sent_at_s = self._unit.sent_at_s
        if not memory and self._rejection is not None:
            raise self._rejection
        return memory

    def _check_place(self, layout: Layout, memory: Mapping[tuple[Function, int], int]) -> None:
        """Raises DeviceError where SunSpec models are not where they were."""
        found = [(memory.get(place), word) for place, word in layout.expected.items()]
        if all(seen == word for seen, word in found):
            self._blank_since_s = None
            return
        now_s = self._clock.monotonic_s()
        if self._blank_since_s is None:
            self._blank_since_s = now_s
        if all(seen in (0, 0xFFFF) for seen, _ in found) and now_s - self._blank_since_s < _REFUSED_AGAIN_AFTER_S:
            raise DeviceProtocolError(f"{self.name}: its SunSpec models are blank; some inverters sleep like that")
        self._layout = self._blank_since_s = None
        self._refusals.forget()  # what was refused may have been the old place
        raise DeviceProtocolError(f"{self.name}: its SunSpec models have moved; they are looked for again")

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
        elif self._refusals:
            self._plan(self._layout)
        return self._layout

    def _plan(self, layout: Layout) -> None:
        """The requests of the next look, those that tell the power first."""
        now_s, manners = self._clock.monotonic_s(), self._profile.manners
        wanted = [register for formula in layout.formulas.values() for register in formula.registers()]
        wanted += [_header(function, address) for function, address in layout.expected]
        refused = set(self._refusals.now(now_s))
        blocks = plan(
            (register for register in wanted if self._span(register) not in refused),
            max_registers=manners.max_registers,
            max_gap=manners.max_gap if self._refusals.gaps(now_s) else 0,
        )
        power = layout.formulas.get(Quantity.POWER_W)
        self._needed = frozenset(self._span(register) for register in (power.registers() if power is not None else ()))
        self._blocks = tuple(sorted(blocks, key=lambda block: not self._tells_power(block)))

    def _span(self, register: Register) -> Span:
        return (register.function, *register.span(self._profile.manners.max_registers))

    def _tells_power(self, block: Block) -> bool:
        return any((block.function, start, end) in self._needed for start, end in block.parts)

    async def _fill(self, memory: dict[tuple[Function, int], int], block: Block) -> None:
        """Reads a block; what the device refuses is found out, and left out for a while.

        Without the power everything ends; anything else that is refused, or met with silence, costs itself only.
        """
        optional = not self._tells_power(block)
        try:
            words = await self._unit.read(block.function, block.start, block.count)
        except DeviceRejected as error:
            splits = len(block.parts) > 1
            if error.status in NOT_NOW or not (optional or splits or error.status in (ILLEGAL_ADDRESS, ILLEGAL_VALUE)):
                raise
            self._rejection = error
            if splits:
                if block.has_gaps:
                    self._refusals.note_gap(self._clock.monotonic_s())
                for part in block.split():
                    await self._fill(memory, part)
            else:
                self._refuse(block, str(error), needed=not optional)
            return
        except DeviceTimeout as error:
            if not (optional and memory):
                raise
            self._refuse(block, str(error), needed=False)
            return
        memory.update({(block.function, block.start + i): word for i, word in enumerate(words)})
        self._refusals.given((block.function, start, end) for start, end in block.parts)

    def _refuse(self, block: Block, why: str, *, needed: bool) -> None:
        now_s = self._clock.monotonic_s()
        for start, end in block.parts:
            span = (block.function, start, end)
            self._noted.append(span)
            if self._refusals.note(span, now_s, needed=needed):
                self._news.append(why)

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
            faults = (self.bounds.fault(self._role, quantity, value) for value in values[quantity])
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
    """Magnitudes with the sign of their phase's power.

    Where only the total is told: of all directions that fit it, those that import most on a phase; where none does, or
    not even the total is told, all count as the role's positive sense.
    """
    magnitudes = tuple(abs(amps) for amps in current_a)
    phase_power_w = values.get(Quantity.PHASE_POWER_W) or values.get(Quantity.POWER_W, ())
    if len(phase_power_w) == len(current_a):
        return tuple(-a if watts < 0 else a for a, watts in zip(magnitudes, phase_power_w, strict=True))
    if Quantity.POWER_W not in values:
        return magnitudes
    (total_w,) = values[Quantity.POWER_W]
    voltage_v = values.get(Quantity.VOLTAGE_V, (_USUAL_VOLTAGE_V,) * len(magnitudes))
    tolerance_w = _FITS_W + _FITS_SHARE * sum(a * v for a, v in zip(magnitudes, voltage_v, strict=False))
    fitting = [
        signed
        for signs in product((1, -1), repeat=len(magnitudes))
        for signed in [tuple(sign * a for sign, a in zip(signs, magnitudes, strict=True))]
        if abs(sum(a * v for a, v in zip(signed, voltage_v, strict=False)) - total_w) <= tolerance_w
    ]
    return max(fitting, key=max, default=magnitudes)


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
