"""When the box has to be left alone, and how often it may be written to; pure, on monotonic seconds."""

from __future__ import annotations

from random import Random

_FIRST_S = 5.0
_MAX_S = 300.0
_MAX_BETWEEN_ANSWERS_S = 60.0  # a box that answers now and then can still be told to stop
_JITTER_SHARE = 0.2
_LOCKED_OUT_AFTER = 3
_MOST_STEPS = 7.0  # more would not make the pause longer, only the way back
_STEPS_BACK = 0.5


class Breaker:
    """A circuit breaker: opens at the first failure, for twice as long with each one, and lets one request try it then.

    An answer takes back half a step only: a box that answers every second time is left alone ever longer, too.

    Args:
        random: Source of the jitter.

    Attributes:
        failures_in_a_row: Failures since the last good answer.
        closed_at_s: When requests may pass again.
    """

    def __init__(self, random: Random) -> None:
        self._random = random
        self._shut_out = False
        self._steps = 0.0
        self.failures_in_a_row = 0
        self.closed_at_s = 0.0

    @property
    def locked_out(self) -> bool:
        """Whether the box has shut us out, or failed so often that it comes to the same."""
        return self._shut_out or self.failures_in_a_row >= _LOCKED_OUT_AFTER

    def succeed(self) -> None:
        """Takes note of an answer."""
        self._steps = max(0.0, self._steps - _STEPS_BACK)
        self.failures_in_a_row = 0
        self._shut_out = False

    def fail(self, now_s: float, *, least_s: float = 0.0, shut_out: bool = False) -> float:
        """Takes note of a failure at `now_s`; returns for how many seconds the box is left alone.

        Args:
            now_s: Now.
            least_s: Shortest peace: what the box itself asked for, or the time it may still be at work on a request.
            shut_out: Whether the box said that it has had too many requests.
        """
        self.failures_in_a_row += 1
        longest_s = _MAX_S if self.failures_in_a_row >= _LOCKED_OUT_AFTER else _MAX_BETWEEN_ANSWERS_S
        pause_s = min(_FIRST_S * float(2.0**self._steps), longest_s)
        pause_s = max(pause_s, least_s) * (1 + self._random.uniform(0, _JITTER_SHARE))
        self._steps = min(self._steps + 1, _MOST_STEPS)
        self._shut_out = self._shut_out or shut_out
        self.closed_at_s = now_s + pause_s
        return pause_s


class Budget:
    """So many an hour: of configuration writes, since flash wears out; of logins, since each ends another's session.

    Args:
        per_hour: How many.
        at_once: How many after a quiet time; an hour's unless given.
    """

    def __init__(self, per_hour: int, at_once: int | None = None) -> None:
        self._per_hour = per_hour
        self._most = float(per_hour if at_once is None else at_once)
        self._left = self._most
        self._at_s: float | None = None

    def left(self, now_s: float) -> float:
        """How many are left at `now_s`."""
        if self._at_s is not None:
            self._left = min(self._most, self._left + (now_s - self._at_s) * self._per_hour / 3600)
        self._at_s = now_s
        return self._left

    def next_in_s(self, now_s: float) -> float:
        """Seconds until one may be made."""
        return max(0.0, 1.0 - self.left(now_s)) * 3600 / self._per_hour

    def spend(self, now_s: float) -> None:
        """Takes note of one; what protects is done even where nothing is left."""
        self._left = max(0.0, self.left(now_s) - 1.0)
