"""Every repair is told, everything else is an error with a remedy."""

from pathlib import Path

import pytest

from controller.simulation.trace import TraceError
from tests.simulation.importers.days import NOON_S, OWN_HEAD, iso, kwh, minutes, read, told, written


def test_a_clean_file_has_nothing_to_tell(tmp_path: Path) -> None:
    day = read(written(tmp_path, OWN_HEAD + minutes(["100,300", "200,400"])))
    assert list(day.trace.pv_w) == [100, 200]
    assert day.repairs == ()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (minutes(["1,2"]) + minutes(["1,2"]), r"F.csv:3: .* is not later than the line before.*or --format csv"),
        (minutes(["-1,2", "1,2"]), r"F.csv:2: pv_w '-1' must be between.*or --format csv"),
    ],
)
def test_our_own_format_is_as_strict_as_ever(tmp_path: Path, text: str, words: str) -> None:
    with pytest.raises(TraceError, match=words):
        read(written(tmp_path, OWN_HEAD + text))


def test_our_own_format_tells_its_gap(tmp_path: Path) -> None:
    text = OWN_HEAD + minutes(["1,2"] * 5) + minutes(["1,2"] * 5, NOON_S + 3600)
    assert "F.csv:7: 56 min without a row from 2026-06-21T12:04:00Z" in told(read(written(tmp_path, text)))


def test_rows_are_sorted(tmp_path: Path) -> None:
    rows = minutes(["100,300", "200,400", "300,500", "400,600"]).splitlines(keepends=True)
    file = written(tmp_path, OWN_HEAD + "".join([rows[0], rows[2], rows[1], rows[3]]))
    day = read(file, format="csv")
    assert list(day.trace.pv_w) == [100, 200, 300, 400]
    assert f"{file}:4: 1 row of pv_w earlier than the one before, sorted" in day.repairs


def test_the_newest_first(tmp_path: Path) -> None:
    rows = minutes(["100,300", "200,400", "300,500"]).splitlines(keepends=True)
    day = read(written(tmp_path, OWN_HEAD + "".join(reversed(rows))), format="csv")
    assert list(day.trace.pv_w) == [100, 200, 300]
    assert "2 rows of load_w earlier" in told(day)


def test_doubled_rows(tmp_path: Path) -> None:
    text = OWN_HEAD + minutes(["100,300", "200,400"]) + minutes(["200,400", "300,500"], NOON_S + 60)
    day = read(written(tmp_path, text), format="csv")
    assert list(day.trace.pv_w) == [100, 200, 300]
    assert "F.csv:4: 1 row of pv_w doubled, dropped" in told(day)


def test_doubled_rows_that_differ(tmp_path: Path) -> None:
    text = OWN_HEAD + minutes(["100,300", "200,400"]) + minutes(["250,400", "300,500"], NOON_S + 60)
    file = written(tmp_path, text)
    with pytest.raises(
        TraceError, match=r"F.csv:4: pv_w at 2026-06-21T12:01:00Z is 250, but 200 on .*F.csv:3; --doubled"
    ):
        read(file, format="csv")
    first, last = read(file, format="csv", doubled="first"), read(file, format="csv", doubled="last")
    assert list(first.trace.pv_w) == [100, 200, 300]
    assert list(last.trace.pv_w) == [100, 250, 300]
    assert "1 row of pv_w for one instant differ, the last counts" in told(last)


def test_a_gap(tmp_path: Path) -> None:
    text = OWN_HEAD + minutes(["0,300"] * 5) + minutes(["2600,300"] * 5, NOON_S + 30 * 60)
    day = read(written(tmp_path, text), format="csv")
    assert day.trace.at(NOON_S + 17 * 60)[0] == pytest.approx(1300)
    assert "F.csv:2: pv_w: a gap of 26 min from 2026-06-21T12:04:00Z to 2026-06-21T12:30:00Z, bridged in a str" in told(
        day
    )


def test_a_long_gap(tmp_path: Path) -> None:
    file = written(tmp_path, OWN_HEAD + minutes(["0,300"] * 5) + minutes(["0,300"] * 5, NOON_S + 3600))
    with pytest.raises(TraceError, match=r"F.csv:2: pv_w has a gap of 56 min from .*; --gap-s 3360 bridges it"):
        read(file, format="csv")
    assert "a gap of 56 min" in told(read(file, format="csv", gap_s=3360))
    assert read(file, format="csv", between="hold").repairs == ()


def test_missing_values_are_counted_and_are_gaps(tmp_path: Path) -> None:
    file = written(tmp_path, OWN_HEAD + minutes(["0,300", "nan,300", ",300", "300,300", "400,300"]))
    day = read(file, format="csv")
    assert "F.csv:3: 2 rows of pv_w without a value" in told(day)
    assert "a gap of 3 min" in told(day)
    assert day.trace.at(NOON_S + 60)[0] == pytest.approx(100)


def test_an_inverter_that_consumes_a_little(tmp_path: Path) -> None:
    day = read(written(tmp_path, OWN_HEAD + minutes(["900,300", "-12,300", "-3,300", "5,300"])), format="csv")
    assert list(day.trace.pv_w) == [900, 0, 0, 5]
    assert "F.csv:3: pv_w negative 2 times, at the least -12 W, taken as 0" in told(day)


def test_pv_with_the_wrong_sign(tmp_path: Path) -> None:
    file = written(tmp_path, "time,pv_w,load_w\n" + minutes(["-900,300", "-1200,300", "0,300"]))
    with pytest.raises(
        TraceError, match=r"F.csv:2: .*negative, but is, 2 times, at the least -1200 W;.*pv_w=-pv_w turns"
    ):
        read(file, format="csv")
    assert list(read(file, "pv_w=-pv_w", "load_w=load_w").trace.pv_w) == [900, 1200, 0]


def test_the_balance_of_the_house(tmp_path: Path) -> None:
    text = "time,pv_w,grid_w,battery_w,ev_w\n" + minutes(["5000,-1000,-500,3000", "5000,200,500,3000"])
    day = read(written(tmp_path, text))
    assert list(day.trace.load_w) == [500, 2700]
    assert "load reckoned as grid + pv + battery - ev" in told(day)


def test_a_balance_without_a_car_says_so(tmp_path: Path) -> None:
    day = read(written(tmp_path, "time,pv_w,grid_w\n" + minutes(["500,100", "600,100"])))
    assert list(day.trace.load_w) == [600, 700]
    assert "if the car charged, name its power too: --column ev_w=NAME" in told(day)


def test_a_house_meter_with_the_car_in_it(tmp_path: Path) -> None:
    day = read(written(tmp_path, "time,pv_w,house_w,ev_w\n" + minutes(["500,4000,3600", "600,300,0"])))
    assert list(day.trace.load_w) == [400, 300]


def test_a_load_makes_the_grid_superfluous(tmp_path: Path) -> None:
    day = read(written(tmp_path, "time,pv_w,load_w,grid_w\n" + minutes(["500,100,-400", "600,100,-500"])))
    assert list(day.trace.load_w) == [100, 100]
    assert "grid not needed, left out" in told(day)


def test_meters_that_are_read_one_after_the_other(tmp_path: Path) -> None:
    rows = ["5000,-4600"] * 30 + ["1000,-4600"] + ["1000,-600"] * 150
    day = read(written(tmp_path, "time,pv_w,grid_w\n" + minutes(rows)), gap_s=60)
    assert min(day.trace.load_w) == 0
    assert "the load is negative from 2026-06-21T12:30:00Z on, at the least -3600 W, once in all, taken as 0" in told(
        day
    )


def test_a_grid_with_the_wrong_sign(tmp_path: Path) -> None:
    file = written(tmp_path, "time,pv_w,grid_w\n" + minutes(["5000,4600"] * 3 + ["100,-300"] * 20))
    with pytest.raises(
        TraceError, match=r"the load is negative from .* a sign is wrong.*--column grid_w=-NAME turns one"
    ):
        read(file)
    assert list(read(file, "pv_w=pv_w", "grid_w=-grid_w").trace.load_w) == [400] * 23


def test_kilowatts(tmp_path: Path) -> None:
    file = written(tmp_path, "time,pv,load\n" + minutes(["4.5,0.3", "5,0.4"]))
    assert list(read(file, "pv_kw=pv", "load_kw=load").trace.pv_w) == [4500, 5000]
    assert "were that kW?" in told(read(file, "pv_w=pv", "load_w=load"))


def test_steps_that_hide_clouds(tmp_path: Path) -> None:
    text = OWN_HEAD + "".join(f"{iso(NOON_S + 3600 * hour)},100,300\n" for hour in range(5))
    assert "a value every 60 min: clouds are smoothed away" in told(read(written(tmp_path, text), format="csv"))


def test_series_that_begin_apart(tmp_path: Path) -> None:
    pv = written(tmp_path, "time,pv_w\n" + minutes(["100"] * 60), "pv.csv")
    load = written(tmp_path, "time,load_w\n" + minutes(["300"] * 60, NOON_S + 1800), "load.csv")
    day = read([pv, load])
    assert (day.trace.times_s[0], day.trace.duration_s) == (NOON_S + 1800, 29 * 60)
    assert "cut to 2026-06-21T12:30:00Z - 2026-06-21T12:59:00Z" in told(day)
    late = written(tmp_path, "time,load_w\n" + minutes(["300"] * 9, NOON_S + 86400), "late.csv")
    with pytest.raises(TraceError, match="no time in common"):
        read([pv, late])


def test_counters_are_means(tmp_path: Path) -> None:
    text = "time,pv_kwh,grid_import_kwh,grid_export_kwh\n" + "".join(
        f"{iso(NOON_S + 300 * index)},{7000 + 0.2 * index:.3f},{10 + 0.01 * index:.3f},{5 + 0.1 * index:.3f}\n"
        for index in range(13)
    )
    day = read(written(tmp_path, text))
    assert kwh(day) == pytest.approx((2.4, 2.4 + 0.12 - 1.2), rel=1e-6)
    assert day.trace.at(NOON_S + 700) == pytest.approx((2400, 1320))


@pytest.mark.parametrize(
    ("readings", "energy_kwh", "words"),
    [
        ([800, 900, 0, 100, 200], 0.3, r"F.csv:4: the counter pv_wh begins at 0 again, once, counted from 0"),
        ([800, 900, 100], 0.2, r"F.csv:4: the counter pv_wh begins at 0 again, once"),
        ([800, 900, 899, 950, 1000], 0.2, r"F.csv:4: the counter pv_wh steps back a little, once, taken as 0 W"),
        ([800] * 5, 0.0, r"F.csv:2: the counter pv_wh stands still all the time"),
    ],
)
def test_counters_with_faults(tmp_path: Path, readings: list[int], energy_kwh: float, words: str) -> None:
    day = read(written(tmp_path, "time,pv_wh,load_w\n" + minutes([f"{reading},300" for reading in readings])))
    assert kwh(day)[0] == pytest.approx(energy_kwh, rel=1e-4)
    assert words in told(day)


def test_a_counter_that_is_read_too_often(tmp_path: Path) -> None:
    head = "time,pv_kwh,load_w\n"
    coarse = read(written(tmp_path, head + minutes([f"{7 + minute // 3 * 0.1:.1f},300" for minute in range(30)])))
    assert "F.csv:2: the counter pv_kwh is read more often than it counts: 6000 W or 0 W" in told(coarse)
    fine = read(written(tmp_path, head + minutes([f"{7 + minute * 0.033:.4f},300" for minute in range(30)])))
    assert "more often" not in told(fine)


def test_power_that_was_called_a_counter(tmp_path: Path) -> None:
    file = written(tmp_path, "time,pv_wh,load_w\n" + minutes(["800,1", "900,1", "700,1"]))
    with pytest.raises(TraceError, match=r"F.csv:4: the counter pv_wh falls from 900 to 700 Wh; for power write pv_w="):
        read(file)
