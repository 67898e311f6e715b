"""Who may use a connection next: one at a time, what is urgent first."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import anyio


class Turns:
    """A queue before something that serves one at a time.

    Whoever has had a turn goes to the end: between two turns of the urgent one another gets its own.
    """

    def __init__(self) -> None:
        self._taken = False
        self._numbers = itertools.count()
        self._waiting: list[tuple[int, int, anyio.Event]] = []

    @asynccontextmanager
    async def turn(self, priority: int) -> AsyncIterator[None]:
        """Waits for a turn, and holds it while entered.

        Args:
            priority: The lower, the sooner; among equals whoever came first.
        """
        if self._taken:
            await self._wait(priority)
        self._taken = True
        try:
            yield
        finally:
            self._hand_on()

    async def _wait(self, priority: int) -> None:
        called = anyio.Event()
        place = (priority, next(self._numbers), called)
        heapq.heappush(self._waiting, place)
        try:
            await called.wait()
        except BaseException:
            if called.is_set():  # cancelled just as the turn came
                self._hand_on()
            else:
                self._waiting.remove(place)
                heapq.heapify(self._waiting)
            raise

    def _hand_on(self) -> None:
        if self._waiting:
            heapq.heappop(self._waiting)[2].set()
        else:
            self._taken = False
