"""A plan as a table for a terminal of 80 columns, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, tzinfo
from itertools import groupby
from typing import Any

from rich.console import Group, RenderableType

from controller.cli.moments import clock_time
from controller.cli.tables import line, table
from controller.control.foresee import Stretch
from controller.control.settings import CoreSettings
from controller.domain.horizon import Horizon
from controller.domain.reasons import Reason
from controller.domain.sentences import Language, sentence
from controller.pictures.reason_rows import short_name

_DAY_S = 86_400
_COLUMNS = ("when", "decides", "A", "sun", "grid", "price", "cost", "why")


def plan_view(stretches: Sequence[Stretch], settings: CoreSettings, horizon: Horizon) -> RenderableType:
    """For people."""
    zone = settings.timezone
    rows = table(_COLUMNS, (_cells(rows, zone) for rows in blocks(stretches)))
    rows.padding = (0, 1, 0, 0)
    below = [_total(stretches), *_by_hand(settings), *_known(horizon, zone)]
    return Group(rows, *(line(text) for text in below))


def as_json_object(
    stretches: Sequence[Stretch], settings: CoreSettings, horizon: Horizon, language: Language
) -> dict[str, Any]:
    """For programs; times in the site's zone, energy in kWh, what is not known null."""
    zone = settings.timezone
    return {
        "active": settings.active,
        "active_until": _iso(settings.active_until, zone),
        "timezone": str(zone),
        "stretches": [_json_row(rows, zone, language) for rows in blocks(stretches)],
        "total": {
            "charged_kwh": _kwh(sum(row.sun_wh + row.grid_wh for row in stretches)),
            "sun_kwh": _kwh(sum(row.sun_wh for row in stretches)),
            "grid_kwh": _kwh(sum(row.grid_wh for row in stretches)),
            "cost": _rounded(total_cost(stretches)),
        },
        "known": {
            "prices_until": _iso(prices_until(horizon), zone),
            "prices_stale": horizon.prices is not None and horizon.prices.stale,
            "import_price": horizon.import_price,
            "feed_in_price": horizon.feed_in_price,
            "forecast": None if horizon.forecast is None else horizon.forecast.source,
            "full_power_w": horizon.full_power_w,
        },
    }


def blocks(stretches: Sequence[Stretch]) -> list[list[Stretch]]:
    """Neighbours of which one row tells: the same strategy, amps and rule of its own, and price where it charges."""

    def alike(row: Stretch) -> tuple[object, ...]:
        return row.decides, row.current_a, _own(row.reason).code, row.current_a and row.grid_price

    return [list(rows) for _, rows in groupby(stretches, key=alike)]


def total_cost(rows: Sequence[Stretch]) -> float | None:
    """None where a part of it is not known."""
    costs = [row.cost for row in rows]
    known = [cost for cost in costs if cost is not None]
    return sum(known) if len(known) == len(costs) else None


def prices_until(horizon: Horizon) -> datetime | None:
    """To where a table has them; None without one."""
    return horizon.prices.prices[-1].end if horizon.prices is not None and horizon.prices.prices else None


def _cells(rows: Sequence[Stretch], zone: tzinfo) -> tuple[str, ...]:
    first, charges = rows[0], rows[0].current_a > 0
    sun_wh, cost = sum(row.sun_wh for row in rows), total_cost(rows)
    price = first.grid_price
    return (
        _when(first.span.start, rows[-1].span.end, zone),
        first.decides,
        str(first.current_a) if charges else "-",
        f"{sun_wh / 1000:.1f}" if charges else "",
        f"{sum(row.grid_wh for row in rows) / 1000:.1f}" if charges else "",
        f"{price:.3f}" if charges and price is not None else "",
        f"{cost:.2f}" if charges and cost is not None else "",
        short_name(_own(first.reason).code),
    )


def _own(reason: Reason) -> Reason:
    """That of the strategy that decides, without what those before it wait for."""
    while isinstance(inner := reason.values.get("why"), Reason):
        reason = inner
    return reason


def _when(start: datetime, end: datetime, zone: tzinfo) -> str:
    day = "%a " if (end - start).total_seconds() > _DAY_S else ""  # else it is plain which one is meant
    begins, ends = start.astimezone(zone), end.astimezone(zone)
    return f"{begins:%a} {clock_time(begins)}-{ends.strftime(day)}{clock_time(ends)}"


def _total(stretches: Sequence[Stretch]) -> str:
    sun_kwh, grid_kwh = (sum(wh) / 1000 for wh in zip(*((row.sun_wh, row.grid_wh) for row in stretches), strict=True))
    cost = total_cost(stretches)
    share = f", {100 * sun_kwh / (sun_kwh + grid_kwh):.0f} % of it sun" if sun_kwh + grid_kwh > 0 else ""
    return f"kWh from sun and grid; in all {sun_kwh + grid_kwh:.1f} kWh{share}" + (
        "" if cost is None else f"; cost {cost:.2f}"
    )


def _by_hand(settings: CoreSettings) -> list[str]:
    """Which strategy was chosen in place of the configuration's."""
    if not settings.afterwards:
        return []
    if settings.active_until is None:
        return [f"{settings.active} was chosen by hand, for good; else {settings.afterwards} would be active"]
    until = settings.active_until.astimezone(settings.timezone)
    return [f"{settings.active} was chosen by hand until {until:%Y-%m-%d %H:%M}; then {settings.afterwards} is active"]


def _known(horizon: Horizon, zone: tzinfo) -> list[str]:
    """On what it rests."""
    until = prices_until(horizon)
    if until is not None:
        stale = ", not up to date" if horizon.prices is not None and horizon.prices.stale else ""
        prices = f"prices known until {until.astimezone(zone):%a %H:%M}{stale}"
    elif horizon.import_price is not None:
        prices = "one price at all hours"
    else:
        prices = "prices not known"
    sun = "no sun expected: there is no forecast" if horizon.forecast is None else f"sun: {horizon.forecast.source}"
    power = "the car's power not measured yet"
    if horizon.full_power_w is not None:
        power = f"the car draws {horizon.full_power_w / 1000:.1f} kW at the most"
    return [f"{prices}; {sun}; {power}"]


def _json_row(rows: Sequence[Stretch], zone: tzinfo, language: Language) -> dict[str, Any]:
    first, span_s = rows[0], (rows[-1].span.end - rows[0].span.start).total_seconds()
    surplus_wh = sum(row.expected.surplus_w * row.span.hours for row in rows if row.expected is not None)
    return {
        "from": _iso(first.span.start, zone),
        "to": _iso(rows[-1].span.end, zone),
        "strategy": first.decides,
        "current_a": first.current_a,
        "power_w": round(sum(row.sun_wh + row.grid_wh for row in rows) / span_s * 3600),
        "surplus_w": round(surplus_wh / span_s * 3600),
        "sun_kwh": _kwh(sum(row.sun_wh for row in rows)),
        "grid_kwh": _kwh(sum(row.grid_wh for row in rows)),
        "price": first.grid_price if first.current_a else None,
        "cost": _rounded(total_cost(rows)),
        "rule": str(first.reason.code),
        "reason": sentence(first.reason, language),
    }


def _iso(moment: datetime | None, zone: tzinfo) -> str | None:
    return None if moment is None else moment.astimezone(zone).isoformat()


def _kwh(wh: float) -> float:
    return round(wh / 1000, 3)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
