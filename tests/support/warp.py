"""An event loop with a clock of its own: real sockets, no waiting.

While anything is ready on a socket or in the loop, time stands still; when everything waits for a timer, time jumps to
it. Loopback delivers at once, so a day of polls and requests takes as long as the work in it.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


_TURN_S = 1e-6  # a turn of the loop takes some time, or what waits for a nanosecond would wait for ever


class _WarpSelector(selectors.DefaultSelector):
    def __init__(self) -> None:
        super().__init__()
        self.now_s = 1000.0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now_s += _TURN_S
        ready = super().select(0)
        if ready or timeout == 0:
            return ready
        if timeout is None:
            return super().select(1.0)  # only a socket or a thread can go on from here
        self.now_s += timeout
        return []


class WarpLoop(asyncio.SelectorEventLoop):
    """The loop; its time is the selector's."""

    def __init__(self) -> None:
        self._warp = _WarpSelector()
        super().__init__(self._warp)

    def time(self) -> float:
        return self._warp.now_s


def run_warped(main: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Runs `main` on a warped loop, from a synchronous test."""
    with asyncio.Runner(loop_factory=WarpLoop) as runner:
        return runner.run(main())
