"""openWB: the daily log of 1.9 (CSV) and of 2.x (JSON), and the live graph of 1.9.

1.9, `20260621.csv`: no header, a row in five minutes: HHMM, then counters in Wh: import, export, PV, three
charging points, their sum, battery charged, battery discharged, and more. The date is the file's name.
1.9, `all-live.graph`: a row in ten seconds: HH:MM:SS, then W: grid, charging, PV, two charging points, charging,
battery (charging is positive), and more.
2.x, `daily_log/20260621.json`: `entries` with `timestamp` and counters in Wh.
Source of the facts: snaptec/openWB, runs/cron5min.sh and its graphing script; openWB/core,
packages/helpermodules/measurement_logging/write_log.py.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from controller.simulation.importers.clock import Clock, plausible_s
from controller.simulation.importers.columns import tell_doubled_hours
from controller.simulation.importers.day import Day, Shape
from controller.simulation.importers.figures import finite
from controller.simulation.importers.reading import Reading, Role, Unit, Wish
from controller.simulation.importers.table import Table
from controller.simulation.trace import TraceError

_DAILY = {
    1: Wish(role=Role.GRID_IMPORT, unit=Unit.WH, source="import"),
    2: Wish(role=Role.GRID_EXPORT, unit=Unit.WH, source="export"),
    3: Wish(role=Role.PV, unit=Unit.WH, source="PV"),
    7: Wish(role=Role.EV, unit=Unit.WH, source="charging"),
    8: Wish(role=Role.BATTERY_CHARGE, unit=Unit.WH, source="battery charged"),
    9: Wish(role=Role.BATTERY_DISCHARGE, unit=Unit.WH, source="battery discharged"),
}
_LIVE = {
    1: Wish(role=Role.GRID, unit=Unit.W, source="grid"),
    2: Wish(role=Role.EV, unit=Unit.W, source="charging"),
    3: Wish(role=Role.PV, unit=Unit.W, source="PV"),
    7: Wish(role=Role.BATTERY, unit=Unit.W, source="battery", sign=-1),
}
_JSON = (
    (_DAILY[3], "pv", "exported"),
    (_DAILY[7], "cp", "imported"),
    (_DAILY[8], "bat", "imported"),
    (_DAILY[9], "bat", "exported"),
)
_MOST_BYTES = 64_000_000


def is_daily(first: list[str]) -> bool:
    """Whether a file begins like 1.9's daily log."""
    return len(first) >= 10 and bool(re.fullmatch(r"[0-9]{4}", first[0]))


def is_live(first: list[str]) -> bool:
    """Whether a file begins like 1.9's live graph."""
    return len(first) >= 8 and bool(re.fullmatch(r"[0-9][0-9]:[0-9][0-9]:[0-9][0-9]", first[0]))


def is_json(first: list[str]) -> bool:
    """Whether a file begins like 2.x's daily log."""
    return first[0].startswith("{")


def add_daily(table: Table, day: Day, reading: Reading) -> None:
    """Adds 1.9's daily log. Raises TraceError."""
    _add_rows(table, day, reading, _DAILY)


def add_live(table: Table, day: Day, reading: Reading) -> None:
    """Adds 1.9's live graph. Raises TraceError."""
    _add_rows(table, day, reading, _LIVE)


def add_json(table: Table, day: Day, _reading: Reading) -> None:
    """Adds 2.x's daily log; a `place` is the number of the entry. Raises TraceError."""
    for number, entry in enumerate(_entries(table.file), start=1):
        place = day.here(number)
        if not isinstance(entry, dict) or not isinstance(entry.get("timestamp"), int):
            raise TraceError(f"{day.place(place)}: entry {number} has no timestamp")
        where = day.place(place)
        time_s = plausible_s(_number(entry["timestamp"], f"timestamp of entry {number}", where), "timestamp", where)
        for wish, counter, key in _counters(entry):
            value = counter.get(key)
            if value is None and (wish.role is not Role.PV):
                continue
            if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
                raise TraceError(
                    f"{day.place(place)}: {key} of {wish.source} is {value!r} in entry {number}, no number"
                )
            reading_wh = None if value is None else _number(value, f"{key} of {wish.source} in entry {number}", where)
            day.of(wish, Shape.COUNTER).add(time_s, reading_wh, place)


def _number(value: float, what: str, place: str) -> float:
    try:
        return finite(float(value), what, place)
    except OverflowError as error:
        raise TraceError(f"{place}: {what} is beyond all measure; remove the entry") from error


def _counters(entry: Mapping[str, Any]) -> list[tuple[Wish, Mapping[str, Any], str]]:
    grid = next((one for one in _group(entry, "counter").values() if isinstance(one, dict) and one.get("grid")), {})
    others = [(wish, _group(_group(entry, group), "all"), key) for wish, group, key in _JSON]
    return [(_DAILY[1], grid, "imported"), (_DAILY[2], grid, "exported"), *others]


def _group(entry: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    group = entry.get(name)
    return group if isinstance(group, dict) else {}


def _entries(file: Path) -> list[Any]:
    if file.stat().st_size > _MOST_BYTES:
        raise TraceError(f"{file}: is too long for a day of openWB")
    try:
        log = json.loads(file.read_bytes())
    except (ValueError, RecursionError) as error:
        raise TraceError(f"{file}: is no JSON: {error}") from error
    entries = log.get("entries") if isinstance(log, dict) else None
    if not isinstance(entries, list) or not entries:
        raise TraceError(f'{file}: has no "entries", as a daily log of openWB 2.x has')
    return entries


def _add_rows(table: Table, day: Day, reading: Reading, columns: Mapping[int, Wish]) -> None:
    clock = Clock(reading, day=_date_of(table.file))
    for line, row in table.rows:
        place = day.here(line)
        where = day.place(place)
        if len(row) <= max(columns):
            raise TraceError(f"{where}: {len(row)} columns; at least {max(columns) + 1} are needed")
        time_s = clock.hours(row[0], where)
        for index, wish in columns.items():
            value = day.figures.number(row[index], where)
            shape = Shape.COUNTER if wish.unit.is_energy else Shape.LINE
            day.of(wish, shape).add(time_s, None if value is None else value * wish.factor, place)
    tell_doubled_hours(clock, day, reading)


def _date_of(file: Path) -> date | None:
    """20260621.csv has its date in its name."""
    try:
        return date.fromisoformat(file.stem)
    except ValueError:
        return None
