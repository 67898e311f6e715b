"""The external cap in a small TOML file, which people and other programs write."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import structlog

from controller.domain.cap import Cap
from controller.domain.errors import StorageError
from controller.history.small_toml import figure_of, moment_of, no_other_keys, read_small, table_of
from controller.history.watched_file import WatchedFile

_log = structlog.get_logger()
_KEYS = frozenset({"power_w", "current_a", "until", "source"})
_POWER_W, _CURRENT_A = (0.0, 100_000.0), (0.0, 1000.0)
_LONGEST_SOURCE = 80
_EXAMPLE = 'until = 2026-12-31T18:00:00+01:00, or "never"'
_FOR_EVER = '; for a limit until further notice say "never"'


class CapFile:
    """Implements the port `CapSource`: looks whether the file has changed, and reads it only then; never waits.

    While it cannot be read the last cap holds until its end; where there is none, the car gets its minimum.

    Args:
        path: Where it lies; no file is no cap.
    """

    def __init__(self, path: Path) -> None:
        self._file: WatchedFile[Cap] = WatchedFile(path, _read, "external_cap_failed")
        self._shown: tuple[Cap | None, str] = (None, "")

    def look(self, now_s: float, now: datetime) -> Cap | None:
        """See `CapSource.look`."""
        self._file.look(now_s)
        cap, fault = self._file.value, self._file.fault
        if cap is not None and not cap.holds(now):
            cap = None
        if fault:
            cap = Cap() if cap is None else cap._replace(kept=True)
        self._tell(cap, fault)
        return cap

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
    return parse_cap(read_small(path, "external limit"), str(path))


def parse_cap(content: bytes, name: str) -> Cap:
    """The cap in a file's content.

    Args:
        content: UTF-8 text in TOML.
        name: The file's, for people.

    Raises:
        StorageError: It is no cap.
    """
    return cap_of(table_of(content, name), name)


def cap_of(table: Mapping[str, Any], name: str) -> Cap:
    """The cap in a table.

    Args:
        table: Its keys and values.
        name: Where it comes from, for people.

    Raises:
        StorageError: It is no cap.
    """
    no_other_keys(table, _KEYS, name)
    if ("power_w" in table) == ("current_a" in table):
        raise StorageError(f"{name}: exactly one of power_w and current_a is needed")
    return Cap(
        power_w=figure_of(table, "power_w", name, _POWER_W),
        current_a=figure_of(table, "current_a", name, _CURRENT_A),
        until=_until(table.get("until"), name),
        source=_source(table.get("source", ""), name),
    )


def cap_text(cap: Cap) -> str:
    """A cap as the file has it."""
    key, value = ("power_w", cap.power_w) if cap.power_w is not None else ("current_a", cap.current_a)
    until = '"never"' if cap.until is None else cap.until.isoformat(timespec="seconds")
    source = f"source = {json.dumps(cap.source, ensure_ascii=False)}\n" if cap.source else ""
    return f"{key} = {value:.10g}\nuntil = {until}\n{source}"


def _read(path: Path) -> Cap:
    return read_cap(path)


def _until(value: Any, name: str) -> datetime | None:
    if value is None:
        raise StorageError(f"{name}: until is missing: when does the limit end? {_EXAMPLE}")
    return None if value == "never" else moment_of(value, "until", name, (_EXAMPLE, _FOR_EVER))


def _source(value: Any, name: str) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_SOURCE or not value.isprintable():
        raise StorageError(f"{name}: source must be text of one line, {_LONGEST_SOURCE} characters at the most")
    return value
