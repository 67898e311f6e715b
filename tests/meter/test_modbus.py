"""The Modbus client against a real server, and against everything that can go wrong on a wire."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import anyio
import pytest
from anyio.abc import SocketAttribute, SocketStream

from controller.control.clock import WallClock
from controller.domain.errors import DeviceRejected, DeviceTimeout, DeviceUnavailable
from controller.meter.connection import Connections, Endpoint, Unit
from controller.meter.device import ModbusMeter
from controller.meter.profile import Manners
from controller.meter.profile_files import Shelf
from controller.meter.quantities import Quantity, Role
from controller.simulation.meter_server import Values, meter_server

SDM630 = Shelf().load("eastron-sdm630")
EVENING: Values = {
    Quantity.POWER_W: (1500.0,),
    Quantity.PHASE_POWER_W: (2000.0, -800.0, 300.0),
    Quantity.CURRENT_A: (8.7, 3.5, 1.3),
    Quantity.VOLTAGE_V: (231.0, 229.5, 230.0),
    Quantity.FREQUENCY_HZ: (50.01,),
    Quantity.ENERGY_WH: (12_345_000.0,),
    Quantity.ENERGY_BACK_WH: (6_789_000.0,),
}


def meter(
    port: int, role: Role = Role.GRID, *, unit_id: int = 1, invert: bool = False, timeout_s: float = 2.0
) -> ModbusMeter:
    clock = WallClock()
    place = unit(port, unit_id, timeout_s=timeout_s)
    return ModbusMeter(role=role, profile=SDM630, unit=place, clock=clock, invert=invert)


def unit(port: int, unit_id: int = 1, *, timeout_s: float = 2.0) -> Unit:
    endpoint = Endpoint(host="127.0.0.1", port=port)
    return Connections(WallClock()).unit(endpoint, unit_id, timeout_s=timeout_s, manners=Manners())


@asynccontextmanager
async def raw_server(answer: Callable[[SocketStream], Awaitable[None]]) -> AsyncIterator[int]:
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    async with anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, answer)
        yield listener.extra(SocketAttribute.local_port)
        tasks.cancel_scope.cancel()
    await listener.aclose()


async def test_reads_the_house_in_the_designs_signs() -> None:
    async with meter_server(SDM630, {1: lambda: EVENING}, "127.0.0.1", 0) as port:
        grid = meter(port)
        reading = await grid.read()
        await grid.close()
    assert reading.power_w == pytest.approx(1500)
    assert reading.phase_power_w == pytest.approx((2000, -800, 300))
    assert reading.current_a == pytest.approx((8.7, -3.5, 1.3))  # unsigned on the wire: the phase's power has the sign
    assert reading.voltage_v == pytest.approx((231, 229.5, 230))
    assert reading.frequency_hz == pytest.approx(50.01)
    assert reading.energy_wh == pytest.approx(12_345_000)
    assert reading.energy_back_wh == pytest.approx(6_789_000)
    assert reading.refused == {}


@pytest.mark.parametrize(
    ("role", "invert", "power_w"),
    [
        (Role.GRID, True, -1500),
        (Role.PV, True, 1500),
        (Role.BATTERY, False, -1500),
        (Role.EV, False, 1500),
        (Role.LOAD, False, 1500),
    ],
)
async def test_signs_by_role_and_wiring(role: Role, invert: bool, power_w: float) -> None:
    async with meter_server(SDM630, {1: lambda: EVENING}, "127.0.0.1", 0) as port:
        device = meter(port, role, invert=invert)
        reading = await device.read()
        await device.close()
    assert reading.power_w == pytest.approx(power_w)
    imported, exported = (12_345_000, 6_789_000) if power_w > 0 else (6_789_000, 12_345_000)
    assert (reading.energy_wh, reading.energy_back_wh) == pytest.approx((imported, exported))


@pytest.mark.parametrize(
    ("quantity", "numbers", "why"),
    [
        (Quantity.POWER_W, (float("nan"),), "not a number"),
        (Quantity.POWER_W, (float("inf"),), "not a number"),
        (Quantity.POWER_W, (5e6,), "outside"),
        (Quantity.CURRENT_A, (1.0, float("nan"), 1.0), "not a number"),
        (Quantity.VOLTAGE_V, (231.0, 230.0, 4000.0), "outside"),
        (Quantity.FREQUENCY_HZ, (0.0,), "outside"),
    ],
)
async def test_what_cannot_be_is_refused_and_named_never_zero(
    quantity: Quantity, numbers: tuple[float, ...], why: str
) -> None:
    values = {**EVENING, quantity: numbers}
    async with meter_server(SDM630, {1: lambda: values}, "127.0.0.1", 0) as port:
        grid = meter(port)
        reading = await grid.read()
        await grid.close()
    assert why in reading.refused[quantity.value]
    assert set(reading.refused) == {quantity.value}
    assert getattr(reading, quantity.value) is None


@pytest.mark.parametrize(
    ("power_w", "current_a"),
    [
        (1500.0, (8.7, -3.5, 1.3)),  # of the directions that fit the total, the one that imports most on a phase
        (-3105.0, (-8.7, -3.5, 1.3)),
        (9000.0, (8.7, 3.5, 1.3)),  # none fits: import is what blows fuses
        (float("nan"), (8.7, 3.5, 1.3)),
    ],
)
async def test_currents_without_a_known_direction(power_w: float, current_a: tuple[float, ...]) -> None:
    values = {**EVENING, Quantity.PHASE_POWER_W: (float("nan"),) * 3, Quantity.POWER_W: (power_w,)}
    async with meter_server(SDM630, {1: lambda: values}, "127.0.0.1", 0) as port:
        grid = meter(port)
        reading = await grid.read()
        await grid.close()
    assert reading.current_a == pytest.approx(current_a)


async def test_exception_reply_names_unit_registers_and_meaning() -> None:
    async with meter_server(SDM630, {1: lambda: EVENING}, "127.0.0.1", 0) as port:
        connection = unit(port)
        with pytest.raises(DeviceRejected, match="unit 1 refuses input registers 70 to 119: illegal data address"):
            await connection.read("input", 70, 50)
        assert len(await connection.read("holding", 0, 2)) == 2  # the connection is still good
        await connection.close()


async def test_nobody_listens() -> None:
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    port = listener.extra(SocketAttribute.local_port)
    await listener.aclose()
    with pytest.raises(DeviceUnavailable, match=f"127.0.0.1:{port} cannot be reached"):
        await meter(port).read()


async def test_silence_is_bounded() -> None:
    async def silent(stream: SocketStream) -> None:
        async with stream:
            await anyio.sleep_forever()

    async with raw_server(silent) as port:
        device = meter(port, timeout_s=0.2)
        before_s = anyio.current_time()
        with pytest.raises(DeviceTimeout, match=r"did not answer within 0\.2 s"):
            await device.read()
        assert anyio.current_time() - before_s < 2


async def test_half_a_frame_and_a_late_answer_are_never_taken_for_the_next() -> None:
    connections = 0

    async def halting(stream: SocketStream) -> None:
        nonlocal connections
        connections += 1
        first = connections == 1
        async with stream:
            while True:
                request = await stream.receive()
                count = request[11]
                head = request[:4] + (3 + 2 * count).to_bytes(2, "big") + request[6:8] + bytes([2 * count])
                body = b"\x43\x2a\x00\x00" * (count // 2)  # 170.0 in every register pair
                if first:
                    await stream.send(head + body[: len(body) // 2])
                    await anyio.sleep(0.3)
                    await stream.send(body[len(body) // 2 :])
                else:
                    await stream.send(head + body)

    async with raw_server(halting) as port:
        device = meter(port, timeout_s=0.2)
        with pytest.raises(DeviceTimeout):
            await device.read()
        reading = await device.read()
        await device.close()
    assert connections == 2
    assert reading.power_w == 170.0


async def test_a_connection_that_is_dropped_is_made_anew() -> None:
    async def rude(stream: SocketStream) -> None:
        await stream.receive()
        await stream.aclose()

    async with raw_server(rude) as port:
        device = meter(port, timeout_s=0.3)
        with pytest.raises((DeviceUnavailable, DeviceTimeout)):
            await device.read()
    async with meter_server(SDM630, {1: lambda: EVENING}, "127.0.0.1", port):
        assert (await device.read()).power_w == pytest.approx(1500)
        await device.close()


async def test_nonsense_on_the_wire_is_an_error() -> None:
    async def babbling(stream: SocketStream) -> None:
        async with stream:
            await stream.receive()
            await stream.send(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            await anyio.sleep_forever()

    async with raw_server(babbling) as port:
        with pytest.raises((DeviceUnavailable, DeviceTimeout)):
            await meter(port, timeout_s=0.3).read()


async def test_a_cancelled_read_leaves_no_answer_behind() -> None:
    async with meter_server(SDM630, {1: lambda: EVENING}, "127.0.0.1", 0) as port:
        device = meter(port)
        await device.read()
        with anyio.move_on_after(0):
            await device.read()
        assert (await device.read()).power_w == pytest.approx(1500)
        await device.close()
