"""How far a backtest has come, for whoever waits for it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from controller.cli.backtest.work import Tell


@contextmanager
def progress_bar(cases: int, *, wanted: bool) -> Iterator[Tell]:
    """A bar on stderr where that is a terminal, gone when left; to be told of work as it is done, in cases."""
    if not wanted or sys.stderr is None or not sys.stderr.isatty():
        yield lambda _: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:.0f} %"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(f"playing {cases} {'run' if cases == 1 else 'runs'}", total=cases)
        yield lambda done: progress.advance(task, done)
