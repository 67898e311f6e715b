"""A device that answers nonsense: one line for the person, and never a library's traceback.

In processes of their own: pytest keeps for itself what a library logs.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.meter.devices import at
from tests.support.modbus import HandMade, served
from tests.support.processes import outcome


class Nonsense(HandMade):
    """Its answers end after the function code."""

    def answer(self, unit: int, request: bytes) -> bytes | None:
        return bytes([request[0]])


@pytest.fixture
def port() -> Iterator[int]:
    with served(Nonsense({})) as server:
        yield server.port


@pytest.mark.parametrize("words", [("read",), ("watch", "--count", "2", "--every", "0.1")])
def test_a_look_at_it(words: tuple[str, ...], port: int) -> None:
    where = [str(word) for word in at(port, "eastron-sdm630", "--timeout", 1)]
    code, out, err = outcome("meter", *words, *where)
    assert code == 1
    assert err.count("\n") == (words[0] == "read")
    assert f"127.0.0.1:{port} dropped the connection" in (out + err)


def test_a_scan_of_it(port: int) -> None:
    words = ("--host", "127.0.0.1", "--port", str(port), "--timeout", "0.3", "--profile", "eastron-sdm630")
    code, _, err = outcome("meter", "scan", *words, "--unit-ids", "1-2")
    assert (code, err) == (1, "")


def test_a_check_of_it(port: int, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(
        f'[meter.grid]\nprofile = "eastron-sdm630"\nhost = "127.0.0.1"\nport = {port}\n'
        f'[wallbox]\nhost = "127.0.0.1"\nport = 1\npassword = "x"\ntls_fingerprint = "{"00" * 32}"\n'
    )
    code, out, err = outcome("check", "--config", str(file))
    assert (code, err) == (1, "")
    assert f"127.0.0.1:{port} dropped the connection" in out
