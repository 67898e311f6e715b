"""The user's own limit on disk: whole or not at all."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from controller.domain.errors import StorageError
from controller.domain.ports import LimitRecord
from controller.domain.units import HIGHEST_LIMIT_A
from controller.history.limit_file import LimitFile

RECORD = LimitRecord(own_a=16, written_a=(8, 10))


def test_what_is_saved_is_loaded_until_forgotten(tmp_path: Path) -> None:
    store = LimitFile(tmp_path / "deep" / "state", "box:443")
    assert store.load() is None
    store.save(RECORD)
    assert LimitFile(tmp_path / "deep" / "state", "box:443").load() == RECORD
    store.forget()
    store.forget()
    assert store.load() is None


@pytest.mark.parametrize("limit_a", [0, HIGHEST_LIMIT_A])
def test_whatever_limit_a_box_may_show_is_kept(tmp_path: Path, limit_a: int) -> None:
    record = LimitRecord(own_a=limit_a, written_a=(limit_a, 6))
    LimitFile(tmp_path, "box:443").save(record)
    assert LimitFile(tmp_path, "box:443").load() == record


def test_another_boxs_record_does_not_count(tmp_path: Path) -> None:
    LimitFile(tmp_path, "box:443").save(RECORD)
    assert LimitFile(tmp_path, "other:443").load() is None


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"null",
        b"\xff\xfe\x00",
        b'{"wallbox": "box:443"}',
        b'{"wallbox":"box:443","own_a":"x","written_a":[]}',
        b'{"wallbox":"box:443","own_a":-1,"written_a":[]}',
        b'{"wallbox":"box:443","own_a":251,"written_a":[]}',
        b'{"wallbox":"box:443","own_a":1' + 400 * b"0" + b',"written_a":[]}',
        b'{"wallbox":"box:443","own_a":true,"written_a":[]}',
        b'{"wallbox":"box:443","own_a":16,"written_a":[8,-1]}',
    ],
)
def test_a_damaged_file_is_put_aside_not_lost(tmp_path: Path, text: bytes) -> None:
    file = tmp_path / "own-limit.json"
    file.write_bytes(text)
    assert LimitFile(tmp_path, "box:443").load() is None
    assert (tmp_path / "own-limit.damaged").read_bytes() == text
    assert not file.exists()


def test_a_full_disk_leaves_the_old_record(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = LimitFile(tmp_path, "box:443")
    store.save(RECORD)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match=r"own-limit.json cannot be written: No space left on device; mend that"):
        store.save(LimitRecord(own_a=6))
    assert store.load() == RECORD
    assert [file.name for file in tmp_path.iterdir()] == ["own-limit.json"]


def test_a_directory_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file")
    with pytest.raises(StorageError, match="cannot be written"):
        LimitFile(tmp_path / "state", "box:443").save(RECORD)


def test_the_file_is_plain_json(tmp_path: Path) -> None:
    LimitFile(tmp_path, "box:443").save(RECORD)
    assert json.loads((tmp_path / "own-limit.json").read_text()) == {
        "wallbox": "box:443",
        "own_a": 16,
        "written_a": [8, 10],
    }
