"""The commands that move files."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from controller.app import Box
from controller.cli.outcome import Outcome
from controller.cli.wallbox import tables
from controller.cli.whole_file import length_of, whole_file
from controller.control.clock import WallClock
from controller.wallbox.changes import NeedsConsent
from controller.wallbox.maintenance import FIRMWARE

_LOGFILE = "download-logfile"


async def upload(box: Box, arguments: argparse.Namespace) -> Outcome:
    """A file to the box, with a bar on a terminal."""
    file: Path = arguments.file
    if arguments.key == FIRMWARE and not arguments.yes:
        raise NeedsConsent("wrong firmware can end the wallbox's life: an upload of firmware needs --yes")
    size = length_of(file)
    with _bar(f"uploading {file.name}", size, quiet=arguments.json) as advance:
        await box.maintenance.upload(arguments.key, file, advance)
    data = {"key": arguments.key, "file": str(file), "bytes": size, "accepted": True}
    return Outcome(data, tables.line(f"{file.name}: {size} bytes, accepted as {arguments.key}"))


async def download(box: Box, arguments: argparse.Namespace) -> Outcome:
    """A file from the box; it appears under its name when it is complete."""
    return await _fetch(box, arguments.key, arguments.file or Path(arguments.key), quiet=arguments.json)


async def logs(box: Box, arguments: argparse.Namespace) -> Outcome:
    """The box's log."""
    name = f"wallbox-log-{WallClock().now().astimezone():%Y-%m-%d-%H%M%S}"
    return await _fetch(box, _LOGFILE, arguments.file or Path(name), quiet=arguments.json)


async def _fetch(box: Box, key: str, file: Path, *, quiet: bool) -> Outcome:
    with whole_file(file) as part, _bar(f"fetching {key}", None, quiet=quiet) as advance:

        def take(data: bytes) -> None:
            part.write(data)
            advance(len(data))

        await box.client.download(key, take)
        size = part.tell()
    return Outcome({"key": key, "file": str(file), "bytes": size}, tables.line(f"{file}: {size} bytes"))


@contextmanager
def _bar(what: str, size: int | None, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """A progress bar on a terminal's stderr; elsewhere nothing."""
    console = Console(stderr=True)
    columns = [TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TransferSpeedColumn()]
    with Progress(
        *columns, TimeRemainingColumn(), console=console, disable=quiet or not sys.stderr.isatty()
    ) as progress:
        task = progress.add_task(what, total=size)
        yield lambda length: progress.update(task, advance=length)
