"""Draws the README's picture: the demo's own view, after some minutes of the virtual day. `python docs/picture.py`."""

from __future__ import annotations

import io
import re
from pathlib import Path
from tempfile import TemporaryDirectory

import anyio
from rich.console import Console

from controller.app import make_controller, read_config
from controller.cli.demo_view import LiveView
from controller.cli.logs import configure_logs
from controller.cli.virtual import config_toml, virtual_day
from controller.control.clock import ScaledClock
from controller.simulation.home import virtual_home
from controller.simulation.plant import LivePlant

_SPEED = 60.0
_MINUTES = 21
_FONT_FACES = re.compile(r"@font-face \{.*?\}", re.DOTALL)  # fonts from elsewhere: the reader's own will do
_TARGET = Path(__file__).parent / "images" / "demo.svg"


async def _draw() -> None:
    day = virtual_day(None, "10:00")
    clock = ScaledClock(day.start, _SPEED)
    live = LivePlant(day.plant, clock)
    stop = anyio.Event()
    with TemporaryDirectory() as directory:
        async with virtual_home(live, clock) as home, anyio.create_task_group() as tasks:
            file = Path(directory) / "config.toml"
            file.write_text(config_toml(home, Path(directory) / "state", speed=_SPEED))
            view = LiveView(home, clock, io.StringIO())
            controller = make_controller(read_config(file, {}), clock, (view,), tick_s=3.0, exit_within_s=270.0)
            tasks.start_soon(controller.run, stop)
            await clock.sleep(60 * _MINUTES)
            console = Console(record=True, width=94, file=io.StringIO())
            console.print(view.picture())
            svg = console.export_svg(title="make demo")
            _TARGET.write_text(_FONT_FACES.sub("", svg).replace("Fira Code", "DejaVu Sans Mono"))
            stop.set()


if __name__ == "__main__":
    configure_logs("error")
    anyio.run(_draw)
