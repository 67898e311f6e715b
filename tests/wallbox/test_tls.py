"""Trust: nothing is sent to a box that is not the trusted one."""

import asyncio
import hashlib
import ssl
from datetime import UTC, datetime, timedelta
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


async def greeted(certificate: trustme.LeafCert, trust: Trust) -> bytes:
    """What a server with this certificate says to a client with this trust."""
    server_context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(server_context)

    async def greet(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"hello")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(greet, "127.0.0.1", 0, ssl=server_context)
    async with server:
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=trust.context())
        said = await reader.read()
        writer.close()
        await writer.wait_closed()
    return said


async def test_a_ca_file_accepts_what_it_signed_whatever_the_host(tmp_path: Path) -> None:
    ca = trustme.CA()
    ca_file = tmp_path / "ca.pem"
    ca.cert_pem.write_to_path(str(ca_file))
    assert await greeted(ca.issue_cert("some-box.example"), Trust(ca_file=ca_file)) == b"hello"


async def test_a_pin_survives_the_end_of_the_certificates_life() -> None:
    long_ago = datetime(2020, 1, 1, tzinfo=UTC)
    certificate = trustme.CA().issue_cert("box.example", not_before=long_ago, not_after=long_ago + timedelta(days=1))
    pem = certificate.cert_chain_pems[0].bytes().decode()
    fingerprint = hashlib.sha256(ssl.PEM_cert_to_DER_cert(pem)).hexdigest()
    assert await greeted(certificate, Trust(fingerprint=fingerprint)) == b"hello"


def test_a_ca_file_that_is_none_is_said_so(tmp_path: Path) -> None:
    file = tmp_path / "ca.pem"
    with pytest.raises(AuthError, match="tls_ca_file"):
        Trust(ca_file=file).context()
    file.write_text("nonsense")
    with pytest.raises(AuthError, match="tls_ca_file"):
        Trust(ca_file=file).context()
