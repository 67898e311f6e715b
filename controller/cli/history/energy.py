"""`sunpace history energy`: what flowed, day by day."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType

from controller.app import read_config, state_directory
from controller.cli.logs import configure_logs
from controller.cli.outcome import Outcome, show
from controller.cli.tables import line, table
from controller.control.clock import WallClock
from controller.domain.calendar import instant
from controller.domain.quarter_hours import QuarterHour
from controller.history.quarter_hours import FILE_NAME, read_quarter_hours

_MIDNIGHT = datetime.min.time()


@dataclass(slots=True)
class Day:
    """What flowed on a day, Wh; None where no meter showed it.

    Attributes:
        day: Of the site.
        seen_s: How much of it was seen, s.
        pv_wh: PV.
        load_wh: The house without the car; where no PV is metered, what it took less what the sun gave.
        ev_wh: The car.
        solar_wh: Of that from the roof.
    """

    day: date
    seen_s: float = 0.0
    pv_wh: float | None = None
    load_wh: float | None = None
    ev_wh: float = 0.0
    solar_wh: float = 0.0

    @property
    def sun_share(self) -> float | None:
        """Of the car's energy, 0..1; None where it got none."""
        return self.solar_wh / self.ev_wh if self.ev_wh > 0 else None


def energy(file: Path, *, days: int, as_json: bool) -> int:
    """Prints the last days; returns the exit code. Raises ConfigError, StorageError."""
    configure_logs("warning")
    config = read_config(file).config
    zone, path = config.site.zone, state_directory(config) / FILE_NAME
    today = WallClock().now().astimezone(zone).date()
    since = instant(today - timedelta(days=days - 1), _MIDNIGHT, zone)
    found = by_day(read_quarter_hours(path, since), zone)
    return show(Outcome({"file": str(path), "days": [_row(day) for day in found]}, _view(found, path)), as_json=as_json)


def by_day(quarters: Iterable[QuarterHour], zone: tzinfo) -> list[Day]:
    """What flowed on each day of the site's zone that there is a record of, in their order."""
    days: dict[date, Day] = {}
    for quarter in quarters:
        on = quarter.start.astimezone(zone).date()
        day = days.setdefault(on, Day(on))
        hours = quarter.seconds / 3600
        day.seen_s += quarter.seconds
        day.pv_wh = _plus(day.pv_wh, quarter.pv_w, hours)
        day.load_wh = _plus(day.load_wh, quarter.load_w, hours)
        day.ev_wh += quarter.ev_wh
        day.solar_wh += quarter.solar_wh
    return [days[on] for on in sorted(days)]


def _plus(sum_wh: float | None, power_w: float | None, hours: float) -> float | None:
    return sum_wh if power_w is None else (sum_wh or 0.0) + power_w * hours


def _row(day: Day) -> dict[str, Any]:
    share = day.sun_share
    return {
        "day": day.day.isoformat(),
        "seen_h": round(day.seen_s / 3600, 2),
        "pv_kwh": _kwh(day.pv_wh),
        "load_kwh": _kwh(day.load_wh),
        "car_kwh": _kwh(day.ev_wh),
        "car_solar_kwh": _kwh(day.solar_wh),
        "sun_share": None if share is None else round(share, 3),
    }


def _view(found: list[Day], path: Path) -> RenderableType:
    if not found:
        return Group(line(f"nothing is on record in {path} for these days; the service writes every five minutes"))
    columns = ["day", "seen", "PV kWh", "house kWh", "car kWh", "of it sun"]
    return table(columns, (_cells(day) for day in found))


def _cells(day: Day) -> tuple[str, ...]:
    share = day.sun_share
    return (
        f"{day.day:%a %Y-%m-%d}",
        f"{day.seen_s / 3600:.1f} h",
        _text(day.pv_wh),
        _text(day.load_wh),
        _text(day.ev_wh),
        "-" if share is None else f"{share:.0%}",
    )


def _kwh(wh: float | None) -> float | None:
    return None if wh is None else round(wh / 1000, 3)


def _text(wh: float | None) -> str:
    return "-" if wh is None else f"{wh / 1000:.2f}"
