"""`sunpace run`: the service."""

from __future__ import annotations

import asyncio
import os
import sys
import threading
from pathlib import Path

import anyio

from controller.app import make_controller, read_config, serve
from controller.cli.logs import configure_logs
from controller.cli.loop import note
from controller.control.clock import WallClock


def run(file: Path) -> int:
    """Runs the service until it is told to stop; returns the exit code. Raises ConfigError."""
    configure_logs("info")  # what is said before the file is read goes to stderr as well
    loaded = read_config(file)
    configure_logs(loaded.config.log.level, loaded.config.log.format)

    async def service() -> None:
        asyncio.get_running_loop().set_exception_handler(note)
        await serve(make_controller(loaded, WallClock()), anyio.Event())
        _leave_hanging_lookups()

    anyio.run(service)
    return 0


def _leave_hanging_lookups() -> None:
    """A name server that does not answer holds a thread that cannot be ended; nothing is left to be done, so go."""
    if threading.active_count() > 1:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(0)
