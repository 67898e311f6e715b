"""`sunpace run`: the service."""

from __future__ import annotations

from pathlib import Path

import anyio

from controller.app import make_controller, read_config, serve
from controller.cli.logs import configure_logs
from controller.control.clock import WallClock


def run(file: Path) -> int:
    """Runs the service until it is told to stop; returns the exit code. Raises ConfigError."""
    configure_logs("info")  # what is said before the file is read goes to stderr as well
    loaded = read_config(file)
    configure_logs(loaded.config.log.level, loaded.config.log.format)

    async def service() -> None:
        await serve(make_controller(loaded, WallClock()), anyio.Event())

    anyio.run(service)
    return 0
