"""The virtual house's line meters on a Modbus TCP server without faults."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

from controller.meter.profile import Profile
from controller.meter.quantities import Role
from controller.simulation.meters.device import VirtualDevice
from controller.simulation.meters.server import modbus_server
from controller.simulation.meters.values import HouseValues, Values, turned
from controller.simulation.plant import LivePlant

__all__ = ["EV_UNIT", "GRID_UNIT", "PV_UNIT", "Values", "house_units", "meter_server"]

GRID_UNIT = 1
PV_UNIT = 2
EV_UNIT = 3


@asynccontextmanager
async def meter_server(
    profile: Profile, units: Mapping[int, Callable[[], Values]], host: str, port: int
) -> AsyncIterator[int]:
    """Serves while entered; yields the port. Anything up to the last register can be read.

    Args:
        profile: The device that is shown, a line meter.
        units: For each unit id what its quantities are now, in a line meter's sense.
        host: Address to listen on.
        port: TCP port; 0 takes a free one.

    Raises:
        DeviceUnavailable: The port cannot be had.
    """
    as_grid = {unit_id: {Role.GRID: values} for unit_id, values in units.items()}  # the grid's sense is the line's
    async with modbus_server(VirtualDevice(profile, as_grid, strict=False), host, port) as bound:
        yield bound


def house_units(live: LivePlant) -> dict[int, Callable[[], Values]]:
    """The house's three meters in a line meter's sense: at the grid, behind the inverter, before the car."""
    house = HouseValues(live)

    def measuring(role: Role) -> Callable[[], Values]:
        return lambda: turned(house.measured(role), role.sign)

    return {GRID_UNIT: measuring(Role.GRID), PV_UNIT: measuring(Role.PV), EV_UNIT: measuring(Role.EV)}
