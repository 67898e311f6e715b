"""A table of prices that somebody has written: TOML or CSV, wall times that recur, and dated rows over them.

::

    default_per_kwh = 0.34                # where no row says otherwise; without it prices are unknown there

    [[recurring]]
    start = "22:00"                       # wall time of the site; across midnight it belongs to the day it starts on
    end = "06:00"
    days = ["mon", "tue"]                 # every day unless given
    per_kwh = 0.24

    [[dated]]
    start = 2026-12-24T18:00:00+01:00     # with its offset
    end = 2026-12-24T20:00:00+01:00
    per_kwh = 0.10

As CSV the same rows: `start,end,per_kwh` and optionally `days` (`mon tue`); times of day recur, instants are dated.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from pathlib import Path
from typing import Any

from controller.domain.calendar import DAYS, Span, Window, wall_time
from controller.domain.errors import FeedError
from controller.domain.prices import Price, PriceTable
from controller.domain.toml_text import parse_toml

_DEAREST_PER_KWH = 100.0
_LONGEST_BYTES = 2 * 1024 * 1024
_RECURRING, _DATED = frozenset({"start", "end", "days", "per_kwh"}), frozenset({"start", "end", "per_kwh"})
_TOP = ("default_per_kwh", "recurring", "dated")
_SOME_MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
_FORTNIGHT = timedelta(days=14)


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenTable:
    """What a file says.

    Attributes:
        recurring: What recurs, with its price per kWh; no two at once.
        dated: What holds once, and goes before.
        default_per_kwh: Where neither says anything; None where nothing is known then.
    """

    recurring: tuple[tuple[Window, float], ...] = ()
    dated: tuple[Price, ...] = ()
    default_per_kwh: float | None = None

    def prices(self, within: Span, zone: tzinfo) -> tuple[Price, ...]:
        """All prices in `within`, cut to it, by the clocks of `zone`."""
        recurring = [Price(*span, per_kwh) for window, per_kwh in self.recurring for span in window.spans(within, zone)]
        default = () if self.default_per_kwh is None else (Price(*within, self.default_per_kwh),)
        told = laid_over(self.dated, laid_over(sorted(recurring), default))
        return tuple(PriceTable(told).within(within))


def laid_over(upper: Iterable[Price], lower: Iterable[Price]) -> tuple[Price, ...]:
    """`lower` where `upper` says nothing, and `upper`; each in its order and without overlap."""
    uppers = sorted(upper)
    left: list[Price] = []
    place = 0
    for price in lower:
        start = price.start
        while place < len(uppers) and uppers[place].end <= start:
            place += 1
        for over in uppers[place:]:
            if over.start >= price.end:
                break
            if over.start > start:
                left.append(Price(start, over.start, price.per_kwh))
            start = over.end
        if start < price.end:
            left.append(Price(start, price.end, price.per_kwh))
    return tuple(sorted([*uppers, *left]))


def read_table(path: Path) -> WrittenTable:
    """The table in a file; by its ending TOML or CSV. Raises FeedError."""
    try:
        if not path.is_file():
            raise FeedError(f"{path} {'is no regular file' if path.exists() else 'does not exist'}")
        with path.open("rb") as file:
            content = file.read(_LONGEST_BYTES + 1)
        if len(content) > _LONGEST_BYTES:
            raise FeedError(f"{path} is longer than {_LONGEST_BYTES // 1024} KiB: it is no table of prices")
        text = content.decode("utf-8-sig")
    except OSError as error:
        raise FeedError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise FeedError(f"{path} is not UTF-8 text") from error
    match path.suffix.lower():
        case ".toml":
            return parse_toml_table(text, str(path))
        case ".csv":
            return parse_csv_table(text, str(path))
        case _:
            raise FeedError(f"{path}: a table of prices is a file that ends in .toml or .csv")


def parse_toml_table(text: str, name: str) -> WrittenTable:
    """The table in a TOML text; `name` is the file's, for people. Raises FeedError."""
    try:
        tree = parse_toml(text)
    except ValueError as error:
        raise FeedError(f"{name}: {error}") from error
    _check_keys(tree, _TOP, name)
    default = None if "default_per_kwh" not in tree else _per_kwh(tree["default_per_kwh"], f"{name}: default_per_kwh")
    recurring, dated = (_tables(tree, key, name) for key in ("recurring", "dated"))
    return _made(
        [_recurring(row, place) for place, row in recurring],
        [_dated(row, place) for place, row in dated],
        default,
        name,
    )


def parse_csv_table(text: str, name: str) -> WrittenTable:
    """The table in a CSV text with a line of headings; `name` is the file's, for people. Raises FeedError."""
    lines = csv.DictReader(io.StringIO(text), skipinitialspace=True, strict=True)
    recurring, dated = [], []
    try:
        headings = [heading.strip() for heading in lines.fieldnames or ()]
        if not {"start", "end", "per_kwh"} <= set(headings) <= _RECURRING:
            raise FeedError(f'{name}:1: the headings must be "start,end,per_kwh" or "start,end,per_kwh,days"')
        lines.fieldnames = headings
        for line in lines:
            place = f"{name}:{lines.line_num}"
            if None in line or None in line.values():
                raise FeedError(f"{place}: has not as many fields as the headings")
            row: dict[str, Any] = {key: value.strip() for key, value in line.items()}
            row["per_kwh"] = _csv_figure(row["per_kwh"], place)
            days = str(row.pop("days", "")).split()
            if "T" in row["start"] or "-" in row["start"]:
                dated.append(_dated(row, place))
            else:
                recurring.append(_recurring({**row, "days": days} if days else row, place))
    except csv.Error as error:
        raise FeedError(f"{name}: not valid CSV: {error}") from error
    return _made(recurring, dated, None, name)


def _made(recurring: list[tuple[Window, float]], dated: list[Price], default: float | None, name: str) -> WrittenTable:
    """The table, once no two rows say something of the same moment."""
    if not recurring and not dated and default is None:
        raise FeedError(f"{name}: holds no prices")
    try:
        once = PriceTable.of(dated).prices
    except ValueError as error:
        raise FeedError(f"{name}: {error}") from error
    fortnight = Span(_SOME_MONDAY, _SOME_MONDAY + _FORTNIGHT)
    spans = [(span, window) for window, _ in recurring for span in window.spans(fortnight, UTC)]
    for (before, one), (after, other) in pairwise(sorted(spans, key=lambda found: found[0])):
        if after.start < before.end:
            day = DAYS[after.start.weekday()]
            raise FeedError(f"{name}: {_said(one)} and {_said(other)} both give a price for {day} {after.start:%H:%M}")
    return WrittenTable(recurring=tuple(recurring), dated=once, default_per_kwh=default)


def _said(window: Window) -> str:
    return f"{window.start:%H:%M}-{window.end:%H:%M}"


def _tables(tree: Mapping[str, Any], key: str, name: str) -> list[tuple[str, dict[str, Any]]]:
    rows = tree.get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise FeedError(f"{name}: {key} must be tables: [[{key}]]")
    return [(f"{name}: {key}[{number}]", row) for number, row in enumerate(rows)]


def _recurring(row: Mapping[str, Any], place: str) -> tuple[Window, float]:
    _check_keys(row, _RECURRING, place)
    times = []
    for key in ("start", "end"):
        try:
            times.append(wall_time(_needed(row, key, place)))
        except (TypeError, ValueError) as error:
            raise FeedError(f'{place}: {key}: a time of day like "22:00" is expected') from error
    days = row.get("days", list(DAYS))
    if not isinstance(days, list) or not days or not all(day in DAYS for day in days):
        raise FeedError(f"{place}: days: must be some of {', '.join(DAYS)}")
    weekdays = frozenset(DAYS.index(day) for day in days)
    return Window(times[0], times[1], weekdays), _per_kwh(_needed(row, "per_kwh", place), f"{place}: per_kwh")


def _dated(row: Mapping[str, Any], place: str) -> Price:
    _check_keys(row, _DATED, place)
    start, end = (_instant(_needed(row, key, place), f"{place}: {key}") for key in ("start", "end"))
    if end <= start:
        raise FeedError(f"{place}: ends before it begins")
    return Price(start, end, _per_kwh(_needed(row, "per_kwh", place), f"{place}: per_kwh"))


def _instant(value: Any, place: str) -> datetime:
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    except ValueError:
        moment = None
    if not isinstance(moment, datetime) or moment.tzinfo is None or moment.second or moment.microsecond:
        raise FeedError(f"{place}: must be a time with its offset, to the minute, like 2026-12-24T18:00:00+01:00")
    if not 1900 < moment.year < 9999:
        raise FeedError(f"{place}: lies outside of all calendars")
    return moment.astimezone(UTC)


def _per_kwh(value: Any, place: str) -> float:
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not -_DEAREST_PER_KWH <= value <= _DEAREST_PER_KWH:
        raise FeedError(
            f"{place}: must be a price per kWh, a number from {-_DEAREST_PER_KWH:g} to {_DEAREST_PER_KWH:g}"
        )
    return float(value)


def _csv_figure(text: str, place: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise FeedError(f"{place}: per_kwh: must be a number with a point, like 0.24") from error


def _needed(row: Mapping[str, Any], key: str, place: str) -> Any:
    if key not in row:
        raise FeedError(f"{place}: {key} is missing")
    return row[key]


def _check_keys(row: Mapping[str, Any], known: Iterable[str], place: str) -> None:
    if unknown := sorted(row.keys() - set(known)):
        raise FeedError(f"{place}: {unknown[0]}: unknown key; known are: {', '.join(sorted(known))}")
