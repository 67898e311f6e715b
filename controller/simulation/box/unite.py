"""The dialect of the Ampure Unite (firmware 3.187), as far as others' clients show it; the rest as on the Next."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from controller.simulation.box.fields import FieldRefused, Row, Value
from controller.simulation.box.web import Web, language

_INFORMATION = {"apiVersion": "1.0", "hmiVersion": "3.187.0", "identifier": "VIRTUAL-1", "model": "Unite (virtual)"}


class UniteWeb(Web):
    """The Unite's endpoints."""

    login_status = HTTPStatus.CREATED
    refusal = HTTPStatus.UNPROCESSABLE_ENTITY

    def routes(self) -> list[Route]:
        """See `Web.routes`."""
        return [
            *super().routes(),
            self.guarded("GET", "/api/configuration-fields", self._fields),
            self.guarded("GET", "/api/configuration-fields/", self._fields),
            self.guarded("GET", "/api/system-information", self._information),
        ]

    def token_reply(self, token: str, expiry: str) -> dict[str, Any]:
        """See `Web.token_reply`."""
        return {**super().token_reply(token, expiry), "access_token_exp": expiry}

    async def _fields(self, request: Request) -> Response:
        fields, tongue = self._box.fields, language(request)
        return JSONResponse(fields.describe(fields, tongue, self._box.live_values(tongue)))

    async def _information(self, _: Request) -> Response:
        return JSONResponse(_INFORMATION)

    def update_reply(self, _: list[str]) -> dict[str, Any]:
        """See `Web.update_reply`."""
        return {"status": "SUCCESS"}

    def change(self, update: Any) -> tuple[Row, Value]:
        """See `Web.change`."""
        if not isinstance(update, dict) or update.keys() != {"fieldKey", "value"}:
            raise FieldRefused("each update needs fieldKey and value, and nothing else")
        return self._box.check(update["fieldKey"], update["value"])
