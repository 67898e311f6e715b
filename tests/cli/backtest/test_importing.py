"""`sunpace backtest` with other programs' files: flags, repairs on stderr, the day written down."""

from __future__ import annotations

import argparse
import json
import pickle
from pathlib import Path

import pytest

from controller.cli.backtest.file_source import file_sources
from controller.cli.backtest.parser import add_backtest
from controller.cli.main import main
from controller.simulation.importers import read_day
from controller.simulation.trace import read_trace
from tests.simulation.importers.days import OWN_HEAD, minutes, written

SUN = ["5000,300"] * 30
GERMAN = "Zeit;Sonne;Netz\n" + "".join(f"21.06.2026 14:{minute:02};5,0;-4,7\n" for minute in range(30))
FLAGS = ["--column", "pv_kw=Sonne", "--column", "grid_kw=Netz", "--timezone", "Europe/Berlin"]


def run(*arguments: object) -> int:
    return main(["backtest", *map(str, arguments)])


def test_another_programs_file_gives_the_same_as_our_own(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    german, own = written(tmp_path, GERMAN), written(tmp_path, OWN_HEAD + minutes(SUN), "own.csv")
    assert run(german, *FLAGS, "--json") == 0
    output = capsys.readouterr()
    assert output.err.splitlines() == [
        f"{german}: load reckoned as grid + pv; if the car charged, name its power too: --column ev_w=NAME"
    ]
    assert run(own, "--json") == 0
    ours = capsys.readouterr()
    assert ours.err == ""
    assert json.loads(output.out)["sum"]["solar_kwh"] == pytest.approx(
        json.loads(ours.out)["sum"]["solar_kwh"], rel=1e-6
    )
    assert json.loads(ours.out)["sum"]["solar_kwh"] > 1


def test_the_day_is_written_in_our_own_format(tmp_path: Path) -> None:
    written_day = tmp_path / "day.csv"
    german = written(tmp_path, GERMAN)
    assert run(german, *FLAGS, "--write-trace", written_day, "--json") == 0
    trace = read_trace(written_day)
    assert len(trace.times_s) == 30
    assert trace.at(trace.times_s[0]) == pytest.approx((5000, 300))


def test_files_are_joined_to_a_day(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    head = "entity_id,state,last_changed\n"
    pv = written(tmp_path, f"{head}sensor.pv,5000,2026-06-21T12:00:00Z\nsensor.pv,0,2026-06-21T12:30:00Z\n", "pv.csv")
    load = written(
        tmp_path, f"{head}sensor.load,300,2026-06-21T12:00:00Z\nsensor.load,0,2026-06-21T12:30:00Z\n", "l.csv"
    )
    assert run(pv, load, "--join", "--column", "pv_w=sensor.pv", "--column", "load_w=sensor.load", "--json") == 0
    runs = json.loads(capsys.readouterr().out)["runs"]
    assert [one["trace"] for one in runs] == [f"{pv} + {load}"]
    assert runs[0]["solar_kwh"] > 1


def test_a_source_goes_to_another_process(tmp_path: Path) -> None:
    parser = argparse.ArgumentParser()
    add_backtest(parser.add_subparsers())
    arguments = parser.parse_args(["backtest", str(written(tmp_path, GERMAN)), *FLAGS])
    (source,) = pickle.loads(pickle.dumps(file_sources(arguments)))
    assert source.load().pv_w == read_day(source.files, source.reading).trace.pv_w


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--format", "excel"], "--format excel is none of own, home-assistant, evcc, influx2"),
        (["--column", "sun=x"], "--column sun=x: sun is none of time, pv, load"),
        (["--timezone", "Europe/Mars"], "--timezone Europe/Mars is no time zone"),
        (["--timezone", "../etc/passwd"], "is no time zone"),
        (["--date", "21.6."], "--date 21.6. is no day; write it like 2026-06-21"),
        (["--delimiter", "ab"], "--delimiter 'ab' is not one character"),
        (["--encoding", "klingon"], "--encoding klingon is unknown"),
        (["--encoding", "hex"], "--encoding hex is unknown"),
        (["--encoding", "rot13"], "--encoding rot13 is unknown"),
        (["--time-format", "%d.%m.%y %H:%M %H"], "--time-format '%d.%m.%y %H:%M %H' is none"),
        (["--time-format", "%Q"], "--time-format '%Q' is none"),
        (["--gap-s", "nan"], "--gap-s nan is no length of time"),
        (["--gap-s", "-1"], "--gap-s -1.0 is no length of time"),
        (["--join"], "--join makes one day of several files, not of 1"),
    ],
)
def test_wrong_flags(tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: list[str], words: str) -> None:
    assert run(written(tmp_path, OWN_HEAD + minutes(SUN)), *flags) == 2
    assert words in capsys.readouterr().err


def test_a_days_file_that_cannot_be_used_leaves_nothing_behind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, target = written(tmp_path, "a,b\n1,2\n"), tmp_path / "day.csv"
    assert run(file, "--write-trace", target) == 1
    assert "F.csv:1: begins with 'a,b'" in capsys.readouterr().err
    assert sorted(tmp_path.iterdir()) == [file]
    assert run(file, file, "--write-trace", target) == 2
    assert "--write-trace goes with one day" in capsys.readouterr().err
