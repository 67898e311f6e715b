"""Serial lines and gateways for tests: a pty or a socket, and at the other end whatever a test wants to answer."""

from __future__ import annotations

import asyncio
import os
import tty
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field

import anyio
from anyio.abc import SocketAttribute, SocketStream
from pymodbus.framer.rtu import FramerRTU

Send = Callable[[bytes], Awaitable[None]]
Answer = Callable[["Request", Send], Awaitable[None]]


@dataclass(frozen=True)
class Request:
    """A read request off the wire."""

    unit_id: int
    function_code: int
    start: int
    count: int

    def reply(self, words: list[int], *, unit_id: int | None = None) -> bytes:
        """An RTU frame that answers it."""
        body = bytes([unit_id or self.unit_id, self.function_code, 2 * len(words)])
        return framed(body + b"".join(word.to_bytes(2, "big") for word in words))

    def exception(self, code: int) -> bytes:
        """An RTU frame that refuses it."""
        return framed(bytes([self.unit_id, self.function_code | 0x80, code]))


def framed(body: bytes) -> bytes:
    return body + FramerRTU.compute_CRC(body).to_bytes(2, "big")


def parsed(frame: bytes) -> Request:
    assert framed(frame[:-2]) == frame, frame.hex()
    return Request(frame[0], frame[1], int.from_bytes(frame[2:4], "big"), int.from_bytes(frame[4:6], "big"))


@dataclass
class Line:
    """What went over a line."""

    path: str = ""
    port: int = 0
    connections: int = 0
    requests: list[Request] = field(default_factory=list)


@asynccontextmanager
async def serial_line(answer: Answer) -> AsyncIterator[Line]:
    """A pty whose far end answers with `answer`."""
    with _pty() as (near, path):
        line = Line(path=path)
        loop = asyncio.get_running_loop()
        frames: asyncio.Queue[bytes] = asyncio.Queue()
        loop.add_reader(near, lambda: frames.put_nowait(os.read(near, 256)))

        async def send(frame: bytes) -> None:
            os.write(near, frame)

        async def serve() -> None:
            while True:
                frame = await frames.get()
                while len(frame) < 8:
                    frame += await frames.get()
                line.requests.append(parsed(frame))
                await answer(line.requests[-1], send)

        try:
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(serve)
                yield line
                tasks.cancel_scope.cancel()
        finally:
            loop.remove_reader(near)


@asynccontextmanager
async def gateway(answer: Answer) -> AsyncIterator[Line]:
    """A gateway that hands RTU frames on over TCP."""
    listener = await anyio.create_tcp_listener(local_host="127.0.0.1")
    line = Line(port=listener.extra(SocketAttribute.local_port))

    async def serve(stream: SocketStream) -> None:
        line.connections += 1
        async with stream:
            while True:
                try:
                    line.requests.append(parsed(await stream.receive()))
                except anyio.EndOfStream:
                    return
                await answer(line.requests[-1], stream.send)

    async with listener, anyio.create_task_group() as tasks:
        tasks.start_soon(listener.serve, serve)
        yield line
        tasks.cancel_scope.cancel()


@contextmanager
def _pty() -> Iterator[tuple[int, str]]:
    near, far = os.openpty()
    tty.setraw(near)
    tty.setraw(far)
    try:
        yield near, os.ttyname(far)
    finally:
        os.close(near)
        os.close(far)
