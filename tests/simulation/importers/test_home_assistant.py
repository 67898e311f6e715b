"""Home Assistant's history: changes only, entity after entity, states as text."""

from pathlib import Path

import pytest

from controller.simulation.trace import TraceError
from tests.simulation.importers.days import NOON_S, iso, kwh, read, told, written

HEAD = "entity_id,state,last_changed\n"
NAMES = ("pv_w=sensor.pv", "grid_w=sensor.grid")


def rows(entity: str, *states: tuple[float, object]) -> str:
    return "".join(f"{entity},{state},{iso(NOON_S + minute * 60)}\n" for minute, state in states)


def test_a_state_holds_until_it_changes(tmp_path: Path) -> None:
    text = (
        HEAD
        + rows("sensor.pv", (0, 2000), (40, 1000.5), (50, 0))
        + rows("sensor.grid", (0, -1500), (40, 0), (300, 400))
    )
    day = read(written(tmp_path, text), *NAMES)
    trace = day.trace
    assert trace.duration_s == 300 * 60
    assert [trace.at(NOON_S + 60 * minute)[0] for minute in (0, 39.9, 40, 49, 51, 299)] == [
        2000,
        2000,
        1000.5,
        1000.5,
        0,
        0,
    ]
    assert trace.at(NOON_S + 60 * 20)[1] == 500


def test_silence_is_no_gap_but_unavailable_is(tmp_path: Path) -> None:
    outage = rows("sensor.pv", (0, 2000), (300, "unavailable"), (310, "unknown"), (320, 1900), (600, 0))
    file = written(tmp_path, HEAD + outage + rows("sensor.grid", (0, -1500), (600, 200)))
    day = read(file, *NAMES)
    assert "F.csv:3: 2 rows of sensor.pv without a value" in told(day)
    assert (
        "sensor.pv: a gap of 20 min from 2026-06-21T17:00:00Z to 2026-06-21T17:20:00Z, bridged with the value before"
        in told(day)
    )
    assert day.trace.at(NOON_S + 310 * 60)[0] == 2000
    with pytest.raises(TraceError, match=r"sensor.pv has a gap of 20 min from .*; --gap-s 1200 bridges it"):
        read(file, *NAMES, gap_s=600)


def test_silent_ends_are_cut(tmp_path: Path) -> None:
    text = rows("sensor.pv", (0, "unknown"), (60, 2000), (120, 1000), (180, "unavailable"))
    day = read(written(tmp_path, HEAD + text + rows("sensor.grid", (0, -500), (300, -400))), *NAMES)
    assert (day.trace.times_s[0], day.trace.duration_s) == (NOON_S + 3600, 7200)
    assert "cut to" in told(day)


def test_the_later_of_two_rows_for_one_instant_counts(tmp_path: Path) -> None:
    text = HEAD + rows("sensor.pv", (0, 1000), (10, 900), (10, 800), (20, 0)) + rows("sensor.grid", (0, 300))
    with pytest.raises(TraceError, match=r"1 row of sensor.grid with a value are no day"):
        read(written(tmp_path, text), *NAMES)
    day = read(written(tmp_path, text + rows("sensor.grid", (20, 400))), *NAMES)
    assert day.trace.at(NOON_S + 660)[0] == 800
    assert "F.csv:3: 1 row of sensor.pv for one instant differ, the last counts" in told(day)


def test_counters_in_kwh(tmp_path: Path) -> None:
    pv = rows("sensor.pv_energy", (0, 10), (30, 11), (60, 12.5), (240, 12.5))
    load = rows("sensor.load", (0, 300), (240, 310))
    day = read(written(tmp_path, HEAD + pv + load), "pv_kwh=sensor.pv_energy", "load_w=load")
    assert kwh(day)[0] == pytest.approx(2.5, rel=1e-4)
    assert day.trace.at(NOON_S + 60)[0] == pytest.approx(2000)


def test_a_counter_that_moves_no_more_is_no_end(tmp_path: Path) -> None:
    text = rows("sensor.pv_energy", (0, 10), (60, 12)) + rows("sensor.load", (0, 300), (240, 310))
    day = read(written(tmp_path, HEAD + text), "pv_kwh=pv_energy", "load_w=load")
    assert day.trace.duration_s == 240 * 60
    assert day.trace.at(NOON_S + 7200)[0] == 0


def test_one_file_an_entity(tmp_path: Path) -> None:
    pv = written(tmp_path, HEAD + rows("sensor.pv", (0, 2), (30, 1)), "pv.csv")
    grid = written(tmp_path, HEAD + rows("sensor.grid", (0, -1), (30, 1)), "grid.csv")
    day = read([pv, grid], "pv_kw=sensor.pv", "grid_kw=sensor.grid")
    assert day.trace.at(NOON_S + 60) == (2000, 1000)


@pytest.mark.parametrize(
    ("text", "columns", "words"),
    [
        (rows("sensor.pv", (0, 1)), (), r"F.csv: say which is which, like --column pv_w=NAME .*; there: sensor.pv"),
        (rows("sensor.sun", (0, 1)), NAMES, r"nothing for --column pv_w=sensor.pv; there: sensor.sun"),
        (rows("sensor.pv", (0, "on")), NAMES, r"F.csv:2: 'on' is no number"),
        ("sensor.pv,1,2026-06-21T12:00:00\n", NAMES, r"F.csv:2: time .* has no offset"),
        ("sensor.pv,1\n", NAMES, r"F.csv:2: 2 columns instead of"),
        (rows("sensor.pv", (0, 1), (9, 2)), ("pv_w=sensor.pv",), r"no load found; say --column load_w=NAME, or grid_w"),
        (rows("sensor.pv", (0, 1), (9, 2)), ("load_w=sensor.pv",), r"no PV found; say --column pv_w=NAME"),
        (rows("sensor.pv", (0, "unknown"), (9, "unknown")), ("pv_w=pv",), r"0 rows of pv with a value are no day"),
    ],
)
def test_what_cannot_be_read(tmp_path: Path, text: str, columns: tuple[str, ...], words: str) -> None:
    with pytest.raises(TraceError, match=words):
        read(written(tmp_path, HEAD + text), *columns)
