"""The gate before the box: one request in flight, a gap between two, what protects first, and peace after trouble."""

from __future__ import annotations

import heapq
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from enum import IntEnum
from itertools import count
from random import Random
from typing import TypeVar

import anyio
import structlog

from controller.domain.errors import DeviceRejected, DeviceTimeout, DeviceUnavailable
from controller.domain.ports import Clock
from controller.domain.traffic import Traffic
from controller.wallbox.pacing import Breaker, Budget
from controller.wallbox.turnstile import LOOK_EVERY_S, Turnstile

T = TypeVar("T")

_log = structlog.get_logger()


class Priority(IntEnum):
    """Who goes first when several wait."""

    LOGIN = 0
    """Without a token nothing else is any use."""
    PROTECT = 1
    """Stopping and reducing."""
    COMMAND = 2
    """Starting, raising, and every other write."""
    READ = 3


class TooManyRequests(DeviceUnavailable):
    """The box says that it has had too many requests (429)."""


class _Ticket:
    """One caller's place in the queue."""

    def __init__(self, priority: Priority, number: int) -> None:
        self.place = (priority, number)
        self.look = anyio.Event()

    def __lt__(self, other: _Ticket) -> bool:
        return self.place < other.place


class Gate:
    """Every request passes here: by priority, then in the order of asking.

    Args:
        clock: The service's clock.
        min_gap_s: Shortest time from the end of a request to the start of the next.
        timeout_s: Longest time for a request, unless it asks for more.
        writes_per_hour: Budget of configuration writes; what protects is counted, and passes all the same.
        turnstile: Shared with other programs on this machine; None where there are none.
        random: Source of the back-off's jitter.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        min_gap_s: float,
        timeout_s: float,
        writes_per_hour: int = 60,
        turnstile: Turnstile | None = None,
        random: Random | None = None,
    ) -> None:
        self._clock = clock
        self._min_gap_s = min_gap_s
        self._timeout_s = timeout_s
        self._breaker = Breaker(random or Random())  # noqa: S311 -- jitter, not a secret
        self._budget = Budget(writes_per_hour)
        self._turnstile = turnstile
        self._queue: list[_Ticket] = []
        self._numbers = count()
        self._busy = False
        self._free_at_s = 0.0
        self._requests = self._failures = self._timeouts = self._writes = 0

    @property
    def timeout_s(self) -> float:
        """Longest time for a request that asks for nothing else, s."""
        return self._timeout_s

    async def call(
        self,
        send: Callable[[], Awaitable[T]],
        *,
        priority: Priority = Priority.READ,
        timeout_s: float | None = None,
        is_write: bool = False,
    ) -> T:
        """Lets `send` through when it is its turn.

        Args:
            send: Makes exactly one request; raises DeviceUnavailable for what should be left alone for a while.
            priority: Who goes first.
            timeout_s: Longest time for this request, s; the gate's own unless it is longer.
            is_write: Whether it is a configuration write, and counts against the budget.

        Raises:
            DeviceUnavailable: Backing off (nothing was sent), or raised by `send`.
            DeviceTimeout: No answer within the time-out.
            DeviceRejected: The budget of writes is spent (nothing was sent), or raised by `send`.
        """
        await self._turn(priority)
        try:
            self._refuse_while_left_alone()
            if is_write:
                self._spend(priority)
            return await self._pass(send, max(self._timeout_s, timeout_s or 0.0))
        finally:
            self._busy = False
            if self._turnstile is not None:
                self._turnstile.leave()
            self._wake_first()

    async def close(self, *, keep_gap: bool) -> None:
        """Lets other programs on this machine go: at once, or after the gap."""
        if self._turnstile is None:
            return
        if keep_gap:
            await self._clock.sleep(self._free_at_s - self._clock.monotonic_s())
        self._turnstile.close()

    def traffic(self) -> Traffic:
        """What has passed, and what stands in the way, now."""
        now_s = self._clock.monotonic_s()
        blocked_s = self._breaker.closed_at_s - now_s
        return Traffic(
            requests=self._requests,
            failures=self._failures,
            timeouts=self._timeouts,
            writes=self._writes,
            writes_left=int(self._budget.left(now_s)),
            in_flight=self._busy,
            waiting=len(self._queue),
            failures_in_a_row=self._breaker.failures_in_a_row,
            left_alone_until=self._clock.now() + timedelta(seconds=blocked_s) if blocked_s > 0 else None,
            locked_out=self._breaker.locked_out,
        )

    async def _turn(self, priority: Priority) -> None:
        """Returns when nothing is in flight, the gap is over, and nobody more urgent waits; the turn is then taken."""
        ticket = _Ticket(priority, next(self._numbers))
        heapq.heappush(self._queue, ticket)
        try:
            while True:
                ticket.look = anyio.Event()
                if self._busy or self._queue[0] is not ticket:
                    await ticket.look.wait()
                elif (wait_s := self._wait_s()) > 0:
                    with suppress(TimeoutError), self._clock.timeout(wait_s):
                        await ticket.look.wait()  # somebody more urgent may come
                else:
                    break
            self._busy = True
        finally:
            self._queue.remove(ticket)
            heapq.heapify(self._queue)
            self._wake_first()

    def _wait_s(self) -> float:
        """Seconds until it is worth trying: the gap, or another program that is talking to the box."""
        gap_s = self._free_at_s - self._clock.monotonic_s()
        if gap_s > 0 or self._turnstile is None or self._turnstile.try_take():
            return gap_s
        return LOOK_EVERY_S

    def _wake_first(self) -> None:
        if self._queue and not self._busy:
            self._queue[0].look.set()

    def _refuse_while_left_alone(self) -> None:
        breaker = self._breaker
        blocked_s = breaker.closed_at_s - self._clock.monotonic_s()
        if blocked_s <= 0:
            return
        failed = f"after {breaker.failures_in_a_row} failed request{'s' if breaker.failures_in_a_row > 1 else ''}"
        if breaker.locked_out:
            until = f"{self._clock.now() + timedelta(seconds=blocked_s):%H:%M:%S}"
            raise DeviceUnavailable(
                f"the wallbox is locked out until {until} UTC, in {blocked_s:.0f} s, {failed}", retry_in_s=blocked_s
            )
        raise DeviceUnavailable(f"the wallbox is left alone for {blocked_s:.0f} s {failed}", retry_in_s=blocked_s)

    def _spend(self, priority: Priority) -> None:
        now_s = self._clock.monotonic_s()
        wait_s = self._budget.next_in_s(now_s)
        if wait_s > 0 and priority is not Priority.PROTECT:
            raise DeviceRejected(
                f"the hour's budget of configuration writes is spent; the next is possible in {wait_s:.0f} s; "
                "nothing was sent (wallbox.pacing.writes_per_hour)",
                retry_in_s=wait_s,
            )
        self._budget.spend(now_s)
        self._writes += 1

    async def _pass(self, send: Callable[[], Awaitable[T]], timeout_s: float) -> T:
        self._requests += 1
        try:
            with self._clock.timeout(timeout_s):
                result = await send()
        except TimeoutError as error:
            self._timeouts += 1
            pause_s = self._fail(least_s=timeout_s)  # the box may be at work on the request for some time yet
            raise DeviceTimeout(f"the wallbox did not answer within {timeout_s:g} s", retry_in_s=pause_s) from error
        except DeviceUnavailable as error:
            shut_out = isinstance(error, TooManyRequests)
            error.retry_in_s = self._fail(least_s=error.retry_in_s or 0.0, shut_out=shut_out)
            raise
        else:
            if self._breaker.locked_out:
                _log.info("wallbox_lockout_over", failures=self._breaker.failures_in_a_row)
            self._breaker.succeed()
            return result
        finally:
            self._free_at_s = self._clock.monotonic_s() + self._min_gap_s

    def _fail(self, *, least_s: float, shut_out: bool = False) -> float:
        before = self._breaker.locked_out
        self._failures += 1
        pause_s = self._breaker.fail(self._clock.monotonic_s(), least_s=least_s, shut_out=shut_out)
        if self._breaker.locked_out and not before:
            until = self._clock.now() + timedelta(seconds=pause_s)
            _log.warning("wallbox_locked_out", until=until.isoformat(timespec="seconds"), in_s=round(pause_s))
        return pause_s
