"""`sunpace backtest --plot`."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC
from importlib.util import find_spec
from pathlib import Path

import pytest

from controller.cli.backtest.plot import DayRecorder, day_figures, draw_pareto
from controller.cli.main import main
from controller.domain.decision import Command
from controller.domain.reasons import ReasonCode, because
from controller.pictures.front import SweepPoint
from controller.simulation.backtest.box import ReferenceBox
from controller.simulation.backtest.play import Look, play
from controller.simulation.backtest.score import Outcome
from controller.simulation.plant import Plant, PlantSettings
from controller.simulation.trace import Trace
from tests.pictures.days import Drawing

ROWS = "time,pv_w,load_w\n2026-06-21T12:00:00+02:00,0,300\n2026-06-21T12:30:00+02:00,9000,300\n2026-06-21T14:00:00+02:00,9000,300\n"  # noqa: E501


@pytest.fixture
def trace(tmp_path: Path) -> str:
    file = tmp_path / "some <day>.csv"
    file.write_text(ROWS)
    return str(file)


def _files(directory: Path) -> set[str]:
    return {file.name for file in directory.iterdir()}


def test_a_trace_is_played_printed_and_drawn(trace: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "day.svg"
    assert main(["backtest", trace, "--json", "--plot", str(file), "--set", "site.timezone=Europe/Zurich"]) == 0
    printed = json.loads(capsys.readouterr().out)["runs"][0]
    drawing = Drawing(file.read_text())
    assert len(drawing.markers("starts")) == printed["starts"] == 1
    (head,) = (text for text in drawing.texts if text.startswith("car from the sun"))
    assert f"car from the sun {printed['solar_kwh']:.1f} kWh" in head
    assert f"commands {printed['commands']}" in head
    assert "2026-06-21, sunpace, some <day>.csv" in drawing.texts
    assert "local time: Europe/Zurich, UTC+02:00" in drawing.texts


def test_a_page_is_drawn_where_the_name_ends_so(trace: str, tmp_path: Path) -> None:
    file = tmp_path / "day.HTML"
    assert main(["backtest", trace, "--plot", str(file)]) == 0
    page = file.read_text()
    assert page.startswith("<!DOCTYPE html>")
    assert "some &lt;day&gt;.csv" in page
    assert "<svg " in page


@pytest.mark.parametrize("name", ["day.png", "day", "svg"])
def test_other_names_are_refused_before_anything_is_played(
    name: str, trace: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["backtest", trace, "--plot", str(tmp_path / name)]) == 2
    printed = capsys.readouterr()
    assert f"{name}: name it F.svg or F.html" in printed.err
    assert printed.out == ""
    assert _files(tmp_path) == {"some <day>.csv"}


def test_an_unwritable_place_is_named_and_left_as_it_was(
    trace: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "nowhere" / "day.svg"
    assert main(["backtest", trace, "--plot", str(file)]) == 1
    assert f"{file} cannot be written" in capsys.readouterr().err
    assert _files(tmp_path) == {"some <day>.csv"}


def test_without_matplotlib_it_says_what_to_install(
    trace: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "controller.cli.extras.find_spec", lambda name: None if name == "matplotlib" else find_spec(name)
    )
    assert main(["backtest", trace, "--plot", str(tmp_path / "day.svg")]) == 1
    assert "pip install '.[plot]'" in capsys.readouterr().err
    assert main(["backtest", trace, "--json"]) == 0


def test_a_picture_is_of_one_trace(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["backtest", "--day", "sunny:1-2", "--plot", str(tmp_path / "day.svg")]) == 2
    assert "--plot draws one trace, a --sweep or a --compare, not 2 traces" in capsys.readouterr().err
    assert not (tmp_path / "day.svg").exists()


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (["--sweep", "strategy.surplus.solar_share=0.5,0.8"], {"0.5", "0.8"}),
        (["--compare"], {"evcc", "sunpace", "perfect"}),
    ],
)
def test_sweeps_and_comparisons_are_drawn_as_points(
    flags: list[str], words: set[str], trace: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "points.html"
    assert main(["backtest", trace, *flags, "--plot", str(file)]) == 0
    told = capsys.readouterr().out
    text = file.read_text()
    assert all(word in text and word in told for word in words)
    assert "1 trace, 0.1 days" in text  # however many have played it
    assert ("starts against captured" in text) == ("--sweep" in flags)
    assert ("starts against value" in text) == ("--sweep" not in flags)
    assert "F.html" not in text


def test_picture_and_timeline_come_of_one_run(trace: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture, rows = tmp_path / "day.svg", tmp_path / "rows.csv"
    assert main(["backtest", trace, "--plot", str(picture), "--timeline", str(rows), "--json"]) == 0
    steps = json.loads(capsys.readouterr().out)["runs"][0]["steps"]
    assert len(rows.read_text().splitlines()) == steps + 1
    assert "<svg" in picture.read_text()


def test_matplotlib_is_loaded_for_pictures_only(trace: str) -> None:
    code = f"""
import sys
from controller.cli.main import main
assert main(["backtest", {trace!r}, "--json"]) == 0
sys.exit("matplotlib" in sys.modules)
"""
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0


class _Scripted:
    """Tells one thing, gives its reasons one after the other."""

    def __init__(self, reasons: list[object]) -> None:
        self._reasons = reasons

    def look(self, plant: Plant, box: ReferenceBox) -> Look:
        if plant.now_s == 5:
            box.tell(Command(8, True))
        return Look(self._reasons[min(int(plant.now_s / 5), len(self._reasons) - 1)])


def test_the_recorder_keeps_every_step_and_every_change() -> None:
    trace = Trace.of([(1000.0, 2000.0, 100.0), (1040.0, 2000.0, 100.0)])
    sun = [because(ReasonCode.SUN, surplus_w=watts) for watts in (1, 2)]
    recorder = DayRecorder(1000.0)
    play(trace, PlantSettings(phases=1, step_s=5.0), _Scripted([*sun, "needs 1.5 kW", "needs 2 kW", "off"]),
         watch=recorder.watch)  # fmt: skip
    day = recorder.record("me", UTC, [])
    assert list(day.times_s) == [1000.0 + 5 * step for step in range(9)]
    assert day.ev_w[-1] == 8 * 230
    assert day.grid_w[-1] == 100 + 8 * 230 - 2000
    assert [tuple(told) for told in day.told] == [(1000.0, 16, False), (1005.0, 8, True)]
    assert day.starts_s == [1005.0]
    assert [tuple(why) for why in day.grounds] == [(1000.0, "sun"), (1010.0, "needs … kW"), (1020.0, "off")]


def test_figures_tell_what_is_known() -> None:
    outcome = Outcome(
        solar_kwh=10.04, grid_kwh=1.0, starts=2, limit_writes=3, commands=5, steps=9, days=1.0, wall_s=0.1
    )
    known = dict(day_figures(outcome, phases=1, solar_share=0.5, perfect_kwh=10.0))
    assert known["car from the sun"] == "10.0 kWh"
    assert (known["value"], known["captured"]) == ("8.83 kWh", "88.3 %")
    pure = dict(day_figures(outcome, phases=1, solar_share=1.0, perfect_kwh=None))
    assert {"value", "captured"}.isdisjoint(pure)


def test_a_sweep_is_drawn_and_as_a_page_listed(tmp_path: Path) -> None:
    point = SweepPoint(label="0.5", series="s", solar_kwh=10, grid_kwh=5, starts_per_day=2.0, score=3.0)
    draw_pareto(tmp_path / "sweep.svg", "a sweep", [point])
    draw_pareto(tmp_path / "sweep.html", "a sweep", [point])
    assert "0.5" in Drawing((tmp_path / "sweep.svg").read_text()).texts
    assert "cannot be bettered in" in (tmp_path / "sweep.html").read_text()


def test_where_names_have_no_room_picture_and_page_say_where_they_are(tmp_path: Path) -> None:
    crowd = [
        SweepPoint(label=f"a long name, {i}", series="s", solar_kwh=10 + i / 99, grid_kwh=5, starts_per_day=2, score=3)
        for i in range(25)
    ]
    for name, place in (("sweep.svg", "F.html"), ("sweep.html", "the table below")):
        draw_pareto(tmp_path / name, "a sweep", crowd)
        assert f"not every name has room; {place} lists them all" in (tmp_path / name).read_text()
