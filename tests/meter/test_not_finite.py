"""Nothing that is no finite number gets from a register into the decision, whatever a device shows."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any

import pytest

from controller.control.clock import ScaledClock
from controller.control.poller import HouseMeters, MeterPoller
from controller.domain.readings import House
from controller.meter.device import ModbusMeter
from controller.meter.formula import Function
from controller.meter.plausibility import Bounds
from controller.meter.profile import Profile
from controller.meter.profile_files import Shelf
from controller.meter.quantities import Quantity, Role
from tests.support.houses import NOON

PLAIN = tuple(profile for key in Shelf().known if not (profile := Shelf().load(key)).needs_discovery)
PATTERNS = {
    "nan": (0x7FC0, 0),
    "nan, other word first": (0, 0x7FC0),
    "infinite": (0x7F80, 0),
    "infinite, other word first": (0, 0x7F80),
    "negative infinite": (0xFF80, 0),
    "infinite in 64 bits": (0x7FF0, 0, 0, 0),
    "huge": (0x7F7F, 0xFFFF),
    "huge in 64 bits": (0x7FEF, 0xFFFF, 0xFFFF, 0xFFFF),
    "usual": (0x4248, 0),
}


class Showing:
    """A unit whose registers repeat a pattern of words."""

    sent_at_s: float | None = None

    def __init__(self, pattern: tuple[int, ...]) -> None:
        self._pattern = pattern

    async def read(self, function: Function, start: int, count: int) -> list[int]:
        return list(islice(cycle(self._pattern), count))

    async def close(self) -> None: ...


def numbers(house: House) -> Iterator[float]:
    """Everything in it that is reckoned with."""
    for name in House.__dataclass_fields__:
        value: Any = getattr(house, name)
        yield from value if isinstance(value, tuple) else () if value is None else (value,)


@pytest.mark.parametrize("quantity", list(Quantity))
@pytest.mark.parametrize("role", list(Role))
@pytest.mark.parametrize("most_w", [10_000.0, math.inf, math.nan])
def test_no_bounds_let_it_through(quantity: Quantity, role: Role, most_w: float) -> None:
    bounds = Bounds(max_power_w=most_w)
    for value in (math.nan, math.inf, -math.inf):
        assert bounds.fault(role, quantity, value) is not None


@pytest.mark.parametrize("pattern", PATTERNS)
async def test_no_profile_lets_it_into_the_house(pattern: str) -> None:
    clock = ScaledClock(NOON)

    async def polled(profile: Profile, role: Role) -> MeterPoller | None:
        if role not in profile.roles:
            return None
        meter = ModbusMeter(role=role, profile=profile, unit=Showing(PATTERNS[pattern]), clock=clock)
        poller = MeterPoller(meter, clock, poll_s=1.0, stale_after_s=60.0)
        await poller.poll()
        return poller

    for profile in PLAIN:
        grid, pv, load, battery, ev = [
            await polled(profile, role) for role in (Role.GRID, Role.PV, Role.LOAD, Role.BATTERY, Role.EV)
        ]
        parts: dict[str, Any] = {"pv": [pv] if pv else [], "battery": battery, "ev": ev}
        for of_grid, of_load in ((grid, None), (None, load)):
            if of_grid or of_load:
                house = HouseMeters(grid=of_grid, load=of_load, **parts).house(clock.monotonic_s())
                assert all(math.isfinite(number) for number in numbers(house)), profile.key
                assert pattern != "usual" or any(numbers(house)), profile.key
