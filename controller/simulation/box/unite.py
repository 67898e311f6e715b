"""The dialect of the Ampure Unite (firmware 3.187), as far as others' clients show it; the rest as on the Next."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from controller.simulation.box.fields import FieldRefused, Row, Value
from controller.simulation.box.web import Web, language, read_json

_INFORMATION = {"apiVersion": "1.0", "hmiVersion": "3.187.0", "identifier": "VIRTUAL-1", "model": "Unite (virtual)"}


class UniteWeb(Web):
    """The Unite's endpoints."""

    login_status = HTTPStatus.CREATED

    def routes(self) -> list[Route]:
        """See `Web.routes`."""
        return [
            *super().routes(),
            self.guarded("GET", "/api/configuration-fields", self._fields),
            self.guarded("GET", "/api/configuration-fields/", self._fields),
            self.guarded("GET", "/api/system-information", self._information),
            self.guarded("POST", "/api/configuration-updates", self._update),
        ]

    def token_reply(self, token: str, expiry: str) -> dict[str, Any]:
        """See `Web.token_reply`."""
        return {**super().token_reply(token, expiry), "access_token_exp": expiry}

    async def _fields(self, request: Request) -> Response:
        fields, tongue = self._box.fields, language(request)
        return JSONResponse(fields.describe(fields, tongue, self._box.live_values(tongue)))

    async def _information(self, _: Request) -> Response:
        return JSONResponse(_INFORMATION)

    async def _update(self, request: Request) -> Response:
        """All of the array, or nothing of it."""
        updates = await read_json(request)
        if not isinstance(updates, list) or not updates:
            raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, "an array of updates is expected")
        try:
            changes = [self._change(update) for update in updates]
        except FieldRefused as error:
            raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, str(error)) from error
        self._box.write(changes)
        return JSONResponse({"status": "SUCCESS"})

    def _change(self, update: Any) -> tuple[Row, Value]:
        if not isinstance(update, dict) or update.keys() != {"fieldKey", "value"}:
            raise FieldRefused("each update needs fieldKey and value, and nothing else")
        return self._box.check(update["fieldKey"], update["value"])
