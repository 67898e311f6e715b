"""The timeline tells all: replayed by another plant it gives the printed figures."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from controller.cli.main import main
from controller.simulation.days.day import Day, generate
from controller.simulation.days.kind import DayKind
from controller.simulation.importers.write import write_trace
from controller.simulation.trace import Trace
from tests.simulation.backtest.replay import replay


@pytest.fixture
def morning(tmp_path: Path) -> str:
    """A morning."""
    day = generate(Day(kind=DayKind.BROKEN, seed=3))
    part, file = slice(5 * 360, 11 * 360), tmp_path / "morning.csv"
    with file.open("w") as stream:
        write_trace(Trace(times_s=day.times_s[part], pv_w=day.pv_w[part], load_w=day.load_w[part]), stream)
    return str(file)


@pytest.mark.parametrize(("phases", "share"), [(1, 0.5), (3, 0.9)])
def test_another_plant_counts_the_same(
    phases: int, share: float, morning: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "timeline.csv"
    day = [morning, "--phases", str(phases), "--set", f"strategy.surplus.solar_share={share}"]
    assert main(["backtest", *day, "--timeline", str(file), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert main(["backtest", *day, "--json"]) == 0
    coasted = json.loads(capsys.readouterr().out)
    with file.open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    count, run = replay(rows, phases), told["runs"][0]
    assert count.starts == run["starts"] > 0
    assert count.commands == run["commands"] > 10
    assert count.solar_kwh == pytest.approx(run["solar_kwh"], abs=1e-3)
    assert count.grid_kwh == pytest.approx(run["grid_kwh"], abs=1e-3)
    assert len(rows) == run["steps"]
    wall = {"wall_s": 0}
    assert {**coasted["runs"][0], **wall} == {**run, **wall}
    assert told["sum"]["value"] == pytest.approx(
        count.solar_kwh - share / (1 - share) * count.grid_kwh - 0.1 * count.starts - 0.002 * count.commands, abs=3e-3
    )


def test_the_car_draws_what_the_rows_say(morning: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "timeline.csv"
    assert main(["backtest", morning, "--timeline", str(file)]) == 0
    capsys.readouterr()
    with file.open(newline="") as handle:
        rows = list(csv.DictReader(handle))
    assert list(rows[0]) == ["time", "limit_a", "charging", "ev_w", "grid_w", "pv_w", "load_w", "reason"]
    for row in rows:
        balance_w = float(row["load_w"]) + float(row["ev_w"]) - float(row["pv_w"])
        assert float(row["grid_w"]) == pytest.approx(balance_w, abs=0.2)
        assert row["reason"]
    limits = {int(row["limit_a"]) for row in rows if row["charging"] == "1"}
    assert limits <= set(range(6, 17))
