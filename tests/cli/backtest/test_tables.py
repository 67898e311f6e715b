"""Tables on terminals of any width, and the bar above them."""

from __future__ import annotations

import io
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console, RenderableType

from controller.cli.backtest.bar import progress_bar
from controller.cli.backtest.jobs import run_cases
from controller.cli.backtest.runs import ParameterSet, Run, cases_for, runs_of
from controller.cli.backtest.scene import make_scene
from controller.cli.backtest.tables import best_of, comparison_view, days_view, sweep_view
from controller.simulation.backtest.score import Outcome
from tests.cli.backtest.days import OddSource, Person, sunny

SHARES = ("0.5", "0.8")
MOST = Outcome(
    solar_kwh=4711.23,
    grid_kwh=1234.56,
    starts=2345,
    limit_writes=45678,
    commands=56789,
    steps=6307201,
    days=365,
    wall_s=9,
)


def parameter_set(share: str) -> ParameterSet:
    swept = (("strategy.surplus.solar_share", share),)
    return ParameterSet(scene=make_scene(None, [f"{key}={value}" for key, value in swept]), sets=(), swept=swept)


@pytest.fixture(scope="module")
def sets() -> list[ParameterSet]:
    return [parameter_set(share) for share in SHARES]


@pytest.fixture(scope="module")
def runs(sets: list[ParameterSet]) -> list[Run]:
    """Two years that look dark and were rich."""
    cases = cases_for([OddSource("2025.csv"), OddSource("2026.csv")], sets, ["sunpace"])
    played = runs_of(run_cases(cases, 1, lambda _: None))
    best = replace(MOST, solar_kwh=6000.0, grid_kwh=50.0)
    return [replace(run, outcome=MOST, perfect=best) for run in played if run.case.pilot == "sunpace"]


def lines_of(view: RenderableType, width: int) -> list[str]:
    console = Console(file=io.StringIO(), width=width, record=True)
    console.print(view)
    return console.export_text().splitlines()


@pytest.mark.parametrize("width", [80, 109, 110, 160])
def test_a_year_fits_the_terminal(width: int, runs: list[Run]) -> None:
    lines = lines_of(days_view(runs[:2], width), width)
    assert max(map(len, lines)) <= width
    row = next(line for line in lines if "2025.csv" in line).split()
    wanted = ["4711.23", "1234.56", *(["5945.79"] if width >= 110 else []), "2345", "56789"]
    assert [cell for cell in row if cell in wanted] == wanted
    assert ("45678" in row) == (width >= 110)


def test_a_comparison_and_a_sweep_fit_a_small_terminal(sets: list[ParameterSet], runs: list[Run]) -> None:
    rows = [(one, [run for run in runs if run.case.scene is one.scene]) for one in sets]
    for view in (comparison_view({"sunpace": runs[:1], "perfect": runs[1:2]}), sweep_view(rows, [True, False])):
        lines = lines_of(view, 80)
        assert max(map(len, lines)) <= 80
        assert sum("6.4" in line and "155.6" in line for line in lines) == 2  # starts and commands a day


def test_the_best_captures_most_at_its_own_share(sets: list[ParameterSet], runs: list[Run]) -> None:
    rows = [(one, [run for run in runs if run.case.scene is one.scene]) for one in sets]
    best = best_of(rows)
    assert best is not None
    assert best[0] is sets[0]
    assert best_of([(sets[0], [replace(runs[0], perfect=None)])]) is None


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def at_terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Not as a fixture: pytest's own stderr is put in place between a test's set-up and its call."""
    made = Terminal()
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys, "stderr", made)
    return made


def test_a_terminal_gets_a_bar_that_goes_again(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = at_terminal(monkeypatch)
    with progress_bar(2, wanted=True) as tell:
        tell(0.5)
        tell(1.5)
    assert "playing 2 runs" in terminal.getvalue()
    assert terminal.getvalue().endswith("\x1b[1A\x1b[2K")


def test_nobody_gets_a_bar_who_does_not_want_one(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = at_terminal(monkeypatch)
    with progress_bar(2, wanted=False) as tell:
        tell(2.0)
    assert terminal.getvalue() == ""


def test_a_file_gets_no_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    file = io.StringIO()
    monkeypatch.setattr(sys, "stderr", file)
    with progress_bar(2, wanted=True) as tell:
        tell(2.0)
    assert file.getvalue() == ""


def test_the_bar_stays_away_from_what_is_printed(
    person: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = at_terminal(monkeypatch)
    code, out, _ = person.says(sunny(tmp_path / "day.csv"))
    assert code == 0
    assert "playing" not in out
    assert "playing 2 runs" in terminal.getvalue()
