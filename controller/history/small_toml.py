"""Small TOML files that people and other programs write: read whole, and every fault is one clear line."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from controller.domain.errors import StorageError
from controller.domain.toml_text import parse_toml

_LONGEST_BYTES = 4096
_LONGEST_SHOWN = 60
_FIRST, _LAST = datetime(1000, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
"""Nearer to the ends of the calendar a moment cannot be told in every time zone."""


def read_small(path: Path, what: str) -> bytes:
    """A small file's content.

    Args:
        path: The file.
        what: It is to be, for people.

    Raises:
        StorageError: It is no regular file, too long, or cannot be read.
        FileNotFoundError: There is none.
    """
    try:
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)  # a pipe must not hold up the service
    except (FileNotFoundError, NotADirectoryError):
        raise
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}") from error
    try:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise StorageError(f"{path} is no regular file")
        content = os.read(handle, _LONGEST_BYTES + 1)
    except OSError as error:
        raise StorageError(f"{path} cannot be read: {error.strerror}") from error
    finally:
        os.close(handle)
    if len(content) > _LONGEST_BYTES:
        raise StorageError(f"{path} is longer than {_LONGEST_BYTES} bytes: it is no {what}")
    return content


def table_of(content: bytes, name: str) -> dict[str, Any]:
    """The table in a file's content, UTF-8 text in TOML.

    Args:
        content: The bytes.
        name: The file's, for people.

    Raises:
        StorageError: There is none.
    """
    try:
        return parse_toml(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise StorageError(f"{name}: not valid TOML: {error}") from error
    except ValueError as error:
        raise StorageError(f"{name}: {error}") from error


def no_other_keys(table: Mapping[str, Any], known: frozenset[str], name: str) -> None:
    """Raises StorageError where a table has a key that is not `known`."""
    if unknown := sorted(table.keys() - known):
        raise StorageError(f"{name}: {unknown[0]}: unknown key; known are: {', '.join(sorted(known))}")


def figure_of(table: Mapping[str, Any], key: str, name: str, span: tuple[float, float]) -> float | None:
    """A number of a table, None where it has none. Raises StorageError where it is none, or lies outside `span`."""
    value = table.get(key)
    if value is None:
        return None
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not span[0] <= value <= span[1]:
        raise StorageError(f"{name}: {key}{_shown(value)}: must be a number from {span[0]:g} to {span[1]:g}")
    return float(value)


def moment_of(value: Any, key: str, name: str, hints: tuple[str, str]) -> datetime:
    """A moment with its offset.

    Args:
        value: As it stands there: a date and time, or its text.
        key: Its key.
        name: Where it comes from, for people.
        hints: What is added where it is no moment, and where it lies too far off.

    Raises:
        StorageError: It is none, or cannot be told in every time zone.
    """
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        moment = None
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise StorageError(f"{name}: {key}{_shown(value)}: must be a time with its offset: {hints[0]}")
    if not _FIRST <= moment <= _LAST:
        raise StorageError(
            f"{name}: {key}{_shown(value)}: must lie between the years {_FIRST.year} and {_LAST.year}{hints[1]}"
        )
    return moment


def _shown(value: Any) -> str:
    """A value in an error, where it can be shown in short; Python writes no figures of several thousand digits."""
    if isinstance(value, dict | list) or (isinstance(value, int) and value.bit_length() > _LONGEST_SHOWN):
        return ""
    text = str(value)
    return f" = {text}" if len(text) <= _LONGEST_SHOWN and text.isprintable() else ""
