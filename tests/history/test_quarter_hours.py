"""The house's past on disk: a process killed while it writes, a full disk, a locked file, a damaged one."""

from __future__ import annotations

import resource
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from structlog.testing import capture_logs

from controller.domain.errors import StorageError
from controller.domain.quarter_hours import QUARTER, CarNote, QuarterHour
from controller.history import quarter_hours
from controller.history.quarter_hours import QuarterHourFile, read_quarter_hours

NOON = datetime(2026, 6, 21, 12, tzinfo=UTC)
NOTE = CarNote(NOON, NOON - timedelta(hours=3), 4200.0, 3600.0)


def quarter(index: int = 0, ev_wh: float = 500.0) -> QuarterHour:
    return QuarterHour(NOON + index * QUARTER, 900.0, 4000.0, 350.5, -1650.0, None, ev_wh, ev_wh / 2)


def kept(directory: Path, *quarters: QuarterHour) -> QuarterHourFile:
    """A file in which these were written, and closed."""
    store = QuarterHourFile(directory)
    for one in quarters:
        store.keep(one, NOTE)
    store.close()
    return store


def test_what_was_kept_is_read_again(tmp_path: Path) -> None:
    kept(tmp_path, quarter(0), quarter(1), quarter(1, 700.0))
    found, note = QuarterHourFile(tmp_path).load(NOON)
    assert found == [quarter(0), quarter(1, 700.0)]
    assert note == NOTE
    assert QuarterHourFile(tmp_path).load(NOON + QUARTER)[0] == [quarter(1, 700.0)]
    assert read_quarter_hours(tmp_path / "history.db", NOON) == found


def test_a_site_without_a_past_has_none(tmp_path: Path) -> None:
    assert QuarterHourFile(tmp_path / "new").load(NOON) == ([], None)
    assert read_quarter_hours(tmp_path / "nowhere" / "history.db", NOON) == []


def test_the_oldest_go_by_their_number_not_their_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarter_hours, "KEPT_QUARTERS", 3)
    far_ahead = quarter(96 * 3650)  # a clock that was wrong by ten years: nothing but the oldest one goes
    kept(tmp_path, quarter(0), quarter(1), far_ahead, quarter(48))  # what comes at midnight thins out; it comes last
    found, _ = QuarterHourFile(tmp_path).load(NOON - timedelta(days=1))
    assert found == [quarter(1), quarter(48), far_ahead]


_WRITER = """
import sys
from datetime import timedelta
from pathlib import Path
from controller.domain.quarter_hours import QUARTER
from controller.history.quarter_hours import QuarterHourFile
from tests.history.test_quarter_hours import NOTE, quarter
store = QuarterHourFile(Path(sys.argv[1]))
for index in range(100_000):
    store._write({quarter(index).start: quarter(index)}, NOTE, 0)
    print(index, flush=True)
"""


def test_a_process_that_is_killed_while_it_writes_loses_nothing_that_was_written(tmp_path: Path) -> None:
    for round_ in range(3):
        directory = tmp_path / str(round_)
        writer = subprocess.Popen(
            [sys.executable, "-c", _WRITER, str(directory)],
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        assert writer.stdout is not None
        told = [int(writer.stdout.readline()) for _ in range(7 + round_)]
        writer.send_signal(signal.SIGKILL)
        told += [int(line) for line in writer.stdout.read().splitlines() if line.strip()]
        writer.stdout.close()
        assert writer.wait() == -signal.SIGKILL
        found, note = QuarterHourFile(directory).load(NOON)
        assert found[: len(told)] == [quarter(index) for index in told]
        assert len(found) <= len(told) + 1  # the one that was on its way is there as a whole, or not at all
        assert note == NOTE
        assert [file.name for file in directory.iterdir() if "damaged" in file.name] == []


_READER = """
import os, sys
from pathlib import Path
from controller.history.quarter_hours import read_quarter_hours
from tests.history.test_quarter_hours import NOON
os.chdir(sys.argv[1])
if os.geteuid() == 0:
    os.setuid(65534)
print(len(read_quarter_hours(Path("history.db"), NOON)))
"""


def test_somebody_may_read_who_may_not_write() -> None:
    with TemporaryDirectory() as name:  # where strangers find their way to
        directory = Path(name)
        kept(directory, quarter(0), quarter(1)).path.chmod(0o444)
        directory.chmod(0o555)
        reader = subprocess.run(
            [sys.executable, "-c", _READER, name],
            capture_output=True,
            text=True,
            cwd=Path(__file__).parents[2],
            check=False,
        )
        directory.chmod(0o755)
        assert (reader.stdout, reader.stderr) == ("2\n", "")
        assert [file.name for file in directory.iterdir()] == ["history.db"]


@contextmanager
def full_disk(left_bytes: int) -> Iterator[None]:
    """Files of this process grow no further: what the kernel says then is what it says of a full disk."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (left_bytes, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)


def test_a_full_disk_is_told_once_and_what_waits_is_written_later(tmp_path: Path) -> None:
    store = kept(tmp_path, quarter(0))
    with capture_logs() as logs:
        with full_disk(4096):
            for index in (1, 2, 3):
                store.keep(quarter(index), NOTE)
                store.close()
        assert QuarterHourFile(tmp_path).load(NOON)[0] == [quarter(0)]
        store.keep(quarter(4), NOTE)
        store.close()
    loud = [(entry["event"], entry["log_level"]) for entry in logs if entry["log_level"] != "debug"]
    assert loud == [("history_not_written", "warning"), ("history_written_again", "info")]
    assert QuarterHourFile(tmp_path).load(NOON)[0] == [quarter(index) for index in range(5)]


def test_a_locked_file_keeps_nobody_waiting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarter_hours, "_BUSY_S", 0.01)
    kept(tmp_path, quarter(0))
    with closing(sqlite3.connect(tmp_path / "history.db", isolation_level=None)) as other, capture_logs() as logs:
        other.execute("BEGIN EXCLUSIVE")
        kept(tmp_path, quarter(1))
        other.execute("ROLLBACK")
    (told,) = (entry for entry in logs if entry["log_level"] == "warning")
    assert "locked" in told["error"]
    kept(tmp_path, quarter(2))
    assert QuarterHourFile(tmp_path).load(NOON)[0] == [quarter(0), quarter(2)]


@pytest.mark.parametrize("content", [b"no database at all" * 400, None])
def test_a_damaged_file_is_set_aside_and_named(tmp_path: Path, content: bytes | None) -> None:
    store = kept(tmp_path, *(quarter(index) for index in range(400)))
    whole = store.path.read_bytes()
    damaged = content or whole[:4096] + b"\xff" * 4096 + whole[8192:-4096] + b"\xff" * 4096
    store.path.write_bytes(damaged)
    with capture_logs() as logs:
        assert QuarterHourFile(tmp_path).load(NOON) == ([], None)
    aside = tmp_path / "history.db.damaged-1"
    assert [(entry["event"], entry["set_aside_as"]) for entry in logs] == [("history_damaged", str(aside))]
    assert aside.read_bytes() == damaged
    kept(tmp_path, quarter(7))
    assert QuarterHourFile(tmp_path).load(NOON)[0] == [quarter(7)]


def test_a_file_that_is_damaged_while_the_service_runs_is_set_aside_as_well(tmp_path: Path) -> None:
    store = kept(tmp_path, quarter(0))
    store.path.write_bytes(b"no database at all" * 400)
    kept(tmp_path, quarter(1))
    assert QuarterHourFile(tmp_path).load(NOON)[0] == [quarter(1)]
    assert (tmp_path / "history.db.damaged-1").exists()


def test_a_file_of_a_newer_sunpace_is_left_alone(tmp_path: Path) -> None:
    store = kept(tmp_path, quarter(0))
    with closing(sqlite3.connect(store.path)) as database:
        database.execute("PRAGMA user_version = 9")
    before = store.path.read_bytes()
    with pytest.raises(StorageError, match="newer Sunpace"):
        QuarterHourFile(tmp_path).load(NOON)
    with pytest.raises(StorageError, match="newer Sunpace"):
        read_quarter_hours(store.path, NOON)
    with capture_logs() as logs:
        kept(tmp_path, quarter(1))
    assert "newer Sunpace" in logs[0]["error"]
    assert store.path.read_bytes() == before


def test_a_directory_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = QuarterHourFile(tmp_path / "file" / "state")
    with pytest.raises(StorageError, match=r"history\.directory"):
        store.load(NOON)
    with capture_logs() as logs:
        store.keep(quarter(), NOTE)
        store.close()
    assert [entry["event"] for entry in logs] == ["history_not_written"]


def test_what_waits_for_a_disk_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(quarter_hours, "_WAITING", 4)
    store = QuarterHourFile(tmp_path)
    monkeypatch.setattr(store, "_write_for_ever", lambda: None)  # a disk that hangs
    for index in range(10):
        store.keep(quarter(index), NOTE)
    assert list(store._waiting) == [quarter(index).start for index in range(6, 10)]
    assert store._lost == 6
    assert not list(tmp_path.iterdir())
