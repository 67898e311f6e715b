"""`sunpace meter watch`: a live view of a device, which may vanish and come back."""

from __future__ import annotations

import argparse
import json
import sys
from collections import deque
from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext, suppress
from datetime import datetime
from typing import Protocol, TextIO

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.live import Live
from rich.measure import Measurement
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from controller.cli.loop import run_on_loop
from controller.cli.meter.device import opened
from controller.cli.meter.read import has_powers, told
from controller.cli.meter.sentences import sentence
from controller.cli.meter.sparkline import sparkline
from controller.cli.meter.values import public_values, watts, with_unit
from controller.cli.meter.way_in import Target, find_target
from controller.control.clock import WallClock
from controller.domain.errors import DeviceError
from controller.domain.ports import Clock
from controller.domain.readings import Reading
from controller.meter.quantities import Quantity, Role

_HISTORY = 600
_SPARK_CELLS = (8, 48)
"""Fewest and most cells of a sparkline."""
Readings = dict[Role, Reading]


def watch(arguments: argparse.Namespace) -> int:
    """Polls until it is stopped; returns 0 where at least one poll told the power. Raises SunpaceError."""
    target = find_target(arguments)
    clock = WallClock()
    view: View = Lines(target, sys.stdout, as_json=arguments.json)
    if not arguments.json and sys.stdout is not None and sys.stdout.isatty():
        view = Picture(target, clock, sys.stdout)
    watching = Watching(target, view, clock, every_s=arguments.every, count=arguments.count)
    with suppress(KeyboardInterrupt):  # the usual end
        run_on_loop(watching.run)
    return 0 if watching.seen else 1


class View(Protocol):
    """Where polls are shown."""

    def show(self, now: datetime, readings: Readings, error: str | None, /) -> None:
        """Takes one poll: what was read, or why nothing was."""
        ...

    def shown(self) -> AbstractContextManager[object]:
        """Shows it while entered."""
        ...


class Watching:
    """Polls a device at its cadence.

    Args:
        target: The device.
        view: Where polls are shown.
        clock: The clock.
        every_s: Seconds from one poll to the next.
        count: Polls to make; None for no end.
    """

    def __init__(self, target: Target, view: View, clock: Clock, *, every_s: float, count: int | None) -> None:
        self._target = target
        self._view = view
        self._clock = clock
        self._every_s = every_s
        self._left = count
        self.seen = False

    async def run(self) -> None:
        """Polls until the count is full. Raises ConfigError."""
        async with opened(self._target, self._clock) as device:
            with self._view.shown():
                due_s = self._clock.monotonic_s()
                while self._left is None or self._left > 0:
                    readings: Readings = {}
                    error = None
                    try:
                        readings = {role: look.reading for role, look in (await device.look()).items()}
                    except DeviceError as fault:
                        error = str(fault)
                    self.seen = self.seen or (bool(readings) and has_powers(readings))
                    self._view.show(self._clock.now(), readings, error)
                    if self._left is not None:
                        self._left -= 1
                    if self._left != 0:
                        due_s = max(due_s + self._every_s, self._clock.monotonic_s())
                        await self._clock.sleep(due_s - self._clock.monotonic_s())


class Lines:
    """A line a poll.

    Args:
        target: The device.
        stream: Where to print.
        as_json: Whether programs read it.
    """

    def __init__(self, target: Target, stream: TextIO, *, as_json: bool) -> None:
        self._target = target
        self._stream = stream
        self._as_json = as_json
        self._lost = False

    def show(self, now: datetime, readings: Readings, error: str | None) -> None:
        """See `View.show`."""
        text = self._json(now, readings, error) if self._as_json else self._words(now, readings, error)
        print(text, file=self._stream, flush=True)

    def shown(self) -> AbstractContextManager[object]:
        """See `View.shown`."""
        return nullcontext()

    def _json(self, now: datetime, readings: Readings, error: str | None) -> str:
        data = told(self._target, readings)
        if error is not None:  # known to be asked for, and without a value now
            data |= {role.public_name(Quantity.POWER_W): None for role in self._target.roles}
        return json.dumps({"at": now.isoformat(timespec="milliseconds"), **data, "error": error})

    def _words(self, now: datetime, readings: Readings, error: str | None) -> str:
        back, self._lost = self._lost and error is None, error is not None
        at = f"{now.astimezone():%H:%M:%S}"
        if error is not None:
            return f"{at}  no reading: {error}"
        parts = [sentence(role, reading) for role, reading in readings.items()]
        _, refused = public_values(readings)
        powers = {role.public_name(Quantity.POWER_W) for role in readings}
        parts += [f"{name} refused: {why}" for name, why in refused.items() if name not in powers]
        return f"{at}  " + "; ".join(["it is back", *parts] if back else parts)


class _Sparkline:
    """A sparkline as wide as there is room for; the newest value is always in it, on the right.

    Args:
        values: The values, the newest last.
    """

    def __init__(self, values: Iterable[float | None]) -> None:
        self._values = list(values)

    def __rich_console__(self, _console: Console, options: ConsoleOptions) -> RenderResult:
        yield Text(sparkline(self._values, options.max_width).rjust(options.max_width), style="cyan")

    def __rich_measure__(self, _console: Console, options: ConsoleOptions) -> Measurement:
        return Measurement(*_SPARK_CELLS).with_maximum(options.max_width)


class Picture:
    """A picture that follows the device.

    Args:
        target: The device.
        clock: The clock.
        stream: The terminal.
    """

    def __init__(self, target: Target, clock: Clock, stream: TextIO) -> None:
        self._target = target
        self._clock = clock
        self._console = Console(file=stream)
        self._past: dict[Role, deque[float | None]] = {role: deque(maxlen=_HISTORY) for role in target.roles}
        self._readings: Readings = {}
        self._error: str | None = None
        self._read_at_s: float | None = None
        self._polls = self._failures = 0

    def show(self, _now: datetime, readings: Readings, error: str | None) -> None:
        """See `View.show`."""
        self._polls += 1
        self._failures += error is not None
        self._error = error
        if error is None:
            self._readings = readings
            self._read_at_s = self._clock.monotonic_s()
        for role, past in self._past.items():
            past.append(readings[role].power_w if role in readings else None)

    def shown(self) -> AbstractContextManager[object]:
        """See `View.shown`."""
        return Live(get_renderable=self.picture, console=self._console, refresh_per_second=4)

    def picture(self) -> RenderableType:
        """The device as it is now."""
        rows: list[RenderableType] = [self._powers(), Text()]
        rows.append(Text(self._error, style="bold red") if self._error is not None else self._sentences())
        if self._error is None and self._readings:
            rows += [Text(), self._values()]
        age = (
            "no reading yet" if self._read_at_s is None else f"{self._clock.monotonic_s() - self._read_at_s:.0f} s old"
        )
        rows += [Text(), Text(f"{age}   polls {self._polls}   failed {self._failures}   Ctrl-C ends", style="dim")]
        title = f"{self._target.profile.name} at {self._target.endpoint} unit {self._target.unit_id}"
        return Panel(Group(*rows), title=Text(title), title_align="left", box=box.ROUNDED, padding=(1, 2))

    def _powers(self) -> RenderableType:
        powers = Table(box=None, show_header=False, padding=(0, 1))
        for elastic in (False, False, True, False):
            powers.add_column(no_wrap=not elastic)
        for role, past in self._past.items():
            known = [value for value in past if value is not None]
            now = past[-1] if past else None
            sign = "" if now is None or now >= 0 else "-"
            span = f"{min(known):.0f} to {max(known):.0f} W" if known else ""
            powers.add_row(
                role.value,
                Text("-" if now is None else sign + watts(now), style="bold"),
                _Sparkline(past),
                Text(span, style="dim"),
            )
        return powers

    def _sentences(self) -> Text:
        return Text("\n".join(sentence(role, reading) for role, reading in self._readings.items()))

    def _values(self) -> RenderableType:
        values, refused = public_values(self._readings)
        rows = Table(box=None, show_header=False, padding=(0, 1))
        for name, value in values.items():
            rows.add_row(
                name, Text(f"refused: {refused[name]}", style="red") if name in refused else with_unit(name, value)
            )
        return rows
