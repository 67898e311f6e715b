"""What the device refuses, and the three ways to it, with a plain client."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import replace

import pytest
from pymodbus import FramerType
from pymodbus.client import AsyncModbusTcpClient

from controller.control.clock import WallClock
from controller.domain.errors import DeviceRejected, DeviceTimeout
from controller.meter.connection import ILLEGAL_ADDRESS, ILLEGAL_FUNCTION, ILLEGAL_VALUE
from controller.meter.formula import Function
from controller.meter.quantities import Quantity, Role
from controller.simulation.meters.emulator import Wire, virtual_meters
from controller.simulation.meters.values import Values
from tests.support.meters import NOON, SDM630, grid_meter, meter_of, unit_of

STRICT = replace(SDM630, manners=replace(SDM630.manners, max_gap=0, max_registers=20))
"""The SDM630 has values at 0 to 17, 52, 53, 70 to 75."""


@pytest.mark.parametrize("transport", ["tcp", "rtu", "rtu-over-tcp"])
async def test_reads_over_every_transport(transport: Wire) -> None:
    async with grid_meter(transport=transport) as meters:
        device = meter_of(meters)
        for _ in range(3):
            reading = await device.read()
            assert reading.power_w == pytest.approx(-2100)
            assert reading.current_a == pytest.approx((-3.9, -3.1, -2.2))
        await device.close()
        assert meters.record.answers == meters.record.requests >= 3


async def test_several_units_on_one_line() -> None:
    house: dict[Role, Values] = {Role.GRID: NOON, Role.PV: {**NOON, Quantity.POWER_W: (3300.0,)}}
    units = {5: {Role.GRID: lambda: house[Role.GRID]}, 9: {Role.PV: lambda: house[Role.PV]}}
    async with virtual_meters(SDM630, units, clock=WallClock(), transport="rtu-over-tcp") as meters:
        for role, unit_id, power_w in ((Role.GRID, 5, -2100), (Role.PV, 9, 3300)):
            device = meter_of(meters, role, unit_id)
            assert (await device.read()).power_w == pytest.approx(power_w)
            await device.close()


@pytest.mark.parametrize(
    ("function", "start", "count", "code"),
    [
        ("input", 17, 2, ILLEGAL_ADDRESS),  # beyond the last of a run
        ("input", 40, 1, ILLEGAL_ADDRESS),  # in a gap
        ("input", 51, 2, ILLEGAL_ADDRESS),
        ("input", 74, 4, ILLEGAL_ADDRESS),
        ("input", 65_000, 2, ILLEGAL_ADDRESS),
        ("input", 0, 21, ILLEGAL_VALUE),
        ("holding", 0, 2, ILLEGAL_FUNCTION),
    ],
)
async def test_what_a_strict_device_refuses(function: Function, start: int, count: int, code: int) -> None:
    async with grid_meter(profile=STRICT) as meters:
        unit = unit_of(meters)
        with pytest.raises(DeviceRejected) as caught:
            await unit.read(function, start, count)
        assert caught.value.status == code
        assert len(await unit.read("input", 0, 18)) == 18
        assert meters.record.exceptions == 1
        await unit.close()


async def test_gaps_that_the_profile_allows_read_as_zero() -> None:
    profile = replace(SDM630, manners=replace(SDM630.manners, max_gap=16))
    async with grid_meter(profile=profile) as meters:
        unit = unit_of(meters)
        assert (await unit.read("input", 52, 20))[2:18] == [0] * 16
        with pytest.raises(DeviceRejected):
            await unit.read("input", 16, 40)  # 34 registers of nothing
        await unit.close()


async def test_a_planner_that_reads_over_gaps_is_refused() -> None:
    async with grid_meter(profile=STRICT) as meters:
        lenient = replace(STRICT, manners=SDM630.manners)
        device = meter_of(meters)
        device._profile = lenient
        await device.read()
        assert meters.record.exceptions > 0
        await device.close()


async def test_nothing_can_be_written_and_odd_functions_are_refused() -> None:
    async with grid_meter() as meters:
        client = AsyncModbusTcpClient("127.0.0.1", port=meters.port, framer=FramerType.SOCKET, retries=0)
        await client.connect()
        for reply in (
            await client.write_register(0, 1, device_id=1),
            await client.write_registers(0, [1, 2], device_id=1),
            await client.read_coils(0, count=8, device_id=1),
        ):
            assert reply.isError()
            assert reply.exception_code == ILLEGAL_FUNCTION
        client.close()


async def test_a_line_finds_its_beat_again_after_half_a_frame() -> None:
    async with grid_meter(transport="rtu") as meters:
        device = meter_of(meters, timeout_s=0.3)
        noise = os.open(meters.path, os.O_RDWR | os.O_NOCTTY)
        os.write(noise, b"\x01\x04\x00")
        os.close(noise)
        with suppress(DeviceTimeout):
            await device.read()  # may be lost with the noise before it
        assert (await device.read()).power_w == pytest.approx(-2100)
        await device.close()
