"""`sunpace history sessions`: what people and programs see of the records."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from controller.cli.main import main
from controller.domain.session import Ended
from controller.history.session_file import SessionFile
from tests.history.test_session_file import SESSION

CONFIG = """\
[site]
name = "here"
timezone = "Europe/Zurich"
[meter.grid]
profile = "eastron-sdm630"
host = "meter"
[wallbox]
host = "box"
password = "secret"
tls = "insecure"
[history]
directory = "{directory}"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    file = tmp_path / "config.toml"
    file.write_text(CONFIG.format(directory=tmp_path / "state"))
    return file


def test_people_see_a_table_in_local_time(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = SessionFile(config.parent / "state", "box:443")
    store.close(SESSION, Ended.UNPLUGGED)
    store.close(replace(SESSION, phases=None), Ended.SERVICE_DIED)
    with store.path.open("a") as file:
        file.write("torn")
    assert main(["history", "sessions", "--config", str(config)]) == 0
    out = capsys.readouterr().out
    assert "2026-06-21 12:00" in out
    assert "12.00" in out
    assert "unplugged" in out
    assert "Sunpace was not running" in out
    assert "1 line of" in out


def test_programs_get_an_object(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    SessionFile(config.parent / "state", "box:443").close(SESSION, Ended.UNPLUGGED)
    assert main(["history", "sessions", "--config", str(config), "--json"]) == 0
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    data = json.loads(out)
    (row,) = data["sessions"]
    assert row["begun"] == "2026-06-21T10:00:00+00:00"
    assert row["ended_because"] == "unplugged"
    assert row["mean_w"] == 4800.0
    assert data["damaged_lines"] == 0
    assert "secret" not in out


def test_nothing_yet_is_said_so(config: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history", "sessions", "--config", str(config)]) == 0
    assert "no session is on record" in capsys.readouterr().out


def test_without_a_configuration_it_is_wrong_use(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["history", "sessions", "--config", str(tmp_path / "none.toml")]) == 2
    assert "none.toml" in capsys.readouterr().err
