"""The text of a profile: TOML that an electrician can read, checked and turned into a `Profile`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from controller.domain.errors import ConfigError
from controller.domain.toml_text import parse_toml
from controller.meter.formula import Condition, Formula, Function, Point, Register
from controller.meter.profile import Manners, Parity, Profile, Serial
from controller.meter.quantities import Quantity, Section
from controller.meter.registers import RegisterType, WordOrder
from controller.meter.sunspec.models import fault

_ADDRESSES = 65536
_PHASE_LETTERS = ("A", "B", "C")


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Defaults(_Table):
    """The device's usual address."""

    port: int = Field(default=502, ge=1, le=65535)
    unit_id: int = Field(default=1, ge=0, le=255)
    baudrate: int = Field(default=9600, ge=300, le=921_600)
    parity: Parity = "none"
    stopbits: Literal[1, 2] = 1


class _Requests(_Table):
    """How the device wants to be asked."""

    max_registers: int = Field(default=100, ge=1, le=125)
    max_gap: int = Field(default=0, ge=0, le=124)
    pause_s: float = Field(default=0, ge=0, le=5)
    settle_s: float = Field(default=0, ge=0, le=30)
    timeout_s: float | None = Field(default=None, ge=0.1, le=30)
    one_client: bool = False


class _Common(_Table):
    """What holds for every register that does not say otherwise."""

    function: Function = "holding"
    type: RegisterType = RegisterType.FLOAT32
    word_order: WordOrder = WordOrder.MSW_FIRST
    not_available: list[int] | None = None


class _Where(_Table):
    """One register (or one a phase), or one SunSpec point, and how to read it."""

    address: int | list[int] | None = None
    function: Function | None = None
    type: RegisterType | None = None
    word_order: WordOrder | None = None
    scale: float = Field(default=1.0, ge=1e-9, le=1e9, allow_inf_nan=False)
    positive: str | None = None
    not_available: list[int] | None = None
    point: str | None = None
    model: list[int] | None = None
    module: int = Field(default=0, ge=0, le=99)
    of_modules: list[int] = []
    block: int = Field(default=1, ge=1, le=9)
    otherwise: _Where | None = None

    @model_validator(mode="after")
    def _can_be_read(self) -> Self:
        self._check_place()
        return self

    def _check_place(self) -> None:
        if (self.address is None) == (self.point is None):
            raise ValueError("needs an address, or a SunSpec point with its models")
        if self.point is not None and (not self.model or (self.function or self.type or self.word_order)):
            raise ValueError("a SunSpec point needs `model`, a list of model numbers, and has its type from there")
        if self.point is None and (self.model is not None or self.module or self.block != 1 or self.otherwise):
            raise ValueError("model, module, block and otherwise go with a SunSpec point")
        if self.otherwise is not None and self.otherwise.point is None:
            raise ValueError("otherwise names another SunSpec point")
        if self.of_modules and not self.module:
            raise ValueError("of_modules goes with a module")
        if not all(0 <= address <= 65535 for address in self.addresses):
            raise ValueError("addresses are 0 to 65535")
        if not all(0 <= pattern < 2**64 for pattern in self.not_available or ()):
            raise ValueError("not_available holds bit patterns, written as numbers from 0 up")

    @property
    def addresses(self) -> list[int]:
        if self.address is None:
            return []
        return self.address if isinstance(self.address, list) else [self.address]


class _When(_Table):
    """A register that tells a direction."""

    address: int = Field(ge=0, le=65535)
    function: Function | None = None
    type: RegisterType | None = None
    mask: int | None = None
    equals: float | None = None
    below: float | None = None

    @model_validator(mode="after")
    def _is_one_question(self) -> Self:
        if sum(question is not None for question in (self.mask, self.equals, self.below)) != 1:
            raise ValueError("exactly one of mask, equals and below is needed")
        return self


class _Entry(_Where):
    """A quantity: a place of its own, or a sum of places."""

    sum: list[_Where] | None = None
    unsigned: bool = False
    magnitude: bool = False
    negative_when: list[_When] = []
    asleep_is_zero: bool = False

    def _check_place(self) -> None:
        if self.sum is None:
            super()._check_place()
        elif not self.sum or self.address is not None or self.point is not None:
            raise ValueError("a sum has its addresses in its terms")

    @property
    def places(self) -> list[_Where]:
        return [self] if self.sum is None else self.sum


class _File(_Table):
    """A profile as it is written."""

    name: str = Field(min_length=1)
    maker: str = Field(min_length=1)
    models: list[str] = []
    source: str = Field(min_length=1)
    notes: str = ""
    extends: str | None = None
    defaults: _Defaults = _Defaults()
    requests: _Requests = _Requests()
    every_register: _Common = _Common()
    meter: dict[str, _Entry] = {}
    grid: dict[str, _Entry] = {}
    pv: dict[str, _Entry] = {}
    battery: dict[str, _Entry] = {}
    load: dict[str, _Entry] = {}

    def sections(self) -> Iterator[tuple[Section, dict[str, _Entry]]]:
        for section in Section:
            entries: dict[str, _Entry] = getattr(self, section.value)
            if entries:
                yield section, entries


def parse_tree(key: str, text: str) -> dict[str, Any]:
    """The tables of a profile's text. Raises ConfigError."""
    try:
        return parse_toml(text)
    except ValueError as error:
        raise ConfigError([f"meter profile {key}: {error}"]) from error


def parse_profile(key: str, tree: dict[str, Any]) -> Profile:
    """A profile from its tables. Raises ConfigError with every fault, each with its place."""
    try:
        written = _File.model_validate(tree)
    except ValidationError as error:
        raise ConfigError([f"meter profile {key}: {_worded(detail)}" for detail in error.errors()]) from error
    faults: list[str] = []
    sections: dict[Section, dict[Quantity, Formula]] = {}
    for section, entries in written.sections():
        sections[section] = {}
        for word, entry in entries.items():
            try:
                sections[section][_quantity(section, word)] = _formula(written, section, word, entry)
            except ValueError as error:
                faults.append(f"meter profile {key}: {section}.{word}: {error}")
    faults += [f"meter profile {key}: {fault}" for fault in _missing(sections)]
    if faults:
        raise ConfigError(faults)
    defaults, requests = written.defaults, written.requests
    return Profile(
        key=key,
        name=written.name,
        maker=written.maker,
        models=tuple(written.models),
        source=written.source,
        notes=written.notes,
        port=defaults.port,
        unit_id=defaults.unit_id,
        serial=Serial(baudrate=defaults.baudrate, parity=defaults.parity, stopbits=defaults.stopbits),
        manners=Manners(**requests.model_dump()),
        sections=sections,
    )


def _missing(sections: dict[Section, dict[Quantity, Formula]]) -> Iterator[str]:
    if not sections:
        yield "no table tells what it measures: [meter] for a line meter, else [grid], [pv], [battery], [load]"
    if Section.METER in sections and len(sections) > 1:
        yield "[meter] is a line meter that serves any role; [grid], [pv], [battery] and [load] cannot stand beside it"
    for section, quantities in sections.items():
        if Quantity.POWER_W not in quantities:
            yield f"{section}.power_w is missing: without it the table is of no use"


def _quantity(section: Section, word: str) -> Quantity:
    if word not in section.words:
        raise ValueError(f"unknown; [{section}] may hold {', '.join(section.words)}")
    return section.words[word]


def _formula(written: _File, section: Section, word: str, entry: _Entry) -> Formula:
    quantity = _quantity(section, word)
    if entry.asleep_is_zero and section is not Section.PV:
        raise ValueError("asleep_is_zero is for [pv] only: anywhere else a missing value is no zero")
    columns = [_terms(written, section, place, quantity) for place in entry.places]
    phases = {len(column) for column in columns}
    if len(phases) != 1 or not phases <= ({1, 2, 3} if quantity.per_phase else {1}):
        raise ValueError("one address, or for a quantity a phase a list of up to three; as many in each term of a sum")
    formula = Formula(
        components=tuple(zip(*columns, strict=True)),
        unsigned=entry.unsigned,
        magnitude=entry.magnitude,
        negative_when=tuple(_condition(written, when) for when in entry.negative_when),
        asleep_is_zero=entry.asleep_is_zero,
    )
    if any(register.end > _ADDRESSES for register in formula.registers()):
        raise ValueError("runs beyond address 65535")
    return formula


def _terms(written: _File, section: Section, place: _Where, quantity: Quantity) -> list[Register | Point]:
    """What a place says, a phase each."""
    factor = place.scale * _sense(section, place.positive)
    if place.point is not None:
        return list(_points(section, place, place.point, quantity))
    common = written.every_register
    unusual = place.not_available if place.not_available is not None else common.not_available
    return [
        Register(
            function=place.function or common.function,
            address=address,
            kind=place.type or common.type,
            word_order=place.word_order or common.word_order,
            factor=factor,
            not_available=None if unusual is None else frozenset(unusual),
        )
        for address in place.addresses
    ]


def _points(section: Section, place: _Where, name: str, quantity: Quantity) -> list[Point]:
    """A SunSpec point, or one a phase."""
    names = _phase_points(name) if quantity.per_phase else [name]
    for model in place.model or ():
        if (why := fault(model, name, in_module=place.module > 0)) is not None:
            raise ValueError(why)
    other = place.otherwise
    others = [] if other is None or other.point is None else _points(section, other, other.point, quantity)
    return [
        Point(
            models=tuple(place.model or ()),
            name=each,
            module=place.module,
            of_modules=tuple(place.of_modules),
            block=place.block,
            factor=place.scale * _sense(section, place.positive),
            otherwise=others[i] if others else None,
        )
        for i, each in enumerate(names)
    ]


def _phase_points(name: str) -> list[str]:
    """All three phases of a point that is named by its first, as WphA is and, in model 701, AL1."""
    if name.endswith("A"):
        return [name[:-1] + letter for letter in _PHASE_LETTERS]
    if name.endswith("L1"):
        return [name[:-1] + str(number) for number in (1, 2, 3)]
    raise ValueError(f"{name}: a SunSpec point a phase is named by its first: WphA, AphA, PhVphA, AL1")


def _sense(section: Section, positive: str | None) -> int:
    if positive is None:
        return 1
    if positive not in section.senses:
        raise ValueError(f'positive = "{positive}": in [{section}] it is one of {", ".join(section.senses)}')
    return section.senses[positive]


def _condition(written: _File, when: _When) -> Condition:
    common = written.every_register
    register = Register(
        function=when.function or common.function,
        address=when.address,
        kind=when.type or (RegisterType.UINT16 if when.below is None else RegisterType.INT16),
        word_order=common.word_order,
        not_available=frozenset(),
    )
    return Condition(register=register, mask=when.mask, equals=when.equals, below=when.below)


def _worded(detail: Any) -> str:
    place = ".".join(str(part) for part in detail["loc"])
    return f"{place}: {str(detail['msg']).removeprefix('Value error, ')}"
