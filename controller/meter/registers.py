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

    @property
    def floating(self) -> bool:
        """Whether it is a floating point number."""
        return self in (RegisterType.FLOAT32, RegisterType.FLOAT64)

    @property
    def not_available(self) -> frozenset[int]:
        """Bit patterns that devices show for "no value", as one unsigned number, most significant word first."""
        return _NOT_AVAILABLE[self]


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
    RegisterType.INT16: frozenset({0x8000, 0x7FFF}),
    RegisterType.UINT16: frozenset({0xFFFF}),
    RegisterType.INT32: frozenset({0x8000_0000, 0x7FFF_FFFF}),
    RegisterType.UINT32: frozenset({0xFFFF_FFFF}),
    RegisterType.INT64: frozenset({0x8000_0000_0000_0000, 0x7FFF_FFFF_FFFF_FFFF}),
    RegisterType.UINT64: frozenset({0xFFFF_FFFF_FFFF_FFFF}),
    RegisterType.FLOAT32: frozenset({0xFF7F_FFFF, 0x7F7F_FFFF}),
    RegisterType.FLOAT64: frozenset(),
}


class ValueRefused(ValueError):
    """The registers hold no value; the text says why."""


class NotAvailable(ValueRefused):
    """The device itself says that it has no value now."""


def decode(
    registers: Sequence[int], kind: RegisterType, order: WordOrder, not_available: frozenset[int] | None = None
) -> float:
    """The number in `registers`.

    Args:
        registers: As many 16-bit words as `kind` takes, in the order of their addresses.
        kind: Their type.
        order: Their order.
        not_available: Patterns for "no value", as unsigned numbers; None for the type's usual ones.

    Raises:
        NotAvailable: NaN, or a pattern for "no value".
        ValueRefused: Infinite.
    """
    words = registers if order is WordOrder.MSW_FIRST else tuple(reversed(registers))
    packed = struct.pack(f">{len(words)}H", *words)
    (raw,) = struct.unpack(_FORMATS[kind], packed)
    patterns = kind.not_available if not_available is None else not_available
    if int.from_bytes(packed, "big") in patterns:
        raise NotAvailable(f"not available ({packed.hex()})")
    if kind.floating and math.isnan(raw):
        raise NotAvailable(f"not a number ({packed.hex()})")
    if kind.floating and math.isinf(raw):
        raise ValueRefused(f"not a number ({packed.hex()})")
    return float(raw)


def encode(raw: float, kind: RegisterType, order: WordOrder) -> tuple[int, ...]:
    """The registers that a device with this type and order would show for `raw`; the inverse of `decode`.

    Raises:
        OverflowError: The type cannot hold it.
    """
    try:
        packed = struct.pack(_FORMATS[kind], raw if kind.floating else round(raw))
    except struct.error as error:
        raise OverflowError(f"{raw:g} does not fit into {kind}") from error
    return in_order(int.from_bytes(packed, "big"), kind, order)


def in_order(pattern: int, kind: RegisterType, order: WordOrder) -> tuple[int, ...]:
    """The registers that show a bit pattern, given as one unsigned number."""
    words = tuple(pattern >> 16 * i & 0xFFFF for i in range(kind.registers))
    return words if order is WordOrder.LSW_FIRST else tuple(reversed(words))
