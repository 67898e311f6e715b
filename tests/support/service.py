"""The whole service in a virtual home, on real sockets and a clock of our own."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any
from unittest.mock import patch

import anyio

from controller.app import make_controller, read_config
from controller.cli.virtual import config_toml, virtual_day
from controller.control.clock import ScaledClock
from controller.control.loop import Controller
from controller.domain.charger import ChargerStatus
from controller.domain.decision import Decision
from controller.domain.readings import House
from controller.meter.profile_files import Shelf
from controller.simulation.box.core import BoxSettings
from controller.simulation.home import HOST, METER_PROFILE, Home, MeterAddress, virtual_meter, virtual_wallbox
from controller.simulation.meter_server import house_units, meter_server
from controller.simulation.plant import LivePlant, Plant, PlantOptions


@dataclass
class Diary:
    """A publisher that keeps everything."""

    clock: ScaledClock
    entries: list[tuple[float, House, ChargerStatus | None, Decision]] = field(default_factory=list)

    def publish(self, house: House, status: ChargerStatus | None, decision: Decision) -> None:
        self.entries.append((self.clock.monotonic_s(), house, status, decision))

    @property
    def last(self) -> Decision:
        return self.entries[-1][3]


class Stage:
    """A running service; time passes with `passes`, the meter can be pulled and put back."""

    def __init__(
        self, home: Home, clock: ScaledClock, diary: Diary, meter: AsyncExitStack, stop: anyio.Event, config_file: Path
    ) -> None:
        self.home = home
        self.config_file = config_file
        self.clock = clock
        self.diary = diary
        self.stop = stop
        self.done = anyio.Event()
        self._meter = meter

    async def run(self, controller: Controller) -> None:
        await controller.run(self.stop)
        self.done.set()

    @property
    def plant(self) -> Plant:
        return self.home.live._plant

    async def passes(self, seconds: float) -> None:
        await self.clock.sleep(seconds)

    async def pull_meter(self) -> None:
        await self._meter.aclose()

    async def put_meter_back(self) -> None:
        units = house_units(self.home.live)
        port = self.home.meter_address.port
        await self._meter.enter_async_context(meter_server(Shelf().load(METER_PROFILE), units, HOST, port))


@asynccontextmanager
async def staged(
    *,
    start: str = "11:00",
    trace: Path | None = None,
    edit: Any = None,
    directory: Path | None = None,
    run: bool = True,
    box: dict[str, Any] | None = None,
    plant: PlantOptions | None = None,
) -> AsyncIterator[Stage]:
    """A service that runs while entered, and gives the box back when left.

    Args:
        start: Time of the generated day.
        trace: A day in place of it, from its first sun.
        edit: Changes the configuration's text: a function from str to str.
        directory: Where its state lies; a fresh one unless given.
        run: Whether the service runs at all.
        box: `BoxSettings` of the wallbox.
        plant: What the virtual house is made to do.
    """
    day = virtual_day(trace, start, options=plant)
    clock = ScaledClock(day.start)
    live = LivePlant(day.plant, clock)
    async with AsyncExitStack() as stack:
        place = directory or Path(stack.enter_context(tempfile.TemporaryDirectory()))
        meter_stack = await stack.enter_async_context(AsyncExitStack())
        meter: MeterAddress = await meter_stack.enter_async_context(virtual_meter(live))
        settings = BoxSettings(password="open-sesame", **(box or {}))
        virtual, address = await stack.enter_async_context(virtual_wallbox(live, clock, settings=settings))
        home = Home(live=live, box=virtual, meter_address=meter, box_address=address)
        text = config_toml(home, place / "state")
        file = place / "config.toml"
        file.write_text(edit(text) if edit is not None else text)
        diary = Diary(clock)
        stop = anyio.Event()
        stage = Stage(home, clock, diary, meter_stack, stop, file)
        async with anyio.create_task_group() as tasks:
            if run:
                with (
                    patch("controller.wallbox.gate.Random", _seeded),
                    patch("controller.wallbox.access.Random", _seeded),
                ):
                    controller = make_controller(read_config(file, {}), clock, (diary,))
                tasks.start_soon(stage.run, controller)
            yield stage
            stop.set()


def _seeded() -> Random:
    """The jitter of the back-offs, alike in every run."""
    return Random(1)
