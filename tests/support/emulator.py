"""An emulated wallbox on real sockets and a clock of our own, and a browser that looks at it."""

from __future__ import annotations

import functools
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx

from controller.control.clock import ScaledClock
from controller.simulation.box.control import control_server
from controller.simulation.box.core import BoxSettings
from controller.simulation.box.server import VirtualBox
from controller.simulation.home import HOST, BoxAddress, virtual_wallbox
from controller.simulation.plant import LivePlant, Plant, PlantSettings
from controller.simulation.trace import Trace
from controller.wallbox.tls import Trust
from tests.support.warp import run_warped

MONDAY_NOON = datetime(2026, 6, 22, 12, tzinfo=UTC)
FLAT = Trace(times_s=(0.0, 86400.0), pv_w=(5000.0, 5000.0), load_w=(300.0, 300.0))
PASSWORD = "open-sesame"
START = ("POST", "/api/custom-actions/local-remote-start", {"action": "start"})
STOP = ("POST", "/api/custom-actions/local-remote-start", {"action": "stop"})


def warped(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Runs a test on the warped loop."""

    @functools.wraps(test)
    def run(*arguments: Any, **named: Any) -> None:
        run_warped(lambda: test(*arguments, **named))

    return run


def update(key: str, value: object, kind: str = "number") -> dict[str, Any]:
    """One entry of the Next's configuration updates."""
    return {"fieldKey": key, "value": value, "configurationFieldUpdateType": f"{kind}-configuration-field-update"}


class Bench:
    """The box, its page and its control port."""

    def __init__(
        self,
        box: VirtualBox,
        address: BoxAddress,
        clock: ScaledClock,
        page: httpx.AsyncClient,
        control: httpx.AsyncClient,
    ) -> None:
        self.box = box
        self.box_port = address.port
        self.fingerprint = address.tls_fingerprint
        self.clock = clock
        self.page = page
        self.control = control

    async def passes(self, seconds: float) -> None:
        await self.clock.sleep(seconds)

    async def log_in(self, password: str = PASSWORD) -> httpx.Response:
        """Logs in, and carries the token from now on."""
        reply = await self.page.post("/api/login", json={"username": "admin", "password": password})
        if reply.is_success:
            self.page.headers["Authorization"] = f"Bearer {reply.json()['access_token']}"
        return reply

    async def ask(self, method: str, path: str, body: object = None, **headers: str) -> httpx.Response:
        return await self.page.request(method, path, json=body, headers=headers)

    async def get(self, path: str, **headers: str) -> Any:
        """The JSON of a good answer."""
        return (await self.ask("GET", path, **headers)).raise_for_status().json()

    async def section(self, key: str, **headers: str) -> dict[str, dict[str, Any]]:
        """A section's fields by key."""
        return {field["fieldKey"]: field for field in await self.get(f"/api/sections/{key}", **headers)}

    async def write(self, *updates: object) -> httpx.Response:
        return await self.ask("POST", "/api/configuration-updates", list(updates))

    async def state(self) -> dict[str, Any]:
        """What the control port tells."""
        found: dict[str, Any] = (await self.control.get("/state")).raise_for_status().json()
        return found

    async def car(self, **order: object) -> None:
        (await self.control.post("/car", json=order)).raise_for_status()

    async def faults(self, **faults: object) -> None:
        (await self.control.put("/faults", json=faults)).raise_for_status()


@asynccontextmanager
async def emulated(
    *, logged_in: bool = True, start: datetime = MONDAY_NOON, plant: PlantSettings | None = None, **settings: Any
) -> AsyncIterator[Bench]:
    """A box with these `BoxSettings` and a car, while entered."""
    clock = ScaledClock(start)
    live = LivePlant(Plant(FLAT, 0.0, plant or PlantSettings(), cyclic=True), clock)
    box_settings = BoxSettings(password=PASSWORD, **settings)
    async with (
        virtual_wallbox(live, clock, settings=box_settings) as (box, address),
        control_server(box, HOST) as url,
        httpx.AsyncClient(
            base_url=f"https://{HOST}:{address.port}",
            verify=Trust(fingerprint=address.tls_fingerprint).context(),
            timeout=None,
            trust_env=False,
        ) as page,
        httpx.AsyncClient(base_url=url, timeout=None, trust_env=False) as control,
    ):
        bench = Bench(box, address, clock, page, control)
        if logged_in:
            await bench.log_in()
        yield bench
