"""Home Assistant: the file of "Download data" in its history panel.

Rows of `entity_id,state,last_changed`, one entity after the other; times in UTC; a row only where the state has
changed; states may be `unavailable` or `unknown`. Older than the recorder keeps, the rows are hourly means (of a
counter its state).

Source of the facts: home-assistant/frontend, src/panels/history/ha-panel-history.ts.
"""

from __future__ import annotations

from controller.simulation.importers.clock import Clock
from controller.simulation.importers.day import Day, Shape, shape_of
from controller.simulation.importers.reading import Reading
from controller.simulation.importers.table import Table
from controller.simulation.trace import TraceError

_HEAD = ["entity_id", "state", "last_changed"]


def is_home_assistant(first: list[str]) -> bool:
    """Whether a file begins so."""
    return first[: len(_HEAD)] == _HEAD


def add_home_assistant(table: Table, day: Day, reading: Reading) -> None:
    """Adds the entities that are wished for. Raises TraceError."""
    next(table.rows)
    wishes: dict[str, list[tuple[Clock, int]]] = {}
    for line, row in table.rows:
        place = day.here(line)
        if len(row) < len(_HEAD):
            raise TraceError(f"{day.place(place)}: {len(row)} columns instead of entity_id, state, last_changed")
        entity, state, time = row[:3]
        if entity not in wishes:
            day.seen[entity] = None
            names = {entity, entity.partition(".")[2]}
            wishes[entity] = [
                (Clock(reading), index) for index, wish in enumerate(reading.wishes) if wish.source in names
            ]
        for clock, index in wishes[entity]:
            wish = reading.wishes[index]
            time_s = clock.seconds(time, day.place(place))
            value = day.figures.number(state, day.place(place))
            series = day.of(wish, shape_of(wish, Shape.HOLD, reading.between))
            series.add(time_s, None if value is None else value * wish.factor, place)
