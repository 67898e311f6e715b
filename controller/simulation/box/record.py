"""What the box has seen: counters, and the layer that counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Protocol

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from controller.domain.ports import Clock

_MOST_ENDPOINTS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A file that was uploaded; the content is not kept."""

    key: str
    name: str
    size: int
    sha256: str


@dataclass(slots=True)
class Record:
    """What the box has lived through since it was switched on, or since the record was reset.

    Attributes:
        api_calls: Requests.
        in_flight: Requests that are being answered at this moment.
        max_in_flight: Most requests at once.
        min_gap_s: Shortest time from the end of an answer to the next request, s; None before the second.
        mean_gap_s: Mean of these, s.
        endpoints: Requests by "METHOD path"; beyond a hundred different ones they are counted as "other".
        statuses: Answers by status; a request without an answer counts under none.
        field_writes: Accepted writes by field key.
        limit_writes: Accepted writes of the operator current limit.
        lowest_limit_a: Lowest limit written, A; None before the first.
        highest_limit_a: Highest limit written, A.
        refused: Requests answered with 4xx.
        dropped: Connections that the box reset.
        starts: Local remote starts.
        stops: Local remote stops.
        restarts: Restarts, those of factory resets included.
        logins: Accepted logins.
        logins_refused: Others.
        lockouts: How often too many requests brought a lockout.
        uploaded_bytes: Size of all uploaded files, bytes.
        uploads: The files.
    """

    api_calls: int = 0
    in_flight: int = 0
    max_in_flight: int = 0
    min_gap_s: float | None = None
    mean_gap_s: float | None = None
    endpoints: Counter[str] = field(default_factory=Counter)
    statuses: Counter[str] = field(default_factory=Counter)
    field_writes: Counter[str] = field(default_factory=Counter)
    limit_writes: int = 0
    lowest_limit_a: int | None = None
    highest_limit_a: int | None = None
    refused: int = 0
    dropped: int = 0
    starts: int = 0
    stops: int = 0
    restarts: int = 0
    logins: int = 0
    logins_refused: int = 0
    lockouts: int = 0
    uploaded_bytes: int = 0
    uploads: list[Upload] = field(default_factory=list)
    _gaps: int = field(default=0, repr=False)

    def limit_written(self, limit_a: int) -> None:
        """Takes note of an accepted limit."""
        self.limit_writes += 1
        self.lowest_limit_a = limit_a if self.lowest_limit_a is None else min(self.lowest_limit_a, limit_a)
        self.highest_limit_a = limit_a if self.highest_limit_a is None else max(self.highest_limit_a, limit_a)

    def gap_seen(self, gap_s: float) -> None:
        """Takes note of a gap between two requests."""
        self._gaps += 1
        self.min_gap_s = gap_s if self.min_gap_s is None else min(self.min_gap_s, gap_s)
        mean_s = self.mean_gap_s or 0.0
        self.mean_gap_s = mean_s + (gap_s - mean_s) / self._gaps

    def uploaded(self, upload: Upload) -> None:
        """Takes note of a file."""
        self.uploaded_bytes += upload.size
        self.uploads.append(upload)

    def as_json(self) -> dict[str, Any]:
        """The counters for JSON."""
        counters = {column.name: getattr(self, column.name) for column in fields(self) if column.repr}
        return {**counters, "uploads": [asdict(upload) for upload in self.uploads]}


class Recorded(Protocol):
    """Whoever owns the record; it may be replaced by a new one at any time."""

    record: Record


class Recorder:
    """Counts requests and measures the gaps between them, as the box sees them.

    Args:
        app: The application.
        box: Whose record.
        clock: The box's clock.
    """

    def __init__(self, app: ASGIApp, box: Recorded, clock: Clock) -> None:
        self._app = app
        self._box = box
        self._clock = clock
        self._in_flight = 0
        self._answered_s: float | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._begin(f"{scope['method']} {scope['path']}")
        answered = False

        async def note(message: Message) -> None:
            nonlocal answered
            if message["type"] == "http.response.start":
                self._box.record.statuses[str(message["status"])] += 1
                self._box.record.refused += 400 <= message["status"] < 500
            if message["type"] == "http.response.body" and not message.get("more_body", False):
                answered = True
                self._answered_s = self._clock.monotonic_s()
            await send(message)

        try:
            await self._app(scope, receive, note)
        finally:
            if not answered:  # reset or hung: it ended when the client had gone
                self._answered_s = self._clock.monotonic_s()
            self._in_flight -= 1
            self._box.record.in_flight = self._in_flight

    def _begin(self, endpoint: str) -> None:
        record = self._box.record
        if self._answered_s is not None and self._in_flight == 0:
            record.gap_seen(self._clock.monotonic_s() - self._answered_s)
        self._in_flight += 1
        record.api_calls += 1
        record.in_flight = self._in_flight
        record.max_in_flight = max(record.max_in_flight, self._in_flight)
        known = endpoint in record.endpoints or len(record.endpoints) < _MOST_ENDPOINTS
        record.endpoints[endpoint if known else "other"] += 1
