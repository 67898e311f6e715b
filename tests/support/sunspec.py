"""SunSpec devices by hand: register images, word by word, and a server that shows them."""

from __future__ import annotations

import struct
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Self

from pymodbus.constants import ExcCodes
from pymodbus.server import ModbusTcpServer
from pymodbus.simulator import DataType, SimData, SimDevice

Words = Mapping[int, int | float | tuple[int, ...]]
"""Offset from the model's number -> a word (negative ones as int16), a float32, or several words."""

LENGTHS = {
    **dict.fromkeys((101, 102, 103), 50),
    **dict.fromkeys((111, 112, 113), 60),
    **dict.fromkeys((201, 202, 203, 204), 105),
    **dict.fromkeys((211, 212, 213, 214), 124),
    124: 24,
    701: 153,
    802: 62,
}
NOT_IMPLEMENTED = 0x8000


class Image:
    """What stands in a device's registers.

    Args:
        base: Where the SunSpec marker stands.
    """

    def __init__(self, base: int = 40000) -> None:
        self.words: dict[int, int] = {base: 0x5375, base + 1: 0x6E53}
        self.end_at = base + 2

    def common(self, maker: str = "Sunny", name: str = "Box 5", serial: str = "007", *, length: int = 66) -> Self:
        at = self.end_at
        self.model(1, {}, length=length)
        for offset, text in ((2, maker), (18, name), (50, serial)):
            raw = text.encode().ljust(32, b"\0")
            self.put(at, {offset: struct.unpack(">16H", raw)})
        return self

    def model(self, number: int, words: Words, *, length: int | None = None) -> Self:
        length = LENGTHS[number] if length is None else length
        at = self.end_at
        self.words.update(dict.fromkeys(range(at, at + 2 + length), NOT_IMPLEMENTED))
        self.put(at, {0: number, 1: length, **words})
        self.end_at = at + 2 + length
        return self

    def end(self) -> Self:
        self.put(self.end_at, {0: 0xFFFF, 1: 0})
        return self

    def put(self, at: int, words: Words) -> Self:
        for offset, shown in words.items():
            for i, word in enumerate(_words(shown)):
                self.words[at + offset + i] = word & 0xFFFF
        return self


def _words(shown: float | tuple[int, ...]) -> tuple[int, ...]:
    if isinstance(shown, tuple):
        return shown
    return struct.unpack(">2H", struct.pack(">f", shown)) if isinstance(shown, float) else (int(shown),)


@dataclass
class Device:
    """A served image; the image can be changed while it is served.

    Attributes:
        image: What it shows.
        port: Where.
        refusal: What it says of registers that it does not have.
        asked: Each request: first address and count.
    """

    image: Image
    port: int = 0
    refusal: ExcCodes = ExcCodes.ILLEGAL_ADDRESS
    asked: list[tuple[int, int]] = field(default_factory=list)


@asynccontextmanager
async def served(image: Image, *, unit_id: int = 1, refusal: ExcCodes | None = None) -> AsyncIterator[Device]:
    """The image on a real socket."""
    device = Device(image)
    if refusal is not None:
        device.refusal = refusal

    async def show(
        code: int, start: int, address: int, count: int, memory: list[int], _written: list[int] | list[bool] | None
    ) -> ExcCodes | None:
        device.asked.append((address, count))
        words = device.image.words
        if code != 3 or any(a not in words for a in range(address, address + count)):
            return device.refusal
        memory[address - start : address - start + count] = [words[a] for a in range(address, address + count)]
        return None

    registers = SimData(0, count=65536, values=0, datatype=DataType.REGISTERS)
    server = ModbusTcpServer([SimDevice(unit_id, simdata=registers, action=show)], address=("127.0.0.1", 0))
    await server.serve_forever(background=True)
    try:
        listener: Any = server.transport
        device.port = int(listener.sockets[0].getsockname()[1])
        yield device
    finally:
        await server.shutdown()  # type: ignore[no-untyped-call]
