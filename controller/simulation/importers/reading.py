"""How a person wants files to be read: which column is what, in which unit and which time zone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

from controller.domain.errors import ConfigError


class Role(StrEnum):
    """What a column measures; the signs are those of the whole project."""

    PV = "pv"
    LOAD = "load"
    HOUSE = "house"
    EV = "ev"
    GRID = "grid"
    GRID_IMPORT = "grid_import"
    GRID_EXPORT = "grid_export"
    BATTERY = "battery"
    BATTERY_DISCHARGE = "battery_discharge"
    BATTERY_CHARGE = "battery_charge"


class Unit(StrEnum):
    """In which unit; energy is always a counter that rises."""

    W = "w"
    KW = "kw"
    WH = "wh"
    KWH = "kwh"

    @property
    def factor(self) -> float:
        """To W or Wh."""
        return 1000.0 if self in {Unit.KW, Unit.KWH} else 1.0

    @property
    def is_energy(self) -> bool:
        """Whether it is a counter's."""
        return self in {Unit.WH, Unit.KWH}


WISHES = {f"{role}_{unit}": (role, unit) for role in Role for unit in Unit}
"""All that stands left of the `=` in `--column`, besides `time`."""

_SIGNED = {Role.GRID, Role.BATTERY}
"""What flows both ways: power only, for a counter has one direction."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """One quantity, and what it is called in the file.

    Attributes:
        role: The quantity.
        unit: Its unit there.
        source: Its column, number of the column (from 1), entity, measurement or file.
        sign: -1 where the file counts the other way round.
    """

    role: Role
    unit: Unit
    source: str
    sign: Literal[1, -1] = 1

    @property
    def factor(self) -> float:
        """To W or Wh in our direction."""
        return self.sign * self.unit.factor

    def __str__(self) -> str:
        return f"{self.role}_{self.unit}={'-' if self.sign < 0 else ''}{self.source}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """How files are read; goes to other processes.

    Attributes:
        format: One of `FORMATS`; None finds out by the file.
        wishes: What is what; empty where the format says so itself.
        time_column: The column of the time, where its name is not a usual one.
        timezone: IANA name of the zone of times without an offset.
        date: The day of times that have none.
        time_format: In the manner of `strptime`, for times that are none of the usual.
        decimal: Which character begins the fraction; None finds out.
        delimiter: Between the columns; None finds out.
        encoding: Of the text.
        gap_s: The longest gap that is bridged, s.
        doubled: Which of two rows for one instant counts; None refuses them where they differ.
        between: What is between two rows, a straight line or the first one's value; None takes what is usual for the
            format.
    """

    format: str | None = None
    wishes: tuple[Wish, ...] = ()
    time_column: str | None = None
    timezone: str | None = None
    date: date | None = None
    time_format: str | None = None
    decimal: Literal[".", ","] | None = None
    delimiter: str | None = None
    encoding: str = "utf-8-sig"
    gap_s: float = 1800.0
    doubled: Literal["first", "last"] | None = None
    between: Literal["line", "hold"] | None = None

    @property
    def zone(self) -> ZoneInfo | None:
        """The zone of times without an offset."""
        return None if self.timezone is None else ZoneInfo(self.timezone)


def parse_columns(texts: Sequence[str]) -> tuple[str | None, tuple[Wish, ...]]:
    """(the time's column, the wishes) out of `pv_w=Solar`, `grid_kw=-Netz`, `time=Zeit`. Raises ConfigError."""
    time_column: str | None = None
    wishes: list[Wish] = []
    for text in texts:
        name, equals, source = (part.strip() for part in text.partition("="))
        if not equals or not source.removeprefix("-"):
            raise ConfigError([f"--column {text}: write what=where, like pv_w=Solar or grid_kw=-Netz"])
        if name == "time":
            time_column = source
            continue
        if name not in WISHES:
            raise ConfigError([f"--column {text}: {name} is none of time, {', '.join(Role)} with _w, _kw, _wh or _kwh"])
        role, unit = WISHES[name]
        if unit.is_energy and role in _SIGNED:
            raise ConfigError([f"--column {text}: a counter has one direction: {_one_way(role, unit)}"])
        sign: Literal[1, -1] = -1 if source.startswith("-") else 1
        wishes.append(Wish(role=role, unit=unit, source=source.removeprefix("-"), sign=sign))
    return time_column, tuple(wishes)


def _one_way(role: Role, unit: Unit) -> str:
    ways = (Role.GRID_IMPORT, Role.GRID_EXPORT) if role is Role.GRID else (Role.BATTERY_DISCHARGE, Role.BATTERY_CHARGE)
    return " and ".join(f"{way}_{unit}" for way in ways)
