"""A forecast in a file that a person or another program writes: CSV or TOML.

CSV begins with the line `start,end,pv_w`, or `start,end,pv_w,load_w`; TOML has `[[step]]` tables with these keys.
Times are ISO 8601 with their offset, powers means in W.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog

from controller.domain.errors import FeedError
from controller.domain.horizon import Expected, Forecast
from controller.domain.ports import Clock
from controller.domain.toml_text import parse_toml
from controller.feeds.forecast_formats import checked

_log = structlog.get_logger()
_KEYS = ("start", "end", "pv_w", "load_w")
_NEEDED = _KEYS[:3]
_MOST_W = 1_000_000.0
_LONGEST_BYTES = 1024 * 1024
_LOOK_EVERY_S = 60.0


class FileForecast:
    """Implements the port `ForecastSource`: reads the file when it has changed.

    Args:
        path: Where it lies.
        clock: The clock.
    """

    def __init__(self, path: Path, clock: Clock) -> None:
        self._path = path
        self._clock = clock
        self._forecast: Forecast | None = None
        self._seen: tuple[int, int, int] | None = None
        self._told = ""

    def forecast(self, now: datetime) -> Forecast | None:
        """See `ForecastSource.forecast`; nothing once its last step is over."""
        known = self._forecast
        return known if known is not None and known.steps and known.steps[-1].end > now else None

    async def run(self) -> None:
        """See `ForecastSource.run`."""
        while True:
            self.recall()
            await self._clock.sleep(_LOOK_EVERY_S)

    @property
    def name(self) -> str:
        """Of the file, for people."""
        return f"file {self._path.name}"

    async def renew(self) -> None:
        """Reads it if it has changed. Raises FeedError."""
        self._take_in()

    def recall(self) -> None:
        """Takes in what has changed; what cannot be read is told, and what was known before stays."""
        fault = ""
        try:
            self._take_in()
        except FeedError as error:
            fault = str(error)
        if fault and fault != self._told:
            _log.warning(
                "forecast_unreadable", error=fault, remedy="until then the last one counts, or our own history"
            )
        self._told = fault

    def _take_in(self) -> None:
        try:
            status = self._path.stat()
            seen = (status.st_mtime_ns, status.st_size, status.st_ino)
            if seen == self._seen:
                return
            steps = read_forecast_file(self._path)
        except OSError as error:
            raise FeedError(f"{self._path} cannot be read: {error.strerror}") from error
        self._seen = seen
        self._forecast = Forecast(tuple(steps), datetime.fromtimestamp(status.st_mtime, UTC), self.name)


def read_forecast_file(path: Path) -> list[Expected]:
    """The steps in a file, in their order. Raises OSError, FeedError."""
    with path.open("rb") as file:
        content = file.read(_LONGEST_BYTES + 1)
    if len(content) > _LONGEST_BYTES:
        raise FeedError(f"{path} is longer than {_LONGEST_BYTES // 1024} KiB: it is no forecast")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise FeedError(f"{path}: not UTF-8 text") from error
    rows = _toml_rows(text, path) if path.suffix == ".toml" else _csv_rows(text, path)
    try:
        return checked(_step(row, place) for place, row in rows)
    except FeedError as error:
        raise FeedError(str(error) if str(path) in str(error) else f"{path}: {error}") from error


def _csv_rows(text: str, path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        rows = list(csv.reader(io.StringIO(text)))
    except csv.Error as error:
        raise FeedError(f"{path}: no CSV: {error}") from error
    names = tuple(cell.strip() for cell in rows[0]) if rows else ()
    if names not in (_NEEDED, _KEYS):
        raise FeedError(f"{path}:1: the first line has to be {','.join(_NEEDED)} or {','.join(_KEYS)}")
    for number, row in enumerate(rows[1:], start=2):
        if not any(cell.strip() for cell in row):
            continue
        if len(row) != len(names):
            raise FeedError(f"{path}:{number}: {len(row)} columns instead of {len(names)}")
        yield f"{path}:{number}", dict(zip(names, (cell.strip() for cell in row), strict=True))


def _toml_rows(text: str, path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    try:
        table = parse_toml(text)
    except ValueError as error:
        raise FeedError(f"{path}: {error}") from error
    steps = table.get("step")
    if table.keys() != {"step"} or not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
        raise FeedError(f"{path}: [[step]] tables with the keys {', '.join(_KEYS)} are expected, and nothing else")
    for number, step in enumerate(steps, start=1):
        if wrong := sorted(step.keys() - set(_KEYS)) or sorted(set(_NEEDED) - step.keys()):
            raise FeedError(f"{path}: step {number}: {wrong[0]} is missing or unknown; known are {', '.join(_KEYS)}")
        yield f"{path}: step {number}", step


def _step(row: Mapping[str, Any], place: str) -> Expected:
    return Expected(
        _moment(row["start"], f"{place}: start"),
        _moment(row["end"], f"{place}: end"),
        _watts(row["pv_w"], f"{place}: pv_w"),
        _watts(row.get("load_w", 0.0), f"{place}: load_w"),
    )


def _moment(value: Any, place: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        if isinstance(moment, datetime) and moment.tzinfo is not None:
            return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        pass
    raise FeedError(f"{place} = {str(value)[:40]}: write a time with its offset, like 2026-06-21T12:00:00+02:00")


def _watts(value: Any, place: str) -> float:
    try:
        watts = float(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else math.nan
    except (ValueError, OverflowError):
        watts = math.nan
    if not 0 <= watts <= _MOST_W:
        raise FeedError(f"{place} = {str(value)[:40]}: must be a number of watts from 0 to {_MOST_W:.0f}")
    return watts
