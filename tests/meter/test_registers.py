"""Registers and values."""

import math
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.meter.registers import RegisterType, ValueRefused, WordOrder, decode, encode


@pytest.mark.parametrize(
    ("words", "kind", "order", "scale", "value"),
    [
        ((0x4366, 0x3333), RegisterType.FLOAT32, WordOrder.MSW_FIRST, 1, 230.2),
        ((0x3333, 0x4366), RegisterType.FLOAT32, WordOrder.LSW_FIRST, 1, 230.2),
        ((0xFF9C,), RegisterType.INT16, WordOrder.MSW_FIRST, 0.1, -10),
        ((0xFF9C,), RegisterType.UINT16, WordOrder.MSW_FIRST, 1, 65436),
        ((0xFFFF, 0xFC18), RegisterType.INT32, WordOrder.MSW_FIRST, 0.1, -100),
        ((0xFC18, 0xFFFF), RegisterType.INT32, WordOrder.LSW_FIRST, 0.1, -100),
        ((0x0001, 0x0000), RegisterType.UINT32, WordOrder.MSW_FIRST, 1, 65536),
        ((0, 0, 0, 7), RegisterType.UINT64, WordOrder.MSW_FIRST, 1000, 7000),
        ((0, 0, 0, 7), RegisterType.INT64, WordOrder.MSW_FIRST, 1, 7),
        ((0x4059, 0, 0, 0), RegisterType.FLOAT64, WordOrder.MSW_FIRST, 1, 100),
    ],
)
def test_decode(words: tuple[int, ...], kind: RegisterType, order: WordOrder, scale: float, value: float) -> None:
    assert decode(words, kind, order, scale) == pytest.approx(value, rel=1e-6)


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
    ],
)
def test_not_available_is_refused_never_a_number(words: tuple[int, ...], kind: RegisterType) -> None:
    with pytest.raises(ValueRefused, match=struct.pack(f">{len(words)}H", *words).hex()):
        decode(words, kind, WordOrder.MSW_FIRST, 1.0)


@given(
    st.sampled_from(RegisterType),
    st.sampled_from(WordOrder),
    st.sampled_from([1.0, 0.1, 1000.0]),
    st.floats(-3000, 3000),
)
def test_encode_is_the_inverse(kind: RegisterType, order: WordOrder, scale: float, value: float) -> None:
    if kind.value.startswith("u"):
        value = abs(value)
    words = encode(value, kind, order, scale)
    assert len(words) == kind.registers
    assert math.isclose(decode(words, kind, order, scale), value, rel_tol=1e-6, abs_tol=0.5 * scale + 1e-9)
