"""InfluxDB: annotated CSV of version 2 (`_time,_value,_field,_measurement`), CSV of version 1 (`name,tags,time,value`).

A series is named by its measurement, its field, `measurement.field`, or the tag `entity_id` (Home Assistant's), with
tags behind it where several would fit: `pvPower,id=1`. evcc's measurements need no naming.
Source of the facts: docs.influxdata.com; evcc-io/evcc, server/influxdb.go: one measurement a value with the field
`value`, each inverter and battery under the same name as their sum, with the tag `id`.

"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from controller.simulation.importers.clock import Clock
from controller.simulation.importers.day import Day, Series, Shape, shape_of
from controller.simulation.importers.evcc import MEASUREMENTS
from controller.simulation.importers.reading import Reading, Unit, Wish
from controller.simulation.importers.table import Table
from controller.simulation.trace import TraceError

_EVCC = tuple(Wish(role=role, unit=Unit.W, source=name) for name, role in MEASUREMENTS.items())
_VALUES = {"value", "mean", "last", "first", "max", "min", "median", "mean_value", "last_value"}
_UNTAGGED = {"", "result", "table"}

_Tags = tuple[tuple[str, str], ...]
_Point = tuple[int, str, str, str, str, _Tags]
"""Line, time, measurement, field, value, tags."""


def is_influx_2(first: list[str]) -> bool:
    """Whether a file begins like version 2's."""
    return first[0] in {"#datatype", "#group", "#default"} or {"_time", "_value"} <= set(first)


def is_influx_1(first: list[str]) -> bool:
    """Whether a file begins like version 1's."""
    return first[0] == "name" and "time" in first[1:3]


def add_influx_2(table: Table, day: Day, reading: Reading) -> None:
    """Adds version 2's. Raises TraceError."""
    _add(_points_2(table), day, reading)


def add_influx_1(table: Table, day: Day, reading: Reading) -> None:
    """Adds version 1's. Raises TraceError."""
    _add(_points_1(table, reading), day, reading)


def _points_2(table: Table) -> Iterator[_Point]:
    """Several tables stand one after the other, each with its own header."""
    head: list[str] = []
    for line, row in table.rows:
        if row[0].startswith("#"):
            head = []
            continue
        if not head or "_time" in row:
            head = [cell.strip() for cell in row]
            if "error" in head:
                raise TraceError(
                    f"{table.file}:{line + 1}: InfluxDB answered with an error: {next(table.rows, (0, []))[1]}"
                )
            if not {"_time", "_value"} <= set(head):
                raise TraceError(
                    f"{table.file}:{line}: no _time and _value; --format csv takes any table: {', '.join(head)}"
                )
            continue
        if len(row) != len(head):
            raise TraceError(f"{table.file}:{line}: {len(row)} columns instead of {len(head)}")
        cells = dict(zip(head, row, strict=True))
        tags = tuple(
            (name, cell) for name, cell in cells.items() if not name.startswith("_") and name not in _UNTAGGED and cell
        )
        yield line, cells["_time"], cells.get("_measurement", ""), cells.get("_field", ""), cells["_value"], tags


def _points_1(table: Table, reading: Reading) -> Iterator[_Point]:
    _, head = next(table.rows)
    head = [name.strip() for name in head]
    wished = {part for wish in reading.wishes for part in wish.source.partition(",")[0].split(".")}
    fields = [name for name in head if name in wished or name in _VALUES]
    if not fields:
        raise TraceError(f"{table.file}:1: which column is the value? --column pv_w=NAME; there: {', '.join(head)}")
    for line, row in table.rows:
        if row == head:
            continue  # each measurement may begin with its own
        if len(row) != len(head):
            raise TraceError(f"{table.file}:{line}: {len(row)} columns instead of {len(head)}")
        cells = dict(zip(head, row, strict=True))
        tags = [(name, cell) for name, cell in cells.items() if name not in {"name", "tags", "time", *fields} and cell]
        for tag in filter(None, cells.get("tags", "").split(",")):
            name, _, value = tag.partition("=")
            if value:
                tags.append((name, value))
        for name in fields:
            if cells[name]:
                yield line, cells["time"], cells["name"], name, cells[name], tuple(tags)


@dataclass(slots=True)
class _Fits:
    """What a series of the file is wished for as."""

    clock: Clock
    series: list[tuple[Series, float]] = field(default_factory=list)


def _add(points: Iterator[_Point], day: Day, reading: Reading) -> None:
    known: dict[tuple[str, str, _Tags], _Fits] = {}
    for line, time, measurement, name, value, tags in points:
        key = (measurement, name, tags)
        if key not in known:
            day.seen[",".join([measurement or name, *("=".join(tag) for tag in tags)])] = None
            known[key] = _fits(measurement, name, tags, day, reading)
        place = day.here(line)
        for series, factor in known[key].series:
            number = day.figures.number(value, day.place(place))
            time_s = known[key].clock.seconds(time, day.place(place))
            series.add(time_s, None if number is None else number * factor, place)
    if reading.wishes:
        _refuse_several(day)
    else:
        _prefer_sums(day)


def _fits(measurement: str, name: str, tags: _Tags, day: Day, reading: Reading) -> _Fits:
    fits = _Fits(Clock(reading))
    names = {measurement, name, f"{measurement}.{name}", dict(tags).get("entity_id")}
    for wish in reading.wishes or _EVCC:
        source, *conditions = wish.source.split(",")
        if source not in names or not {tuple(condition.split("=", 1)) for condition in conditions} <= set(tags):
            continue
        # The vehicle comes and goes at the same charging point.
        parts = tags if reading.wishes else tuple(tag for tag in tags if tag[0] in {"id", "loadpoint"})
        labels = [f"{tag}={value}" for tag, value in parts]
        fits.series.append((day.of(wish, shape_of(wish, Shape.LINE, reading.between), *labels), wish.factor))
    return fits


def _refuse_several(day: Day) -> None:
    several: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for key in day.series:
        several.setdefault(key[:2], []).append(key[2:])
    for (_, source), labels in several.items():
        if len(labels) > 1:
            named = "; ".join(",".join(label) or "one without tags" for label in labels)
            example = next(label for label in labels if label)[-1]
            raise TraceError(
                f"{day.file}: {source} fits {len(labels)} series: {named}; name the tag too, like {source},{example}"
            )


def _prefer_sums(day: Day) -> None:
    """Inverters of evcc have the tag `id`; their sum is there under the same name without it."""
    sums = {key for key in day.series if not any(label.startswith("id=") for label in key[2:])}
    whole = {key[:2] for key in sums}
    for key in list(day.series):
        if key not in sums and key[:2] in whole:
            del day.series[key]
