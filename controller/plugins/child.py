"""A strategy's process from the service's side: every wait is bounded, and nothing that comes back is believed."""

from __future__ import annotations

import json
import os
import pickle
import select
import signal
import subprocess
import sys
from contextlib import suppress
from time import perf_counter
from typing import Any

from controller.domain.errors import StrategyError
from controller.domain.one_line import one_line
from controller.plugins.origin import Described, Fault, Job

START_WITHIN_S = 10.0
"""Longest time from a process's start to its being ready, s: of the wall, whatever the service's clock does."""

CLOSES_WITHIN_S = 2.0
"""Longest wait for a process that was killed where nothing else is waiting, s."""

_LONGEST = 1 << 18
_KEPT = frozenset({"LANG", "LD_LIBRARY_PATH", "PATH", "TZ", "TZDIR"})
_KEPT_KINDS = ("LC_", "PYTHON")
"""Of the environment; passwords and credentials are not in it."""
_LEAVES_WITHIN_S, _LOOKS_EVERY_S = 0.02, 0.001


class Child:
    """A process that runs one strategy.

    Args:
        job: What it is to run.

    Raises:
        StrategyError: There is no room for another process.
    """

    def __init__(self, job: Job) -> None:
        self.name = job.origin.name
        self.began_s = perf_counter()
        self._out = bytearray(_framed(job))
        self._in = bytearray()
        try:
            self._process = subprocess.Popen(  # noqa: S603 -- our own module
                [sys.executable, "-P", "-m", "controller.plugins.host", str(os.getpid())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                bufsize=0,
                env=_environ(),
                start_new_session=True,  # Ctrl-C is the service's; and what the strategy starts ends with it
            )
        except OSError as error:
            raise StrategyError(self.name, f"cannot be given a process: {error.strerror}") from error
        assert self._process.stdin is not None  # noqa: S101 -- for the type checker
        assert self._process.stdout is not None  # noqa: S101
        self._to, self._from = self._process.stdin.fileno(), self._process.stdout.fileno()
        os.set_blocking(self._to, False)
        os.set_blocking(self._from, False)

    @property
    def age_s(self) -> float:
        """Seconds of the wall since it was started."""
        return perf_counter() - self.began_s

    def send(self, message: object) -> None:
        """Has a message written while `receive` waits."""
        self._out += _framed(message)

    def receive(self, within_s: float) -> Any:
        """The next line that it writes, read as JSON; None when there is none within that time.

        Raises:
            StrategyError: It has ended, or writes what is no answer.
        """
        until_s = perf_counter() + within_s
        waits = True
        while (end := self._in.find(b"\n")) < 0:
            if len(self._in) > _LONGEST:
                raise StrategyError(self.name, "answers without an end")
            left_s = until_s - perf_counter()
            if not waits or not self._moved(max(0.0, left_s)):
                return None
            waits = left_s > 0  # one that writes on and on, byte by byte, is not waited for either
        line = bytes(self._in[:end])
        del self._in[: end + 1]
        try:
            return json.loads(line)
        except (ValueError, RecursionError) as error:
            raise StrategyError(self.name, "answered what cannot be understood") from error

    def end(self, within_s: float) -> bool:
        """Ends it and all that it has started; whether it has gone within that time."""
        if self._process.returncode is None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        return self.gone(within_s)

    def gone(self, within_s: float) -> bool:
        """Whether it has ended; waits so long for it."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(within_s)
        return self._process.returncode is not None

    def _moved(self, within_s: float) -> bool:
        """Writes and reads what can be, waiting for it at most so long; whether anything could."""
        poller = select.poll()
        poller.register(self._from, select.POLLIN)
        if self._out:
            poller.register(self._to, select.POLLOUT)
        events = poller.poll(1000 * within_s)
        for descriptor, _ in events:
            if descriptor == self._to:
                self._write()
            else:
                self._read()
        return bool(events)

    def _write(self) -> None:
        try:
            del self._out[: os.write(self._to, self._out)]
        except BlockingIOError:
            pass
        except OSError:
            self._out.clear()  # it has ended; reading tells how

    def _read(self) -> None:
        with suppress(BlockingIOError):
            got = os.read(self._from, 1 << 16)
            if not got:
                raise StrategyError(self.name, self._ending())
            self._in += got

    def _ending(self) -> str:
        """How it has ended."""
        until_s = perf_counter() + _LEAVES_WITHIN_S
        while (code := self._exit_code()) is None:
            if perf_counter() >= until_s:
                return "has closed its way out"
            select.select([], [], [], _LOOKS_EVERY_S)  # a moment; it is leaving already
        if code >= 0:
            return f"has ended its process (exit code {code})"
        try:
            return f"its process was ended by {signal.Signals(-code).name}"
        except ValueError:
            return f"its process was ended by signal {-code}"

    def _exit_code(self) -> int | None:
        """As of `Popen`, but it is not cleared away yet: what it has started is found by its number."""
        try:
            left = os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        except ChildProcessError:  # somebody else has
            return self._process.poll()
        if left is None:
            return None
        return left.si_status if left.si_code == os.CLD_EXITED else -left.si_status


def described(name: str, plain: object) -> Described:
    """What a process says of its strategy when it is ready. Raises StrategyError where it is no such thing."""
    try:
        match plain:
            case {"about": str(about), "schema": dict(schema), "values": dict(values), "faults": list(faults), **rest}:
                return Described(
                    about=one_line(about),
                    schema=schema,
                    values=values,
                    timeless=rest.get("timeless") is True,
                    faults=tuple(
                        Fault(tuple(step for step in path if isinstance(step, str | int)), one_line(str(text), 300))
                        for path, text in faults
                    ),
                )
    except (TypeError, ValueError):
        pass
    raise StrategyError(name, "answered what cannot be understood")


def _environ() -> dict[str, str]:
    """What a strategy may know of ours: language, time zone, and where Python finds what we have found."""
    kept = {name: value for name, value in os.environ.items() if name in _KEPT or name.startswith(_KEPT_KINDS)}
    return {**kept, "PYTHONPATH": os.pathsep.join(os.path.abspath(place) for place in sys.path)}  # noqa: PTH100


def _framed(message: object) -> bytes:
    body = pickle.dumps(message, pickle.HIGHEST_PROTOCOL)
    return len(body).to_bytes(4, "big") + body
