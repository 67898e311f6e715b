"""Sessions on disk: one line each, and none is lost."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from controller.domain.errors import StorageError
from controller.domain.session import Begun, Ended, Session
from controller.history.session_file import SessionFile

SESSION = Session(
    begun=datetime(2026, 6, 21, 10, tzinfo=UTC),
    begun_by=Begun.PLUGGED_IN,
    ended=datetime(2026, 6, 21, 14, tzinfo=UTC),
    ended_because=None,
    energy_wh=12_000.0,
    solar_wh=11_000.0,
    grid_wh=1000.0,
    starts=3,
    limit_writes=40,
    highest_w=7360.0,
    charging_s=9000.0,
    phases=1,
    counter_wh=12_000.0,
)


def test_the_running_session_is_found_again_until_it_is_closed(tmp_path: Path) -> None:
    file = SessionFile(tmp_path / "deep", "box:443")
    assert file.running() is None
    assert file.closed() == ([], 0)
    file.keep(SESSION)
    assert SessionFile(tmp_path / "deep", "box:443").running() == SESSION
    assert SessionFile(tmp_path / "deep", "other:443").running() is None
    file.close(SESSION, Ended.UNPLUGGED)
    assert file.running() is None
    assert file.closed() == ([replace(SESSION, ended_because=Ended.UNPLUGGED)], 0)


def test_a_torn_line_costs_no_other(tmp_path: Path) -> None:
    file = SessionFile(tmp_path, "box:443")
    file.close(SESSION, Ended.UNPLUGGED)
    with file.path.open("ab") as torn:
        torn.write(b'{"wallbox": "bo')
    file.close(replace(SESSION, phases=None), Ended.SERVICE_STOPPED)
    sessions, damaged = file.closed()
    assert [session.ended_because for session in sessions] == [Ended.UNPLUGGED, Ended.SERVICE_STOPPED]
    assert damaged == 1


@pytest.mark.parametrize("text", [b"", b"{", b"null", b"\xff\xfe", b'{"wallbox": "box:443"}'])
def test_a_damaged_running_session_is_none(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "session.json").write_bytes(text)
    assert SessionFile(tmp_path, "box:443").running() is None


def test_every_line_is_json_for_anybody(tmp_path: Path) -> None:
    file = SessionFile(tmp_path, "box:443")
    file.close(SESSION, Ended.UNPLUGGED)
    row = json.loads(file.path.read_text())
    assert row["begun"] == "2026-06-21T10:00:00+00:00"
    assert row["ended_because"] == "unplugged"
    assert row["energy_wh"] == 12_000.0


def test_a_file_in_the_place_of_the_directory_is_named(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    file = SessionFile(tmp_path / "state", "box:443")
    with pytest.raises(StorageError, match="cannot be written"):
        file.keep(SESSION)
    with pytest.raises(StorageError, match="cannot be written"):
        file.close(SESSION, Ended.UNPLUGGED)
    with pytest.raises(StorageError, match="cannot be read"):
        file.closed()
