"""Runs one of the group's commands: finds the box, calls it, shows what came of it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Awaitable, Callable

import anyio

from controller.app import Box, make_box
from controller.cli.logs import configure_logs
from controller.cli.outcome import Outcome, WrongUse, show
from controller.cli.wallbox import files, off_peak, reads, writes
from controller.cli.wallbox.pair import pair
from controller.cli.wallbox.way_in import complete_access, config_file
from controller.control.clock import WallClock
from controller.wallbox.changes import NeedsConsent

_READ_ATTEMPTS = 2
_WRONG_USE = 2

Command = Callable[[Box, argparse.Namespace], Awaitable[Outcome]]
_COMMANDS: dict[str, Command] = {
    "dashboard": reads.dashboard,
    "errors": reads.errors,
    "structure": reads.structure,
    "section": reads.section,
    "get": reads.get,
    "off-peak": off_peak.off_peak,
    "set": writes.set_fields,
    "start": writes.start,
    "stop": writes.stop,
    "skip-delay": writes.skip_delay,
    "restart": writes.restart,
    "factory-reset": writes.factory_reset,
    "upload": files.upload,
    "download": files.download,
    "logs": files.logs,
}


def run(arguments: argparse.Namespace) -> int:
    """Runs the command; returns the exit code. Raises SunpaceError."""
    configure_logs("warning")
    try:
        if arguments.verb == "pair":
            return show(pair(arguments), as_json=arguments.json)
        return _call(_COMMANDS[arguments.verb], arguments)
    except (NeedsConsent, WrongUse) as error:
        print(f"sunpace: {error}", file=sys.stderr)
        return _WRONG_USE


def _call(command: Command, arguments: argparse.Namespace) -> int:
    table, password = complete_access(arguments)

    async def call() -> int:
        box = make_box(
            table,
            password,
            WallClock(),
            language=arguments.lang,
            read_attempts=_READ_ATTEMPTS,
            limit_max_a=None if config_file(arguments) is None else table.max_current_a,
        )
        try:
            return show(await command(box, arguments), as_json=arguments.json)
        finally:
            await box.client.close(keep_gap=True)

    return anyio.run(call)
