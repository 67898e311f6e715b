"""`sunpace prices`: what a kWh from the grid costs, and when."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, tzinfo
from pathlib import Path

from controller.app import state_directory
from controller.cli.logs import configure_logs
from controller.cli.loop import run_on_loop
from controller.cli.moments import clock_time
from controller.config.loader import load_price_places
from controller.control.clock import WallClock
from controller.domain.calendar import Span
from controller.domain.errors import ConfigError
from controller.domain.prices import Price, PriceTable
from controller.pricing import price_source

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_WIDEST = 30


def show_prices(config: Path, *, fetch: bool, as_json: bool) -> int:
    """Prints what is known from now on; returns the exit code.

    Args:
        config: The configuration.
        fetch: Whether the source is asked before.
        as_json: For programs: one JSON object on one line.

    Raises:
        ConfigError: The configuration is wrong, or names no source of prices.
        FeedError: The source was to be asked, and failed.
    """
    configure_logs("warning")
    places, token = load_price_places(config, os.environ)
    clock = WallClock()
    source = price_source(places.prices, token, clock, places.site.zone, state_directory(places))
    if source is None:
        raise ConfigError([f"{config}: names no source of prices; a table [prices] does, such as config.toml shows"])
    if fetch:
        run_on_loop(source.renew)
    now = clock.now()
    table = source.prices(now)
    rows = [] if table is None else [price for price in table.prices if price.end > now]
    stale = table is not None and table.stale
    if as_json:
        prices = [{"start": _iso(start), "end": _iso(end), "per_kwh": per_kwh} for start, end, per_kwh in rows]
        print(json.dumps({"source": source.name, "stale": stale, "prices": prices}))
        return 0 if rows else 1
    print(f"{source.name}: {told(table, now, places.site.zone)}")
    for line in _lines(rows, places.site.zone):
        print(line)
    return 0 if rows else 1


def told(table: PriceTable | None, now: datetime, zone: tzinfo) -> str:
    """What is known from now on, in a line."""
    rows = [price._replace(start=max(price.start, now)) for price in table.prices if price.end > now] if table else []
    if table is None or not rows:
        return "no prices are known from now on; --fetch asks for them, and so does the service"
    hours = sum(Span(row.start, row.end).hours for row in rows)
    cheapest, dearest = (pick(rows, key=lambda row: row.per_kwh) for pick in (min, max))
    old = "; they are old, newer ones could not be had" if table.stale else ""
    return (
        f"{hours:.0f} h known until {_local(rows[-1].end, zone)}, "
        f"cheapest {cheapest.per_kwh:.3f} at {_local(cheapest.start, zone)}, "
        f"dearest {dearest.per_kwh:.3f} at {_local(dearest.start, zone)}{old}"
    )


def _lines(rows: list[Price], zone: tzinfo) -> list[str]:
    """A line each, with a bar."""
    highest = max((abs(row.per_kwh) for row in rows), default=0.0) or 1.0
    bars = ["#" * round(_WIDEST * max(0.0, row.per_kwh) / highest) for row in rows]
    return [
        f"{_local(start, zone)} - {clock_time(end.astimezone(zone))}  {per_kwh:8.4f}  {bar}".rstrip()
        for (start, end, per_kwh), bar in zip(rows, bars, strict=True)
    ]


def _local(moment: datetime, zone: tzinfo) -> str:
    local = moment.astimezone(zone)
    return f"{_DAYS[local.weekday()]} {clock_time(local)}"


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat()
