"""The certificate that a box shows, and a configuration that keeps everything but its pin."""

import asyncio
import stat
from pathlib import Path

import pytest

from controller.cli.wallbox.pair import write_fingerprint
from controller.control.clock import WallClock
from controller.domain.errors import (
    ConfigError,
    DeviceError,
    DeviceProtocolError,
    DeviceTimeout,
    DeviceUnavailable,
    StorageError,
)
from controller.wallbox.pairing import shown_fingerprint
from tests.support.https import scripted_box

NEW = "ab" * 32
COLONS = ":".join(["AB"] * 32)


async def test_the_fingerprint_is_the_one_that_is_shown_and_nothing_is_sent() -> None:
    async with scripted_box() as (script, box):
        port = int(box.link.url.rsplit(":", 1)[1])
        fingerprint = await shown_fingerprint("127.0.0.1", port, WallClock(), timeout_s=5)
        assert script.seen == []
    with pytest.raises(DeviceUnavailable, match="cannot be reached"):
        await shown_fingerprint("127.0.0.1", port, WallClock(), timeout_s=5)
    assert len(fingerprint) == 64


@pytest.mark.parametrize(
    ("says", "error"), [(b"HTTP/1.0 400 Bad Request\r\n\r\n", DeviceProtocolError), (b"", DeviceTimeout)]
)
async def test_what_speaks_no_tls_or_nothing_at_all(says: bytes, error: type[DeviceError]) -> None:
    gone = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(says)
        await reader.read()  # until the client has gone
        writer.close()
        await writer.wait_closed()
        gone.set()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        with pytest.raises(error):
            await shown_fingerprint("127.0.0.1", port, WallClock(), timeout_s=0.3)
        await gone.wait()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('[wallbox]\nhost = "x" # mine\n', f'[wallbox]\nhost = "x" # mine\ntls_fingerprint = "{COLONS}"\n'),
        ('[wallbox]\ntls = "insecure"\n[log]\n', f'[wallbox]\ntls_fingerprint = "{COLONS}"\n[log]\n'),
        ('[wallbox]\r\ntls_fingerprint = "00" # old\r\n', f'[wallbox]\r\ntls_fingerprint = "{COLONS}" # old\r\n'),
        ('wallbox = { host = "x" }\n', f'wallbox = {{ host = "x", tls_fingerprint = "{COLONS}"}}\n'),
        ("\ufeff[wallbox]\n", f'\ufeff[wallbox]\ntls_fingerprint = "{COLONS}"\n'),
        ('wallbox.host = "x"\n', f'wallbox.host = "x"\nwallbox.tls_fingerprint = "{COLONS}"\n'),
    ],
)
def test_the_rest_of_the_file_stays(tmp_path: Path, before: str, after: str) -> None:
    file = tmp_path / "real.toml"
    file.write_bytes(before.encode())
    file.chmod(0o600)
    link = tmp_path / "config.toml"
    link.symlink_to(file)
    write_fingerprint(link, NEW)
    assert file.read_bytes().decode() == after
    assert link.is_symlink()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["config.toml", "real.toml"]


@pytest.mark.parametrize("text", ["", "[site]\n", "wallbox = 3\n", "[wallbox\n", "[[wallbox]]\n"])
def test_a_file_without_the_table_is_left_alone(tmp_path: Path, text: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(text)
    with pytest.raises(ConfigError, match=r"config\.toml"):
        write_fingerprint(file, NEW)
    assert file.read_text() == text


def test_a_file_that_cannot_be_written_is_said_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "config.toml"
    file.write_text("[wallbox]\n")

    def full(_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StorageError, match="cannot be written: No space left on device"):
        write_fingerprint(file, NEW)
    assert file.read_text() == "[wallbox]\n"
    assert [path.name for path in tmp_path.iterdir()] == ["config.toml"]
