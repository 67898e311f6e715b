"""Charging sessions on disk: one JSON line each, and the running one in a file of its own."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

import structlog
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from controller.domain.errors import StorageError
from controller.domain.session import Begun, Ended, Session
from controller.history.atomic import write_whole

_log = structlog.get_logger()


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)

    wallbox: str
    begun: AwareDatetime
    begun_by: Begun
    ended: AwareDatetime
    ended_because: Ended | None
    energy_wh: float
    solar_wh: float
    grid_wh: float
    starts: int
    limit_writes: int
    highest_w: float
    charging_s: float
    phases: int | None
    counter_wh: float | None

    def session(self) -> Session:
        return Session(**self.model_dump(exclude={"wallbox"}))


class SessionFile:
    """Implements the port `SessionStore`.

    Args:
        directory: Where `sessions.jsonl` and `session.json` lie; made when it is missing.
        wallbox: Host and port of the box; a running session of another box is none of ours.
    """

    def __init__(self, directory: Path, wallbox: str) -> None:
        self._running = directory / "session.json"
        self._closed = directory / "sessions.jsonl"
        self._wallbox = wallbox

    @property
    def path(self) -> Path:
        """Where the closed sessions are."""
        return self._closed

    def running(self) -> Session | None:
        """See `SessionStore.running`; a damaged file is none."""
        try:
            row = _Row.model_validate_json(self._running.read_bytes())
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StorageError(f"{self._running} cannot be read: {error.strerror}") from error
        except ValidationError:
            _log.warning("session_file_damaged", file=str(self._running), lost="the session that a crash has ended")
            return None
        return row.session() if row.wallbox == self._wallbox else None

    def keep(self, session: Session) -> None:
        """See `SessionStore.keep`."""
        try:
            write_whole(self._running, self._line(session))
        except OSError as error:
            raise _unwritable(self._running, error) from error

    def close(self, session: Session, because: Ended) -> None:
        """See `SessionStore.close`: first the line, then the running one goes; a crash in between tells it twice."""
        line = self._line(session, because)
        try:
            self._closed.parent.mkdir(parents=True, exist_ok=True)
            with self._closed.open("ab+") as file:
                torn = file.tell() > 0 and _last_byte(file.fileno(), file.tell()) != b"\n"
                file.write((b"\n" if torn else b"") + line.encode())
                file.flush()
                os.fsync(file.fileno())
            self._running.unlink(missing_ok=True)
        except OSError as error:
            raise _unwritable(self._closed, error) from error

    def closed(self) -> tuple[list[Session], int]:
        """All closed sessions, the oldest first, and how many lines cannot be read. Raises StorageError."""
        try:
            lines = self._closed.read_bytes().splitlines()
        except FileNotFoundError:
            return [], 0
        except OSError as error:
            raise StorageError(f"{self._closed} cannot be read: {error.strerror}") from error
        sessions: list[Session] = []
        damaged = 0
        for line in lines:
            try:
                sessions.append(_Row.model_validate_json(line).session())
            except ValidationError:
                damaged += 1
        return sessions, damaged

    def _line(self, session: Session, because: Ended | None = None) -> str:
        row = {"wallbox": self._wallbox, **asdict(session)}
        if because is not None:
            row["ended_because"] = because
        return json.dumps(row, default=_iso) + "\n"


def _iso(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    raise TypeError(f"{value!r} is no part of a session")


def _last_byte(handle: int, size: int) -> bytes:
    return os.pread(handle, 1, size - 1)


def _unwritable(path: Path, error: OSError) -> StorageError:
    return StorageError(f"{path} cannot be written: {error.strerror}; mend that, or change history.directory")
