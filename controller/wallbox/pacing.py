"""When the box has to be left alone, and how often it may be written to; pure, on monotonic seconds."""

from __future__ import annotations

from random import Random

_FIRST_S = 5.0
_MAX_S = 300.0
_JITTER_SHARE = 0.2
_LOCKED_OUT_AFTER = 3
_MOST_DOUBLINGS = 16


class Breaker:
    """A circuit breaker: opens at the first failure, for twice as long with each one, and lets one request try it then.

    Args:
        random: Source of the jitter.

    Attributes:
        failures_in_a_row: Failures since the last good answer.
        closed_at_s: When requests may pass again.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._shut_out = False
        self.failures_in_a_row = 0
        self.closed_at_s = 0.0

    @property
    def locked_out(self) -> bool:
        """Whether the box has shut us out, or failed so often that it comes to the same."""
        return self._shut_out or self.failures_in_a_row >= _LOCKED_OUT_AFTER

    def succeed(self) -> None:
        """Takes note of an answer."""
        self.failures_in_a_row = 0
        self._shut_out = False

    def fail(self, now_s: float, *, least_s: float = 0.0, shut_out: bool = False) -> float:
        """Takes note of a failure at `now_s`; returns for how many seconds the box is left alone.

        Args:
            now_s: Now.
            least_s: Shortest peace: what the box itself asked for, or the time it may still be at work on a request.
            shut_out: Whether the box said that it has had too many requests.
        """
        pause_s = min(_FIRST_S * 2.0 ** min(self.failures_in_a_row, _MOST_DOUBLINGS), _MAX_S)
        pause_s = max(pause_s, least_s) * (1 + self._random.uniform(0, _JITTER_SHARE))
        self.failures_in_a_row += 1
        self._shut_out = self._shut_out or shut_out
        self.closed_at_s = now_s + pause_s
        return pause_s


class WriteBudget:
    """Configuration writes an hour: the box may keep them in flash, which wears out.

    Args:
        per_hour: How many; also how many at once after a quiet hour.
    """

    def __init__(self, per_hour: int) -> None:
        self._per_hour = per_hour
        self._left = float(per_hour)
        self._at_s: float | None = None

    def left(self, now_s: float) -> float:
        """Writes that may be made at `now_s`."""
        if self._at_s is not None:
            self._left = min(self._per_hour, self._left + (now_s - self._at_s) * self._per_hour / 3600)
        self._at_s = now_s
        return self._left

    def next_in_s(self, now_s: float) -> float:
        """Seconds until one may be made."""
        return max(0.0, 1.0 - self.left(now_s)) * 3600 / self._per_hour

    def spend(self, now_s: float) -> None:
        """Takes note of a write; what protects is written even where nothing is left."""
        self._left = max(0.0, self.left(now_s) - 1.0)
