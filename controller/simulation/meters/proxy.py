"""Stands between the wire and the Modbus server, and plays the faults that happen on the way.

Requests go on one after the other, as a device with one processor takes them, so that no delay mixes up the answers.
"""

from __future__ import annotations

import asyncio
import os
import tty
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import replace

from controller.domain.errors import DeviceUnavailable
from controller.domain.ports import Clock
from controller.simulation.meters.device import VirtualDevice
from controller.simulation.meters.faults import MeterFaults, MeterRecord
from controller.simulation.meters.frames import Frame, Framing

_CHUNK = 1024
_NO_ANSWER_S = 5.0
_LINE_REST_S = 0.2
"""A pause within a frame after which an RTU receiver starts anew; far longer than the real 3.5 characters."""
_ILLEGAL_FUNCTION = 1
_NO_TARGET = 11
_GARBAGE = b"\xa5\x00\x5a\xff" * 4


class Proxy:
    """The wire's end at the device.

    Args:
        device: Whose faults are in force.
        framing: How frames lie on the wire.
        server_address: Host and port of the Modbus server behind.
        clock: For delays.
    """

    def __init__(self, device: VirtualDevice, framing: Framing, server_address: tuple[str, int], clock: Clock) -> None:
        self._device = device
        self._framing = framing
        self._server_address = server_address
        self._clock = clock
        self._played: MeterFaults | None = None
        self._number = 0
        self.record = MeterRecord()

    async def serve(self, reader: asyncio.StreamReader, write: Callable[[bytes], None]) -> None:
        """Serves a wire until it ends, or is to be cut."""
        server_reader, server_writer = await asyncio.open_connection(*self._server_address)
        server = _Server(server_reader, server_writer, self._framing, self._clock)
        stream = bytearray()
        loop = asyncio.get_running_loop()
        heard_at_s = loop.time()
        try:
            while chunk := await reader.read(_CHUNK):
                if loop.time() - heard_at_s > _LINE_REST_S:
                    stream.clear()
                heard_at_s = loop.time()
                stream += chunk
                while (request := self._framing.take(stream, answer=False)) is not None:
                    self.record.requests += 1
                    if not await self._play(request, server, write):
                        return
        finally:
            server_writer.close()

    async def _play(self, request: Frame, server: _Server, write: Callable[[bytes], None]) -> bool:
        """Answers one request; returns whether the connection goes on."""
        faults = self._turn()
        if faults.delay_s:
            await self._clock.sleep(faults.delay_s)
        if faults.silence:
            return True
        answer = await self._answer(request, faults, server)
        if answer is None:
            return True
        if faults.wrong_unit:
            answer = replace(answer, unit_id=answer.unit_id % 247 + 1)
        packed = self._framing.packed(answer)
        if faults.garbage:
            packed = _GARBAGE
        if faults.cut_mid_frame:
            write(packed[: len(packed) // 2])
            return False
        write(packed)
        spoiled = faults.wrong_unit or faults.garbage or faults.exception_code
        self.record.answers += not spoiled
        return True

    async def _answer(self, request: Frame, faults: MeterFaults, server: _Server) -> Frame | None:
        if request.unit_id not in self._device.units:
            return _refusal(request, _NO_TARGET) if self._device.faults.unknown_unit == "exception" else None
        if faults.exception_code:
            return _refusal(request, faults.exception_code)
        answer = await server.ask(request) if request.is_read else _refusal(request, _ILLEGAL_FUNCTION)
        self.record.exceptions += answer is not None and answer.is_exception
        return answer

    def _turn(self) -> MeterFaults:
        """The faults of this request; counting begins anew with every change."""
        faults = self._device.faults
        if faults is not self._played:
            self._played, self._number = faults, 0
        self._number += 1
        return faults if self._number % faults.every == 0 else MeterFaults()


class _Server:
    """The Modbus server behind."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, framing: Framing, clock: Clock
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._framing = framing
        self._clock = clock

    async def ask(self, request: Frame) -> Frame | None:
        """Its answer; None when it gives none."""
        self._writer.write(self._framing.packed(request))
        stream = bytearray()
        with suppress(TimeoutError), self._clock.timeout(_NO_ANSWER_S):
            while chunk := await self._reader.read(_CHUNK):
                stream += chunk
                if (answer := self._framing.take(stream, answer=True)) is not None:
                    return answer
        return None


def _refusal(request: Frame, code: int) -> Frame:
    return replace(request, pdu=bytes([request.pdu[0] | 0x80, code]))


@asynccontextmanager
async def tcp_wire(proxy: Proxy, device: VirtualDevice, host: str, port: int) -> AsyncIterator[int]:
    """Listens while entered; yields the port.

    Raises:
        DeviceUnavailable: The port cannot be had.
    """
    tasks: set[asyncio.Task[None]] = set()

    def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(_serve_connection(proxy, device, reader, writer))
        tasks.add(task)
        task.add_done_callback(tasks.discard)

    try:
        listener = await asyncio.start_server(connected, host, port)
    except OSError as error:
        raise DeviceUnavailable(f"the virtual meter cannot listen on {host}:{port}: {error.strerror}") from error
    try:
        yield int(listener.sockets[0].getsockname()[1])
    finally:
        listener.close()
        for task in list(tasks):
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _serve_connection(
    proxy: Proxy, device: VirtualDevice, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
) -> None:
    record = proxy.record
    asked = device.faults.one_client
    one_client = device.profile.manners.one_client if asked is None else asked
    if one_client and record.open:
        record.turned_away += 1
        writer.close()
        return
    record.connections += 1
    record.open += 1
    record.most_open = max(record.most_open, record.open)
    try:
        with suppress(OSError):  # the client has gone
            await proxy.serve(reader, writer.write)
    finally:
        record.open -= 1
        writer.close()


@asynccontextmanager
async def serial_wire(proxy: Proxy) -> AsyncIterator[str]:
    """A pseudo-terminal with the device at its other end, while entered; yields the path to open as a serial device."""
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    os.set_blocking(ours, False)
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    protocol = asyncio.StreamReaderProtocol(reader)
    transport, _ = await loop.connect_read_pipe(lambda: protocol, os.fdopen(ours, "rb", buffering=0))

    def write(packed: bytes) -> None:
        with suppress(BlockingIOError):  # what nobody reads is lost, as on a line
            os.write(ours, packed)

    async def for_ever() -> None:
        while True:
            await proxy.serve(reader, write)

    task = asyncio.create_task(for_ever())
    try:
        yield os.ttyname(theirs)
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        transport.close()
        os.close(theirs)
