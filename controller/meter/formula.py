"""How a quantity follows from registers: one of them, a sum or difference, a magnitude with its direction elsewhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from controller.meter.registers import NotAvailable, RegisterType, ValueRefused, WordOrder, decode

Function = Literal["input", "holding"]
"""Input registers are read with function code 4, holding registers with 3."""

Memory = Mapping[tuple[Function, int], int]
"""Register contents: function and address -> 16-bit word."""

_SCALE_EXPONENTS = range(-10, 11)


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """One number on the wire.

    Attributes:
        function: How it is read.
        address: Of its first register, from 0, as sent on the wire.
        kind: Its type.
        word_order: Its word order.
        factor: Into the quantity's unit and sense.
        not_available: Bit patterns for "no value"; None for the type's usual ones.
        exponent_address: Where a SunSpec scale factor stands: a power of ten, int16, same function; None for none.
    """

    function: Function
    address: int
    kind: RegisterType
    word_order: WordOrder = WordOrder.MSW_FIRST
    factor: float = 1.0
    not_available: frozenset[int] | None = None
    exponent_address: int | None = None

    @property
    def end(self) -> int:
        """The first address behind it."""
        return self.address + self.kind.registers

    def words(self, memory: Memory) -> tuple[int, ...]:
        """Its contents. Raises ValueRefused where the device would not give them."""
        try:
            return tuple(memory[self.function, address] for address in range(self.address, self.end))
        except KeyError as error:
            raise ValueRefused(f"the device refuses {self.function} register {self.address}") from error

    def raw(self, memory: Memory) -> float:
        """The number as it stands there. Raises ValueRefused."""
        return decode(self.words(memory), self.kind, self.word_order, self.not_available)

    def value(self, memory: Memory) -> float:
        """The number in the quantity's unit and sense. Raises ValueRefused."""
        return self.raw(memory) * self.factor * self._scale(memory)

    def _scale(self, memory: Memory) -> float:
        if self.exponent_address is None:
            return 1.0
        scale = Register(function=self.function, address=self.exponent_address, kind=RegisterType.INT16)
        try:
            exponent = scale.raw(memory)
        except NotAvailable as error:  # the number is there, so it is not asleep: this is no zero
            raise ValueRefused(f"a value without the scale factor in register {self.exponent_address}") from error
        if exponent not in _SCALE_EXPONENTS:
            raise ValueRefused(f"the scale factor in register {self.exponent_address} is {exponent:g}, not -10 to 10")
        return float(10.0**exponent)


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A SunSpec point, before the device's models have been found.

    Attributes:
        models: Any of these models holds it; the first that the device has counts.
        name: Its name in the model, such as "W".
        module: Which of the model's repeated blocks, from 1; 0 for the fixed part.
        of_modules: How many of them the model must have for `module` to be the one that is meant; empty for any.
        block: Which common block of the device it follows, from 1: a meter behind an inverter may have its own.
        factor: Sense, and unit where it is not the point's.
        otherwise: The point that serves where the device has none of the models.
    """

    models: tuple[int, ...]
    name: str
    module: int = 0
    of_modules: tuple[int, ...] = ()
    block: int = 1
    factor: float = 1.0
    otherwise: Point | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Holds when a register shows something; exactly one of `mask`, `equals` and `below` is given.

    Attributes:
        register: Where to look.
        mask: Holds when any of these bits is set.
        equals: Holds at exactly this number.
        below: Holds beneath this number.
    """

    register: Register
    mask: int | None = None
    equals: float | None = None
    below: float | None = None

    def holds(self, memory: Memory) -> bool:
        """Whether it does. Raises ValueRefused."""
        raw = self.register.raw(memory)
        if self.mask is not None:
            return bool(int(raw) & self.mask)
        if self.equals is not None:
            return raw == self.equals
        return self.below is not None and raw < self.below


@dataclass(frozen=True, slots=True, kw_only=True)
class Formula:
    """Where a quantity comes from.

    Attributes:
        components: One for the whole, or one a phase; each is the sum of its terms.
        unsigned: Whether the values are magnitudes (phase currents, mostly): the sign is that of the phase's power.
        magnitude: Whether the sum is one: only `negative_when` tells its direction.
        negative_when: The value is negative where any of these holds; a value that has a minus sign keeps it.
        asleep_is_zero: Whether a term without a value sleeps, or is not connected, and gives nothing; for PV only.
    """

    components: tuple[tuple[Register | Point, ...], ...]
    unsigned: bool = False
    magnitude: bool = False
    negative_when: tuple[Condition, ...] = ()
    asleep_is_zero: bool = False

    def values(self, memory: Memory) -> tuple[float, ...]:
        """One value, or one a phase. Raises ValueRefused: whole or not at all."""
        found = tuple(sum(self._term(term, memory) for term in terms) for terms in self.components)
        if self.magnitude:
            found = tuple(abs(value) for value in found)
        if any(condition.holds(memory) for condition in self.negative_when):
            found = tuple(-abs(value) for value in found)
        return found

    def _term(self, term: Register | Point, memory: Memory) -> float:
        if isinstance(term, Point):
            raise ValueRefused(f"SunSpec point {term.name} has not been looked for")
        try:
            return term.value(memory)
        except NotAvailable:
            if self.asleep_is_zero:
                return 0.0
            raise

    def registers(self) -> Iterator[Register]:
        """All that have to be read for it, scale factors and conditions included."""
        for terms in self.components:
            for term in terms:
                if isinstance(term, Register):
                    yield term
                    if term.exponent_address is not None:
                        yield Register(function=term.function, address=term.exponent_address, kind=RegisterType.INT16)
        for condition in self.negative_when:
            yield condition.register

    def points(self) -> Iterator[Point]:
        """SunSpec points that have to be found first."""
        for terms in self.components:
            yield from (term for term in terms if isinstance(term, Point))
