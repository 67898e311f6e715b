"""Registers and values."""

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.meter.registers import NotAvailable, RegisterType, ValueRefused, WordOrder, decode, encode


@pytest.mark.parametrize(
    ("words", "kind", "order", "value"),
    [
        ((0x4366, 0x3333), RegisterType.FLOAT32, WordOrder.MSW_FIRST, 230.2),
        ((0x3333, 0x4366), RegisterType.FLOAT32, WordOrder.LSW_FIRST, 230.2),
        ((0xFF9C,), RegisterType.INT16, WordOrder.MSW_FIRST, -100),
        ((0xFF9C,), RegisterType.UINT16, WordOrder.MSW_FIRST, 65436),
        ((0xFFFF, 0xFC18), RegisterType.INT32, WordOrder.MSW_FIRST, -1000),
        ((0xFC18, 0xFFFF), RegisterType.INT32, WordOrder.LSW_FIRST, -1000),
        ((0x0001, 0x0000), RegisterType.UINT32, WordOrder.MSW_FIRST, 65536),
        ((0, 0, 0, 7), RegisterType.UINT64, WordOrder.MSW_FIRST, 7),
        ((0, 0, 0, 7), RegisterType.INT64, WordOrder.MSW_FIRST, 7),
        ((0x4059, 0, 0, 0), RegisterType.FLOAT64, WordOrder.MSW_FIRST, 100),
    ],
)
def test_decode(words: tuple[int, ...], kind: RegisterType, order: WordOrder, value: float) -> None:
    assert decode(words, kind, order) == pytest.approx(value, rel=1e-6)


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        ((0x7FC0, 0), RegisterType.FLOAT32),
        ((0x7F80, 0), RegisterType.FLOAT32),
        ((0xFF80, 0), RegisterType.FLOAT32),
        ((0x7FF8, 0, 0, 0), RegisterType.FLOAT64),
        ((0x8000,), RegisterType.INT16),
        ((0x7FFF,), RegisterType.INT16),
        ((0xFFFF,), RegisterType.UINT16),
        ((0x8000, 0), RegisterType.INT32),
        ((0x7FFF, 0xFFFF), RegisterType.INT32),
        ((0xFFFF, 0xFFFF), RegisterType.UINT32),
        ((0xFFFF,) * 4, RegisterType.UINT64),
        ((0x8000, 0, 0, 0), RegisterType.INT64),
        ((0xFF7F, 0xFFFF), RegisterType.FLOAT32),
    ],
)
def test_not_available_is_refused_never_a_number(words: tuple[int, ...], kind: RegisterType) -> None:
    with pytest.raises(ValueRefused, match=struct.pack(f">{len(words)}H", *words).hex()):
        decode(words, kind, WordOrder.MSW_FIRST)


def test_patterns_of_its_own_replace_the_types() -> None:
    def read(word: int) -> float:
        return decode((word,), RegisterType.INT16, WordOrder.MSW_FIRST, frozenset({0x8000}))

    assert read(0x7FFF) == 32767  # SunSpec counts with it
    with pytest.raises(NotAvailable):
        read(0x8000)


def test_infinity_is_refused_but_is_no_sleeping_device() -> None:
    with pytest.raises(ValueRefused) as caught:
        decode((0x7F80, 0), RegisterType.FLOAT32, WordOrder.MSW_FIRST)
    assert not isinstance(caught.value, NotAvailable)


@given(st.sampled_from(RegisterType), st.sampled_from(WordOrder), st.floats(-3000, 3000))
def test_encode_is_the_inverse(kind: RegisterType, order: WordOrder, value: float) -> None:
    if kind.value.startswith("u"):
        value = abs(value)
    words = encode(value, kind, order)
    assert len(words) == kind.registers
    assert math.isclose(decode(words, kind, order), value, rel_tol=1e-6, abs_tol=1e-30 if kind.floating else 0.5)


@pytest.mark.parametrize(("value", "kind"), [(-1, RegisterType.UINT16), (40_000, RegisterType.INT16)])
def test_what_a_type_cannot_hold(value: float, kind: RegisterType) -> None:
    with pytest.raises(OverflowError, match=f"does not fit into {kind}"):
        encode(value, kind, WordOrder.MSW_FIRST)
