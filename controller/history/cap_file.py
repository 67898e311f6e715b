"""The external cap in a small TOML file, which people and other programs write."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

from controller.control.supervisor import contained
from controller.domain.cap import Cap
from controller.domain.errors import StorageError
from controller.domain.toml_text import parse_toml

_log = structlog.get_logger()
_KEYS = frozenset({"power_w", "current_a", "until", "source"})
_HIGHEST = {"power_w": 100_000.0, "current_a": 1000.0}
_FIRST_END, _LAST_END = datetime(1000, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)
"""Nearer to the ends of the calendar a moment cannot be told in every time zone."""
_LONGEST_BYTES = 4096
_LONGEST_SOURCE = 80
_LONGEST_SHOWN = 60
_PATIENCE_S = 5.0
"""How long a file may be unreadable before that counts: not everybody writes a file whole."""
_EXAMPLE = 'until = 2026-12-31T18:00:00+01:00, or "never"'

_Stamp = tuple[int, int, int]


class CapFile:
    """Implements the port `CapSource`: looks whether the file has changed, and reads it only then; never waits.

    While it cannot be read the last cap holds until its end; where there is none, the car gets its minimum.

    Args:
        path: Where it lies; no file is no cap.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp: _Stamp | None = None
        self._cap: Cap | None = None
        self._broken_since_s: float | None = None
        self._shown: tuple[Cap | None, str] = (None, "")

    def look(self, now_s: float, now: datetime) -> Cap | None:
        """See `CapSource.look`."""
        fault = self._read()
        if fault is None:
            self._broken_since_s = None
        elif self._broken_since_s is None:
            self._broken_since_s = now_s
        cap = self._cap if self._cap is not None and self._cap.holds(now) else None
        if self._broken_since_s is None or now_s - self._broken_since_s < _PATIENCE_S:
            fault = None
        else:
            cap = Cap() if cap is None else cap._replace(kept=True)
        self._tell(cap, fault or "")
        return cap

    def _read(self) -> str | None:
        """Takes in what has changed; returns why it could not: whatever that is, the control goes on."""
        fault: str | None = None
        with contained("external_cap_failed", loud=self._broken_since_s is None, file=str(self._path)) as outcome:
            fault = self._take_in()
        if outcome.error is not None:
            self._stamp = None
            fault = f"{self._path} cannot be read: {type(outcome.error).__name__}: {outcome.error}"
        return fault

    def _take_in(self) -> str | None:
        try:
            status = self._path.stat()
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
            if stamp != self._stamp:
                self._cap = read_cap(self._path)
                self._stamp = stamp
        except (FileNotFoundError, NotADirectoryError):
            self._stamp = self._cap = None
        except (StorageError, OSError) as error:
            self._stamp = None
            return str(error)
        return None

    def _tell(self, cap: Cap | None, fault: str) -> None:
        """One line a change."""
        if (cap, fault) == self._shown:
            return
        if fault and fault != self._shown[1]:
            remedy = "mend or remove the file; until then the last limit holds, and without one the car's minimum"
            _log.warning("external_cap_unreadable", error=fault, remedy=remedy)
        elif cap is None:
            _log.info("external_cap_ended")
        elif cap._replace(kept=False) != self._shown[0]:
            until = "never" if cap.until is None else cap.until.isoformat()
            _log.info("external_cap", power_w=cap.power_w, current_a=cap.current_a, until=until, source=cap.source)
        self._shown = (cap, fault)


def read_cap(path: Path) -> Cap:
    """The cap in a file, ended or not.

    Raises:
        StorageError: It is no regular file, cannot be read, or is no cap.
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
        raise StorageError(f"{path} is longer than {_LONGEST_BYTES} bytes: it is no external limit")
    return parse_cap(content, str(path))


def parse_cap(content: bytes, name: str) -> Cap:
    """The cap in a file's content.

    Args:
        content: UTF-8 text in TOML.
        name: The file's, for people.

    Raises:
        StorageError: It is no cap.
    """
    try:
        table = parse_toml(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise StorageError(f"{name}: not valid TOML: {error}") from error
    except ValueError as error:
        raise StorageError(f"{name}: {error}") from error
    return cap_of(table, name)


def cap_of(table: Mapping[str, Any], name: str) -> Cap:
    """The cap in a table.

    Args:
        table: Its keys and values.
        name: Where it comes from, for people.

    Raises:
        StorageError: It is no cap.
    """
    if unknown := sorted(table.keys() - _KEYS):
        raise StorageError(f"{name}: {unknown[0]}: unknown key; known are: {', '.join(sorted(_KEYS))}")
    if ("power_w" in table) == ("current_a" in table):
        raise StorageError(f"{name}: exactly one of power_w and current_a is needed")
    return Cap(
        power_w=_figure(table, "power_w", name),
        current_a=_figure(table, "current_a", name),
        until=_until(table.get("until"), name),
        source=_source(table.get("source", ""), name),
    )


def cap_text(cap: Cap) -> str:
    """A cap as the file has it."""
    key, value = ("power_w", cap.power_w) if cap.power_w is not None else ("current_a", cap.current_a)
    until = '"never"' if cap.until is None else cap.until.isoformat(timespec="seconds")
    source = f"source = {json.dumps(cap.source, ensure_ascii=False)}\n" if cap.source else ""
    return f"{key} = {value:.10g}\nuntil = {until}\n{source}"


def _figure(table: Mapping[str, Any], key: str, name: str) -> float | None:
    value = table.get(key)
    if value is None:
        return None
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not 0 <= value <= _HIGHEST[key]:
        raise StorageError(f"{name}: {key}{_shown(value)}: must be a number from 0 to {_HIGHEST[key]:g}")
    return float(value)


def _until(value: Any, name: str) -> datetime | None:
    if value is None:
        raise StorageError(f"{name}: until is missing: when does the limit end? {_EXAMPLE}")
    if value == "never":
        return None
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        moment = None
    if not isinstance(moment, datetime) or moment.tzinfo is None:
        raise StorageError(f"{name}: until{_shown(value)}: must be a time with its offset: {_EXAMPLE}")
    if not _FIRST_END <= moment <= _LAST_END:
        raise StorageError(
            f"{name}: until{_shown(value)}: must lie between the years {_FIRST_END.year} and {_LAST_END.year}; for a "
            'limit until further notice say "never"'
        )
    return moment


def _source(value: Any, name: str) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_SOURCE or not value.isprintable():
        raise StorageError(f"{name}: source must be text of one line, {_LONGEST_SOURCE} characters at the most")
    return value


def _shown(value: Any) -> str:
    """A value in an error, where it can be shown in short; Python writes no figures of several thousand digits."""
    if isinstance(value, dict | list) or (isinstance(value, int) and value.bit_length() > _LONGEST_SHOWN):
        return ""
    text = str(value)
    return f" = {text}" if len(text) <= _LONGEST_SHOWN and text.isprintable() else ""
