"""What a backtest writes takes the place of nothing that it reads or writes."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from controller.cli.backtest.output_files import check_output_files
from controller.cli.backtest.parser import add_backtest
from controller.domain.errors import ConfigError
from tests.cli.backtest.days import Person, sunny


@pytest.fixture
def day(tmp_path: Path) -> Path:
    return sunny(tmp_path / "day.csv", minutes=3)


def checked(*words: str | Path) -> None:
    parser = argparse.ArgumentParser()
    add_backtest(parser.add_subparsers())
    check_output_files(parser.parse_args(["backtest", *map(str, words)]))


@pytest.mark.parametrize("flag", ["--timeline", "--write-trace", "--plot"])
def test_a_recording_is_never_overwritten(flag: str, person: Person, day: Path) -> None:
    before = day.read_bytes()
    code, out, err = person.says(day, flag, day)
    assert (code, out) == (2, "")
    assert err == f"{flag} {day}: is a TRACE that is read, and would be lost; name another file\n"
    assert day.read_bytes() == before
    assert list(day.parent.iterdir()) == [day]


def test_whatever_the_name_is(day: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "link.csv").symlink_to(day)
    (tmp_path / "hard.csv").hardlink_to(day)
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path)
    for other in ("link.csv", "hard.csv", "day.csv", "./sub/../day.csv"):
        with pytest.raises(ConfigError, match="is a TRACE that is read"):
            checked(day, "--timeline", other)
    checked(day, "--timeline", "steps.csv", "--plot", "day.svg", "--write-trace", "own.csv")


def test_settings_are_never_overwritten(day: Path, tmp_path: Path) -> None:
    file = tmp_path / "settings.toml"
    file.write_text("")
    for flag in ("--config", "--plant"):
        with pytest.raises(ConfigError, match=f"is the {flag} that is read"):
            checked(day, flag, file, "--timeline", file)


def test_a_table_of_prices_is_never_overwritten(person: Person, day: Path) -> None:
    table = day.with_name("prices.toml")
    table.write_text("default_per_kwh = 0.3\n")
    for asked in (["--prices", table], ["--set", f"prices.file={table}", "--set", "prices.source=file"]):
        code, out, err = person.says(day, *asked, "--timeline", table)
        assert (code, out) == (2, "")
        assert err == f"--timeline {table}: is a table of prices that is read, and would be lost; name another file\n"
    assert table.read_text() == "default_per_kwh = 0.3\n"


def test_two_outputs_are_two_files(day: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path, target_is_directory=True)
    with pytest.raises(ConfigError, match=r"^--timeline .*: is also what --write-trace writes"):
        checked(day, "--timeline", tmp_path / "a.svg", "--write-trace", tmp_path / "a.svg")
    with pytest.raises(ConfigError, match=r"^--plot .*: is also what --timeline writes"):
        checked(day, "--timeline", tmp_path / "a.svg", "--plot", tmp_path / "link" / "a.svg")


@pytest.mark.parametrize("name", ["-", "/dev/stdout", "/dev/stderr", "/dev/null", "/"])
def test_an_output_is_a_file(name: str, person: Person, day: Path) -> None:
    # While tests run stdout is a file, as after `> figures.txt`: it is not to be replaced either.
    code, out, err = person.says(day, "--timeline", name)
    assert (code, out) == (2, "")
    assert err == f"--timeline {name}: goes into a file, and this is none; name one\n"
