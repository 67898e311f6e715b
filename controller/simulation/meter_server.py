"""A Modbus TCP server that shows the virtual house in the registers of a meter's profile."""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

from controller.domain.errors import DeviceUnavailable
from controller.meter.profile import Profile, Quantity
from controller.meter.registers import encode
from controller.simulation.plant import LivePlant, Plant

Values = Mapping[Quantity, tuple[float, ...]]

GRID_UNIT = 1
PV_UNIT = 2
EV_UNIT = 3

logging.getLogger("pymodbus").setLevel(logging.CRITICAL)


@asynccontextmanager
async def meter_server(
    profile: Profile, units: Mapping[int, Callable[[], Values]], host: str, port: int
) -> AsyncIterator[int]:
    """Serves while entered; yields the port.

    Args:
        profile: The device that is shown.
        units: For each unit id what its quantities are now, in a line meter's sense.
        host: Address to listen on.
        port: TCP port; 0 takes a free one.

    Raises:
        DeviceUnavailable: The port cannot be had.
    """
    devices = [_device(unit, profile, values) for unit, values in units.items()]
    server = ModbusTcpServer(devices, address=(host, port))
    try:
        await server.serve_forever(background=True)
    except (OSError, RuntimeError) as error:
        raise DeviceUnavailable(f"the virtual meter cannot listen on {host}:{port}: {error}") from error
    try:
        listener: Any = server.transport
        yield int(listener.sockets[0].getsockname()[1])
    finally:
        await server.shutdown()  # type: ignore[no-untyped-call]


def house_units(live: LivePlant) -> dict[int, Callable[[], Values]]:
    """The house's three meters: at the grid, behind the inverter, before the car."""

    def grid() -> Values:
        plant = live.now()
        return _line(plant.grid_phase_w, plant)

    def inverter() -> Values:
        plant = live.now()
        return _line((-plant.pv_w / 3,) * 3, plant)  # a line meter sees production flow backwards

    def car() -> Values:
        plant = live.now()
        return _line(tuple(current_a * plant.settings.voltage_v for current_a in plant.phase_current_a), plant)

    return {GRID_UNIT: grid, PV_UNIT: inverter, EV_UNIT: car}


def _line(phase_power_w: tuple[float, ...], plant: Plant) -> Values:
    volts = plant.settings.voltage_v
    return {
        Quantity.POWER_W: (sum(phase_power_w),),
        Quantity.PHASE_POWER_W: phase_power_w,
        Quantity.CURRENT_A: tuple(abs(watts) / volts for watts in phase_power_w),
        Quantity.VOLTAGE_V: (volts,) * 3,
        Quantity.FREQUENCY_HZ: (50.0,),
    }


def _device(unit: int, profile: Profile, values: Callable[[], Values]) -> SimDevice:
    async def refresh(
        _code: int, start: int, _address: int, _count: int, memory: list[int], _written: list[int] | list[bool] | None
    ) -> ExcCodes | None:
        for quantity, numbers in values().items():
            for register, number in zip(profile.registers.get(quantity, ()), numbers, strict=False):
                words = encode(number, register.kind, register.word_order, register.scale)
                memory[register.address - start : register.end - start] = words
        return None

    end = max(block.end for block in profile.blocks)
    bits = [SimData(0, values=False, datatype=DataType.BITS)]
    words = [SimData(0, count=end, values=0, datatype=DataType.REGISTERS)]
    return SimDevice(unit, simdata=(bits, bits, words, words), action=refresh)
