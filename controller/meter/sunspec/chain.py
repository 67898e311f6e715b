"""A device's SunSpec models as they were found, and where a formula's points lie in them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from controller.meter.formula import Formula, Function, Point, Register
from controller.meter.registers import ValueRefused
from controller.meter.sunspec.models import HEADER_REGISTERS, Shape, fault, shapes


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """One model of a device.

    Attributes:
        number: Which model it is.
        address: Of its first register, the one with the number.
        length: Registers behind its header of two.
        phases: Phases it has.
        wiring: What its wiring register shows; None where it has none.
    """

    number: int
    address: int
    length: int
    phases: int = 3
    wiring: int | None = None

    @property
    def end(self) -> int:
        """The first address behind it."""
        return self.address + HEADER_REGISTERS + self.length


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceBlock:
    """A common model and those that follow it: an inverter, or a meter behind it.

    Attributes:
        models: In the order of their addresses, the common one included.
        maker: As the device names itself; empty where it does not tell.
        name: The same for its type.
        serial: The same for its serial number.
    """

    models: tuple[Model, ...]
    maker: str = ""
    name: str = ""
    serial: str = ""

    def __str__(self) -> str:
        """For people."""
        who = " ".join(text for text in (self.maker, self.name) if text) or "a device without a name"
        serial = f" ({self.serial})" if self.serial else ""
        return f"{who}{serial}: {_listed(self.models)}"


class _ModuleLacking(ValueRefused):
    """The model is there, but has not so many modules."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The models that a device has.

    Attributes:
        base: Address of the marker.
        blocks: One for the device itself; one more for each meter or battery that it speaks for.
    """

    base: int
    blocks: tuple[DeviceBlock, ...]

    def __str__(self) -> str:
        """For people."""
        return "; ".join(str(block) for block in self.blocks)

    @property
    def models(self) -> Iterator[Model]:
        """All of them, in the order of their addresses."""
        for block in self.blocks:
            yield from block.models

    def locate(self, formula: Formula) -> Formula:
        """The same with registers in the place of its points.

        Phases that the model does not have are left out; so are strings that it does not have, where a term without
        a value gives nothing anyway.

        Raises:
            ValueRefused: The device has no place for it; the text says what it has instead.
        """
        components = tuple(
            self._registers(terms, lacking_is_zero=formula.asleep_is_zero)
            for terms in formula.components
            if not any(self._beyond_phases(term) for term in terms)
        )
        return replace(formula, components=components)

    def headers_of(self, registers: Iterable[Register]) -> Mapping[tuple[Function, int], int]:
        """What stands at the head of the models that hold `registers`: number, length, and the wiring where it counts.

        As long as it stands there, the models have not moved.
        """
        used = list(registers)
        expected: dict[tuple[Function, int], int] = {}
        for model in self.models:
            if any(r.function == "holding" and model.address <= r.address < model.end for r in used):
                expected["holding", model.address] = model.number
                expected["holding", model.address + 1] = model.length
                offset = shapes()[model.number].wiring_offset if model.wiring is not None else None
                if offset is not None and model.wiring is not None:
                    expected["holding", model.address + offset] = model.wiring
        return expected

    def _registers(self, terms: tuple[Register | Point, ...], *, lacking_is_zero: bool) -> tuple[Register, ...]:
        found: list[Register] = []
        lacking: _ModuleLacking | None = None
        placed = False
        for term in terms:
            if isinstance(term, Register):
                found.append(term)
                continue
            try:
                found.append(self._register(term))
                placed = True
            except _ModuleLacking as error:
                if not lacking_is_zero:
                    raise
                lacking = error
        if lacking is not None and not placed:
            raise lacking
        return tuple(found)

    def _register(self, point: Point) -> Register:
        wanted, model = self._model_for(point)
        if (why := fault(model.number, wanted.name, in_module=wanted.module > 0)) is not None:
            raise ValueRefused(why)
        shape = shapes()[model.number]
        place = (shape.module_points if wanted.module else shape.points)[wanted.name]
        start = model.address + _module_offset(wanted, model, shape)
        register = Register(
            function="holding",
            address=start + place.offset,
            kind=place.kind,
            factor=wanted.factor,
            not_available=place.not_available,
            exponent_address=None if place.exponent_offset is None else model.address + place.exponent_offset,
        )
        if max(register.end, (register.exponent_address or 0) + 1) > model.end:
            raise ValueRefused(
                f"SunSpec model {model.number} of this device ends before {wanted.name}: "
                f"it has only {model.length} registers"
            )
        return register

    def _beyond_phases(self, term: Register | Point) -> bool:
        if isinstance(term, Register):
            return False
        try:
            wanted, model = self._model_for(term)
        except ValueRefused:
            return False
        place = shapes()[model.number].points.get(wanted.name) if model.number in shapes() else None
        return place is not None and place.phase > model.phases

    def _model_for(self, point: Point) -> tuple[Point, Model]:
        """The first model that the device has, and the point that is asked of it."""
        candidate: Point | None = point
        asked: list[int] = []
        while candidate is not None:
            models = self.blocks[candidate.block - 1].models if candidate.block <= len(self.blocks) else ()
            for number in candidate.models:
                for model in models:
                    if model.number == number:
                        return candidate, model
            asked += candidate.models
            candidate = candidate.otherwise
        raise ValueRefused(self._none_of(asked, point.block))

    def _none_of(self, asked: list[int], block: int) -> str:
        numbers = f"models {', '.join(map(str, asked))}" if len(asked) > 1 else f"model {asked[0]}"
        has = "; ".join(f"block {i}: {_listed(b.models)}" for i, b in enumerate(self.blocks, start=1))
        if len(self.blocks) == 1:
            has = _listed(self.blocks[0].models)
        where = "" if block == 1 and len(self.blocks) == 1 else f" in its device block {block}"
        none = "none of the SunSpec" if len(asked) > 1 else "no SunSpec"
        return f"the device has {none} {numbers}{where}; it has {has}"


def _listed(models: Iterable[Model]) -> str:
    return ", ".join(str(model.number) for model in models)


def _module_offset(point: Point, model: Model, shape: Shape) -> int:
    """Where its module begins; 0 for the fixed part."""
    if not point.module:
        return 0
    modules = shape.modules(model.length)
    if point.of_modules and modules not in point.of_modules:
        meant = " or ".join(map(str, point.of_modules))
        raise ValueRefused(
            f"SunSpec model {model.number} has {modules} modules here, not {meant}: which is which is not known; "
            "another profile may fit"
        )
    if point.module > modules:
        raise _ModuleLacking(f"SunSpec model {model.number} has {modules} modules here, no module {point.module}")
    return shape.first_module_offset + (point.module - 1) * shape.module_length
