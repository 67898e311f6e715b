"""Puts a virtual device behind a pymodbus server: TCP, or RTU frames over TCP."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from pymodbus import FramerType
from pymodbus.constants import ExcCodes
from pymodbus.exceptions import NoSuchIdException
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator.simcore import SimCore

from controller.domain.errors import DeviceUnavailable
from controller.meter.formula import Function
from controller.simulation.meters.device import Refused, VirtualDevice

logging.getLogger("pymodbus").setLevel(logging.CRITICAL)

_FUNCTIONS: dict[int, Function] = {3: "holding", 4: "input"}


class _Registers(SimCore):
    """The device as pymodbus asks for it; an action of its own simulator would not be told the unit."""

    def __init__(self, device: VirtualDevice) -> None:
        super().__init__([])
        self._device = device

    def device_ids(self) -> list[int]:
        return list(self._device.units)

    async def async_getValues(  # noqa: N802 -- pymodbus's name
        self, device_id: int, func_code: int, address: int, count: int = 1
    ) -> list[int] | list[bool] | ExcCodes:
        function = _FUNCTIONS.get(func_code)
        if function is None:
            return ExcCodes.ILLEGAL_FUNCTION
        try:
            return self._device.read(device_id, function, address, count)
        except Refused as refusal:
            return ExcCodes(refusal.code)
        except KeyError as error:
            raise NoSuchIdException from error

    async def async_setValues(  # noqa: N802 -- pymodbus's name
        self, device_id: int, func_code: int, address: int, values: list[int] | list[bool]
    ) -> ExcCodes | None:
        """A meter is not written to."""
        del device_id, func_code, address, values
        return ExcCodes.ILLEGAL_FUNCTION


@asynccontextmanager
async def modbus_server(device: VirtualDevice, host: str, port: int = 0, *, rtu: bool = False) -> AsyncIterator[int]:
    """Serves `device` while entered; yields the port.

    Args:
        device: The device.
        host: Address to listen on.
        port: TCP port; 0 takes a free one.
        rtu: Whether frames are RTU's.

    Raises:
        DeviceUnavailable: The port cannot be had.
    """
    server = ModbusTcpServer([], framer=FramerType.RTU if rtu else FramerType.SOCKET, address=(host, port))
    server.context = _Registers(device)
    try:
        await server.serve_forever(background=True)
    except (OSError, RuntimeError) as error:
        raise DeviceUnavailable(f"the virtual meter cannot listen on {host}:{port}: {error}") from error
    try:
        listener: Any = server.transport
        yield int(listener.sockets[0].getsockname()[1])
    finally:
        await server.shutdown()  # type: ignore[no-untyped-call]
