"""evcc: the history's CSV (`evcc metrics data --csv`, or "download" in the history view), and the charging sessions.

One row a quarter or an hour: `time.start,time.end`, then Wh a slot: `pv.Roof.energy.Wh`, `grid.energy.Wh` (import),
`grid.returnEnergy.Wh` (export), the same of `battery.NAME` (charged, discharged), `loadpoint.NAME.energy.Wh`; local
times. Source of the facts: evcc-io/evcc, core/metrics/db_history.go and core/session/session.go.
What evcc sends to InfluxDB is read by `influx`.
"""

from __future__ import annotations

from controller.simulation.importers.clock import Clock
from controller.simulation.importers.columns import tell_doubled_hours
from controller.simulation.importers.day import Day, Series, Shape
from controller.simulation.importers.reading import Reading, Role, Unit, Wish
from controller.simulation.importers.table import Table
from controller.simulation.trace import TraceError

_ROLES = {
    ("pv", "energy"): Role.PV,
    ("grid", "energy"): Role.GRID_IMPORT,
    ("grid", "returnEnergy"): Role.GRID_EXPORT,
    ("battery", "energy"): Role.BATTERY_CHARGE,
    ("battery", "returnEnergy"): Role.BATTERY_DISCHARGE,
    ("loadpoint", "energy"): Role.EV,
    ("home", "energy"): Role.LOAD,
}

MEASUREMENTS = {
    "pvPower": Role.PV,
    "gridPower": Role.GRID,
    "homePower": Role.LOAD,
    "batteryPower": Role.BATTERY,
    "chargePower": Role.EV,
}
"""What evcc calls them in InfluxDB, W; its signs are ours. Source: server/influxdb.go; docs.evcc.io, meters."""


_SESSION_COLUMNS = 10
"""Of the charging sessions at the least; start and end of the meter and the energy are in kWh among them."""


def is_evcc(first: list[str]) -> bool:
    """Whether a file begins like the history's CSV."""
    return first[:2] == ["time.start", "time.end"]


def is_sessions(first: list[str]) -> bool:
    """Whether a file begins like the charging sessions', in whatever language."""
    return len(first) >= _SESSION_COLUMNS and sum("(kWh)" in name for name in first) >= 3


def refuse_sessions(file: str) -> TraceError:
    """Why sessions are no day."""
    return TraceError(
        f"{file}: are evcc's charging sessions, a row a charge: they do not tell what sun and house did meanwhile; "
        "take the history's CSV (evcc metrics data --csv --aggregate 15m) or its measurements out of InfluxDB"
    )


def add_evcc(table: Table, day: Day, reading: Reading) -> None:
    """Adds all that the balance of the house needs. Raises TraceError."""
    line, head = next(table.rows)
    head = [name.strip() for name in head]
    day.seen.update(dict.fromkeys(head[2:]))
    picks = _picks(head, day)
    if reading.wishes:
        raise TraceError(f"{day.place(day.here(line))}: evcc's columns need no --column; --format csv takes other ones")
    start_clock, end_clock = Clock(reading), Clock(reading)
    for line, row in table.rows:
        place = day.here(line)
        where = day.place(place)
        if len(row) != len(head):
            raise TraceError(f"{where}: {len(row)} columns instead of {len(head)}")
        start_s, end_s = start_clock.seconds(row[0], where), end_clock.seconds(row[1], where)
        if end_s <= start_s:
            raise TraceError(f"{where}: the slot ends before it begins")
        for series, index in picks:
            energy_wh = day.figures.number(row[index], where)
            series.add_slot(start_s, end_s, None if energy_wh is None else energy_wh * 3600 / (end_s - start_s), place)
    tell_doubled_hours(start_clock, day, reading)


def _picks(head: list[str], day: Day) -> list[tuple[Series, int]]:
    """The columns that count: with the grid the balance, for consumers may or may not be part of "home"."""
    found = [(_role(name), name, index) for index, name in enumerate(head[2:], start=2)]
    roles = {role for role, _, _ in found}
    drop = Role.LOAD if {Role.GRID_IMPORT, Role.GRID_EXPORT} <= roles else None
    return [
        (day.of(Wish(role=role, unit=Unit.W, source=name), Shape.SLOT), index)
        for role, name, index in found
        if role is not None and role is not drop
    ]


def _role(name: str) -> Role | None:
    parts = name.split(".")
    return _ROLES.get((parts[0], parts[-2])) if len(parts) >= 3 and parts[-1] == "Wh" else None
