"""How the wallbox is being treated: what the gate before it has seen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """The gate before the wallbox at one moment; counts since the start.

    Attributes:
        requests: Requests sent.
        failures: Of those, not answered, or answered with 429 or 5xx.
        timeouts: Of those failures, not answered in time.
        writes: Configuration writes sent.
        writes_left: Configuration writes that the hour's budget still allows.
        in_flight: Whether a request is on the wire.
        waiting: Callers that wait for their turn.
        failures_in_a_row: Failures since the last good answer.
        left_alone_until: Until when nothing is sent (aware UTC); None while requests are let through.
        locked_out: Whether the box is taken to have shut us out, or to be gone, rather than to have stumbled.
    """

    requests: int
    failures: int
    timeouts: int
    writes: int
    writes_left: int
    in_flight: bool
    waiting: int
    failures_in_a_row: int
    left_alone_until: datetime | None
    locked_out: bool
