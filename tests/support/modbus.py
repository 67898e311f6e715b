"""A Modbus TCP device made by hand, and servers in a thread: for tests that run whole commands."""

from __future__ import annotations

import asyncio
import socketserver
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import TypeVar

Served = TypeVar("Served", bound=socketserver.BaseServer)
Words = dict[int, int]
"""Register contents by address; the others are refused."""

SILENT = -1
"""In place of an exception code: no answer at all."""


class HandMade(socketserver.ThreadingTCPServer):
    """Serves units' input and holding registers, and notes what it was asked.

    Args:
        inputs: Input registers by unit.
        holdings: Holding registers by unit.
        stranger: What other units answer: an exception code, or SILENT.
        port: 0 takes a free one.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(
        self,
        inputs: Mapping[int, Words],
        holdings: Mapping[int, Words] | None = None,
        *,
        stranger: int = 11,
        port: int = 0,
    ) -> None:
        super().__init__(("127.0.0.1", port), _Conversation)
        self.memory = {4: dict(inputs), 3: dict(holdings or {})}
        self.stranger = stranger
        self.requests: list[tuple[int, int, int, int]] = []
        self.port: int = self.server_address[1]

    def answer(self, unit: int, request: bytes) -> bytes | None:
        function, start, count = struct.unpack(">BHH", request)
        self.requests.append((unit, function, start, count))
        if all(unit not in units for units in self.memory.values()):
            return None if self.stranger == SILENT else bytes([function | 0x80, self.stranger])
        words = self.memory[function].get(unit, {})
        asked = range(start, start + count)
        if any(address not in words for address in asked):
            return bytes([function | 0x80, 2])
        return bytes([function, 2 * count]) + struct.pack(f">{count}H", *(words[address] for address in asked))


class _Conversation(socketserver.StreamRequestHandler):
    server: HandMade

    def handle(self) -> None:
        while len(head := self.rfile.read(7)) == 7:
            number, _, length, unit = struct.unpack(">HHHB", head)
            answer = self.server.answer(unit, self.rfile.read(length - 1))
            if answer is not None:
                self.wfile.write(struct.pack(">HHHB", number, 0, len(answer) + 1, unit) + answer)


@contextmanager
def hand_made(
    inputs: Mapping[int, Words], holdings: Mapping[int, Words] | None = None, *, stranger: int = 11, port: int = 0
) -> Iterator[HandMade]:
    """Serves while entered."""
    with served(HandMade(inputs, holdings, stranger=stranger, port=port)) as server:
        yield server


@contextmanager
def served(server: Served) -> Iterator[Served]:
    """Runs a server in a thread while entered."""
    with server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


@contextmanager
def in_thread(server: AbstractAsyncContextManager[int]) -> Iterator[int]:
    """Runs an asynchronous server on a loop of its own while entered; yields its port."""
    started, ended = threading.Event(), asyncio.Event()
    found: list[tuple[asyncio.AbstractEventLoop, int]] = []

    async def serve() -> None:
        async with server as port:
            found.append((asyncio.get_running_loop(), port))
            started.set()
            await ended.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert started.wait(20)
    loop, port = found[0]
    try:
        yield port
    finally:
        loop.call_soon_threadsafe(ended.set)
        thread.join()


def int32_lsw(numbers: Mapping[int, int]) -> Words:
    """32-bit whole numbers at their addresses, low word first."""
    words: Words = {}
    for address, number in numbers.items():
        high, low = struct.unpack(">HH", struct.pack(">i", number))
        words |= {address: low, address + 1: high}
    return words


def float32(numbers: Mapping[int, float]) -> Words:
    """32-bit floating point numbers at their addresses, high word first."""
    words: Words = {}
    for address, number in numbers.items():
        high, low = struct.unpack(">HH", struct.pack(">f", number))
        words |= {address: high, address + 1: low}
    return words
