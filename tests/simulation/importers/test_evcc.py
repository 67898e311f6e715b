"""evcc: the history's CSV, its measurements in InfluxDB, and its sessions, which are refused."""

from pathlib import Path

import pytest

from controller.simulation.trace import TraceError
from tests.simulation.importers.days import NOON_S, iso, kwh, read, told, written

HEAD = (
    "time.start,time.end,pv.East.energy.Wh,pv.West.energy.Wh,battery.energy.Wh,battery.returnEnergy.Wh,battery.soc.pct,"
    "grid.energy.Wh,grid.returnEnergy.Wh,loadpoint.Garage.energy.Wh,home.energy.Wh,forecast.energy.Wh\n"
)


def slots(*rows: str, local: bool = False) -> str:
    def time(index: int) -> str:
        text = iso(NOON_S + 900 * index)
        return text[:-1].replace("T", " ") if local else text

    return "".join(f"{time(index)},{time(index + 1)},{row}\n" for index, row in enumerate(rows))


def test_a_history(tmp_path: Path) -> None:
    text = "\ufeff" + HEAD + slots("500,250,100,0,50,0,300,200,150,1", "400,100,0,50,51,20,0,400,170,1", local=True)
    day = read(written(tmp_path, text), timezone="UTC")
    assert day.trace.duration_s == 1800
    assert day.trace.at(NOON_S + 100) == pytest.approx((3000, 600))
    assert kwh(day) == pytest.approx((1.25, 0.15 + 0.17), rel=1e-4)
    assert "load reckoned as grid_import - grid_export + pv + battery_discharge - battery_charge - ev" in told(day)
    assert "a value every 15 min" in told(day)


def test_a_missing_slot_is_a_gap_and_an_overlap_is_refused(tmp_path: Path) -> None:
    head = "time.start,time.end,pv.energy.Wh,home.energy.Wh\n"
    rows = slots(*["500,100"] * 5).splitlines(keepends=True)
    missing = written(tmp_path, head + "".join(rows[:2] + rows[3:]))
    assert "a gap of 15 min from 2026-06-21T12:30:00Z to 2026-06-21T12:45:00Z" in told(read(missing))
    with pytest.raises(TraceError, match=r"has a gap of 15 min .*; --gap-s 900 bridges it"):
        read(missing, gap_s=600)
    assert "a gap of" not in told(read(written(tmp_path, head + "".join(reversed(rows)))))
    late = f"{iso(NOON_S)},{iso(NOON_S + 901)},500,100\n"
    with pytest.raises(TraceError, match=r"F.csv:3: the slot begins at 2026-06-21T12:15:00Z, before the one of .*:2 e"):
        read(written(tmp_path, head + late + "".join(rows[1:])))


def test_without_a_grid_home_is_the_load(tmp_path: Path) -> None:
    head = "time.start,time.end,pv.energy.Wh,home.energy.Wh\n"
    day = read(written(tmp_path, head + slots("500,100", "500,", "500,100", "500,100")))
    assert day.trace.at(NOON_S) == pytest.approx((2000, 400))
    assert "1 row of home.energy.Wh without a value" in told(day)


def test_the_night_that_summer_time_ends(tmp_path: Path) -> None:
    starts = [f"2026-10-25 0{hour}:{minute:02}" for hour in (1, 2, 2, 3) for minute in (0, 15, 30, 45)]
    rows = "".join(f"{one},{two},0,25\n" for one, two in zip(starts, [*starts[1:], "2026-10-25 04:00"], strict=True))
    file = written(tmp_path, "time.start,time.end,pv.energy.Wh,home.energy.Wh\n" + rows)
    day = read(file, timezone="Europe/Berlin")
    assert day.trace.duration_s == 4 * 3600
    assert "on 2026-10-25 Europe/Berlin repeats an hour; its rows were told apart by their order" in told(day)


def test_semicolons_and_local_times_want_a_zone(tmp_path: Path) -> None:
    text = (HEAD + slots("500,250,100,0,50,0,300,200,150,1", local=True)).replace(",", ";")
    with pytest.raises(TraceError, match=r"F.csv:2: time .* has no offset; say --timezone"):
        read(written(tmp_path, text))


@pytest.mark.parametrize(
    "head",
    [
        "Created,Finished,Loadpoint,Identifier,Vehicle,Odometer (km),Meter Start (kWh),Meter Stop (kWh),"
        "Charged Energy (kWh),Charge Duration,Soc Start (%),Soc Stop (%),Solar (%),Price,Price/kWh,CO2/kWh (gCO2eq)",
        "Startzeit;Endzeit;Ladepunkt;Kennung;Fahrzeug;Kilometerstand (km);Anfang (kWh);Ende (kWh);Energie (kWh);Dauer",
    ],
)
def test_sessions_are_refused_with_what_serves(tmp_path: Path, head: str) -> None:
    with pytest.raises(
        TraceError, match=r"charging sessions, a row a charge: .* take the history's CSV .* or its meas"
    ):
        read(written(tmp_path, head + "\n"))


def test_a_column_makes_no_sense_here(tmp_path: Path) -> None:
    with pytest.raises(TraceError, match="need no --column"):
        read(written(tmp_path, HEAD), "pv_w=pv.East.energy.Wh")
    with pytest.raises(TraceError, match=r"F.csv:2: the slot ends before it begins"):
        read(written(tmp_path, f"{HEAD}{iso(NOON_S)},{iso(NOON_S)},1,1,1,1,1,1,1,1,1,1\n"))


def measured(name: str, *values: float, tags: str = "") -> str:
    return "".join(f"{name},{tags},{int(NOON_S + 30 * index)}000000000,{value}\n" for index, value in enumerate(values))


def test_measurements_in_influxdb(tmp_path: Path) -> None:
    text = (
        "name,tags,time,value\n"
        + measured("pvPower", 3000, 3100)
        + measured("pvPower", 2000, 2000, tags='"id=1"')
        + measured("gridPower", 1000, 900)
        + measured("batteryPower", -500, -500)
        + measured("chargePower", 1500, 1500, tags='"loadpoint=Garage,vehicle=Zoe"')
        + measured("chargePower", 1000, 1000, tags='"loadpoint=Yard"')
    )
    day = read(written(tmp_path, text))
    assert list(day.trace.pv_w) == [3000, 3100]
    assert list(day.trace.load_w) == [1000, 1000]


def test_the_homes_power_is_the_load(tmp_path: Path) -> None:
    text = "name,tags,time,value\n" + measured("pvPower", 3000, 3100) + measured("homePower", 400, 500)
    assert list(read(written(tmp_path, text)).trace.load_w) == [400, 500]
