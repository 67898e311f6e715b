"""Files that appear complete or not at all: their modes."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from controller.cli.whole_file import whole_file, whole_text
from controller.domain.errors import StorageError


@pytest.fixture(params=[0o022, 0o077])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


def test_what_may_hold_a_secret_is_its_owners_alone(umask: int, tmp_path: Path) -> None:
    with whole_file(tmp_path / "key") as handle:
        handle.write(b"secret")
    assert (tmp_path / "key").stat().st_mode & 0o777 == 0o600


def test_a_picture_is_for_whom_the_user_lets_see_it(umask: int, tmp_path: Path) -> None:
    with whole_text(tmp_path / "day.svg") as text:
        text.write("<svg/>\n")
    assert (tmp_path / "day.svg").stat().st_mode & 0o777 == 0o666 & ~umask
    assert (tmp_path / "day.svg").read_bytes() == b"<svg/>\n"


def test_what_stood_there_hands_down_its_mode(tmp_path: Path) -> None:
    file = tmp_path / "day.svg"
    file.write_text("old")
    file.chmod(0o640)
    with whole_text(file) as text:
        text.write("new")
    assert (file.stat().st_mode & 0o777, file.read_text()) == (0o640, "new")


def test_after_an_error_all_is_as_before(tmp_path: Path) -> None:
    file = tmp_path / "day.svg"
    file.write_text("old")

    def half_way() -> None:
        with whole_text(file) as text:
            text.write("new")
            raise ValueError("half way")

    with pytest.raises(ValueError, match="half"):
        half_way()
    assert [one.name for one in tmp_path.iterdir()] == ["day.svg"]
    assert file.read_text() == "old"


def test_a_place_that_is_none_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be written"), whole_text(tmp_path / "none" / "day.svg"):
        pass
