"""An HTTPS wallbox: the endpoints of the REST API that control uses, in front of the virtual car."""

from __future__ import annotations

import hashlib
import secrets
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import jwt
import trustme
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from controller.domain.charger import OcppState
from controller.domain.errors import DeviceUnavailable
from controller.domain.ports import Clock
from controller.domain.units import MIN_CURRENT_A
from controller.simulation.plant import LivePlant

_LIMIT_FIELD = "operator-current-limit"
_KEEP_ALIVE_S = 120


@dataclass(slots=True)
class Record:
    """What the box has lived through.

    Attributes:
        api_calls: Requests.
        max_in_flight: Most requests at once.
        min_gap_s: Shortest time from an answer to the next request, s; None before the second.
        limit_writes: Accepted writes of the operator current limit.
        lowest_limit_a: Lowest limit written, A; None before the first.
        highest_limit_a: Highest limit written, A.
        refused: Requests answered with 4xx.
    """

    api_calls: int = 0
    max_in_flight: int = 0
    min_gap_s: float | None = None
    limit_writes: int = 0
    lowest_limit_a: int | None = None
    highest_limit_a: int | None = None
    refused: int = 0

    def limit_written(self, limit_a: int) -> None:
        """Takes note of an accepted limit."""
        self.limit_writes += 1
        self.lowest_limit_a = limit_a if self.lowest_limit_a is None else min(self.lowest_limit_a, limit_a)
        self.highest_limit_a = limit_a if self.highest_limit_a is None else max(self.highest_limit_a, limit_a)


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxSettings:
    """The emulated box.

    Attributes:
        username: Of its web page.
        password: Of its web page.
        limit_a: Operator current limit at the start: the user's own, A.
        limit_max_a: The field's `validation.max`, A.
        token_life_s: Life of a JWT, s.
        latency_s: Time for an answer, s.
    """

    username: str = "admin"
    password: str
    limit_a: int = 16
    limit_max_a: int = 16
    token_life_s: float = 900.0
    latency_s: float = 0.1


class VirtualBox:
    """The box's state and its web application.

    Args:
        live: The car behind it.
        clock: The box's clock.
        settings: The box.
    """

    def __init__(self, live: LivePlant, clock: Clock, settings: BoxSettings) -> None:
        self._live = live
        self._clock = clock
        self._settings = settings
        self._secret = secrets.token_hex(32)
        self._token: str | None = None  # made for one user: a second login ends the first session
        self._ever_started = False
        self.limit_a = settings.limit_a
        self.enabled = False
        self.record = Record()
        routes = [
            Route("/api/login", self._login, methods=["POST"]),
            Route("/api/refresh-token", self._guarded(self._refresh), methods=["POST"]),
            Route("/api/dashboard-information", self._guarded(self._dashboard), methods=["GET"]),
            Route("/api/sections/power", self._guarded(self._power), methods=["GET"]),
            Route("/api/configuration-updates", self._guarded(self._update), methods=["POST"]),
            Route("/api/custom-actions/local-remote-start", self._guarded(self._remote), methods=["POST"]),
        ]
        handlers = {HTTPException: _problem}
        self.app: ASGIApp = _Recorder(Starlette(routes=routes, exception_handlers=handlers), self.record, clock)

    def _guarded(self, endpoint: Callable[[Request], Awaitable[Response]]) -> Callable[[Request], Awaitable[Response]]:
        async def guarded(request: Request) -> Response:
            await self._clock.sleep(self._settings.latency_s)
            if not self._token_valid(request.headers.get("authorization", "")):
                raise HTTPException(401, "invalid or expired token")
            return await endpoint(request)

        return guarded

    def _token_valid(self, header: str) -> bool:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or self._token is None or not secrets.compare_digest(token, self._token):
            return False
        claims = jwt.decode(
            token, self._secret, algorithms=["HS256"], options={"verify_exp": False, "verify_iat": False}
        )
        return self._clock.now().timestamp() < float(claims["exp"])

    def _new_token(self) -> Response:
        now_s = self._clock.now().timestamp()
        claims = {"sub": self._settings.username, "iat": now_s, "exp": now_s + self._settings.token_life_s}
        claims["jti"] = secrets.token_hex(8)
        self._token = jwt.encode(claims, self._secret, algorithm="HS256")
        return JSONResponse({"access_token": self._token, "token_type": "bearer"})

    async def _login(self, request: Request) -> Response:
        await self._clock.sleep(self._settings.latency_s)
        body = await _json(request)
        expected = {"username": self._settings.username, "password": self._settings.password}
        if not isinstance(body, dict) or any(body.get(key) != value for key, value in expected.items()):
            raise HTTPException(401, "wrong username or password")
        return self._new_token()

    async def _refresh(self, _: Request) -> Response:
        return self._new_token()

    async def _dashboard(self, _: Request) -> Response:
        energy_kwh = self._live.now().energy.ev_kwh
        return JSONResponse(
            [
                _group("indicator", {"status-wallbox": "OK", "free-charging": "ON", "connectivity-status": ""}),
                _group("summary", {"total-charging-sessions": "28 Sessions", "power": f"{energy_kwh:.3f} kWh"}),
                _group("ocpp-status", {"charge-point-id": "VIRTUAL-1", "ocpp-state": self._state.value}),
            ]
        )

    async def _power(self, _: Request) -> Response:
        limit = {
            "fieldKey": _LIMIT_FIELD,
            "fieldLabel": "Operator current limit [A]",
            "groupKey": "installation",
            "configurationFieldType": "number-configuration-field",
            "value": self.limit_a,
            "permission": {"permissionLevel": "WRITE"},
            "validation": {"min": MIN_CURRENT_A, "max": self._settings.limit_max_a},
        }
        phases = {
            "fieldKey": "phases-connected-to-charge-point",
            "fieldLabel": "Phases connected",
            "groupKey": "installation",
            "configurationFieldType": "readonly-configuration-field",
            "value": self._live.now().settings.phases,
            "permission": {"permissionLevel": "READ"},
        }
        return JSONResponse([limit, phases])

    async def _update(self, request: Request) -> Response:
        updates = await _json(request)
        if not isinstance(updates, list) or not updates:
            raise HTTPException(400, "a list of updates is expected")
        for update in updates:
            if not isinstance(update, dict) or update.get("fieldKey") != _LIMIT_FIELD:
                raise HTTPException(400, "unknown field")
            value = update.get("value")
            if not isinstance(value, int) or not MIN_CURRENT_A <= value <= self._settings.limit_max_a:
                raise HTTPException(400, f"{_LIMIT_FIELD} does not take {value!r}")
        for update in updates:
            self.limit_a = update["value"]
            self.record.limit_written(self.limit_a)
        self._tell_car()
        return JSONResponse({"success": True, "updatedFields": [update["fieldKey"] for update in updates]})

    async def _remote(self, request: Request) -> Response:
        body = await _json(request)
        action = body.get("action") if isinstance(body, dict) else None
        if action not in ("start", "stop"):
            raise HTTPException(400, 'action must be "start" or "stop"')
        self.enabled = action == "start"
        self._ever_started |= self.enabled
        self._tell_car()
        return JSONResponse({"success": True})

    def _tell_car(self) -> None:
        self._live.now().command(self.limit_a, charging=self.enabled)

    @property
    def _state(self) -> OcppState:
        if self.enabled:
            return OcppState.CHARGING
        return OcppState.SUSPENDED_EVSE if self._ever_started else OcppState.PREPARING


class _Recorder:
    """Counts requests and measures the gaps between them, as the box sees them."""

    def __init__(self, app: ASGIApp, record: Record, clock: Clock) -> None:
        self._app = app
        self._record = record
        self._clock = clock
        self._in_flight = 0
        self._answered_s: float | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        record = self._record
        if self._answered_s is not None and self._in_flight == 0:
            gap_s = self._clock.monotonic_s() - self._answered_s
            record.min_gap_s = gap_s if record.min_gap_s is None else min(record.min_gap_s, gap_s)
        record.api_calls += 1
        self._in_flight += 1
        record.max_in_flight = max(record.max_in_flight, self._in_flight)

        async def note(message: Message) -> None:
            if message["type"] == "http.response.start" and 400 <= message["status"] < 500:
                record.refused += 1
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                self._answered_s = self._clock.monotonic_s()
            await send(message)

        try:
            await self._app(scope, receive, note)
        finally:
            self._in_flight -= 1


def _group(key: str, entries: dict[str, str]) -> dict[str, Any]:
    rows = [{"key": name, "label": name.replace("-", " ").title(), "value": value} for name, value in entries.items()]
    return {"key": key, "label": key.replace("-", " ").title(), "entries": rows}


async def _json(request: Request) -> Any:
    try:
        return await request.json()
    except ValueError as error:
        raise HTTPException(400, "the body is not JSON") from error


async def _problem(_: Request, error: Exception) -> Response:
    status = error.status_code if isinstance(error, HTTPException) else 500
    detail = error.detail if isinstance(error, HTTPException) else "internal error"
    body = {"type": "about:blank", "title": detail, "status": status, "detail": detail}
    return JSONResponse(body, status_code=status, media_type="application/problem+json")


@asynccontextmanager
async def https_server(app: ASGIApp, host: str, port: int) -> AsyncIterator[tuple[int, str]]:
    """Serves `app` over HTTPS with a throw-away certificate while entered; yields (port, SHA-256 fingerprint).

    Raises:
        DeviceUnavailable: The port cannot be had.
    """
    certificate = trustme.CA().issue_cert(host, "localhost")
    leaf_pem = certificate.cert_chain_pems[0].bytes().decode()
    fingerprint = hashlib.sha256(ssl.PEM_cert_to_DER_cert(leaf_pem)).hexdigest()
    # the protocol is named, or asyncio leaves Nagle's algorithm on and every answer waits 40 ms for an ACK
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise DeviceUnavailable(f"the virtual wallbox cannot listen on {host}:{port}: {error.strerror}") from error
    with TemporaryDirectory(prefix="sunpace-") as directory:
        pem = Path(directory) / "wallbox.pem"
        certificate.private_key_and_cert_chain_pem.write_to_path(str(pem))
        config = uvicorn.Config(
            app, ssl_certfile=pem, http="h11", ws="none", lifespan="off", log_config=None, access_log=False,
            timeout_keep_alive=_KEEP_ALIVE_S, timeout_graceful_shutdown=1,
        )  # fmt: skip
        config.load()
    server = uvicorn.Server(config)
    server.lifespan = config.lifespan_class(config)
    # startup and shutdown by hand: uvicorn's own main loop takes the signals and wakes ten times a second
    await server.startup(sockets=[listener])
    try:
        yield listener.getsockname()[1], fingerprint
    finally:
        await server.shutdown(sockets=[listener])
