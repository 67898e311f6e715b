"""`sunpace meter watch`: lines, a picture, a device that comes and goes, and the end."""

from __future__ import annotations

import io
import json
import signal
from datetime import UTC, datetime
from pathlib import Path

import pytest
from rich.console import Console

from controller.cli.meter.watch import Picture
from controller.cli.meter.way_in import Target
from controller.config.models import MeterEntry, Site
from controller.control.clock import WallClock
from controller.domain.readings import Reading
from controller.meter.profile_files import Shelf
from controller.meter.quantities import Role
from tests.cli.meter.devices import SDM630_EVENING, Person, at
from tests.support.modbus import hand_made
from tests.support.processes import sunpace

NOON = datetime(2026, 6, 1, 12, tzinfo=UTC)


def test_a_line_a_poll(person: Person) -> None:
    with hand_made({1: SDM630_EVENING}) as server:
        words = ("watch", *at(server.port, "eastron-sdm630", "--count", 3, "--every", 0.1))
        code, out, err = person.says(*words)
        json_code, json_out, _ = person.says(*words, "--json")
    assert (code, err, json_code) == (0, "", 0)
    assert out.count("you are importing 1.5 kW from the grid\n") == 3
    polls = [json.loads(line) for line in json_out.splitlines()]
    assert [poll["grid_w"] for poll in polls] == [1500.0] * 3
    assert [poll["error"] for poll in polls] == [None] * 3
    assert polls[0]["at"] < polls[1]["at"] < polls[2]["at"]


def test_nothing_was_ever_read(person: Person) -> None:
    with hand_made({}, stranger=11) as server:
        code, out, err = person.says("watch", *at(server.port, "eastron-sdm630", "--count", 1))
    assert (code, err) == (1, "")
    assert "no reading: 127.0.0.1" in out


def test_a_device_that_vanishes_and_comes_back(tmp_path: Path) -> None:
    with hand_made({1: SDM630_EVENING}) as server:
        words = ("--json", "--every", "0.1", "--timeout", "0.3")
        arguments = [str(word) for word in at(server.port, "eastron-sdm630", *words)]
        with sunpace("meter", "watch", *arguments, cwd=tmp_path) as process:
            assert json.loads(process.line())["grid_w"] == 1500.0
            server.memory[4].clear()
            while (poll := json.loads(process.line()))["grid_w"] is not None:
                pass
            assert "gateway target" in poll["error"]
            server.memory[4][1] = SDM630_EVENING
            while json.loads(process.line())["grid_w"] is None:
                pass
            assert process.end(signal.SIGTERM) == 0
            assert list(process.err.queue) == []


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_the_end_is_tidy(tmp_path: Path, sign: signal.Signals) -> None:
    with hand_made({1: SDM630_EVENING}) as server:
        arguments = [str(word) for word in at(server.port, "eastron-sdm630", "--every", "60")]
        with sunpace("meter", "watch", *arguments, cwd=tmp_path) as process:
            assert "you are importing" in process.line()
            assert process.end(sign) == 0
            assert list(process.err.queue) == []


def picture() -> tuple[Picture, io.StringIO]:
    entry = MeterEntry(profile="eastron-sdm630", host="127.0.0.1")
    target = Target(profile=Shelf().load("eastron-sdm630"), roles=(Role.GRID,), entry=entry, site=Site())
    stream = io.StringIO()
    return Picture(target, WallClock(), stream), stream


def drawn(view: Picture, width: int = 120) -> str:
    console = Console(file=io.StringIO(), width=width, record=True)
    console.print(view.picture())
    return console.export_text()


def test_the_picture_shows_errors_in_place_of_values_and_the_way_back() -> None:
    view, _ = picture()
    assert "no reading yet" in drawn(view)
    view.show(NOON, {Role.GRID: Reading(taken_at_s=0, power_w=700.0, voltage_v=(231.0, 230.0, 229.0))}, None)
    view.show(NOON, {Role.GRID: Reading(taken_at_s=0, power_w=-1500.0, refused={"soc_pct": "odd"})}, None)
    text = drawn(view)
    assert "-1.5 kW" in text
    assert "█▁" in text
    assert "-1500 to 700 W" in text
    assert "you are exporting 1.5 kW" in text
    assert "refused: odd" in text
    view.show(NOON, {}, "127.0.0.1:502 did not answer within 3 s")
    text = drawn(view)
    assert "did not answer within 3 s" in text
    assert "you are exporting" not in text
    assert "polls 3   failed 1" in text
    view.show(NOON, {Role.GRID: Reading(taken_at_s=0, power_w=0.0)}, None)
    text = drawn(view)
    assert "did not answer" not in text
    assert "█▁ ▆" in text or "▁ " in text


@pytest.mark.parametrize("columns", [60, 80, 100, 140])
def test_the_newest_values_are_in_the_picture_whatever_its_width(columns: int) -> None:
    view, _ = picture()
    for power_w in [0.0] * 100 + [-1500.0, 7000.0, 2345.0]:
        view.show(NOON, {Role.GRID: Reading(taken_at_s=0, power_w=power_w)}, None)
    (row,) = (line for line in drawn(view, columns).splitlines() if "2.3 kW" in line and "█" in line)
    assert "▂▁█▄ " in row  # zero, and the three after it
    assert "-1500 to 7000 W" in row
    assert "…" not in row
