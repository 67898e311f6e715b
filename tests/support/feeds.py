"""A service on the web that answers as a test says, over plain HTTP or TLS, on loopback."""

from __future__ import annotations

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import trustme


def reply(body: object, status: int = 200, **headers: str) -> bytes:
    """An HTTP answer; bytes are sent as they are, anything else as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = [f"HTTP/1.1 {status} X", "Connection: close", f"Content-Length: {len(content)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + content


@dataclass
class Service:
    """The service.

    Attributes:
        url: Where it is.
        replies: Used up from the front; the last one stays. None hangs.
        seen: The requests, head and body.
        answering: Makes the reply instead, where it is given.
    """

    url: str = ""
    replies: list[bytes | None] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    answering: Callable[[], bytes | None] | None = None

    @property
    def host(self) -> str:
        return self.url.split("/")[2]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = next((int(line.split(":")[1]) for line in head.lower().split("\r\n") if "content-len" in line), 0)
            self.seen.append(head + (await reader.readexactly(length)).decode())
            answer = self.answering() if self.answering is not None else self._next()
            if answer is None:
                await reader.read()  # until the other side has had enough
            else:
                writer.write(answer)
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _next(self) -> bytes | None:
        return self.replies.pop(0) if len(self.replies) > 1 else self.replies[0]


@asynccontextmanager
async def serving(
    *replies: bytes | None, tls: ssl.SSLContext | None = None, answering: Callable[[], bytes | None] | None = None
) -> AsyncIterator[Service]:
    """A service while entered."""
    service = Service(replies=list(replies), answering=answering)
    server = await asyncio.start_server(service.serve, "127.0.0.1", 0, ssl=tls)
    port = server.sockets[0].getsockname()[1]
    service.url = f"{'http' if tls is None else 'https'}://{'127.0.0.1' if tls is None else 'localhost'}:{port}"
    try:
        yield service
    finally:
        server.close()


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's context for localhost, and the file of the CA that vouches for it."""
    ca = trustme.CA()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert("localhost").configure_cert(context)
    file = folder / "ca.pem"
    ca.cert_pem.write_to_path(str(file))
    return context, file
