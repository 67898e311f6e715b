"""The dialect of the Webasto Next: sections, typed updates, current errors."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from controller.simulation.box.fields import FieldRefused, Row, Value, presentation
from controller.simulation.box.web import Web, language
from controller.wallbox.catalogue import SECTIONS


class NextWeb(Web):
    """The Next's endpoints."""

    def routes(self) -> list[Route]:
        """See `Web.routes`."""
        return [
            *super().routes(),
            self.guarded("GET", "/api/current-errors", self._errors),
            self.guarded("GET", "/api/configuration-structure", self._structure),
            self.guarded("GET", "/api/sections/{section}", self._section),
        ]

    async def _errors(self, _: Request) -> Response:
        return JSONResponse(
            [
                {
                    "errorCode": error.code,
                    "errorDescription": error.description,
                    "timestamp": error.timestamp.strftime("%Y-%m-%dT%H:%M:%SZ"),
                }
                for error in self._box.telemetry().errors
            ]
        )

    async def _structure(self, request: Request) -> Response:
        tongue = language(request)
        sections = [
            {
                "key": key,
                "label": heading[tongue],
                "groups": [{"key": group, "label": texts[tongue]} for group, texts in heading["groups"].items()],
            }
            for key, heading in presentation()["structure"].items()
        ]
        return JSONResponse({"sections": sections})

    async def _section(self, request: Request) -> Response:
        key = request.path_params["section"]
        if key not in SECTIONS:
            raise HTTPException(HTTPStatus.NOT_FOUND, f"there is no section {key}")
        fields, tongue = self._box.fields, language(request)
        rows = [row for row in fields if row.field.section == key]
        return JSONResponse(fields.describe(rows, tongue, self._box.live_values(tongue)))

    def update_reply(self, keys: list[str]) -> dict[str, Any]:
        """See `Web.update_reply`."""
        return {"success": True, "updatedFields": keys}

    def change(self, update: Any) -> tuple[Row, Value]:
        """See `Web.change`."""
        if not isinstance(update, dict) or not {"fieldKey", "value"} <= update.keys():
            raise FieldRefused("each update needs fieldKey, value and configurationFieldUpdateType")
        row, value = self._box.check(update["fieldKey"], update["value"])
        expected = f"{row.kind}-configuration-field-update"
        if update.get("configurationFieldUpdateType") != expected:
            raise FieldRefused(f"{row.field.key} needs the configurationFieldUpdateType {expected}")
        return row, value
