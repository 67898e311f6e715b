"""Which format a file has, by how it begins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from controller.simulation.importers.columns import add_columns, add_feed, is_feed, own_names
from controller.simulation.importers.day import Day
from controller.simulation.importers.evcc import add_evcc, is_evcc, is_sessions, refuse_sessions
from controller.simulation.importers.figures import Decimal
from controller.simulation.importers.home_assistant import add_home_assistant, is_home_assistant
from controller.simulation.importers.influx import add_influx_1, add_influx_2, is_influx_1, is_influx_2
from controller.simulation.importers.openwb import add_daily, add_json, add_live, is_daily, is_json, is_live
from controller.simulation.importers.reading import Reading
from controller.simulation.importers.table import Table
from controller.simulation.trace import COLUMNS, TraceError

OWN = "own"
"""Our own format: read as strictly as ever."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Format:
    """One way to write days.

    Attributes:
        name: As `--format` takes it.
        fits: Whether a file that begins with these cells is of it.
        add: Adds its rows to a day.
        names_itself: Whether the format says which column is what.
        decimal: What begins a fraction in it; None where that differs.
    """

    name: str
    fits: Callable[[list[str]], bool]
    add: Callable[[Table, Day, Reading], None]
    names_itself: bool = False
    decimal: Decimal | None = None


_FORMATS = (
    Format(name="home-assistant", fits=is_home_assistant, add=add_home_assistant, decimal="."),
    Format(name="evcc", fits=is_evcc, add=add_evcc, names_itself=True),
    Format(name="influx2", fits=is_influx_2, add=add_influx_2, names_itself=True, decimal="."),
    Format(name="influx1", fits=is_influx_1, add=add_influx_1, names_itself=True, decimal="."),
    Format(name="openwb2", fits=is_json, add=add_json, names_itself=True),
    Format(name="openwb", fits=is_daily, add=add_daily, names_itself=True),
    Format(name="openwb-live", fits=is_live, add=add_live, names_itself=True),
    Format(name="emoncms", fits=is_feed, add=add_feed),
    Format(name="csv", fits=lambda first: bool(own_names(first)), add=add_columns),
)

FORMATS = (OWN, *(one.name for one in _FORMATS))
"""What `--format` takes."""


def is_own(table: Table) -> bool:
    """Whether a file begins like our own format."""
    return tuple(table.first) == COLUMNS


def format_of(table: Table, reading: Reading) -> Format:
    """The format that was asked for, or that fits. Raises TraceError."""
    if reading.format is not None:
        wanted = "csv" if reading.format == OWN else reading.format  # one of several files of a day
        return next(one for one in _FORMATS if one.name == wanted)
    if is_sessions(table.first):
        raise refuse_sessions(str(table.file))
    found = next((one for one in _FORMATS if one.fits(table.first)), None)
    if found is not None and reading.time_column is None:
        return found
    if reading.wishes or own_names(table.first):
        return _FORMATS[-1]
    raise TraceError(
        f"{table.file}:1: begins with {','.join(table.first)[:120]!r}, which is none of {', '.join(FORMATS)}; "
        "say --column pv_w=NAME --column load_w=NAME with the names of its columns"
    )
