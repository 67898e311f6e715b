"""`sunpace history energy`: what flowed, day by day of the site."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from controller.cli.history.energy import by_day
from controller.cli.main import main
from controller.control.clock import WallClock
from controller.domain.quarter_hours import QUARTER, CarNote, QuarterHour, quarter_of
from controller.history.quarter_hours import QuarterHourFile
from tests.cli.history.test_sessions import CONFIG
from tests.support.plugins import write


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(CONFIG.format(directory=tmp_path / "state"))
    return file


def recorded(config: Path, *quarters: QuarterHour) -> None:
    store = QuarterHourFile(config.parent / "state")
    for quarter in quarters:
        store.keep(quarter, CarNote(quarter.start))
    store.close()


def lately() -> QuarterHour:
    now = quarter_of(WallClock().now())
    return QuarterHour(now, 900.0, 4000.0, 400.0, 0.0, None, 900.0, 600.0)


def test_people_see_a_row_a_day(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recorded(config, lately(), lately()._replace(start=lately().start - timedelta(days=3), pv_w=None, ev_wh=0.0))
    assert main(["history", "energy", "--config", str(config)]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert "PV kWh" in lines[0]
    assert lines[-1].split()[-4:] == ["1.00", "0.10", "0.90", "67%"]
    assert lines[-2].split()[-4:] == ["-", "0.10", "0.00", "-"]


def test_programs_get_an_object(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recorded(config, lately())
    assert main(["history", "energy", "--config", str(config), "--json"]) == 0
    data = json.loads(capsys.readouterr().out)
    (day,) = data["days"]
    assert day["pv_kwh"] == 1.0
    assert (day["car_kwh"], day["car_solar_kwh"], day["sun_share"], day["seen_h"]) == (0.9, 0.6, 0.667, 0.25)


def test_what_is_said_of_strategies_does_not_come_between(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(config.parent, name="tea-time")
    recorded(config, lately())
    assert main(["history", "energy", "--config", str(config), "--json"]) == 0
    told = capsys.readouterr()
    assert len(json.loads(told.out)["days"]) == 1
    assert "'tea-time' is no name for a strategy" in told.err


def test_days_that_are_longer_ago_are_left_out(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    recorded(config, lately()._replace(start=lately().start - timedelta(days=3)))
    assert main(["history", "energy", "--config", str(config), "--days", "2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["days"] == []


def test_nothing_on_record_is_no_fault(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history", "energy", "--config", str(config)]) == 0
    assert "nothing is on record" in capsys.readouterr().out
    assert not (config.parent / "state").exists()


def test_a_damaged_file_is_told_and_left_alone(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = config.parent / "state" / "history.db"
    file.parent.mkdir()
    file.write_bytes(b"no database" * 1000)
    assert main(["history", "energy", "--config", str(config)]) == 1
    told = capsys.readouterr().err
    assert f"{file} cannot be read" in told
    assert told.count("\n") == 1
    assert file.read_bytes() == b"no database" * 1000


@pytest.mark.parametrize("days", ["0", "401", "-1", "x", "1e3", "²"])
def test_days_are_a_number(days: str, config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["history", "energy", "--config", str(config), f"--days={days}"])
    assert ended.value.code == 2
    assert "1 to 400" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 23),
        ("Europe/Berlin", date(2026, 10, 25), 25),
        ("America/New_York", date(2026, 11, 1), 25),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("Asia/Kathmandu", date(2026, 3, 29), 24),
    ],
)
def test_no_quarter_is_lost_or_doubled_when_clocks_change(zone: str, day: date, hours: float) -> None:
    first = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(days=2)
    quarters = [QuarterHour(first + index * QUARTER, 900.0, 1000.0, 500.0, ev_wh=10.0) for index in range(96 * 5)]
    found = by_day(quarters, ZoneInfo(zone))
    (shown,) = (one for one in found if one.day == day)
    assert shown.seen_s / 3600 == hours
    assert (shown.pv_wh, shown.load_wh) == (1000 * hours, 500 * hours)
    assert sum(one.ev_wh for one in found) == 10.0 * 96 * 5
