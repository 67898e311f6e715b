"""`sunpace history sessions`: the records of charging sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import tzinfo
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType

from controller.app import make_session_store, read_config
from controller.cli.outcome import Outcome, show
from controller.cli.tables import line, table
from controller.domain.sentences.speech import format_duration
from controller.domain.session import Ended, Session

_ENDED = {
    Ended.UNPLUGGED: "unplugged",
    Ended.EXCHANGED: "plugged in anew",
    Ended.SERVICE_STOPPED: "Sunpace was stopped",
    Ended.SERVICE_DIED: "Sunpace was not running",
}


def sessions(file: Path, *, as_json: bool) -> int:
    """Prints them; returns the exit code. Raises ConfigError, StorageError."""
    config = read_config(file).config
    store = make_session_store(config)
    found, damaged = store.closed()
    data: dict[str, Any] = {
        "file": str(store.path),
        "sessions": [_row(session) for session in found],
        "damaged_lines": damaged,
    }
    return show(Outcome(data, _view(found, damaged, store.path, config.site.zone)), as_json=as_json)


def _row(session: Session) -> dict[str, Any]:
    row = asdict(session)
    row.update(begun=session.begun.isoformat(), ended=session.ended.isoformat(), mean_w=round(session.mean_w, 1))
    return row


def _view(found: Sequence[Session], damaged: int, path: Path, zone: tzinfo) -> RenderableType:
    torn = f"{damaged} line{'s' if damaged > 1 else ''} of {path} cannot be read, and {'are' if damaged > 1 else 'is'}"
    parts = [line(f"{torn} left out")] if damaged else []
    if not found:
        return Group(line(f"no session is on record in {path} yet"), *parts)
    columns = ["begun", "charged", "kWh", "sun", "grid", "mean kW", "most kW", "starts", "writes", "phases", "ended"]
    return Group(table(columns, (_cells(session, zone) for session in found)), *parts)


def _cells(session: Session, zone: tzinfo) -> tuple[str, ...]:
    return (
        f"{session.begun.astimezone(zone):%Y-%m-%d %H:%M}",
        format_duration(session.charging_s),
        f"{session.energy_wh / 1000:.2f}",
        f"{session.solar_wh / 1000:.2f}",
        f"{session.grid_wh / 1000:.2f}",
        f"{session.mean_w / 1000:.1f}",
        f"{session.highest_w / 1000:.1f}",
        str(session.starts),
        str(session.limit_writes),
        "-" if session.phases is None else str(session.phases),
        "" if session.ended_because is None else _ENDED[session.ended_because],
    )
