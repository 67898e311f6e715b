"""Virtual meters and the real client at their other end."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace

from controller.control.clock import WallClock
from controller.domain.ports import Clock
from controller.meter.connection import Connections, Endpoint, Transport, Unit
from controller.meter.device import ModbusMeter
from controller.meter.profile import Profile
from controller.meter.profile_files import Shelf
from controller.meter.quantities import Quantity, Role
from controller.simulation.meters.emulator import VirtualMeters, Wire, virtual_meters
from controller.simulation.meters.faults import MeterFaults
from controller.simulation.meters.values import Measuring, Values

SDM630 = Shelf().load("eastron-sdm630")
NOON: Values = {
    Quantity.POWER_W: (-2100.0,),
    Quantity.PHASE_POWER_W: (-900.0, -700.0, -500.0),
    Quantity.CURRENT_A: (-3.9, -3.1, -2.2),
    Quantity.VOLTAGE_V: (231.0, 229.5, 230.0),
    Quantity.FREQUENCY_HZ: (50.01,),
    Quantity.ENERGY_WH: (12_345_000.0,),
    Quantity.ENERGY_BACK_WH: (6_789_000.0,),
}


def endpoint_of(meters: VirtualMeters) -> Endpoint:
    if meters.path:
        return Endpoint(transport=Transport.RTU, device=meters.path)
    return Endpoint(transport=Transport(meters.transport), host=meters.host, port=meters.port)


def unit_of(meters: VirtualMeters, unit_id: int = 1, *, timeout_s: float = 2.0, clock: Clock | None = None) -> Unit:
    """A unit on a connection of its own; without the profile's pauses."""
    manners = replace(meters.profile.manners, pause_s=0, settle_s=0)
    connections = Connections(clock or WallClock())
    return connections.unit(endpoint_of(meters), unit_id, timeout_s=timeout_s, manners=manners)


def meter_of(
    meters: VirtualMeters,
    role: Role = Role.GRID,
    unit_id: int = 1,
    *,
    timeout_s: float = 2.0,
    clock: Clock | None = None,
) -> ModbusMeter:
    unit = unit_of(meters, unit_id, timeout_s=timeout_s, clock=clock)
    return ModbusMeter(role=role, profile=meters.profile, unit=unit, clock=clock or WallClock())


@asynccontextmanager
async def grid_meter(
    values: Values = NOON,
    *,
    profile: Profile = SDM630,
    transport: Wire = "tcp",
    faults: MeterFaults | None = None,
    clock: Clock | None = None,
) -> AsyncIterator[VirtualMeters]:
    """A single unit 1, at the grid."""
    units: Mapping[int, Mapping[Role, Measuring]] = {1: {Role.GRID: lambda: values}}
    async with virtual_meters(profile, units, clock=clock or WallClock(), transport=transport, faults=faults) as meters:
        yield meters
