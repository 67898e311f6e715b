"""A small file that others write, watched by the service: read when it has changed, and nothing in it stops control."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

from controller.control.supervisor import contained
from controller.domain.errors import StorageError

T = TypeVar("T")

_PATIENCE_S = 5.0
"""How long a file may be unreadable before that counts: not everybody writes a file whole."""

_Stamp = tuple[int, int, int]


class WatchedFile(Generic[T]):
    """What the file held when it could be read last; never waits.

    Attributes:
        value: What it held; None where there is no file, or none could ever be read.
        fault: Why it cannot be read, once that has lasted; empty where it can.

    Args:
        path: Where it lies.
        read: Reads it; raises StorageError where that is not possible.
        failed: The log's event for a defect of our own in reading.
    """

    def __init__(self, path: Path, read: Callable[[Path], T], failed: str) -> None:
        self.value: T | None = None
        self.fault = ""
        self._path = path
        self._read = read
        self._failed = failed
        self._stamp: _Stamp | None = None
        self._broken_since_s: float | None = None

    def look(self, now_s: float) -> None:
        """Takes in what has changed by `now_s` (monotonic); whatever keeps it from that, the control goes on."""
        fault: str | None = None
        with contained(self._failed, loud=self._broken_since_s is None, file=str(self._path)) as outcome:
            fault = self._take_in()
        if outcome.error is not None:
            self._stamp = None
            fault = f"{self._path} cannot be read: {type(outcome.error).__name__}: {outcome.error}"
        if fault is None:
            self._broken_since_s = None
        elif self._broken_since_s is None:
            self._broken_since_s = now_s
        lasts = self._broken_since_s is not None and now_s - self._broken_since_s >= _PATIENCE_S
        self.fault = fault if fault is not None and lasts else ""

    def _take_in(self) -> str | None:
        try:
            status = self._path.stat()
            stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
            if stamp != self._stamp:
                self.value = self._read(self._path)
                self._stamp = stamp
        except (FileNotFoundError, NotADirectoryError):
            self._stamp = self.value = None
        except (StorageError, OSError) as error:
            self._stamp = None
            return str(error)
        return None
