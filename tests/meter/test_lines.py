"""Modbus RTU on a serial line and through a gateway; several units behind one connection."""

from __future__ import annotations

import itertools
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import anyio
import pytest

from controller.control.clock import WallClock
from controller.domain.errors import (
    ConfigError,
    DeviceError,
    DeviceProtocolError,
    DeviceRejected,
    DeviceTimeout,
    DeviceUnavailable,
)
from controller.meter.connection import Connections, Endpoint, Transport, Unit
from controller.meter.profile import Manners, Serial
from tests.meter.lines import Answer, Line, Request, Send, gateway, serial_line

Reach = Callable[[Answer], AbstractAsyncContextManager[tuple[Line, Endpoint]]]


@asynccontextmanager
async def over_serial(answer: Answer) -> AsyncIterator[tuple[Line, Endpoint]]:
    async with serial_line(answer) as line:
        yield line, Endpoint(transport=Transport.RTU, device=line.path)


@asynccontextmanager
async def over_gateway(answer: Answer) -> AsyncIterator[tuple[Line, Endpoint]]:
    async with gateway(answer) as line:
        yield line, Endpoint(transport=Transport.RTU_OVER_TCP, host="127.0.0.1", port=line.port)


async def own_address(request: Request, send: Send) -> None:
    """Every register holds 100 times the unit id and its own address."""
    await send(request.reply([100 * request.unit_id + request.start + i for i in range(request.count)]))


def units(endpoint: Endpoint, *ids: int, timeout_s: float = 1.0, manners: Manners | None = None) -> list[Unit]:
    connections = Connections(WallClock())
    return [connections.unit(endpoint, i, timeout_s=timeout_s, manners=manners or Manners()) for i in ids]


both = pytest.mark.parametrize("reach", [over_serial, over_gateway], ids=["serial", "gateway"])


@both
async def test_units_share_one_connection_and_take_turns(reach: Reach) -> None:
    under_way = most = 0

    async def slowly(request: Request, send: Send) -> None:
        nonlocal under_way, most
        under_way += 1
        most = max(most, under_way)
        await anyio.lowlevel.checkpoint()
        under_way -= 1
        await own_address(request, send)

    async with reach(slowly) as (line, endpoint):
        found: dict[int, list[list[int]]] = {1: [], 2: [], 3: []}

        async def ask(unit: Unit) -> None:
            for start in (7, 20):
                found[unit.unit_id].append(await unit.read("input" if start == 7 else "holding", start, 3))

        several = units(endpoint, 1, 2, 3)
        async with anyio.create_task_group() as tasks:
            for unit in several:
                tasks.start_soon(ask, unit)
        for unit in several:
            await unit.close()
            await unit.close()  # twice is once
    assert found == {i: [[100 * i + 7 + k for k in range(3)], [100 * i + 20 + k for k in range(3)]] for i in (1, 2, 3)}
    assert most == 1
    assert len(line.requests) == 6
    assert {request.function_code for request in line.requests} == {3, 4}
    assert line.connections == (1 if line.port else 0)


@both
async def test_a_dead_unit_does_not_take_the_others_along(reach: Reach) -> None:
    async def but_two(request: Request, send: Send) -> None:
        if request.unit_id != 2:
            await own_address(request, send)

    async with reach(but_two) as (_, endpoint):
        alive, dead = units(endpoint, 1, 2, timeout_s=0.1)
        for _ in range(2):
            with pytest.raises(DeviceTimeout, match=r"unit 2 did not answer within 0\.1 s"):
                await dead.read("input", 0, 1)
            assert await alive.read("input", 5, 1) == [105]
        await alive.close()
        await dead.close()


@both
async def test_behind_several_dead_units_the_grid_waits_for_one_only(reach: Reach) -> None:
    async def only_one(request: Request, send: Send) -> None:
        if request.unit_id == 1:
            await own_address(request, send)

    async with reach(only_one) as (_, endpoint):
        connections = Connections(WallClock())
        grid = connections.unit(endpoint, 1, timeout_s=0.1, manners=Manners(), priority=0)
        dead = [connections.unit(endpoint, i, timeout_s=0.1, manners=Manners()) for i in (2, 3, 4)]
        ended: list[int] = []

        async def ask(unit: Unit) -> None:
            with suppress(DeviceTimeout):
                await unit.read("input", 0, 1)
            ended.append(unit.unit_id)

        async with anyio.create_task_group() as tasks:
            for unit in (*dead, grid):
                tasks.start_soon(ask, unit)
                await anyio.lowlevel.checkpoint()
        assert ended == [2, 1, 3, 4]
        for unit in (*dead, grid):
            await unit.close()


@both
async def test_a_late_answer_is_never_taken_for_the_next(reach: Reach) -> None:
    count = 0

    async def late(request: Request, send: Send) -> None:
        nonlocal count
        count += 1
        if count == 1:
            await anyio.sleep(0.3)
        await own_address(request, send)

    async with reach(late) as (_, endpoint):
        (unit,) = units(endpoint, 1, timeout_s=0.2)
        with pytest.raises(DeviceTimeout):
            await unit.read("input", 10, 2)
        assert await unit.read("input", 40, 2) == [140, 141]  # and not 110, 111
        await unit.close()


@both
async def test_an_answer_of_another_unit_is_no_answer(reach: Reach) -> None:
    async def wrong(request: Request, send: Send) -> None:
        await send(request.reply([1] * request.count, unit_id=9))

    async with reach(wrong) as (_, endpoint):
        (unit,) = units(endpoint, 1, timeout_s=0.2)
        with pytest.raises(DeviceError):
            await unit.read("input", 0, 1)
        await unit.close()


@both
async def test_a_frame_that_was_garbled_is_no_answer_and_the_next_one_is(reach: Reach) -> None:
    count = 0

    async def noisy(request: Request, send: Send) -> None:
        nonlocal count
        count += 1
        frame = request.reply([42] * request.count)
        await send(frame[:-1] + bytes([frame[-1] ^ 1]) if count == 1 else frame)

    async with reach(noisy) as (_, endpoint):
        (unit,) = units(endpoint, 1, timeout_s=0.2)
        with pytest.raises((DeviceTimeout, DeviceUnavailable)):
            await unit.read("input", 0, 1)
        assert await unit.read("input", 0, 1) == [42]
        await unit.close()


@both
async def test_a_refusal_names_what_and_leaves_the_line_open(reach: Reach) -> None:
    async def refusing(request: Request, send: Send) -> None:
        await send(request.exception(2))

    async with reach(refusing) as (line, endpoint):
        (unit,) = units(endpoint, 5)
        for _ in range(2):
            with pytest.raises(
                DeviceRejected, match="unit 5 refuses input registers 7 to 9: illegal data address"
            ) as caught:
                await unit.read("input", 7, 3)
            assert caught.value.status == 2
        await unit.close()
    assert line.connections <= 1


@both
async def test_an_answer_to_another_kind_of_request_is_no_answer(reach: Reach) -> None:
    async def other_function(request: Request, send: Send) -> None:
        await send(replace(request, function_code=3).reply([7] * request.count))

    async with reach(other_function) as (_, endpoint):
        (unit,) = units(endpoint, 1)
        with pytest.raises(DeviceProtocolError, match="answered another request than ours"):
            await unit.read("input", 0, 1)
        await unit.close()


@both
async def test_after_a_time_out_the_line_rests_as_long_as_the_answer_may_be_late(reach: Reach) -> None:
    at_s: list[float] = []

    async def first_lost(request: Request, send: Send) -> None:
        at_s.append(anyio.current_time())
        if len(at_s) > 1:
            await own_address(request, send)

    async with reach(first_lost) as (_, endpoint):
        (unit,) = units(endpoint, 1, timeout_s=0.7)
        began_s = anyio.current_time()  # not when the server got it, which on a busy machine is later
        with pytest.raises(DeviceTimeout):
            await unit.read("input", 10, 2)
        await unit.read("input", 10, 2)
        await unit.close()
    assert len(at_s) == 2
    assert at_s[1] - began_s >= 1.4


async def test_a_reading_is_as_old_as_its_request_and_no_older() -> None:
    async def slowly(request: Request, send: Send) -> None:
        await anyio.sleep(0.2)
        await own_address(request, send)

    async with over_gateway(slowly) as (_, endpoint):
        first, second = units(endpoint, 1, 2)
        assert second.sent_at_s is None
        began_s = WallClock().monotonic_s()
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(first.read, "input", 0, 1)
            tasks.start_soon(second.read, "input", 0, 1)
        assert first.sent_at_s is not None
        assert second.sent_at_s is not None
        assert first.sent_at_s - began_s < 0.15
        assert 0.19 < second.sent_at_s - began_s < 0.35
        await first.close()
        await second.close()


async def test_slow_starters_are_left_alone_and_pauses_are_kept() -> None:
    at_s: list[float] = []

    async def timed(request: Request, send: Send) -> None:
        at_s.append(anyio.current_time())
        await own_address(request, send)

    async with over_gateway(timed) as (_, endpoint):
        (unit,) = units(endpoint, 1, manners=Manners(settle_s=0.2, pause_s=0.1))
        began_s = anyio.current_time()
        for _ in range(3):
            await unit.read("input", 0, 1)
        await unit.close()
    assert at_s[0] - began_s >= 0.2
    assert all(later - earlier >= 0.1 for earlier, later in itertools.pairwise(at_s))


def test_two_settings_for_one_line() -> None:
    connections = Connections(WallClock())
    line = Endpoint(transport=Transport.RTU, device="/dev/ttyUSB0", serial=Serial(baudrate=9600))
    fast = Endpoint(transport=Transport.RTU, device="/dev/ttyUSB0", serial=Serial(baudrate=19200))
    connections.unit(line, 1, timeout_s=1, manners=Manners())
    with pytest.raises(ConfigError, match="/dev/ttyUSB0 with different settings, 9600 8N1 and 19200 8N1"):
        connections.unit(fast, 2, timeout_s=1, manners=Manners())


async def test_serial_settings_of_profiles_do_not_matter_on_a_network() -> None:
    async with over_gateway(own_address) as (line, endpoint):
        connections = Connections(WallClock())
        for unit_id, baudrate in ((1, 9600), (2, 19200)):
            itself = replace(endpoint, serial=Serial(baudrate=baudrate))
            unit = connections.unit(itself, unit_id, timeout_s=1, manners=Manners())
            assert await unit.read("input", 0, 1) == [100 * unit_id]
        assert line.connections == 1


async def test_a_device_and_a_link_to_it_are_one_line(tmp_path: Path) -> None:
    async with over_serial(own_address) as (line, endpoint):
        link = tmp_path / "by-id"
        link.symlink_to(line.path)
        connections = Connections(WallClock())
        first = connections.unit(endpoint, 1, timeout_s=1, manners=Manners())
        linked = Endpoint(transport=Transport.RTU, device=str(link))
        second = connections.unit(linked, 2, timeout_s=1, manners=Manners())
        assert await first.read("input", 0, 1) == [100]
        assert await second.read("input", 0, 1) == [200]
        await first.close()
        await second.close()


@pytest.mark.parametrize(
    ("name", "words"),
    [("nowhere", "there is no such device"), ("file", "this is no serial device")],
)
async def test_a_serial_device_that_cannot_be_had(tmp_path: Path, name: str, words: str) -> None:
    (tmp_path / "file").write_text("")
    (unit,) = units(Endpoint(transport=Transport.RTU, device=str(tmp_path / name)), 1)
    with pytest.raises(DeviceUnavailable, match=words):
        await unit.read("input", 0, 1)


async def test_a_line_that_another_program_holds() -> None:
    async with over_serial(own_address) as (_, endpoint):
        (first,) = units(endpoint, 1)
        (second,) = units(endpoint, 1)
        assert await first.read("input", 0, 1) == [100]
        with pytest.raises(DeviceUnavailable, match="another program may hold it"):
            await second.read("input", 0, 1)
        await first.close()
        assert await second.read("input", 0, 1) == [100]
        await second.close()


async def test_an_adapter_that_is_pulled_and_put_back(tmp_path: Path) -> None:
    link = tmp_path / "ttyUSB0"
    unit: Unit | None = None
    for _ in range(2):
        async with serial_line(own_address) as line:
            link.unlink(missing_ok=True)
            link.symlink_to(line.path)
            if unit is None:
                (unit,) = units(Endpoint(transport=Transport.RTU, device=str(link)), 1, timeout_s=0.3)
            assert await unit.read("input", 3, 1) == [103]
        with pytest.raises(DeviceError):
            await unit.read("input", 3, 1)
    assert unit is not None
    await unit.close()
