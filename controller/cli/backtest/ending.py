"""Ctrl-C and SIGTERM while other processes work for this one."""

from __future__ import annotations

import signal
import threading
from types import FrameType, TracebackType
from typing import Any, Self

_ENDING = (signal.SIGINT, signal.SIGTERM)


class OrderlyEnd:
    """While entered, a signal that ends this process waits for the next `check`, or for the end of it all.

    An exception out of a signal's handler could strike anywhere, in the midst of what the standard library does to its
    own locks. Processes that are started before `started` never get Ctrl-C, which a terminal sends to all of them: they
    are for their parent to end. Outside of the main thread, where there are no signals, it does nothing.
    """

    def __init__(self) -> None:
        self._came: int | None = None
        self._before: dict[signal.Signals, Any] = {}
        self._mask: set[int | signal.Signals] | None = None

    def __enter__(self) -> Self:
        """Takes the signals."""
        if threading.current_thread() is threading.main_thread():
            for number in _ENDING:
                if signal.getsignal(number) is not signal.SIG_IGN:  # as in a shell's background
                    self._before[number] = signal.signal(number, self._on_signal)
            self._mask = set(signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT}))  # is what children inherit
        return self

    def __exit__(self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None) -> None:
        """Gives them back; raises KeyboardInterrupt or SystemExit for one that has come last."""
        self._unmask()
        for number, handler in self._before.items():
            signal.signal(number, handler)
        if self._came is not None and kind is None:
            self._end(self._came)

    def started(self) -> None:
        """All processes are there: Ctrl-C may come in."""
        self._unmask()

    def check(self) -> None:
        """Raises KeyboardInterrupt or SystemExit if a signal has come."""
        if self._came is not None:
            self._end(self._came)

    def _unmask(self) -> None:
        if self._mask is not None:
            signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        self._came = number

    def _end(self, number: int) -> None:
        raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(128 + number)
