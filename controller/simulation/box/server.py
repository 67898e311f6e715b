"""The servers on loopback: HTTPS for the box, plain HTTP for its control port."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import trustme
import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from controller.domain.errors import DeviceUnavailable
from controller.domain.ports import Clock
from controller.simulation.box.core import BoxCore, BoxSettings
from controller.simulation.box.faults import FaultLayer
from controller.simulation.box.next import NextWeb
from controller.simulation.box.record import Recorder
from controller.simulation.box.unite import UniteWeb
from controller.simulation.plant import LivePlant

_KEEP_ALIVE_S = 120


class VirtualBox(BoxCore):
    """The box's state and its web application, `app`.

    Args:
        live: The car behind it.
        clock: Time.
        settings: The box.
    """

    def __init__(self, live: LivePlant, clock: Clock, settings: BoxSettings) -> None:
        super().__init__(live, clock, settings)
        web = UniteWeb(self) if settings.dialect == "unite" else NextWeb(self)
        self.app: ASGIApp = Recorder(FaultLayer(web.app(), self, clock), self, clock)


@asynccontextmanager
async def https_server(app: ASGIApp, host: str, port: int) -> AsyncIterator[tuple[int, str]]:
    """Serves `app` over HTTPS with a throw-away certificate while entered; yields (port, SHA-256 fingerprint).

    Raises:
        DeviceUnavailable: The port cannot be had.
    """
    certificate = trustme.CA().issue_cert(host, "localhost")
    leaf_pem = certificate.cert_chain_pems[0].bytes().decode()
    fingerprint = hashlib.sha256(ssl.PEM_cert_to_DER_cert(leaf_pem)).hexdigest()
    with TemporaryDirectory(prefix="sunpace-") as directory:
        pem = Path(directory) / "wallbox.pem"
        certificate.private_key_and_cert_chain_pem.write_to_path(str(pem))
        config = _config(app, ssl_certfile=pem)
        config.load()
    async with _served(config, host, port, "wallbox") as bound:
        yield bound, fingerprint


@asynccontextmanager
async def http_server(app: ASGIApp, host: str, port: int, device: str = "wallbox") -> AsyncIterator[int]:
    """Serves the control port of a virtual `device` over plain HTTP while entered; yields the port.

    Raises:
        DeviceUnavailable: The port cannot be had.
    """
    config = _config(app)
    config.load()
    async with _served(config, host, port, f"{device}'s control port") as bound:
        yield bound


class _Protocol(H11Protocol):
    """Shows the application its connection, as `scope["state"]["transport"]`, so that it can be reset."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        self.app_state = {**self.app_state, "transport": transport}
        super().connection_made(transport)


def _config(app: ASGIApp, **tls: Any) -> uvicorn.Config:
    return uvicorn.Config(
        app, http=_Protocol, ws="none", lifespan="off", log_config=None, access_log=False,
        timeout_keep_alive=_KEEP_ALIVE_S, timeout_graceful_shutdown=1, **tls,
    )  # fmt: skip


@asynccontextmanager
async def _served(config: uvicorn.Config, host: str, port: int, what: str) -> AsyncIterator[int]:
    # the protocol is named, or asyncio leaves Nagle's algorithm on and every answer waits 40 ms for an ACK
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise DeviceUnavailable(f"the virtual {what} cannot listen on {host}:{port}: {error.strerror}") from error
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    # startup and shutdown by hand: uvicorn's own main loop takes the signals and wakes ten times a second
    await server.startup(sockets=[listener])
    try:
        yield listener.getsockname()[1]
    finally:
        with _unlogged():
            await server.shutdown(sockets=[listener])
            for connection in server.server_state.connections:
                connection.transport.abort()
            await asyncio.gather(*server.server_state.tasks, return_exceptions=True)


@contextmanager
def _unlogged() -> Iterator[None]:
    """Keeps uvicorn quiet about requests that are slow or hang on purpose, and are cancelled at the end."""
    logger = logging.getLogger("uvicorn.error")
    logger.addFilter(_nothing)
    try:
        yield
    finally:
        logger.removeFilter(_nothing)


def _nothing(_: logging.LogRecord) -> bool:
    return False
