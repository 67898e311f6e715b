"""Sunpace as a process of its own: started, watched line by line, stopped by its id."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

PATIENCE_S = 40.0


class Process:
    """A running command; its lines arrive on queues, so that no wait is endless."""

    def __init__(self, *arguments: str, environ: dict[str, str] | None = None, cwd: Path | None = None) -> None:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("SUNPACE_")}
        self.popen = subprocess.Popen(
            [sys.executable, "-m", "controller", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**inherited, **(environ or {})},
            cwd=cwd,
        )
        self.out: queue.Queue[str] = queue.Queue()
        self.err: queue.Queue[str] = queue.Queue()
        self.seen: list[str] = []
        self._readers = [
            threading.Thread(target=_pump, args=(stream, lines), daemon=True)
            for stream, lines in ((self.popen.stdout, self.out), (self.popen.stderr, self.err))
        ]
        for reader in self._readers:
            reader.start()

    def line(self) -> str:
        """The next line on stdout."""
        return self.out.get(timeout=PATIENCE_S)

    def log(self, words: str) -> str:
        """The next line on stderr that holds `words`."""
        while True:
            try:
                line = self.err.get(timeout=PATIENCE_S)
            except queue.Empty:
                raise AssertionError(f"{words!r} was never logged; seen: {self.seen}") from None
            self.seen.append(line)
            if words in line:
                return line

    def end(self, sign: signal.Signals = signal.SIGTERM, patience_s: float = 5.0) -> int:
        """Sends a signal; returns the exit code, which has to come in time."""
        self.popen.send_signal(sign)
        return self.popen.wait(patience_s)

    def close(self) -> None:
        if self.popen.poll() is None:
            self.popen.kill()
            self.popen.wait(PATIENCE_S)
        for reader in self._readers:
            reader.join(PATIENCE_S)
        for stream in (self.popen.stdout, self.popen.stderr):
            if stream is not None:
                stream.close()


def _pump(stream: IO[str] | None, lines: queue.Queue[str]) -> None:
    for line in stream or ():
        lines.put(line.rstrip("\n"))


@contextmanager
def sunpace(*arguments: str, environ: dict[str, str] | None = None, cwd: Path | None = None) -> Iterator[Process]:
    process = Process(*arguments, environ=environ, cwd=cwd)
    try:
        yield process
    finally:
        process.close()


def outcome(*arguments: str, cwd: Path | None = None) -> tuple[int, str, str]:
    """Runs a command to its end: exit code, stdout, stderr."""
    done = subprocess.run(
        [sys.executable, "-m", "controller", *arguments],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
        cwd=cwd,
    )
    return done.returncode, done.stdout, done.stderr


@contextmanager
def emulated_home(tmp_path: Path, **replacements: str) -> Iterator[tuple[dict[str, Any], Path]]:
    """A virtual home in a process of its own; yields its addresses and a configuration that fits it."""
    file = tmp_path / "config.toml"
    with sunpace("emulate", "home", "--json", "--write-config", str(file)) as home:
        addresses = json.loads(home.line())
        text = file.read_text()
        for old, new in replacements.items():
            text = text.replace(old, new)
        file.write_text(text)
        yield addresses, file
        assert home.end() == 0
