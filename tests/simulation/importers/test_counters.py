"""Counters: glitches, resets, readings that are too close; and how far each rule goes."""

from pathlib import Path

import pytest

from controller.simulation.trace import TraceError
from tests.simulation.importers.days import NOON_S, OWN_HEAD, iso, kwh, minutes, read, told, written

HEAD = "time,pv_wh,load_w\n"


def counted(*readings: object) -> str:
    return HEAD + minutes([f"{reading},300" for reading in readings])


@pytest.mark.parametrize(
    ("readings", "dropped"),
    [
        ([800, 900, 0, 1000, 1100], 1),
        ([800, 900, 0, 0, 0, 1000, 1100], 3),
        ([800, 900, 450, 900, 1100], 1),
    ],
)
def test_readings_that_fall_and_come_back_are_dropped(tmp_path: Path, readings: list[int], dropped: int) -> None:
    day = read(written(tmp_path, counted(*readings)))
    assert kwh(day)[0] == pytest.approx(0.3, rel=1e-4)
    assert f"F.csv:4: {dropped} row" in told(day)
    assert "of the counter pv_wh far below those before and after, dropped" in told(day)
    assert "begins at 0" not in told(day)


def test_a_night_at_nought_is_no_glitch(tmp_path: Path) -> None:
    rows = [(0, 1000), (60, 0), (9 * 60, 1000), (10 * 60, 2000)]
    text = "".join(f"sensor.e,{reading},{iso(NOON_S + 60 * minute)}\n" for minute, reading in rows)
    load = f"sensor.l,300,{iso(NOON_S)}\nsensor.l,301,{iso(NOON_S + 36000)}\n"
    file = written(tmp_path, "entity_id,state,last_changed\n" + text + load)
    day = read(file, "pv_wh=sensor.e", "load_w=sensor.l")
    assert kwh(day)[0] == pytest.approx(2, rel=1e-3)
    assert "begins at 0 again, once" in told(day)


def test_a_reset_is_to_half_at_the_most(tmp_path: Path) -> None:
    day = read(written(tmp_path, counted(400, 800, 400)))
    assert kwh(day)[0] == pytest.approx(0.8, rel=1e-4)
    with pytest.raises(TraceError, match="falls from 800 to 401 Wh; for power"):
        read(written(tmp_path, counted(400, 800, 401)))


def test_another_meter_is_no_reset(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match=r"F.csv:5: .* falls from 150100 to 1000 Wh, .*counted from 0 in 60 s; leave"):
        read(written(tmp_path, counted(150000, 150050, 150100, 1000, 1050)))
    day = read(written(tmp_path, counted(150000, 150050, 150100, 100, 150)))
    assert kwh(day)[0] == pytest.approx(0.25, rel=1e-4)


def test_readings_within_a_second_are_merged(tmp_path: Path) -> None:
    text = f"time,pv_kwh,load_w\n{iso(NOON_S)},10,300\n{iso(NOON_S + 300)},10.01,300\n"
    text += f"{iso(NOON_S + 300.25)},10.02,300\n{iso(NOON_S + 600)},10.5,300\n"
    day = read(written(tmp_path, text))
    assert kwh(day)[0] == pytest.approx(0.5, rel=1e-4)
    assert "F.csv:4: 1 row of the counter pv_kwh within a second, merged" in told(day)


@pytest.mark.parametrize("reading", ["1e305", "2e9", "-2e9"])
def test_readings_beyond_all_houses(tmp_path: Path, reading: str) -> None:
    text = "time,pv_kwh,load_w\n" + minutes([f"{reading},3"] * 3)
    with pytest.raises(TraceError, match=r"F.csv:2: the counter pv_kwh is at .* kWh, more than any house has counted"):
        read(written(tmp_path, text))


def test_powers_beyond_all_houses_are_short(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match=r"F.csv:2: pv_w is 1e\+305 kW, more than any house has"):
        read(written(tmp_path, OWN_HEAD + minutes(["1e308,3", "4,3"])), format="csv")


@pytest.mark.parametrize(("turns", "told_so"), [(7, False), (8, True)])
def test_so_often_a_counter_turns_until_it_is_coarse(tmp_path: Path, turns: int, told_so: bool) -> None:
    reading, readings = 0, [0]
    for step in range(turns + 1):
        reading += 100 * (step % 2)
        readings.append(reading)
    assert ("more often than it counts" in told(read(written(tmp_path, counted(*readings))))) is told_so


@pytest.mark.parametrize(("peak_w", "least_w"), [(1000, 50), (10_000, 200)])
def test_so_much_standby(tmp_path: Path, peak_w: int, least_w: int) -> None:
    day = read(written(tmp_path, OWN_HEAD + minutes([f"{peak_w},300", f"-{least_w},300"])), format="csv")
    assert list(day.trace.pv_w) == [peak_w, 0]
    with pytest.raises(TraceError, match="should never be negative"):
        read(written(tmp_path, OWN_HEAD + minutes([f"{peak_w},300", f"-{least_w + 1},300"])), format="csv")


@pytest.mark.parametrize(("share", "refused"), [(4.9, False), (5.1, True)])
def test_so_much_negative_load(tmp_path: Path, share: float, refused: bool) -> None:
    head = "time,pv_w,grid_w\n"
    rows = [f"1000,{-1000 - share * 10:.3f}"] * 101 + [f"1000,{-1000 + (100 - share) * 10:.3f}"] * 101
    file = written(tmp_path, head + minutes(rows))
    if refused:
        with pytest.raises(TraceError, match="a sign is wrong"):
            read(file)
    else:
        assert "taken as 0" in told(read(file))


def test_a_single_missing_row_is_told(tmp_path: Path) -> None:
    rows = "".join(f"{iso(NOON_S + 3600 * hour)},100,300\n" for hour in (0, 1, 2, 4, 5, 6))
    with pytest.raises(TraceError, match=r"has a gap of 120 min .* --gap-s 7200"):
        read(written(tmp_path, OWN_HEAD + rows), format="csv")
    assert "a gap of 120 min" in told(read(written(tmp_path, OWN_HEAD + rows), format="csv", gap_s=7200))
    assert "120 min without a row" in told(read(written(tmp_path, OWN_HEAD + rows)))


def test_a_mistyped_year(tmp_path: Path) -> None:
    rows = minutes(["100,300"] * 3) + "2062-06-21T12:03:00Z,100,300\n"
    with pytest.raises(TraceError, match=r"F.csv:2: pv_w: goes from 2026-06-21T12:00:00Z to 2062-.* a mistyped year"):
        read(written(tmp_path, OWN_HEAD + rows), format="csv")


@pytest.mark.parametrize("form", ["own", "csv"])
def test_kilowatts_of_the_roof_alone(tmp_path: Path, form: str) -> None:
    text = told(read(written(tmp_path, OWN_HEAD + minutes(["4.51,300", "4.5,400"])), format=form))
    assert "never more than 4.51 W of pv; were that kW? --column pv_kw=NAME" in text
    assert "load_kw" not in text
