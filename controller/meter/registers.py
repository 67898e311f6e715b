"""Register contents and values: types, word orders, "not available" patterns; pure."""

from __future__ import annotations

import math
import struct
from collections.abc import Sequence
from enum import StrEnum


class RegisterType(StrEnum):
    """How a value lies in 16-bit registers."""

    INT16 = "int16"
    UINT16 = "uint16"
    INT32 = "int32"
    UINT32 = "uint32"
    INT64 = "int64"
    UINT64 = "uint64"
    FLOAT32 = "float32"
    FLOAT64 = "float64"

    @property
    def registers(self) -> int:
        """Registers one value takes."""
        return struct.calcsize(_FORMATS[self]) // 2


class WordOrder(StrEnum):
    """Which register of a longer value comes first; bytes within one are always big-endian."""

    MSW_FIRST = "msw-first"
    LSW_FIRST = "lsw-first"


_FORMATS = {
    RegisterType.INT16: ">h",
    RegisterType.UINT16: ">H",
    RegisterType.INT32: ">i",
    RegisterType.UINT32: ">I",
    RegisterType.INT64: ">q",
    RegisterType.UINT64: ">Q",
    RegisterType.FLOAT32: ">f",
    RegisterType.FLOAT64: ">d",
}

_NOT_AVAILABLE: dict[RegisterType, frozenset[int]] = {
    RegisterType.INT16: frozenset({-0x8000, 0x7FFF}),
    RegisterType.UINT16: frozenset({0xFFFF}),
    RegisterType.INT32: frozenset({-0x8000_0000, 0x7FFF_FFFF}),
    RegisterType.UINT32: frozenset({0xFFFF_FFFF}),
    RegisterType.INT64: frozenset({-0x8000_0000_0000_0000, 0x7FFF_FFFF_FFFF_FFFF}),
    RegisterType.UINT64: frozenset({0xFFFF_FFFF_FFFF_FFFF}),
}


class ValueRefused(ValueError):
    """The registers hold no value; the text says why."""


def decode(registers: Sequence[int], kind: RegisterType, order: WordOrder, scale: float) -> float:
    """The value in `registers`, scaled.

    Args:
        registers: As many 16-bit words as `kind` takes, in the order of their addresses.
        kind: Their type.
        order: Their order.
        scale: Factor into the quantity's unit.

    Raises:
        ValueRefused: NaN, infinite, or the type's pattern for "not available".
    """
    words = registers if order is WordOrder.MSW_FIRST else tuple(reversed(registers))
    packed = struct.pack(f">{len(words)}H", *words)
    (raw,) = struct.unpack(_FORMATS[kind], packed)
    if kind in _NOT_AVAILABLE:
        if raw in _NOT_AVAILABLE[kind]:
            raise ValueRefused(f"not available ({packed.hex()})")
    elif not math.isfinite(raw):
        raise ValueRefused(f"not a number ({packed.hex()})")
    return float(raw) * scale


def encode(value: float, kind: RegisterType, order: WordOrder, scale: float) -> tuple[int, ...]:
    """The registers that a device with this type, order and scale would show for `value`; the inverse of `decode`."""
    raw = value / scale
    packed = struct.pack(_FORMATS[kind], raw if kind in (RegisterType.FLOAT32, RegisterType.FLOAT64) else round(raw))
    words = struct.unpack(f">{len(packed) // 2}H", packed)
    return words if order is WordOrder.MSW_FIRST else tuple(reversed(words))
