"""Which registers a device would not give, and when they are asked for again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from controller.meter.formula import Function

Span = tuple[Function, int, int]
"""A number on the wire: function, first address, first address behind it."""

_FIRST_PATIENCE_S = 5.0
"""A device that is starting refuses what it has a moment later."""
_LONGEST_PATIENCE_S = 600.0
_LONGEST_FOR_POWER_S = 10.0
_GAP_PATIENCE_S = 3600.0


class _Patience(NamedTuple):
    """When something is asked for again, and how long that was."""

    until_s: float
    lasts_s: float


class Refusals:
    """What is left out of the requests for a while; the longer, the more often it was refused."""

    def __init__(self) -> None:
        self._spans: dict[Span, _Patience] = {}
        self._gaps_until_s: float | None = None

    def __bool__(self) -> bool:
        """Whether anything is left out."""
        return bool(self._spans) or self._gaps_until_s is not None

    def note(self, span: Span, now_s: float, *, needed: bool) -> bool:
        """A number was refused.

        Args:
            span: The number.
            now_s: When, monotonic seconds.
            needed: Whether nothing goes without it: then it is asked for again soon.

        Returns:
            Whether that is news.
        """
        before = self._spans.get(span)
        longest_s = _LONGEST_FOR_POWER_S if needed else _LONGEST_PATIENCE_S
        lasts_s = _FIRST_PATIENCE_S if before is None else min(longest_s, 2 * before.lasts_s)
        self._spans[span] = _Patience(now_s + lasts_s, lasts_s)
        return before is None

    def note_gap(self, now_s: float) -> None:
        """A request over registers that nobody wants was refused."""
        self._gaps_until_s = now_s + _GAP_PATIENCE_S

    def given(self, spans: Iterable[Span]) -> None:
        """These were not refused any more."""
        for span in spans:
            self._spans.pop(span, None)

    def forget(self) -> None:
        """The device may be another one now."""
        self._spans.clear()
        self._gaps_until_s = None

    def now(self, now_s: float) -> Iterator[Span]:
        """What is not asked for now."""
        return (span for span, patience in self._spans.items() if patience.until_s > now_s)

    def gaps(self, now_s: float) -> bool:
        """Whether a request may read over registers that nobody wants."""
        if self._gaps_until_s is not None and now_s >= self._gaps_until_s:
            self._gaps_until_s = None
        return self._gaps_until_s is None
