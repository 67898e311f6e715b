"""The house's past by quarters of an hour, in SQLite; written by a thread of its own.

Committed with the journal ahead (WAL) and `synchronous=FULL`: twelve commits an hour are little, and what was
committed survives a power cut, which with NORMAL it would not. Quarters that could not be written wait in memory for
the next one; a damaged file is set aside under another name, and a new one begun.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import structlog

from controller.domain.errors import StorageError
from controller.domain.quarter_hours import CarNote, QuarterHour

_log = structlog.get_logger()

FILE_NAME = "history.db"
KEPT_QUARTERS = 400 * 96
"""Of the newest; counted, not dated, so that a clock gone wrong costs nothing."""

_VERSION = 1
_WAITING = 96 * 7  # so many quarters wait for a disk that does not take them
_BUSY_S = 2.0
_CLOSES_WITHIN_S = 0.4
_DAMAGED = frozenset({"SQLITE_CORRUPT", "SQLITE_NOTADB"})
_NOT_OURS = frozenset({"SQLITE_CANTOPEN", "SQLITE_READONLY", "SQLITE_READONLY_DIRECTORY", "SQLITE_READONLY_CANTINIT"})
_SCHEMA = """\
CREATE TABLE quarter_hours (
    start_s INTEGER PRIMARY KEY,
    seconds REAL NOT NULL,
    pv_w REAL, load_w REAL, grid_w REAL, battery_w REAL,
    ev_wh REAL NOT NULL, solar_wh REAL NOT NULL
) STRICT;
CREATE TABLE car (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    at_s REAL NOT NULL, plugged_since_s REAL, counter_wh REAL, full_power_w REAL
) STRICT;
"""
_KEEP = "INSERT OR REPLACE INTO quarter_hours VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_NOTE = "INSERT OR REPLACE INTO car VALUES (1, ?, ?, ?, ?)"
_THIN = """\
DELETE FROM quarter_hours
WHERE start_s <= (SELECT start_s FROM quarter_hours ORDER BY start_s DESC LIMIT 1 OFFSET ?)"""


class QuarterHourFile:
    """Implements the port `HistoryStore`.

    Args:
        directory: Where `history.db` lies; made when it is missing.
    """

    def __init__(self, directory: Path) -> None:
        self._path = directory / FILE_NAME
        self._turn = threading.Condition()
        self._waiting: dict[datetime, QuarterHour] = {}
        self._note: CarNote | None = None
        self._news = self._closing = False
        self._failed = False
        self._lost = 0
        self._thread: threading.Thread | None = None

    @property
    def path(self) -> Path:
        """Where it is."""
        return self._path

    def load(self, since: datetime) -> tuple[list[QuarterHour], CarNote | None]:
        """See `HistoryStore.load`; a damaged file is set aside, and holds nothing."""
        try:
            with self._opened() as database:
                return _rows(database, since), _note(database)
        except sqlite3.Error as error:
            if not self._set_aside(error):
                raise self._failure(error, "read") from error
            return [], None
        except OSError as error:
            raise self._failure(error, "read") from error

    def keep(self, quarter: QuarterHour, note: CarNote) -> None:
        """See `HistoryStore.keep`."""
        with self._turn:
            self._waiting[quarter.start] = quarter
            self._note, self._news = note, True
            while len(self._waiting) > _WAITING:
                del self._waiting[next(iter(self._waiting))]
                self._lost += 1
            if self._thread is None:
                self._thread = threading.Thread(target=self._write_for_ever, name="history", daemon=True)
                self._thread.start()
            self._turn.notify()

    def close(self) -> None:
        """See `HistoryStore.close`; a disk that hangs is not waited for."""
        with self._turn:
            self._closing = self._thread is not None
            self._turn.notify()
        if self._thread is None:
            return
        self._thread.join(_CLOSES_WITHIN_S)
        if self._thread.is_alive():
            _log.warning("history_not_written", error="the disk does not answer", quarters=len(self._waiting))
        else:
            self._thread, self._closing = None, False

    def _write_for_ever(self) -> None:
        while True:
            with self._turn:
                self._turn.wait_for(lambda: self._news or self._closing)
                if not self._news:
                    return
                taken, note, self._news = dict(self._waiting), self._note, False
                lost, self._lost = self._lost, 0
            self._write(taken, note, lost)

    def _write(self, taken: dict[datetime, QuarterHour], note: CarNote | None, lost: int) -> None:
        """Writes what waits; told once for a row of failures."""
        try:
            with self._opened() as database, database:
                database.executemany(_KEEP, (_values(quarter) for quarter in taken.values()))
                if note is not None:
                    database.execute(_NOTE, (note.at.timestamp(), _stamp(note.plugged_since), *note[2:]))
                if any(start.hour == 0 for start in taken):  # once a day is enough
                    database.execute(_THIN, (KEPT_QUARTERS,))
        except (sqlite3.Error, OSError, StorageError) as error:
            if isinstance(error, sqlite3.Error) and self._set_aside(error):
                self._write(taken, note, lost)
                return
            failure = error if isinstance(error, StorageError) else self._failure(error, "written")
            report = _log.debug if self._failed else _log.warning
            report("history_not_written", error=str(failure), quarters=len(taken), lost_quarters=lost)
            self._failed = True
            return
        if self._failed:
            _log.info("history_written_again", quarters=len(taken), lost_quarters=lost)
        self._failed = False
        with self._turn:
            for start, quarter in taken.items():
                if self._waiting.get(start) is quarter:
                    del self._waiting[start]

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """A connection to a file of ours: made where there is none. Raises sqlite3.Error, OSError, StorageError."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._path, timeout=_BUSY_S, isolation_level="IMMEDIATE")) as database:
            version = _version(database)
            if version > _VERSION:
                raise StorageError(_too_new(self._path))
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = FULL")
            if version == 0:
                database.executescript(f"BEGIN;{_SCHEMA}PRAGMA user_version = {_VERSION};COMMIT;")
            yield database

    def _set_aside(self, error: sqlite3.Error) -> bool:
        """Gives a damaged file another name; False where it is not that."""
        if getattr(error, "sqlite_errorname", "") not in _DAMAGED:
            return False
        number = next(n for n in range(1, 1000) if not self._aside(n).exists())
        try:
            self._path.rename(self._aside(number))
            for tail in ("-wal", "-shm"):
                if (beside := _beside(self._path, tail)).exists():
                    beside.rename(_beside(self._aside(number), tail))
        except OSError:
            return False
        _log.warning(
            "history_damaged",
            file=str(self._path),
            set_aside_as=str(self._aside(number)),
            error=str(error),
            lost="forecasts from our own history, until there is a new one",
        )
        return True

    def _aside(self, number: int) -> Path:
        return self._path.with_name(f"{FILE_NAME}.damaged-{number}")

    def _failure(self, error: Exception, what: str) -> StorageError:
        why = error.strerror if isinstance(error, OSError) else str(error)
        return StorageError(f"{self._path} cannot be {what}: {why}; mend that, or change history.directory")


def read_quarter_hours(path: Path, since: datetime) -> list[QuarterHour]:
    """The quarters on record since then (aware), in their order; changes nothing. Raises StorageError."""
    return read_record(path, since)[0]


def read_record(path: Path, since: datetime) -> tuple[list[QuarterHour], CarNote | None]:
    """As `HistoryStore.load`, for who is not the service: changes nothing. Raises StorageError."""
    if not path.exists():
        return [], None
    try:
        return _read(path, since, "mode=ro")
    except sqlite3.Error as error:
        if error.sqlite_errorname not in _NOT_OURS or _beside(path, "-wal").exists():
            raise StorageError(f"{path} cannot be read: {error}") from error
    try:  # SQLite wants to make a file beside it, and may not; nobody writes just now, so none is needed
        return _read(path, since, "immutable=1")
    except sqlite3.Error as error:
        raise StorageError(f"{path} cannot be read: {error}") from error


def _read(path: Path, since: datetime, how: str) -> tuple[list[QuarterHour], CarNote | None]:
    with closing(sqlite3.connect(f"file:{quote(str(path))}?{how}", uri=True, timeout=_BUSY_S)) as database:
        if (version := _version(database)) > _VERSION:
            raise StorageError(_too_new(path))
        return (_rows(database, since), _note(database)) if version else ([], None)


def _beside(path: Path, tail: str) -> Path:
    return path.with_name(path.name + tail)


def _version(database: sqlite3.Connection) -> int:
    return int(database.execute("PRAGMA user_version").fetchone()[0])


def _rows(database: sqlite3.Connection, since: datetime) -> list[QuarterHour]:
    columns = "start_s, seconds, pv_w, load_w, grid_w, battery_w, ev_wh, solar_wh"
    rows = database.execute(
        f"SELECT {columns} FROM quarter_hours WHERE start_s >= ? ORDER BY start_s",  # noqa: S608 -- of our own words
        (int(since.timestamp()),),
    )
    return [QuarterHour(datetime.fromtimestamp(start_s, UTC), *rest) for start_s, *rest in rows]


def _note(database: sqlite3.Connection) -> CarNote | None:
    row = database.execute("SELECT at_s, plugged_since_s, counter_wh, full_power_w FROM car").fetchone()
    if row is None:
        return None
    at_s, since_s, counter_wh, full_power_w = row
    since = None if since_s is None else datetime.fromtimestamp(since_s, UTC)
    return CarNote(datetime.fromtimestamp(at_s, UTC), since, counter_wh, full_power_w)


def _values(quarter: QuarterHour) -> tuple[float | None, ...]:
    return (int(quarter.start.timestamp()), *quarter[1:])


def _stamp(moment: datetime | None) -> float | None:
    return None if moment is None else moment.timestamp()


def _too_new(path: Path) -> str:
    return f"{path} was made by a newer Sunpace; nothing is read or written there"
