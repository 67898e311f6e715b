"""Who has a TCP port on which nobody answers Modbus: what comes back, as it comes."""

from __future__ import annotations

import struct
from contextlib import suppress
from enum import StrEnum

import anyio
from anyio.abc import SocketStream

from controller.domain.ports import Clock
from controller.meter.connection import Endpoint, Transport

_ENOUGH = 4
"""Bytes by which an answer is known; in Modbus TCP the last two of them are 0."""
_EMPTY_LINES = b"\r\n\r\n"


class Stranger(StrEnum):
    """Something else than Modbus, as people call it."""

    SSH = "SSH"
    HTTP = "a web server (HTTP)"
    TLS = "a server with TLS, such as HTTPS"
    UNKNOWN = "something else"


async def find_stranger(endpoint: Endpoint, unit_id: int, clock: Clock, timeout_s: float) -> Stranger | None:
    """Who answers, and not in Modbus; None where nobody does, or in Modbus.

    It is asked one question, and if it says nothing, sent two empty lines, which a web server answers; they are too
    short for any request. What may be a converter to a serial line is only listened to: all that it is sent reaches
    the bus.

    Args:
        endpoint: Where; it takes a connection of its own.
        unit_id: The unit that is asked.
        clock: The clock.
        timeout_s: Longest wait for each answer.
    """
    numbered = endpoint.transport is Transport.TCP
    heard = b""
    with suppress(OSError, TimeoutError, anyio.BrokenResourceError):
        with clock.timeout(timeout_s):
            stream = await anyio.connect_tcp(endpoint.host, endpoint.port)
        async with stream:
            for words in (_question(unit_id), _EMPTY_LINES) if numbered else (b"",):
                if words:
                    await stream.send(words)
                if heard := await _received(stream, clock, timeout_s):
                    break
    return named(heard, numbered=numbered)


def named(heard: bytes, *, numbered: bool) -> Stranger | None:
    """Who says this; None where it may be Modbus.

    Args:
        heard: The first bytes.
        numbered: Whether Modbus TCP is expected, whose frames have a head; elsewhere anything strange may be noise.
    """
    greetings = {b"SSH-": Stranger.SSH, b"HTTP": Stranger.HTTP, b"<": Stranger.HTTP, b"\x15\x03": Stranger.TLS}
    for greeting, stranger in greetings.items():
        if heard.startswith(greeting):
            return stranger
    return Stranger.UNKNOWN if numbered and any(heard[2:_ENOUGH]) else None


async def _received(stream: SocketStream, clock: Clock, timeout_s: float) -> bytes:
    """The first bytes that come in time."""
    heard = b""
    with suppress(TimeoutError, anyio.EndOfStream, anyio.BrokenResourceError), clock.timeout(timeout_s):
        while len(heard) < _ENOUGH:
            heard += await stream.receive()
    return heard


def _question(unit_id: int) -> bytes:
    """Reads two holding registers."""
    return struct.pack(">HHHBBHH", 1, 0, 6, unit_id, 3, 0, 2)
