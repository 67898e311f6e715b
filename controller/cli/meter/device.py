"""One device in all its roles, over one connection."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from controller.app import make_meter
from controller.cli.meter.way_in import Target
from controller.domain.errors import DeviceRejected
from controller.domain.ports import Clock
from controller.meter.connection import ILLEGAL_ADDRESS, ILLEGAL_FUNCTION, ILLEGAL_VALUE, Connections
from controller.meter.device import Look, ModbusMeter
from controller.meter.quantities import Quantity, Role


class Device:
    """A device that can be looked at.

    Args:
        meters: It, in each of its roles.
    """

    def __init__(self, meters: Mapping[Role, ModbusMeter]) -> None:
        self._meters = meters

    async def look(self) -> dict[Role, Look]:
        """One look at it in each role that it has; a SunSpec device has few of all.

        A hybrid inverter without a battery refuses its registers: then they are named, and the other roles are read.

        Raises:
            DeviceError: It fails, or refuses everything in every role.
        """
        looks: dict[Role, Look] = {}
        rejection: DeviceRejected | None = None
        for role, meter in self._meters.items():
            try:
                looks[role] = await meter.look()
            except DeviceRejected as error:
                if error.status not in (ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE):
                    raise
                rejection = rejection or error
                looks[role] = meter.nothing(error)
        if rejection is not None and not any(look.memory for look in looks.values()):
            raise rejection
        return {role: look for role, look in looks.items() if Quantity.POWER_W not in look.layout.missing} or looks


@asynccontextmanager
async def opened(target: Target, clock: Clock) -> AsyncIterator[Device]:
    """The device; its connection is closed when left."""
    connections = Connections(clock)
    meters: dict[Role, ModbusMeter] = {}
    try:
        for role in target.roles:
            meters[role] = make_meter(
                role, target.entry, target.profile, site=target.site, connections=connections, clock=clock
            )
        yield Device(meters)
    finally:
        for meter in meters.values():
            await meter.close()
