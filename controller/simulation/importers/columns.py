"""Any table: a column of times, and columns that are wished for by name or number; emonCMS's have no names at all.

emonCMS writes `time,value` a feed without a header, the time as seconds, ISO 8601 or 21/06/2026 12:00:00, `null` for no
value. Source of the facts: emoncms/emoncms, Modules/feed/engine/shared_helper.php; openenergymonitor/guide.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from controller.simulation.importers.clock import Clock
from controller.simulation.importers.day import Day, Series, Shape, shape_of
from controller.simulation.importers.reading import WISHES, Reading, Wish
from controller.simulation.importers.table import Row, Table
from controller.simulation.trace import TraceError

_TIMES = {
    "time",
    "_time",
    "timestamp",
    "datetime",
    "date_time",
    "date",
    "utc",
    "zeit",
    "zeitstempel",
    "zeitpunkt",
    "datum",
}
_FEED_TIME = re.compile(r"[0-9]{9,11}|[0-9]{4}-[0-9][0-9]-[0-9][0-9][T ].*|[0-9][0-9]/[0-9][0-9]/[0-9]{4} .*")
_FEED_VALUE = re.compile(r"null|[-+]?[0-9]*[.,]?[0-9]+([eE][-+]?[0-9]+)?")


def is_feed(first: list[str]) -> bool:
    """Whether a file has no header, and rows like emonCMS's."""
    times, values = first[:1], first[1:]
    return bool(values) and all(map(_FEED_TIME.fullmatch, times)) and all(map(_FEED_VALUE.fullmatch, values))


def own_names(first: list[str]) -> tuple[Wish, ...]:
    """Columns that are called as `--column` calls them."""
    return tuple(
        Wish(role=role, unit=unit, source=name)
        for name, (role, unit) in WISHES.items()
        if name in map(str.lower, first)
    )


def add_feed(table: Table, day: Day, reading: Reading) -> None:
    """Adds emonCMS's columns, by number, or the one there is by the file's name. Raises TraceError."""
    day.seen[table.file.name] = None
    names = {table.file.name, table.file.stem}
    picks: list[tuple[Wish, int]] = []
    for wish in reading.wishes:
        if wish.source in names and len(table.first) == 2:
            picks.append((wish, 1))
        elif wish.source.isdigit() and 2 <= int(wish.source) <= len(table.first):
            picks.append((wish, int(wish.source) - 1))
    _add(table, day, reading, _Layout(time=0, picks=picks, width=len(table.first)), Clock(reading, day_first=True))


def add_columns(table: Table, day: Day, reading: Reading) -> None:
    """Adds the columns that are wished for. Raises TraceError."""
    wishes = reading.wishes or own_names(table.first)
    numbered = [wish.source for wish in wishes] + [reading.time_column or "1"]
    nameless = all(source.isdigit() and source not in table.first for source in numbered)
    if not nameless:
        line, head = _head(table)
    else:
        line, head = 1, table.first
    day.seen.update(dict.fromkeys(head))
    time = _time(head, reading, day.place(day.here(line)), nameless=nameless)
    picks = [
        (wish, index) for wish in wishes if (index := _index(head, wish.source, day.place(day.here(line)))) is not None
    ]
    if nameless and not re.match(r"\s*[0-9]", head[time]):
        next(table.rows)  # names that nobody asked for
    _add(table, day, reading, _Layout(time=time, picks=picks, width=len(head)), Clock(reading))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Layout:
    """Where is what: the time's column, the others', and how many there are."""

    time: int
    picks: list[tuple[Wish, int]]
    width: int


def _head(table: Table) -> Row:
    """The names; InfluxDB's annotations may stand before them."""
    for line, row in table.rows:
        if not row[0].startswith("#"):
            return line, [cell.strip() for cell in row]
    raise TraceError(f"{table.file}: has comments only")


def _time(head: list[str], reading: Reading, place: str, *, nameless: bool) -> int:
    if reading.time_column is not None:
        found = _index(head, reading.time_column, place)
        if found is None:
            raise TraceError(f"{place}: no column {reading.time_column} for the time; there: {', '.join(head)}")
        return found
    usual = [index for index, name in enumerate(head) if name.lower() in _TIMES]
    if len(usual) != 1 and not nameless:
        raise TraceError(f"{place}: which column is the time? --column time=NAME; there: {', '.join(head)}")
    return usual[0] if usual else 0


def _index(head: list[str], source: str, place: str) -> int | None:
    same = [index for index, name in enumerate(head) if name == source] or [
        index for index, name in enumerate(head) if name.lower() == source.lower()
    ]
    if len(same) > 1:
        numbers = " and ".join(str(index + 1) for index in same)
        raise TraceError(f"{place}: the columns {numbers} are both called {source}; name one by its number")
    if same:
        return same[0]
    return int(source) - 1 if source.isdigit() and 1 <= int(source) <= len(head) else None


def _add(table: Table, day: Day, reading: Reading, layout: _Layout, clock: Clock) -> None:
    series: list[tuple[Series, int, float]] = [
        (day.of(wish, shape_of(wish, Shape.LINE, reading.between)), index, wish.factor) for wish, index in layout.picks
    ]
    for line, row in table.rows:
        place = day.here(line)
        where = day.place(place)
        if len(row) != layout.width:
            raise TraceError(f"{where}: {len(row)} columns instead of {layout.width}; --delimiter says what parts them")
        time_s = clock.seconds(row[layout.time], where)
        for one, index, factor in series:
            value = day.figures.number(row[index], where)
            one.add(time_s, None if value is None else value * factor, place)
    tell_doubled_hours(clock, day, reading)


def tell_doubled_hours(clock: Clock, day: Day, reading: Reading) -> None:
    """Says on which days the order told an hour from its repetition."""
    for doubled in sorted(clock.doubled_hours):
        day.told.append(
            f"{day.file}: on {doubled} {reading.timezone} repeats an hour; its rows were told apart by their order"
        )
