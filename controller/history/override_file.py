"""Pause and boost by hand in a small TOML file of the state directory: they survive a restart."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

from controller.domain.errors import StorageError
from controller.domain.override import LONGEST, Override, OverrideKind, Overrides
from controller.domain.units import MAX_CURRENT_A, MIN_CURRENT_A
from controller.history.small_toml import figure_of, moment_of, no_other_keys, read_small, table_of
from controller.history.watched_file import WatchedFile

_log = structlog.get_logger()
_KINDS = frozenset(kind.value for kind in OverrideKind)
_KEYS = {
    OverrideKind.PAUSE: frozenset({"set_at", "until"}),
    OverrideKind.BOOST: frozenset({"set_at", "until", "current_a", "energy_kwh", "use_battery"}),
}
_ENERGY_KWH = (0.1, 500.0)
_EXAMPLE = "2026-12-31T18:00:00+01:00"


class OverrideFile:
    """Implements the port `OverrideSource`: looks whether the file has changed, and reads it only then; never waits.

    While it cannot be read nothing holds: a wish that nobody can tell is no wish.

    Args:
        path: Where it lies; no file is no override.
    """

    def __init__(self, path: Path) -> None:
        self._file: WatchedFile[Overrides] = WatchedFile(path, read_overrides, "override_failed")
        self._shown: tuple[Override | None, str] = (None, "")

    def look(self, now_s: float, now: datetime) -> Override | None:
        """See `OverrideSource.look`."""
        self._file.look(now_s)
        overrides, fault = self._file.value, self._file.fault
        override = overrides.in_force(now) if overrides is not None and not fault else None
        self._tell(override, fault)
        return override

    def _tell(self, override: Override | None, fault: str) -> None:
        """One line a change."""
        if (override, fault) == self._shown:
            return
        if fault and fault != self._shown[1]:
            remedy = "say it again after `sunpace resume`; until then no pause and no boost holds"
            _log.warning("override_unreadable", error=fault, remedy=remedy)
        elif override is not None and override != self._shown[0]:
            until = None if override.until is None else override.until.isoformat()
            _log.info("override", kind=override.kind.value, until=until)
        elif override is None and self._shown[0] is not None:
            _log.info("override_ended", kind=self._shown[0].kind.value)
        self._shown = (override, fault)


def read_overrides(path: Path) -> Overrides:
    """What stands in a file, ended or not.

    Raises:
        StorageError: It is no regular file, cannot be read, or holds something else.
        FileNotFoundError: There is none.
    """
    return parse_overrides(read_small(path, "pause or boost"), str(path))


def parse_overrides(content: bytes, name: str) -> Overrides:
    """What stands in a file's content.

    Args:
        content: UTF-8 text in TOML: the tables `[pause]` and `[boost]`.
        name: The file's, for people.

    Raises:
        StorageError: It is something else.
    """
    tables = table_of(content, name)
    no_other_keys(tables, _KINDS, name)
    for kind, table in tables.items():
        if not isinstance(table, dict):
            raise StorageError(f"{name}: {kind} must be a table: [{kind}]")
    found = {kind: override_of(OverrideKind(kind), table, f"{name}: [{kind}]") for kind, table in tables.items()}
    return Overrides(**found)


def override_of(kind: OverrideKind, table: Mapping[str, Any], name: str) -> Override:
    """A pause or boost from its table.

    Args:
        kind: Which.
        table: Its keys and values.
        name: Where it comes from, for people.

    Raises:
        StorageError: It is none.
    """
    no_other_keys(table, _KEYS[kind], name)
    set_at, until = (_moment(table, key, name) for key in ("set_at", "until"))
    if not set_at < until <= set_at + LONGEST:
        raise StorageError(
            f"{name}: until = {until.isoformat()}: must lie after set_at, and at most {LONGEST.days} days after"
        )
    use_battery = table.get("use_battery", False)
    if not isinstance(use_battery, bool):
        raise StorageError(f"{name}: use_battery must be true or false")
    energy_kwh = figure_of(table, "energy_kwh", name, _ENERGY_KWH)
    return Override(
        kind=kind,
        set_at=set_at,
        until=until,
        current_a=_whole_amps(table, name),
        energy_wh=None if energy_kwh is None else round(energy_kwh * 1000, 3),
        use_battery=use_battery,
    )


def overrides_text(overrides: Overrides) -> str:
    """Pause and boost as the file has them."""
    return "\n".join(_text(one) for one in overrides if one is not None)


def _text(override: Override) -> str:
    lines = [f"[{override.kind.value}]", f"set_at = {override.set_at.isoformat(timespec='seconds')}"]
    if override.until is not None:
        lines.append(f"until = {override.until.isoformat(timespec='seconds')}")
    if override.current_a is not None:
        lines.append(f"current_a = {override.current_a}")
    if override.energy_wh is not None:
        lines.append(f"energy_kwh = {override.energy_wh / 1000:.10g}")
    if override.use_battery:
        lines.append("use_battery = true")
    return "\n".join(lines) + "\n"


def _moment(table: Mapping[str, Any], key: str, name: str) -> datetime:
    if key not in table:
        raise StorageError(f"{name}: {key} is missing: {key} = {_EXAMPLE}")
    return moment_of(table[key], key, name, (f"{key} = {_EXAMPLE}", "")).astimezone(UTC)


def _whole_amps(table: Mapping[str, Any], name: str) -> int | None:
    current_a = figure_of(table, "current_a", name, (MIN_CURRENT_A, MAX_CURRENT_A))
    if current_a is not None and current_a != int(current_a):
        raise StorageError(f"{name}: current_a = {current_a:g}: must be whole amps")
    return None if current_a is None else int(current_a)
