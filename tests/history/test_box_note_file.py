"""What was learnt of the box survives a restart, and is another box's for nobody."""

from __future__ import annotations

from pathlib import Path

import pytest

from controller.control.conduct import Conduct
from controller.control.notices import Notices
from controller.control.pauses import Pauses
from controller.domain.errors import StorageError
from controller.history.box_note_file import BoxNoteFile


def test_a_note_is_kept_until_it_is_taken_back(tmp_path: Path) -> None:
    file = BoxNoteFile(tmp_path / "deep", "box:443")
    assert not file.fails_after_pause()
    file.note_fails_after_pause(fails=True)
    assert BoxNoteFile(tmp_path / "deep", "box:443").fails_after_pause()
    assert not BoxNoteFile(tmp_path / "deep", "other:443").fails_after_pause()
    file.note_fails_after_pause(fails=False)
    file.note_fails_after_pause(fails=False)
    assert not file.fails_after_pause()


@pytest.mark.parametrize("text", [b"", b"{", b'{"wallbox": "box:443", "fails_after_pause": "yes"}'])
def test_a_damaged_one_says_nothing(tmp_path: Path, text: bytes) -> None:
    (tmp_path / "box-notes.json").write_bytes(text)
    assert not BoxNoteFile(tmp_path, "box:443").fails_after_pause()


def test_a_disk_that_takes_nothing_is_told_and_stops_nobody(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "state").write_text("")
    file = BoxNoteFile(tmp_path / "state", "box:443")
    with pytest.raises(StorageError, match="cannot be written"):
        file.note_fails_after_pause(fails=True)
    notices = Notices(file)
    assert not notices.recalled().pauses.harm
    notices.tell(Conduct(), Conduct(pauses=Pauses(harm=True)))
    said = capsys.readouterr().out
    assert "box_notes_not_read" in said
    assert "box_fails_after_pause" in said
    assert "box_notes_not_kept" in said


def test_each_change_is_told_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    notices = Notices(BoxNoteFile(tmp_path, "box:443"))
    well, harmed = Conduct(), Conduct(pauses=Pauses(harm=True))
    wilful = Conduct(obedience=well.obedience._replace(flows_a=16.0))
    asleep = Conduct(sleep=well.sleep._replace(asleep=True, tries=2, wakes=2))
    for before, after in ((well, harmed), (harmed, harmed), (harmed, well), (well, wilful), (wilful, well)):
        notices.tell(before, after)
    notices.tell(well, asleep)
    notices.tell(asleep, asleep)
    events = [line.split("'")[1] for line in capsys.readouterr().out.splitlines()]
    assert events == [
        "box_fails_after_pause",
        "box_bears_pauses_again",
        "limit_not_followed",
        "limit_followed_again",
        "car_woken",
        "car_did_not_wake",
    ]
    assert notices.recalled() == well
