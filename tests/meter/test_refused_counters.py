"""A counter that is refused is named as what it is in the meter's role."""

import pytest

from controller.control.clock import WallClock
from controller.meter.device import ModbusMeter
from controller.meter.formula import Function
from controller.meter.profile_files import Shelf
from controller.meter.quantities import Role
from controller.meter.registers import RegisterType, WordOrder, encode


class Registers:
    """A unit that holds the same 32-bit float in every register pair but one, which is NaN."""

    sent_at_s: float | None = None

    def __init__(self, nan_at: int) -> None:
        self._nan_at = nan_at

    async def read(self, function: Function, start: int, count: int) -> list[int]:
        words = [*encode(50.0, RegisterType.FLOAT32, WordOrder.MSW_FIRST)] * (count // 2 + 1)
        if start <= self._nan_at < start + count:
            words[self._nan_at - start] = 0x7FC0
        return words[:count]

    async def close(self) -> None:
        return


@pytest.mark.parametrize(
    ("role", "invert", "refused"),
    [
        (Role.GRID, False, "energy_wh"),
        (Role.GRID, True, "energy_back_wh"),
        (Role.PV, False, "energy_back_wh"),
        (Role.PV, True, "energy_wh"),
    ],
)
async def test_refused_import_counter(role: Role, invert: bool, refused: str) -> None:
    profile = Shelf().load("eastron-sdm630")
    meter = ModbusMeter(role=role, profile=profile, unit=Registers(72), clock=WallClock(), invert=invert)
    reading = await meter.read()
    assert set(reading.refused) == {refused}
    assert getattr(reading, refused) is None
    other = "energy_back_wh" if refused == "energy_wh" else "energy_wh"
    assert getattr(reading, other) == pytest.approx(50_000)
