"""The gate before the box: one request in flight, a gap between two, and peace after trouble."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from random import Random
from typing import TypeVar

import anyio

from controller.domain.errors import DeviceTimeout, DeviceUnavailable
from controller.domain.ports import Clock

T = TypeVar("T")

_BACKOFF_FIRST_S = 5.0
_BACKOFF_MAX_S = 300.0
_JITTER_SHARE = 0.2


class Gate:
    """Every request passes here, in the order of asking.

    Args:
        clock: The service's clock.
        min_gap_s: Shortest time from the end of a request to the start of the next.
        timeout_s: Longest time for a request.
        random: Source of the back-off's jitter.
    """

    def __init__(self, clock: Clock, *, min_gap_s: float, timeout_s: float, random: Random | None = None) -> None:
        self._clock = clock
        self._min_gap_s = min_gap_s
        self._timeout_s = timeout_s
        self._random = random or Random()  # noqa: S311 -- jitter, not a secret
        self._lock = anyio.Lock()
        self._free_at_s = 0.0
        self._blocked_until_s = 0.0
        self._troubles = 0

    async def call(self, send: Callable[[], Awaitable[T]]) -> T:
        """Lets `send` through when it is its turn.

        Args:
            send: Makes exactly one request; raises DeviceUnavailable for what should be left alone for a while.

        Raises:
            DeviceUnavailable: Backing off (nothing was sent), or raised by `send`.
            DeviceTimeout: No answer within the time-out.
        """
        async with self._lock:
            blocked_s = self._blocked_until_s - self._clock.monotonic_s()
            if blocked_s > 0:
                raise DeviceUnavailable(
                    f"the wallbox is left alone for {blocked_s:.0f} s after {self._troubles} failed requests",
                    retry_in_s=blocked_s,
                )
            while (wait_s := self._free_at_s - self._clock.monotonic_s()) > 0:
                await self._clock.sleep(wait_s)
            return await self._pass(send)

    async def _pass(self, send: Callable[[], Awaitable[T]]) -> T:
        try:
            with self._clock.timeout(self._timeout_s):
                result = await send()
        except TimeoutError as error:
            raise DeviceTimeout(
                f"the wallbox did not answer within {self._timeout_s:g} s",
                retry_in_s=self._trouble(least_s=self._timeout_s),
            ) from error
        except DeviceUnavailable as error:
            error.retry_in_s = self._trouble()
            raise
        else:
            self._troubles = 0
            return result
        finally:
            self._free_at_s = self._clock.monotonic_s() + self._min_gap_s

    def _trouble(self, least_s: float = 0.0) -> float:
        """Doubles the peace, with jitter; returns its seconds.

        Args:
            least_s: Shortest peace: after a time-out the box may be at work on the request for some time yet.
        """
        pause_s = min(_BACKOFF_FIRST_S * 2.0 ** min(self._troubles, 16), _BACKOFF_MAX_S)
        pause_s = max(pause_s, least_s)
        pause_s *= 1 + self._random.uniform(0, _JITTER_SHARE)
        self._troubles += 1
        self._blocked_until_s = self._clock.monotonic_s() + pause_s
        return pause_s
