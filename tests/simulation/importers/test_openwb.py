"""openWB: the daily logs of 1.9 and 2.x, the live graph of 1.9."""

import json
from pathlib import Path

import pytest

from controller.simulation.trace import TraceError
from tests.simulation.importers.days import NOON_S, kwh, read, told, written


def daily(count: int = 13) -> str:
    """12:00 to 13:00: 3 kW of sun, 500 W for the house, 1 kW into the battery, 1.2 kW for the car, 300 W exported."""
    rows = []
    for index in range(count):
        hours = index / 12
        counters = [
            90_000,
            4000 + 300 * hours,
            70_000 + 3000 * hours,
            0,
            0,
            0,
            8000 + 1200 * hours,
            500 + 1000 * hours,
            300,
        ]
        rows.append(
            f"{12 + index // 12:02}{index % 12 * 5:02}," + ",".join(f"{value:.3f}" for value in counters) + ",,55\n"
        )
    return "".join(rows)


def test_the_daily_log_of_1_9(tmp_path: Path) -> None:
    day = read(written(tmp_path, daily(), "20260621.csv"), timezone="UTC")
    assert (day.trace.times_s[0], day.trace.duration_s) == (NOON_S, 3600)
    assert kwh(day) == pytest.approx((3, 0.5), rel=1e-4)
    assert "load reckoned as grid_import - grid_export + pv + battery_discharge - battery_charge - ev" in told(day)


def test_the_date_is_in_the_name_or_in_a_flag(tmp_path: Path) -> None:
    file = written(tmp_path, daily(), "today.csv")
    with pytest.raises(
        TraceError, match=r"today.csv:1: the rows have no date; name the file like 20260621.csv or say --d"
    ):
        read(file, timezone="UTC")
    assert read(file, timezone="UTC", date="2026-06-21").trace.times_s[0] == NOON_S
    with pytest.raises(TraceError, match="--timezone"):
        read(written(tmp_path, daily(), "20260621.csv"))


def test_the_live_graph(tmp_path: Path) -> None:
    rows = "".join(f"23:59:{second:02},-200,1500,3000,1500,0,1500,600,50,0,0,700,0,0\n" for second in range(0, 60, 10))
    rows += "00:00:00,-200,1500,3000,1500,0,1500,600,50,0,0,700,0,0\n"
    day = read(written(tmp_path, rows, "all-live.graph"), timezone="UTC", date="2026-06-21")
    assert day.trace.duration_s == 60
    assert day.trace.at(NOON_S) == (3000, 700)


def entry(index: int, **changes: object) -> dict[str, object]:
    energy = 100 * index
    parts: dict[str, object] = {
        "timestamp": int(NOON_S) + 300 * index,
        "date": "12:00",
        "counter": {
            "counter3": {"grid": False, "imported": 1, "exported": 2},
            "counter0": {"grid": True, "imported": 5000 + energy, "exported": 100},
        },
        "pv": {"all": {"exported": 900 + 2 * energy}, "pv1": {"exported": 1}},
        "cp": {"all": {"imported": 40 + energy, "exported": 0}},
        "bat": {},
        "hc": {"all": {"imported": 7}},
    }
    return parts | changes


def test_the_daily_log_of_2(tmp_path: Path) -> None:
    log = {"entries": [entry(index) for index in range(5)], "names": {}}
    day = read(written(tmp_path, json.dumps(log), "20260621.json"))
    assert kwh(day) == pytest.approx((0.8, 0.8), rel=1e-4)
    assert day.trace.at(NOON_S + 10) == pytest.approx((2400, 2400))


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ({"entries": []}, 'has no "entries"'),
        ({"entries": [entry(0), entry(1, pv={"all": {"exported": 10**400}})]}, "exported of PV in entry 2 is beyond"),
        ({"entries": [entry(0), entry(1, pv={"all": {"exported": float("nan")}})]}, "of PV in entry 2' is beyond all"),
        ({"entries": [entry(0, timestamp=10**400)]}, "timestamp of entry 1 is beyond all measure; remove the entry"),
        ({"entries": [entry(0, timestamp=5)]}, "the year of 'timestamp' cannot be"),
        ({"entries": [{"date": "12:00"}]}, "entry 1 has no timestamp"),
        (
            {"entries": [entry(0), entry(1, pv={"all": {"exported": "x"}})]},
            "exported of PV is 'x' in entry 2, no number",
        ),
        ({"entries": [entry(0), entry(1, pv={})]}, "1 row of PV with a value are no day"),
        ({"entries": [entry(index, counter={}) for index in range(3)]}, "no load found"),
    ],
)
def test_logs_of_2_that_cannot_be_read(tmp_path: Path, log: object, words: str) -> None:
    with pytest.raises(TraceError, match=words):
        read(written(tmp_path, json.dumps(log), "20260621.json"))
    with pytest.raises(TraceError, match="is no JSON"):
        read(written(tmp_path, json.dumps(log)[:-1], "20260621.json"))


def test_two_readings_are_a_day(tmp_path: Path) -> None:
    log = {"entries": [entry(0), entry(1)]}
    day = read(written(tmp_path, json.dumps(log), "20260621.json"))
    assert day.trace.duration_s == 300
    assert kwh(day) == pytest.approx((0.2, 0.2), rel=1e-4)
