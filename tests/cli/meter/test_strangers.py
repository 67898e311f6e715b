"""`sunpace meter scan` on a port that is open, and where nobody speaks Modbus."""

from __future__ import annotations

import socketserver
import struct
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import pytest

from controller.cli.meter.stranger import Stranger, named
from tests.cli.meter.devices import SDM630_EVENING, Person
from tests.support.modbus import SILENT, HandMade, hand_made, served

ALERT = b"\x15\x03\x01\x00\x02\x02\x46"
NOT_MODBUS = "the port is open, but nothing there speaks Modbus"
FEW = ("--profile", "eastron-sdm630")


class Host(socketserver.ThreadingTCPServer):
    """Greets; answers each piece that comes, and may hang up then.

    Args:
        greeting: What it says at first.
        answer: What it says to a piece of input that ends with `after`.
        after: See `answer`.
        hangs_up: Whether it closes the connection after any input.
    """

    daemon_threads = True

    def __init__(
        self, greeting: bytes = b"", answer: bytes = b"", *, after: bytes = b"", hangs_up: bool = False
    ) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.greeting, self.answer, self.after, self.hangs_up = greeting, answer, after, hangs_up
        self.connections = 0
        self.port: int = self.server_address[1]


class _Talk(socketserver.BaseRequestHandler):
    server: Host

    def handle(self) -> None:
        self.server.connections += 1
        self.request.sendall(self.server.greeting)
        with suppress(ConnectionError):  # who does not read the greeting resets
            while heard := self.request.recv(100):
                if self.server.answer and heard.endswith(self.server.after):
                    self.request.sendall(self.server.answer)
                if self.server.hangs_up:
                    return


def scanned(person: Person, port: int, *more: object) -> tuple[int, list[str], str]:
    """Exit code and remarks for programs, and what a person reads."""
    words = ("scan", "--host", "127.0.0.1", "--port", port, "--timeout", 0.1, *FEW, *more)
    code, seen = person.asks(*words)
    again, out, err = person.says(*words)
    assert (code, err, seen["units"], seen["candidates"]) == (again, "", [], [])
    assert [" ".join(out.split())] == seen["remarks"]
    return code, seen["remarks"], out


@pytest.mark.parametrize(
    ("stranger", "name"),
    [
        (Host(b"SSH-2.0-OpenSSH_9.6\r\n"), "it is SSH"),
        (Host(answer=b"HTTP/1.1 400 Bad Request\r\n\r\n", after=b"\r\n\r\n"), "it is a web server (HTTP)"),
        (Host(answer=ALERT, hangs_up=True), "it is a server with TLS, such as HTTPS"),
    ],
    ids=["ssh", "http", "https"],
)
def test_a_stranger_is_named_after_one_unit(person: Person, stranger: Host, name: str) -> None:
    with served(stranger):
        code, remarks, _ = scanned(person, stranger.port)
    assert code == 1
    assert remarks == [
        f"127.0.0.1:{stranger.port}: {NOT_MODBUS}; {name}: try another --port, or --transport rtu-over-tcp"
    ]
    assert stranger.connections <= 2 * 4  # each of the two scans looks, asks one unit twice, and listens


def test_nobody_knows_who_it_is(person: Person) -> None:
    with served(Host(answer=b"\x00\x00\x55\xaa\x00\x01")) as stranger:
        _, remarks, _ = scanned(person, stranger.port)
    assert remarks[0].startswith(f"127.0.0.1:{stranger.port}: {NOT_MODBUS}: try another --port")


def test_one_that_hangs_up_is_asked_each_unit_once(person: Person) -> None:
    with served(Host(hangs_up=True)) as stranger:
        _, remarks, _ = scanned(person, stranger.port, "--unit-ids", "2-7")
    assert NOT_MODBUS in remarks[0]
    assert "each question ends the connection" in remarks[0]
    assert stranger.connections == 2 * (1 + 2 + 1 + 5)


def test_one_that_says_nothing(person: Person) -> None:
    with hand_made({1: SDM630_EVENING}, stranger=SILENT) as server:
        _, remarks, out = scanned(person, server.port, "--unit-ids", "3-4")
    assert "the port is open, but no unit answered, so perhaps nothing there speaks Modbus" in remarks[0]
    for word in ("another --port", "--transport rtu-over-tcp", "--unit-ids", "--timeout"):
        assert word in remarks[0]
    for word in ("--baudrate", "--parity"):
        assert word not in out


def test_a_gateway_that_has_none_of_these_units(person: Person) -> None:
    with hand_made({1: SDM630_EVENING}, stranger=11) as server:
        _, remarks, _ = scanned(person, server.port, "--unit-ids", "3-4")
    assert remarks == [f"127.0.0.1:{server.port}: no unit answered, says a gateway that did: try other --unit-ids"]


def test_serial_frames_over_tcp_have_another_remedy(person: Person) -> None:
    with served(Host(b"SSH-2.0-x\r\n")) as stranger:
        _, remarks, _ = scanned(person, stranger.port, "--transport", "rtu-over-tcp", "--unit-ids", "1")
    assert remarks[0].endswith("it is SSH: try another --port, or --transport tcp")


class _Shy(HandMade):
    """Ends the connection instead of answering for another unit than its own."""

    def answer(self, unit: int, request: bytes) -> bytes | None:
        if unit != 3:
            raise ConnectionAbortedError
        return super().answer(unit, request)

    def handle_error(self, request: object, client_address: object) -> None:
        """What was raised above."""


@contextmanager
def shy() -> Iterator[int]:
    with served(_Shy({3: SDM630_EVENING})) as server:
        yield server.port


def test_a_meter_that_hangs_up_for_other_units_is_found(person: Person) -> None:
    with shy() as port:
        words = ("scan", "--host", "127.0.0.1", "--port", port, "--timeout", 0.3, "--unit-ids", "1-4", *FEW)
        code, seen = person.asks(*words)
    assert code == 0
    assert [unit["unit_id"] for unit in seen["units"]] == [3]
    assert seen["remarks"] == []


@pytest.mark.parametrize(
    ("heard", "numbered", "who"),
    [
        (b"", True, None),
        (b"\x00\x01\x00\x00\x00\x05\x01\x83\x02", True, None),
        (struct.pack(">HH", 700, 0), True, None),  # a late answer of somebody else's is Modbus as well
        (b"\x01\x83\x02\xc0\xf1", True, Stranger.UNKNOWN),
        (b"\x01\x83\x02\xc0\xf1", False, None),
        (b"\x00\x01", True, None),
        (b"<!DOCTYPE html>", True, Stranger.HTTP),
        (ALERT, False, Stranger.TLS),
    ],
)
def test_who_says_what(heard: bytes, numbered: bool, who: Stranger | None) -> None:
    assert named(heard, numbered=numbered) is who
