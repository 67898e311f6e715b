"""Modbus frames on a byte stream: cut off, taken apart, put together; pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from pymodbus.framer import FramerRTU

_HEAD = 6
_EXCEPTION = 0x80


@dataclass(frozen=True, slots=True, kw_only=True)
class Frame:
    """One request or answer.

    Attributes:
        unit_id: The unit.
        pdu: Function code and what belongs to it.
        transaction: Its number; 0 where frames have none.
    """

    unit_id: int
    pdu: bytes
    transaction: int = 0

    @property
    def is_exception(self) -> bool:
        """Whether it is a refusal."""
        return bool(self.pdu[0] & _EXCEPTION)

    @property
    def is_read(self) -> bool:
        """Whether it asks for registers."""
        return self.pdu[0] in (3, 4) and len(self.pdu) == 5


class Framing(Protocol):
    """How frames lie on a wire."""

    def take(self, stream: bytearray, *, answer: bool) -> Frame | None:
        """The first whole frame, cut off the stream; None while there is none. What makes no sense is thrown away."""
        ...

    def packed(self, frame: Frame) -> bytes:
        """The bytes of a frame."""
        ...


class TcpFraming:
    """Modbus TCP: numbered, with their length."""

    def take(self, stream: bytearray, *, answer: bool) -> Frame | None:  # noqa: ARG002 -- both lie alike
        """See `Framing.take`."""
        if len(stream) < _HEAD + 2:
            return None
        length = int.from_bytes(stream[4:6], "big")
        if stream[2:4] != b"\0\0" or not 2 <= length <= 254:
            stream.clear()
            return None
        if len(stream) < _HEAD + length:
            return None
        whole = bytes(stream[: _HEAD + length])
        del stream[: _HEAD + length]
        return Frame(unit_id=whole[6], pdu=whole[7:], transaction=int.from_bytes(whole[:2], "big"))

    def packed(self, frame: Frame) -> bytes:
        """See `Framing.packed`."""
        head = frame.transaction.to_bytes(2, "big") + b"\0\0" + (len(frame.pdu) + 1).to_bytes(2, "big")
        return head + bytes([frame.unit_id]) + frame.pdu


class RtuFraming:
    """Modbus RTU: known by their function code, with a checksum."""

    def take(self, stream: bytearray, *, answer: bool) -> Frame | None:
        """See `Framing.take`."""
        length = _answer_length(stream) if answer else _request_length(stream)
        if length is None or len(stream) < length:
            return None
        whole = bytes(stream[:length])
        del stream[:length]
        if length < 4 or FramerRTU.compute_CRC(whole[:-2]).to_bytes(2, "big") != whole[-2:]:
            stream.clear()
            return None
        return Frame(unit_id=whole[0], pdu=whole[1:-2])

    def packed(self, frame: Frame) -> bytes:
        """See `Framing.packed`."""
        body = bytes([frame.unit_id]) + frame.pdu
        return body + FramerRTU.compute_CRC(body).to_bytes(2, "big")


def _request_length(stream: bytearray) -> int | None:
    """Bytes of the first request; an unknown one is whatever is there."""
    if len(stream) < 2:
        return None
    if stream[1] in range(1, 7):
        return 8
    if stream[1] in (15, 16):
        return 9 + stream[6] if len(stream) > 6 else None
    return len(stream)


def _answer_length(stream: bytearray) -> int | None:
    if len(stream) < 3:
        return None
    if stream[1] & _EXCEPTION:
        return 5
    return 5 + stream[2] if stream[1] in range(1, 5) else 8
