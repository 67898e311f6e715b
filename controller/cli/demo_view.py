"""What the demo shows: a live picture on a terminal, plain lines elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Protocol, TextIO

from rich import box
from rich.align import Align
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from controller.domain.charger import ChargerStatus
from controller.domain.decision import Decision
from controller.domain.ports import Clock
from controller.domain.readings import House
from controller.domain.sentences import changes_when
from controller.domain.sentences.speech import format_duration
from controller.simulation.home import Home

_BAR_W = 10_000.0
_BAR_CELLS = 30
_HISTORY_LINES = 6


class View(Protocol):
    """A publisher that a person looks at."""

    def publish(self, house: House, status: ChargerStatus | None, decision: Decision) -> None:
        """See `Publisher.publish`."""
        ...

    def shown(self) -> AbstractContextManager[object]:
        """Shows it while entered."""
        ...


class PlainView:
    """One line a change of command or reason.

    Args:
        home: The virtual home, for the powers as they are.
        clock: Its clock.
        stream: Where to print.
    """

    def __init__(self, home: Home, clock: Clock, stream: TextIO) -> None:
        self._home = home
        self._clock = clock
        self._stream = stream
        self._printed: tuple[object, ...] = ()
        self._gone = False

    def publish(self, _house: House, _status: ChargerStatus | None, decision: Decision) -> None:
        """See `Publisher.publish`."""
        changed = (decision.command, decision.reason.code)
        if changed == self._printed:
            return
        self._printed = changed
        plant = self._home.live.now()
        self._print(
            f"{self._clock.now():%H:%M:%S}  sun {_kw(plant.pv_w)}  house {_kw(plant.load_w)}  car {_kw(plant.ev_w)}  "
            f"grid {_kw(plant.grid_w)}  {_command(decision):>8}  {decision.reason}"
        )

    def _print(self, line: str) -> None:
        """The first line that nobody takes is the last one; the house is run all the same."""
        if self._gone:
            return
        try:
            print(line, file=self._stream, flush=True)
        except OSError:
            self._gone = True

    def shown(self) -> AbstractContextManager[object]:
        """See `View.shown`."""
        return nullcontext()


class LiveView:
    """A picture that follows the house.

    Args:
        home: The virtual home, for the powers as they are.
        clock: Its clock.
        stream: The terminal.
    """

    def __init__(self, home: Home, clock: Clock, stream: TextIO) -> None:
        self._home = home
        self._clock = clock
        self._console = Console(file=stream)
        self._status: ChargerStatus | None = None
        self._decision: Decision | None = None
        self._past: list[Text] = []
        self._noted: tuple[object, ...] = ()

    def publish(self, _house: House, status: ChargerStatus | None, decision: Decision) -> None:
        """See `Publisher.publish`."""
        self._status = status
        self._decision = decision
        changed = (decision.command, decision.reason.code)
        if changed != self._noted:
            self._noted = changed
            line = Text(f"{self._clock.now():%H:%M:%S}  {_command(decision):>8}  {decision.reason}", style="dim")
            self._past = [*self._past[1 - _HISTORY_LINES :], line]

    @contextmanager
    def shown(self) -> Iterator[None]:
        """See `View.shown`."""
        with Live(get_renderable=self.picture, console=self._console, refresh_per_second=5, transient=False):
            yield

    def picture(self) -> RenderableType:
        """The house as it is now."""
        plant = self._home.live.now()
        flows = Table(box=None, show_header=False, padding=(0, 1))
        flows.add_column(width=6)
        flows.add_column(justify="right", width=10)
        flows.add_column(width=_BAR_CELLS)
        flows.add_row("sun", _kw(plant.pv_w), _bar(plant.pv_w, "yellow"))
        flows.add_row("house", _kw(plant.load_w), _bar(plant.load_w, "blue"))
        flows.add_row("car", _kw(plant.ev_w), _bar(plant.ev_w, "green"))
        grid = "[red]imports[/]" if plant.grid_w > 0 else "[cyan]exports[/]"
        flows.add_row("grid", _kw(plant.grid_w), _bar(abs(plant.grid_w), "red" if plant.grid_w > 0 else "cyan"), grid)
        rows: list[RenderableType] = [flows, Text()]
        rows.append(self._verdict())
        rows += [Text(), *self._past, Text()]
        rows.append(self._totals())
        title = f"Sunpace demo   {self._clock.now():%H:%M:%S}"
        return Panel(Group(*rows), title=title, title_align="left", box=box.ROUNDED, width=92, padding=(1, 2))

    def _verdict(self) -> RenderableType:
        decision = self._decision
        if decision is None:
            return Text("starting ...")
        table = Table(box=None, show_header=False, padding=(0, 1))
        table.add_row("limit", Text(_command(decision), style="bold"))
        table.add_row("box", self._status.state.value if self._status is not None else "not seen yet")
        table.add_row("why", Text(str(decision.reason), style="bold"))
        waits_s = decision.reason.in_s
        following = "looks again at every meter reading" if waits_s is None else f"in {format_duration(waits_s)}"
        table.add_row("next", following)
        table.add_row("then", changes_when(decision.reason))
        return table

    def _totals(self) -> RenderableType:
        energy, record = self._home.live.now().energy, self._home.box.record
        share = f"{100 * energy.solar_kwh / energy.ev_kwh:.0f} % sun" if energy.ev_kwh > 0 else "nothing yet"
        text = (
            f"into the car {energy.ev_kwh:.2f} kWh ({share})   starts {energy.starts}   "
            f"limit writes {record.limit_writes}   calls {record.api_calls}"
        )
        return Align.left(Text(text))


def _kw(watts: float) -> str:
    return f"{watts / 1000 + 0.0:5.2f} kW"


def _command(decision: Decision) -> str:
    if decision.command is None:
        return "-"
    return f"{decision.command.limit_a} A" if decision.command.charging else "off"


def _bar(watts: float, color: str) -> Text:
    cells = min(_BAR_CELLS, round(watts / _BAR_W * _BAR_CELLS))
    return Text("━" * cells, style=color) + Text("─" * (_BAR_CELLS - cells), style="bright_black")
