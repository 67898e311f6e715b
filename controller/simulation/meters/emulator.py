"""A meter, or several on one wire, as a client meets them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Literal

from controller.domain.errors import ConfigError
from controller.domain.ports import Clock
from controller.meter.profile import Profile
from controller.meter.quantities import Role, Section
from controller.simulation.meters.device import VirtualDevice
from controller.simulation.meters.faults import MeterFaults, MeterRecord
from controller.simulation.meters.frames import RtuFraming, TcpFraming
from controller.simulation.meters.proxy import Proxy, serial_wire, tcp_wire
from controller.simulation.meters.server import modbus_server
from controller.simulation.meters.values import Measuring

Wire = Literal["tcp", "rtu", "rtu-over-tcp"]

HOST = "127.0.0.1"
_HOUSE = (Role.GRID, Role.PV, Role.EV)
"""What line meters are put in front of in the virtual house."""
_LAST_UNIT_ID = 247


class VirtualMeters:
    """Running virtual meters.

    Attributes:
        profile: The device that is shown.
        transport: How frames travel.
        units: Unit id -> roles, and what is measured in each.
        host: Address; empty on a serial line.
        port: TCP port; 0 on a serial line.
        path: The serial device; empty on TCP.
    """

    def __init__(
        self, device: VirtualDevice, proxy: Proxy, transport: Wire, *, host: str = "", port: int = 0, path: str = ""
    ) -> None:
        self._device = device
        self._proxy = proxy
        self.profile = device.profile
        self.units = device.units
        self.transport: Wire = transport
        self.host = host
        self.port = port
        self.path = path

    @property
    def faults(self) -> MeterFaults:
        """The faults in force; may be replaced at any time."""
        return self._device.faults

    @faults.setter
    def faults(self, faults: MeterFaults) -> None:
        self._device.faults = faults

    def check(self) -> None:
        """Whether the registers can show what is measured now. Raises ConfigError."""
        self._device.check()

    @property
    def record(self) -> MeterRecord:
        """What they have seen so far."""
        return self._proxy.record


@asynccontextmanager
async def virtual_meters(
    profile: Profile,
    units: Mapping[int, Mapping[Role, Measuring]],
    *,
    clock: Clock,
    transport: Wire = "tcp",
    host: str = HOST,
    port: int = 0,
    faults: MeterFaults | None = None,
) -> AsyncIterator[VirtualMeters]:
    """Serves while entered.

    Args:
        profile: The device that is shown.
        units: Unit id -> roles, and what is measured in each, in the role's sign; asked at every request.
        clock: For delays.
        transport: "tcp", "rtu" on a pseudo-terminal, or "rtu-over-tcp".
        host: Address to listen on.
        port: TCP port; 0 takes a free one.
        faults: Faults from the start.

    Raises:
        ConfigError: The profile tells nothing of a role, or its registers cannot hold a value.
        DeviceUnavailable: The port cannot be had.
    """
    device = VirtualDevice(profile, units)
    device.check()
    device.faults = faults or MeterFaults()
    rtu = transport != "tcp"
    async with AsyncExitStack() as stack:
        inner_port = await stack.enter_async_context(modbus_server(device, HOST, rtu=rtu))
        proxy = Proxy(device, RtuFraming() if rtu else TcpFraming(), (HOST, inner_port), clock)
        if transport == "rtu":
            path = await stack.enter_async_context(serial_wire(proxy))
            yield VirtualMeters(device, proxy, transport, path=path)
        else:
            bound = await stack.enter_async_context(tcp_wire(proxy, device, host, port))
            yield VirtualMeters(device, proxy, transport, host=host, port=bound)


def usual_roles(profile: Profile) -> tuple[Role, ...]:
    """What a profile shows of the virtual house: a line meter in three places, or all tables of a device."""
    return _HOUSE if Section.METER in profile.sections else profile.usual_roles


def usual_units(
    profile: Profile, measuring: Callable[[Role], Measuring], unit_id: int | None = None
) -> dict[int, dict[Role, Measuring]]:
    """The units of `usual_roles`: one for each line meter, or a single one.

    Args:
        profile: The device.
        measuring: What is measured in a role.
        unit_id: The first unit's id; None for the profile's usual one.

    Raises:
        ConfigError: The ids of the other line meters do not fit behind `unit_id`.
    """
    first = profile.unit_id if unit_id is None else unit_id
    roles = usual_roles(profile)
    if Section.METER not in profile.sections:
        return {first: {role: measuring(role) for role in roles}}
    if unit_id is not None and unit_id + len(roles) - 1 > _LAST_UNIT_ID:
        raise ConfigError(
            [
                f"--unit-id {unit_id}: {profile.name} is shown {len(roles)} times, at this unit id and those after it; "
                f"give one from 1 to {_LAST_UNIT_ID - len(roles) + 1}"
            ]
        )
    ids = dict.fromkeys(
        unit for unit in (first, first + 1, first + 2, 1, 2, 3) if unit == first or unit <= _LAST_UNIT_ID
    )
    return {unit: {role: measuring(role)} for unit, role in zip(ids, roles, strict=False)}
