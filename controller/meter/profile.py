"""Device profiles: which register holds which quantity; one TOML file a device."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from enum import StrEnum
from importlib import resources
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from controller.domain.errors import ConfigError
from controller.meter.registers import RegisterType, WordOrder

_PROFILES = resources.files("controller.meter") / "profiles"


class Quantity(StrEnum):
    """What a profile can say where to find; names carry the units."""

    POWER_W = "power_w"
    PHASE_POWER_W = "phase_power_w"
    CURRENT_A = "current_a"
    VOLTAGE_V = "voltage_v"
    FREQUENCY_HZ = "frequency_hz"
    ENERGY_IMPORT_WH = "energy_import_wh"
    ENERGY_EXPORT_WH = "energy_export_wh"
    SOC_PCT = "soc_pct"

    @property
    def per_phase(self) -> bool:
        """Whether it has one value a phase."""
        return self in (Quantity.PHASE_POWER_W, Quantity.CURRENT_A, Quantity.VOLTAGE_V)


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Defaults(_Table):
    """The device's usual address."""

    port: int = Field(default=502, ge=1, le=65535)
    unit_id: int = Field(default=1, ge=0, le=255)


class BlockLimits(_Table):
    """What one request may read."""

    max_registers: int = Field(default=100, ge=1, le=125)
    max_gap: int = Field(default=0, ge=0, le=124)


class RegisterDefaults(_Table):
    """What holds for quantities that do not say otherwise."""

    function: Literal["input", "holding"] = "holding"
    type: RegisterType = RegisterType.FLOAT32
    word_order: WordOrder = WordOrder.MSW_FIRST
    scale: float = 1.0


class QuantityEntry(_Table):
    """Where a quantity lies; what is absent comes from the profile's `[every_register]`."""

    address: int | list[int]
    function: Literal["input", "holding"] | None = None
    type: RegisterType | None = None
    word_order: WordOrder | None = None
    scale: float | None = None
    unsigned: bool = False


class ProfileFile(_Table):
    """A profile as it is written."""

    name: str
    source: str
    defaults: Defaults = Defaults()
    block: BlockLimits = BlockLimits()
    every_register: RegisterDefaults = RegisterDefaults()
    quantities: dict[Quantity, QuantityEntry]

    @model_validator(mode="after")
    def _has_power(self) -> Self:
        if Quantity.POWER_W not in self.quantities:
            raise ValueError("quantities.power_w is missing: without it the device is no meter")
        for quantity, entry in self.quantities.items():
            addresses = entry.address if isinstance(entry.address, list) else [entry.address]
            if len(addresses) != (3 if quantity.per_phase else 1) or not all(0 <= a <= 65535 for a in addresses):
                raise ValueError(f"quantities.{quantity}: three addresses a phase quantity, else one; 0 to 65535")
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Register:
    """One value on the wire.

    Attributes:
        function: "input" (function code 4) or "holding" (3).
        address: Of its first register, from 0.
        kind: Its type.
        word_order: Its word order.
        scale: Factor into the quantity's unit.
    """

    function: Literal["input", "holding"]
    address: int
    kind: RegisterType
    word_order: WordOrder
    scale: float

    @property
    def end(self) -> int:
        """The first address behind it."""
        return self.address + self.kind.registers


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One read request: registers `start` to `end` - 1."""

    function: Literal["input", "holding"]
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """A device, ready to be read.

    Attributes:
        key: The file's name without its ending.
        name: What people call the device.
        port: Usual TCP port.
        unit_id: Usual unit id.
        registers: For each quantity one register, or one a phase.
        unsigned: Quantities whose values have no sign of their own.
        blocks: The requests that read them all.
    """

    key: str
    name: str
    port: int
    unit_id: int
    registers: dict[Quantity, tuple[Register, ...]]
    unsigned: frozenset[Quantity]
    blocks: tuple[Block, ...]


def known_profiles() -> tuple[str, ...]:
    """Keys of the profiles that come with Sunpace, sorted."""
    return tuple(sorted(entry.name[:-5] for entry in _PROFILES.iterdir() if entry.name.endswith(".toml")))


def load_profile(key: str) -> Profile:
    """The profile `key`. Raises ConfigError when it is unknown or wrong."""
    if key not in known_profiles():
        raise ConfigError([f"meter profile {key!r} is unknown; known are {', '.join(known_profiles())}"])
    return parse_profile(key, (_PROFILES / f"{key}.toml").read_text(encoding="utf-8"))


def parse_profile(key: str, text: str) -> Profile:
    """A profile from the text of its file. Raises ConfigError."""
    try:
        written = ProfileFile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"meter profile {key}: not valid TOML: {error}"]) from error
    except ValidationError as error:
        faults = [f"meter profile {key}: {'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors()]
        raise ConfigError(faults) from error
    registers = {
        quantity: tuple(_register(written, entry, address) for address in _addresses(entry))
        for quantity, entry in written.quantities.items()
    }
    return Profile(
        key=key,
        name=written.name,
        port=written.defaults.port,
        unit_id=written.defaults.unit_id,
        registers=registers,
        unsigned=frozenset(quantity for quantity, entry in written.quantities.items() if entry.unsigned),
        blocks=_plan(registers, written.block),
    )


def _addresses(entry: QuantityEntry) -> list[int]:
    return entry.address if isinstance(entry.address, list) else [entry.address]


def _register(written: ProfileFile, entry: QuantityEntry, address: int) -> Register:
    common = written.every_register
    return Register(
        function=entry.function or common.function,
        address=address,
        kind=entry.type or common.type,
        word_order=entry.word_order or common.word_order,
        scale=entry.scale if entry.scale is not None else common.scale,
    )


def _plan(registers: dict[Quantity, tuple[Register, ...]], limits: BlockLimits) -> tuple[Block, ...]:
    """Groups the registers into as few requests as the device's limits allow."""
    wanted = sorted((r for group in registers.values() for r in group), key=lambda r: (r.function, r.address))
    blocks: list[Block] = []
    for register in wanted:
        if blocks:
            last = blocks[-1]
            near = register.address - last.end <= limits.max_gap
            fits = register.end - last.start <= limits.max_registers
            if last.function == register.function and near and fits:
                end = max(last.end, register.end)
                blocks[-1] = Block(function=last.function, start=last.start, end=end)
                continue
        blocks.append(Block(function=register.function, start=register.address, end=register.end))
    return tuple(blocks)
