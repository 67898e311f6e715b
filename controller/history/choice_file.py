"""The strategy chosen by hand in a small TOML file of the state directory: it survives a restart."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

from controller.domain.choice import LONGEST, Choice, is_name
from controller.domain.errors import StorageError
from controller.history.small_toml import moment_of, no_other_keys, read_small, table_of
from controller.history.watched_file import WatchedFile

_log = structlog.get_logger()
_KEYS = frozenset({"name", "set_at", "until"})
_EXAMPLE = "2026-12-31T18:00:00+01:00"


class ChoiceFile:
    """Implements the port `ChoiceSource`: looks whether the file has changed, and reads it only then; never waits.

    While it cannot be read nothing is chosen: what the configuration says holds.

    Args:
        path: Where it lies; no file is no choice.
    """

    def __init__(self, path: Path) -> None:
        self._file: WatchedFile[Choice] = WatchedFile(path, read_choice, "strategy_choice_failed")
        self._told = ""

    def look(self, now_s: float, now: datetime) -> Choice | None:
        """See `ChoiceSource.look`; what comes of it is told by who follows it."""
        self._file.look(now_s)
        choice, fault = self._file.value, self._file.fault
        if fault and fault != self._told:
            remedy = "`sunpace strategy` chooses anew; until then the configuration's strategy holds"
            _log.warning("strategy_choice_unreadable", error=fault, remedy=remedy)
        self._told = fault
        return choice if choice is not None and not fault and choice.holds(now) else None


def read_choice(path: Path) -> Choice:
    """What stands in a file, ended or not.

    Raises:
        StorageError: It is no regular file, cannot be read, or holds something else.
        FileNotFoundError: There is none.
    """
    return parse_choice(read_small(path, "choice of a strategy"), str(path))


def parse_choice(content: bytes, name: str) -> Choice:
    """What stands in a file's content.

    Args:
        content: UTF-8 text in TOML: `name`, `set_at`, and `until` unless it is for good.
        name: The file's, for people.

    Raises:
        StorageError: It is something else.
    """
    table = table_of(content, name)
    no_other_keys(table, _KEYS, name)
    strategy = table.get("name")
    if not isinstance(strategy, str) or not is_name(strategy):
        raise StorageError(f'{name}: name must be a strategy\'s: name = "surplus"')
    if "set_at" not in table:
        raise StorageError(f"{name}: set_at is missing: set_at = {_EXAMPLE}")
    set_at, until = _moment(table, "set_at", name), _moment(table, "until", name) if "until" in table else None
    if until is not None and not set_at < until <= set_at + LONGEST:
        raise StorageError(
            f"{name}: until = {until.isoformat()}: must lie after set_at, and at most {LONGEST.days} days after; "
            "leave it out where it is for good"
        )
    return Choice(strategy, set_at, until)


def choice_text(choice: Choice) -> str:
    """A choice as the file has it."""
    lines = [f'name = "{choice.name}"', f"set_at = {choice.set_at.isoformat(timespec='seconds')}"]
    if choice.until is not None:
        lines.append(f"until = {choice.until.isoformat(timespec='seconds')}")
    return "\n".join(lines) + "\n"


def _moment(table: Mapping[str, Any], key: str, name: str) -> datetime:
    return moment_of(table[key], key, name, (f"{key} = {_EXAMPLE}", "")).astimezone(UTC)
