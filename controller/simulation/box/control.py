"""The emulator's own control port: plain HTTP on loopback, for whoever plays the owner of car and box."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Annotated, Any, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from controller.simulation.box.core import BoxCore
from controller.simulation.box.faults import Faults
from controller.simulation.box.server import http_server

M = TypeVar("M", bound=BaseModel)


class CarOrder(BaseModel):
    """What happens to the car; at least one key.

    Attributes:
        plugged: The plug goes in or out.
        full: The car takes nothing more, or never becomes full.
        energy_kwh: What the car still takes, kWh; then it is full.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    plugged: bool | None = None
    full: bool | None = None
    energy_kwh: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if self.plugged is None and self.full is None and self.energy_kwh is None:
            raise ValueError("plugged, full or energy_kwh is expected")
        if self.full is not None and self.energy_kwh is not None:
            raise ValueError("full and energy_kwh exclude one another")
        return self

    @property
    def takes_kwh(self) -> float | None:
        """What the car still takes, kWh; None where the order leaves that as it is."""
        if self.full is not None:
            return 0.0 if self.full else math.inf
        return self.energy_kwh


class ErrorOrder(BaseModel):
    """An error that befalls the box; the names are those of `GET /api/current-errors`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    errorCode: Annotated[str, Field(min_length=1)]  # noqa: N815 -- the vendor's spelling
    errorDescription: str = ""  # noqa: N815


@asynccontextmanager
async def control_server(box: BoxCore, host: str, port: int = 0) -> AsyncIterator[str]:
    """Serves the control port of `box` while entered; yields its URL.

    Raises:
        DeviceUnavailable: The port cannot be had.
    """
    async with http_server(_Control(box).app(), host, port) as bound:
        yield f"http://{host}:{bound}"


class _Control:
    def __init__(self, box: BoxCore) -> None:
        self._box = box

    def app(self) -> Starlette:
        routes = [
            Route("/record", self._record, methods=["GET"]),
            Route("/record/reset", self._reset_record, methods=["POST"]),
            Route("/state", self._state, methods=["GET"]),
            Route("/car", self._car, methods=["POST"]),
            Route("/faults", self._faults, methods=["GET"]),
            Route("/faults", self._set_faults, methods=["PUT"]),
            Route("/errors", self._add_error, methods=["POST"]),
            Route("/errors", self._clear_errors, methods=["DELETE"]),
        ]
        return Starlette(routes=routes, exception_handlers={HTTPException: refused})

    async def _record(self, _: Request) -> Response:
        return JSONResponse(self._box.record.as_json())

    async def _reset_record(self, _: Request) -> Response:
        self._box.reset_record()
        return JSONResponse(self._box.record.as_json())

    async def _state(self, _: Request) -> Response:
        """What is true, whatever the box shows."""
        box, machine = self._box, self._box.machine
        plant = machine.plant
        return JSONResponse(
            {
                "state": machine.state.value,
                "plugged": plant.plugged,
                "full": plant.full,
                "enabled": box.enabled,
                "limit_a": box.limit_a,
                "current_a": round(plant.current_a, 3),
                "ev_w": round(plant.ev_w, 1),
                "session_energy_kwh": round(machine.session_energy_kwh, 6),
                "session_duration_s": round(machine.session_duration_s, 3),
                "random_delay_left_s": round(machine.delay_left_s, 3),
                "restarting": box.down,
                "errors": [error.code for error in machine.errors],
                "box_time": box.now().isoformat(),
            }
        )

    async def _car(self, request: Request) -> Response:
        order = await read_order(request, CarOrder)
        plant = self._box.machine.plant
        if order.takes_kwh is not None:
            plant.fill(order.takes_kwh)
        if order.plugged is not None:
            self._box.machine.plug(plugged=order.plugged)
        return await self._state(request)

    async def _faults(self, _: Request) -> Response:
        return JSONResponse(self._box.faults.model_dump(mode="json"))

    async def _set_faults(self, request: Request) -> Response:
        """Replaces all of them: what the body leaves out is at its default again."""
        self._box.set_faults(await read_order(request, Faults))
        return await self._faults(request)

    async def _add_error(self, request: Request) -> Response:
        order = await read_order(request, ErrorOrder)
        self._box.machine.fault(order.errorCode, order.errorDescription)
        return await self._state(request)

    async def _clear_errors(self, request: Request) -> Response:
        self._box.machine.clear_errors()
        return await self._state(request)


async def read_order(request: Request, model: type[M]) -> M:
    """The body. Raises HTTPException with one line that names the key."""
    try:
        body: Any = await request.json()
    except (ValueError, RecursionError) as error:
        raise HTTPException(HTTPStatus.BAD_REQUEST, "the body is not JSON") from error
    try:
        return model.model_validate(body)
    except ValidationError as error:
        fault = error.errors(include_url=False)[0]
        place = ".".join(map(str, fault["loc"])) or "body"
        raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, f"{place}: {fault['msg']}") from error


async def refused(_: Request, error: Exception) -> Response:
    """One line in `detail`."""
    what = error if isinstance(error, HTTPException) else HTTPException(HTTPStatus.INTERNAL_SERVER_ERROR)
    return JSONResponse({"detail": what.detail}, what.status_code, what.headers)
