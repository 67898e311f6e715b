"""What the service notes of whom it follows, and what becomes of a note that cannot be read or written."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.domain.choice import Followed
from controller.domain.errors import StorageError
from controller.history.followed_file import FILE_NAME, FollowedFile, read_followed

NOW = datetime(2026, 11, 2, 17, tzinfo=UTC)


@pytest.mark.parametrize(
    "followed",
    [
        Followed("fixed", NOW),
        Followed("fixed", NOW, "kettle"),
        Followed("it", NOW, "kettle", 'a "b"\\ \x1b\x7f ü \U0001f525'),
    ],
)
def test_what_is_kept_is_read_until_it_is_forgotten(followed: Followed, tmp_path: Path) -> None:
    store = FollowedFile(tmp_path / "state")
    assert read_followed(tmp_path / "state") is None
    store.keep(Followed("before", NOW))
    store.keep(followed)
    assert read_followed(tmp_path / "state") == followed
    assert [file.name for file in (tmp_path / "state").iterdir()] == [FILE_NAME]
    assert (tmp_path / "state" / FILE_NAME).stat().st_mode & 0o777 == 0o644
    store.forget()
    store.forget()
    assert read_followed(tmp_path / "state") is None


def test_what_no_text_can_be_does_not_keep_the_note_from_being_written(tmp_path: Path) -> None:
    FollowedFile(tmp_path).keep(Followed("it", NOW, "kettle", "a\ud800b"))
    assert read_followed(tmp_path) == Followed("it", NOW, "kettle", "a?b")


@given(content=st.binary(max_size=100) | st.just(b"name = 1\nsince = 2026-01-01T00:00:00Z") | st.just(b"since = 1"))
def test_any_content_is_one_clear_error_at_the_most(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.getbasetemp()
    (folder / FILE_NAME).write_bytes(content)
    with suppress(StorageError):
        raise AssertionError(read_followed(folder))


def test_what_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("in the way")
    with pytest.raises(StorageError, match=f"{FILE_NAME} cannot be written"):
        FollowedFile(tmp_path / "state").keep(Followed("fixed", NOW))
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(StorageError, match="cannot be written"):
        FollowedFile(tmp_path).keep(Followed("fixed", NOW))
    with pytest.raises(StorageError, match="cannot be removed"):
        FollowedFile(tmp_path).forget()
    assert {file.name for file in tmp_path.iterdir()} == {"state", FILE_NAME}
