"""Files that appear complete or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import TextIOWrapper
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO, TextIO

from controller.domain.errors import StorageError


@contextmanager
def whole_file(file: Path, *, secret: bool = True) -> Iterator[IO[bytes]]:
    """A handle whose content takes the place of `file` when left; after an exception nothing has changed.

    What stood there hands down its owner and mode. A new file is its owner's alone, since it may hold a password,
    unless it is no `secret`.

    Raises:
        StorageError: It cannot be written.
    """
    file = file.resolve()
    if file.exists() and not file.is_file():
        raise StorageError(f"{file} is no regular file: name another one")
    try:
        with NamedTemporaryFile("wb", dir=file.parent, prefix=f".{file.name}.", delete=False) as new:
            try:
                if file.exists():
                    _take_over(new.fileno(), file.stat())
                elif not secret:
                    os.fchmod(new.fileno(), 0o666 & ~_umask())
                yield new
                new.flush()
                os.fsync(new.fileno())
                Path(new.name).replace(file)
            except BaseException:
                Path(new.name).unlink()
                raise
    except OSError as error:
        raise StorageError(f"{file} cannot be written: {error.strerror or error}") from error


@contextmanager
def whole_text(file: Path) -> Iterator[TextIO]:
    """As `whole_file`, for UTF-8 text without secrets, with the line ends that are written. Raises StorageError."""
    with whole_file(file, secret=False) as handle:
        text = TextIOWrapper(handle, encoding="utf-8", newline="")
        try:
            yield text
        finally:
            text.flush()
            text.detach()


def _take_over(handle: int, old: os.stat_result) -> None:
    os.fchmod(handle, old.st_mode & 0o7777)
    if (old.st_uid, old.st_gid) != (os.geteuid(), os.getegid()):
        os.fchown(handle, old.st_uid, old.st_gid)


def _umask() -> int:
    """The process's; it can be read only by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def length_of(file: Path) -> int:
    """A file's length, bytes. Raises StorageError."""
    try:
        return file.stat().st_size
    except OSError as error:
        raise StorageError(f"{file} cannot be read: {error.strerror}") from error
