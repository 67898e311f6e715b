"""Generated days on the command line."""

from __future__ import annotations

import argparse
import json
from datetime import date

import pytest

from controller.cli.backtest.day_flags import DAY_HELP, add_day_flags
from controller.cli.backtest.day_source import day_sources
from controller.cli.main import main
from controller.cli.virtual import virtual_day
from controller.domain.errors import ConfigError
from controller.simulation.days.day import Day, generate
from controller.simulation.days.kind import DayKind
from controller.simulation.days.standard import standard_days


def _days(*flags: str) -> list[Day]:
    parser = argparse.ArgumentParser()
    add_day_flags(parser)
    return [source.day for source in day_sources(parser.parse_args(flags))]


def test_days_come_in_the_order_asked_for() -> None:
    assert [day.name for day in _days("--day", "broken:2-4", "--day", "winter", "--day", "clear:7")] == [
        "broken:2", "broken:3", "broken:4", "winter:1", "clear:7",
    ]  # fmt: skip
    assert _days() == []


def test_flags_say_what_the_days_are_like() -> None:
    flags = ["--latitude", "-35", "--on", "2026-12-24", "--peak-w", "6000", "--no-heat-pump"]
    (day,) = _days("--day", "fog:3", *flags)
    assert day == Day(
        kind=DayKind.FOG, seed=3, latitude_deg=-35.0, on=date(2026, 12, 24), peak_w=6000.0, heat_pump=False
    )


def test_the_standard_set_stays_as_it_is() -> None:
    assert _days("--day", "standard") == list(standard_days())
    days = _days("--day", "standard", "--day", "broken:99", "--peak-w", "5000")
    assert days == [*standard_days(), Day(kind=DayKind.BROKEN, seed=99, peak_w=5000.0)]


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        (["--day", "3"], "is no day"),
        (["--day", "standard:2"], "is no day"),
        (["--day", "broken", "--latitude", "91"], "latitude 91"),
        (["--day", "broken", "--latitude", "nan"], "latitude nan"),
        (["--day", "broken", "--peak-w", "1e9"], "peak"),
        (["--day", "broken", "--on", "1900-01-01"], "1900-01-01"),
        (["--latitude", "50"], "--latitude: goes with a day of some kind"),
        (["--day", "standard", "--on", "2026-01-01", "--no-heat-pump"], "--on, --no-heat-pump: go"),
    ],
)
def test_wrong_use_is_told(flags: list[str], told: str) -> None:
    with pytest.raises(ConfigError, match=told):
        _days(*flags)


@pytest.mark.parametrize(
    ("flag", "told"),
    [
        ("--latitude=x", "'x' is no number of degrees"),
        ("--peak-w=", "no number of watts"),
        ("--on=24.12.", "no date"),
    ],
)
def test_what_is_no_value_is_told(flag: str, told: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        _days("--day", "clear", flag)
    assert exit_.value.code == 2
    assert told in capsys.readouterr().err


def test_the_help_names_every_kind() -> None:
    assert DAY_HELP.endswith(", ".join(DayKind))


def test_a_generated_day_is_played(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backtest", "--day", "sunny:2", "--latitude", "30", "--phases", "1", "--json"]) == 0
    (run,) = json.loads(capsys.readouterr().out)["runs"]
    assert run["trace"] == "sunny:2"
    assert run["solar_kwh"] > 20


def test_demo_and_emulate_play_the_day_that_is_asked_for() -> None:
    usual, other = virtual_day(None, "12:00"), virtual_day(None, "12:00", "overcast:4")
    trace = generate(Day(kind=DayKind.OVERCAST, seed=4))
    assert other.plant.pv_w == trace.at(trace.times_s[0] + 43_200)[0]
    assert usual.plant.pv_w > other.plant.pv_w
    assert other.length_s is None


def test_the_usual_day_shows_sun_at_once() -> None:
    assert virtual_day(None, "10:00").plant.grid_w < -4000


@pytest.mark.parametrize(
    ("command", "told"),
    [
        (["demo", "--day", "rain"], "'rain' is no day"),
        (["demo", "--day", "broken:1-3"], "one seed, like broken:1"),
        (["demo", "--day", "broken", "--trace", "x.csv"], "name one of them"),
        (["emulate", "home", "--day", "standard"], "'standard' is no day"),
    ],
)
def test_wrong_days_are_exit_2(command: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(command) == 2
    out, err = capsys.readouterr()
    assert told in err
    assert len(err.splitlines()) == 1
    assert not out
