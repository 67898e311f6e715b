"""The meter emulator's control port: plain HTTP on loopback, for whoever plays house and wire."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Annotated, Any

from pydantic import BeforeValidator, RootModel
from pydantic_core import PydanticCustomError
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from controller.domain.errors import ConfigError
from controller.meter.quantities import Role
from controller.simulation.box.control import read_order, refused
from controller.simulation.box.server import http_server
from controller.simulation.meters.emulator import VirtualMeters
from controller.simulation.meters.faults import MeterFaults
from controller.simulation.meters.values import HouseValues, known_names, settings_for


def _numbers(value: Any) -> list[float]:
    """A number, or a list of them; true and "1" are none, whatever Python thinks."""
    numbers = value if isinstance(value, list) else [value]
    if not numbers or not all(type(number) in (int, float) for number in numbers):
        raise PydanticCustomError("no_number", "must be a number, or a list of numbers, one a phase")
    return numbers


class SettingsOrder(RootModel[dict[str, Annotated[list[float], BeforeValidator(_numbers)]]]):
    """Quantities that stand still, by public name; a list is a number a phase."""

    @property
    def words(self) -> list[str]:
        """As `--set` takes them."""
        return [f"{name}={','.join(f'{number:.15g}' for number in numbers)}" for name, numbers in self.root.items()]


@asynccontextmanager
async def meter_control_server(
    meters: VirtualMeters, house: HouseValues, host: str, port: int = 0
) -> AsyncIterator[str]:
    """Serves the control port of `meters` while entered; yields its URL.

    Raises:
        DeviceUnavailable: The port cannot be had.
    """
    async with http_server(_Control(meters, house).app(), host, port, "meter") as bound:
        yield f"http://{host}:{bound}"


class _Control:
    def __init__(self, meters: VirtualMeters, house: HouseValues) -> None:
        self._meters = meters
        self._house = house

    def app(self) -> Starlette:
        routes = [
            Route("/record", self._record, methods=["GET"]),
            Route("/values", self._values, methods=["GET"]),
            Route("/values", self._set_values, methods=["PUT"]),
            Route("/faults", self._faults, methods=["GET"]),
            Route("/faults", self._set_faults, methods=["PUT"]),
        ]
        return Starlette(routes=routes, exception_handlers={HTTPException: refused})

    async def _record(self, _: Request) -> Response:
        return JSONResponse(self._meters.record.as_json())

    async def _values(self, _: Request) -> Response:
        """What is true of all that the device tells, whatever its registers show; `PUT` takes it as it is."""
        true = {
            role.public_name(quantity): _as_json(numbers)
            for role in self._roles()
            for quantity, numbers in self._house.measured(role).items()
        }
        settable = known_names(self._meters.profile, self._roles())
        return JSONResponse({name: value for name, value in true.items() if name in settable and value is not None})

    async def _set_values(self, request: Request) -> Response:
        """Replaces all settings: what the body leaves out follows the virtual house again."""
        order = await read_order(request, SettingsOrder)
        before = self._house.settings
        try:
            self._house.settings = settings_for(order.words, self._meters.profile, self._roles())
            self._meters.check()
        except ConfigError as error:
            self._house.settings = before
            raise HTTPException(HTTPStatus.UNPROCESSABLE_ENTITY, error.faults[0].removeprefix("--set ")) from error
        return await self._values(request)

    async def _faults(self, _: Request) -> Response:
        return JSONResponse(self._meters.faults.model_dump(mode="json"))

    async def _set_faults(self, request: Request) -> Response:
        """Replaces all of them: what the body leaves out is at its default again."""
        self._meters.faults = await read_order(request, MeterFaults)
        return await self._faults(request)

    def _roles(self) -> Iterable[Role]:
        return [role for served in self._meters.units.values() for role in served]


def _as_json(numbers: tuple[float, ...]) -> float | list[float] | None:
    rounded = [round(number, 3) for number in numbers if math.isfinite(number)]
    return rounded if len(rounded) > 1 else rounded[0] if rounded else None
