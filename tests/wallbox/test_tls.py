"""Trust: nothing is sent to a box that is not the trusted one."""

import asyncio
import ssl
from pathlib import Path

import pytest
import trustme

from controller.domain.errors import AuthError
from controller.wallbox.tls import Trust
from tests.support.https import answer, scripted

OK = answer([{"key": "x", "entries": [{"key": "ocpp-state", "value": "Available"}]}])


async def test_the_pinned_certificate_is_accepted() -> None:
    async with scripted(dashboard=OK) as (script, client):
        await client.status()
    assert len(script.seen) == 2


async def test_another_certificate_is_refused_before_a_byte_is_sent_and_shown() -> None:
    shown: list[str] = []

    def other(fingerprint: str) -> Trust:
        shown.append(fingerprint)
        return Trust(fingerprint="00" * 32)

    async with scripted(trust=other, dashboard=OK) as (script, client):
        with pytest.raises(AuthError, match="is not trusted") as caught:
            await client.status()
    assert shown[0] in str(caught.value)
    assert "tls_fingerprint" in str(caught.value)
    assert script.seen == []


async def test_insecure_takes_anything_but_only_when_asked_for() -> None:
    async with scripted(trust=lambda _: Trust(insecure=True), dashboard=OK) as (script, client):
        await client.status()
    assert len(script.seen) == 2
    with pytest.raises(ValueError, match="exactly one"):
        Trust().context()


async def test_a_ca_file_refuses_a_foreign_certificate(tmp_path: Path) -> None:
    ca_file = tmp_path / "ca.pem"
    trustme.CA().cert_pem.write_to_path(str(ca_file))
    async with scripted(trust=lambda _: Trust(ca_file=ca_file), dashboard=OK) as (script, client):
        with pytest.raises(AuthError, match="is not trusted"):
            await client.status()
    assert script.seen == []


async def test_a_ca_file_accepts_what_it_signed_whatever_the_host(tmp_path: Path) -> None:
    ca = trustme.CA()
    ca_file = tmp_path / "ca.pem"
    ca.cert_pem.write_to_path(str(ca_file))
    server_context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert("some-box.example").configure_cert(server_context)

    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0, ssl=server_context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=Trust(ca_file=ca_file).context())
        assert await reader.read() == b"hello"
        writer.close()
        await writer.wait_closed()


def test_a_ca_file_that_is_none_is_said_so(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    with pytest.raises(AuthError, match="tls_ca_file"):
        Trust(ca_file=file).context()
    file.write_text("nonsense")
    with pytest.raises(AuthError, match="tls_ca_file"):
        Trust(ca_file=file).context()
