"""The clocks: the only module that asks the time or sleeps."""

from __future__ import annotations

import time
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta

import anyio


class WallClock:
    """Real time; intervals on CLOCK_MONOTONIC, so that NTP and a person may set the wall clock."""

    def monotonic_s(self) -> float:
        """See `Clock.monotonic_s`."""
        return time.monotonic()

    def now(self) -> datetime:
        """See `Clock.now`."""
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        """See `Clock.sleep`."""
        await anyio.sleep(max(0.0, seconds))

    def timeout(self, seconds: float) -> AbstractContextManager[object]:
        """See `Clock.timeout`."""
        return anyio.fail_after(seconds)


class ScaledClock:
    """Time that starts where it is told and runs `speed` times as fast as the event loop's; for the virtual home.

    Args:
        start: Aware UTC instant at which it starts.
        speed: Its seconds per second of the event loop, > 0.
    """

    def __init__(self, start: datetime, speed: float = 1.0) -> None:
        self._start = start
        self._speed = speed
        self._origin_s = anyio.current_time()

    def monotonic_s(self) -> float:
        """See `Clock.monotonic_s`."""
        return (anyio.current_time() - self._origin_s) * self._speed

    def now(self) -> datetime:
        """See `Clock.now`."""
        return self._start + timedelta(seconds=self.monotonic_s())

    async def sleep(self, seconds: float) -> None:
        """See `Clock.sleep`."""
        await anyio.sleep(max(0.0, seconds) / self._speed)

    def timeout(self, seconds: float) -> AbstractContextManager[object]:
        """See `Clock.timeout`."""
        return anyio.fail_after(seconds / self._speed)
