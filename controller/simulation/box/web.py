"""What both dialects share on the wire: login, dashboard, actions, files, and how errors look."""

from __future__ import annotations

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from controller.simulation.box.access import LoginLocked, LoginRefused
from controller.simulation.box.core import BoxCore
from controller.simulation.box.fields import FieldRefused, Language, Row, Value
from controller.simulation.box.record import Upload
from controller.simulation.box.telemetry import dashboard

Endpoint = Callable[[Request], Awaitable[Response]]

FILES = "/api/files/{file_key}"
"""Uploads are specified; that downloads have the same address is a guess."""

_UPLOADS = frozenset({"upload-new-firmware", "local-ca-cert"})
_CHUNK = 1 << 16
_CHARGE_POINT_ID = "ocpp-charge-box-identity-charge-point-id"


class Web(ABC):
    """The endpoints that both dialects have; what differs is overridden.

    Args:
        box: The box.
    """

    login_status = HTTPStatus.OK
    refusal = HTTPStatus.BAD_REQUEST
    """Status of an update that is not taken."""

    def __init__(self, box: BoxCore) -> None:
        self._box = box

    def app(self) -> Starlette:
        """The web application."""
        app = Starlette(routes=self.routes(), exception_handlers={HTTPException: _problem})
        app.router.redirect_slashes = False
        return app

    def routes(self) -> list[Route]:
        """All endpoints."""
        actions = {
            "local-remote-start": self._remote,
            "restart-system": self._restart,
            "factory-reset": self._factory_reset,
            "skip-random-delay": self._skip_delay,
        }
        return [
            Route("/api/login", self._login, methods=["POST"]),
            self.guarded("POST", "/api/refresh-token", self._refresh),
            self.guarded("GET", "/api/dashboard-information", self._dashboard),
            self.guarded("POST", "/api/configuration-updates", self._update),
            *(self.guarded("POST", f"/api/custom-actions/{key}", action) for key, action in actions.items()),
            self.guarded("POST", FILES, self._upload),
            self.guarded("GET", FILES, self._download),
        ]

    def guarded(self, method: str, path: str, endpoint: Endpoint) -> Route:
        """A route that only a valid token passes."""

        async def behind_token(request: Request) -> Response:
            if not self._box.access.allows(_token(request)):
                raise HTTPException(HTTPStatus.UNAUTHORIZED, "the token is invalid or expired")
            return await endpoint(request)

        return Route(path, behind_token, methods=[method])

    def token_reply(self, token: str, expiry: str) -> dict[str, Any]:
        """The body of an accepted login; `expiry` is an ISO date."""
        del expiry  # one that the Next keeps to itself
        return {"access_token": token, "token_type": "bearer"}

    @abstractmethod
    def change(self, update: Any) -> tuple[Row, Value]:
        """What one entry of an update would store. Raises FieldRefused."""

    @abstractmethod
    def update_reply(self, keys: list[str]) -> dict[str, Any]:
        """The body after an update of these fields."""

    async def _login(self, request: Request) -> Response:
        body = await read_json(request)
        names = ("username", "password")
        if not isinstance(body, dict) or not all(isinstance(body.get(name), str) for name in names):
            raise HTTPException(HTTPStatus.BAD_REQUEST, "username and password are expected")
        faults = self._box.faults
        try:
            token, expiry = self._box.access.login(
                body["username"],
                body["password"],
                lock_after=faults.account_lock_after,
                lock_s=faults.account_lock_s,
            )
        except (LoginRefused, LoginLocked) as error:
            self._box.record.logins_refused += 1
            status = HTTPStatus.FORBIDDEN if isinstance(error, LoginLocked) else HTTPStatus.UNAUTHORIZED
            raise HTTPException(status, str(error)) from error
        self._box.record.logins += 1
        return JSONResponse(self.token_reply(token, expiry.isoformat()), status_code=self.login_status)

    async def _refresh(self, request: Request) -> Response:
        token, expiry = self._box.access.refresh(_token(request))
        return JSONResponse(self.token_reply(token, expiry.isoformat()))

    async def _dashboard(self, request: Request) -> Response:
        fields = self._box.fields
        groups = dashboard(
            self._box.telemetry(),
            fields.get(_CHARGE_POINT_ID, "VIRTUAL-1"),
            free_charging=bool(fields.get("free-charging", default=True)),
            language=language(request),
        )
        return JSONResponse(groups)

    async def _update(self, request: Request) -> Response:
        """All of the array, or nothing of it."""
        updates = await read_json(request)
        if not isinstance(updates, list) or not updates:
            raise HTTPException(self.refusal, "an array of updates is expected")
        try:
            changes = [self.change(update) for update in updates]
        except FieldRefused as error:
            raise HTTPException(self.refusal, str(error)) from error
        self._box.write(changes)
        return JSONResponse(self.update_reply([row.field.key for row, _ in changes]))

    async def _remote(self, request: Request) -> Response:
        body = await read_json(request)
        action = body.get("action") if isinstance(body, dict) else None
        if action not in ("start", "stop"):
            raise HTTPException(HTTPStatus.BAD_REQUEST, 'action must be "start" or "stop"')
        self._box.remote(start=action == "start")
        return JSONResponse({"success": True})

    async def _restart(self, _: Request) -> Response:
        self._box.restart()
        return JSONResponse({"success": True})

    async def _factory_reset(self, _: Request) -> Response:
        self._box.factory_reset()
        return JSONResponse({"success": True})

    async def _skip_delay(self, _: Request) -> Response:
        self._box.machine.skip_delay()
        return JSONResponse({"success": True})

    async def _upload(self, request: Request) -> Response:
        """Counts and hashes the part `file`; the form parser puts what is large on the disk, not into memory."""
        key = request.path_params["file_key"]
        if key not in _UPLOADS:
            raise HTTPException(HTTPStatus.NOT_FOUND, f"no file can be uploaded as {key}")
        async with request.form(max_files=1) as form:
            file = form.get("file")
            if file is None or isinstance(file, str):
                raise HTTPException(HTTPStatus.BAD_REQUEST, "multipart/form-data with a part named file is expected")
            digest, size = hashlib.sha256(), 0
            while chunk := await file.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
            upload = Upload(key=key, name=file.filename or "", size=size, sha256=digest.hexdigest())
        self._box.record.uploaded(upload)
        return JSONResponse({"success": True})

    async def _download(self, request: Request) -> Response:
        texts = {
            "download-logfile": f"{self._box.now().isoformat()} info the emulated box is well\n",
            "licensing-information": "The emulated box is part of Sunpace: MIT licence.\n",
            "local-ca-cert": "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
        }
        key = request.path_params["file_key"]
        if key not in texts:
            raise HTTPException(HTTPStatus.NOT_FOUND, f"there is no file {key}")
        return PlainTextResponse(texts[key], headers={"Content-Disposition": f'attachment; filename="{key}.txt"'})


async def read_json(request: Request) -> Any:
    """The body. Raises HTTPException where it is not JSON."""
    try:
        return await request.json()
    except (ValueError, RecursionError) as error:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "the body is not JSON") from error


def language(request: Request) -> Language:
    """German where the browser prefers it, else English."""
    return "de" if request.headers.get("accept-language", "").strip().lower().startswith("de") else "en"


def _token(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token if scheme.lower() == "bearer" else ""


async def _problem(request: Request, error: Exception) -> Response:
    """RFC 9457 under /api, a page elsewhere."""
    refused = error if isinstance(error, HTTPException) else HTTPException(HTTPStatus.INTERNAL_SERVER_ERROR)
    title = HTTPStatus(refused.status_code).phrase
    if not request.url.path.startswith("/api/"):
        page = f"<!doctype html><title>{title}</title><h1>{refused.status_code} {title}</h1>\n"
        return HTMLResponse(page, refused.status_code, refused.headers)
    body = {"type": "about:blank", "title": title, "status": refused.status_code, "detail": refused.detail}
    return JSONResponse(body, refused.status_code, refused.headers, "application/problem+json")
