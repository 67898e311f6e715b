"""What forecasts look like: the public shapes of forecast.solar and open-meteo, and a file of one's own; pure.

Both services are known from their public documentation only; the replies have not been checked against them live.

- forecast.solar, `GET /estimate/...`: `result.watt_hours_period` tells by moments the energy since the moment before,
  `result.watts` the power at them; at night there are none. Moments are asked for in UTC; without an offset they are
  taken in the zone that the reply names.
- open-meteo, `GET /v1/forecast`: under `minutely_15` or `hourly` a list of moments, and of the mean irradiance before
  each of them, W/m2: on the plane (`global_tilted_irradiance`), or level (`shortwave_radiation`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

from controller.domain.calendar import instant
from controller.domain.errors import FeedError
from controller.domain.horizon import Expected

_NIGHT = timedelta(hours=3)  # so far apart two moments are of different days
_MOST_W = 1_000_000.0
_A_DAY_S = 86_400.0
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_MOST_W_PER_M2 = 2000.0  # the sun gives 1361 outside of the atmosphere
_LISTS = (("minutely_15", timedelta(minutes=15)), ("hourly", timedelta(hours=1)))
_IRRADIANCES = ("global_tilted_irradiance", "shortwave_radiation")


def from_forecast_solar(reply: Any) -> list[Expected]:
    """The sun that forecast.solar tells for one plane. Raises FeedError."""
    result = _table(reply, "result")
    zone = _zone(reply)
    if isinstance(by_period := result.get("watt_hours_period"), dict):
        energies = _by_moment(by_period, zone, "watt_hours_period")
        return [
            Expected(start, end, wh / ((end - start) / timedelta(hours=1)))
            for (start, _), (end, wh) in pairwise(energies)
            if end - start <= _NIGHT
        ]
    if isinstance(watts := result.get("watts"), dict):
        powers = _by_moment(watts, zone, "watts")
        return [
            Expected(start, end, (before_w + after_w) / 2)
            for (start, before_w), (end, after_w) in pairwise(powers)
            if end - start <= _NIGHT
        ]
    raise FeedError("the forecast has neither watt_hours_period nor watts in it: not the shape of forecast.solar")


def from_open_meteo(reply: Any, *, kwp: float, performance_ratio: float) -> list[Expected]:
    """The sun that open-meteo's irradiance makes of one plane.

    Args:
        reply: Its JSON.
        kwp: The plane's peak power, kW at 1000 W/m2.
        performance_ratio: What of it arrives: 1 less all losses.

    Raises:
        FeedError: It has another shape.
    """
    for name, lasts in _LISTS:
        if not isinstance(reply, dict) or not isinstance(listed := reply.get(name), dict):
            continue
        irradiance = next((found for key in _IRRADIANCES if isinstance(found := listed.get(key), list)), None)
        moments = listed.get("time")
        if irradiance is None or not isinstance(moments, list) or len(moments) != len(irradiance):
            break
        offset = reply.get("utc_offset_seconds")
        shift = timedelta(seconds=0 if offset is None else _figure(offset, "utc_offset_seconds", _A_DAY_S))
        steps = []
        for moment, value in zip(moments, irradiance, strict=True):
            if value is None:
                continue
            w_per_m2 = _figure(value, name, _MOST_W_PER_M2)
            end = _meteo_moment(moment, shift)
            steps.append(Expected(end - lasts, end, max(0.0, w_per_m2) * kwp * performance_ratio))
        return checked(steps)
    raise FeedError(
        "the forecast has no list of times and global_tilted_irradiance, or shortwave_radiation: not the shape of "
        "open-meteo"
    )


def together(planes: Iterable[Sequence[Expected]]) -> list[Expected]:
    """The sun of several planes; only where all are known."""
    known = [list(plane) for plane in planes]
    if len(known) == 1:
        return known[0]
    turns = sorted({moment for plane in known for step in plane for moment in (step.start, step.end)})
    places, steps = [0] * len(known), []
    for start, end in pairwise(turns):
        watts = 0.0
        for number, plane in enumerate(known):
            while places[number] < len(plane) and plane[places[number]].end <= start:
                places[number] += 1
            if places[number] == len(plane) or plane[places[number]].start > start:
                break
            watts += plane[places[number]].pv_w
        else:
            steps.append(Expected(start, end, watts))
    return steps


def checked(steps: Iterable[Expected]) -> list[Expected]:
    """Steps in their order. Raises FeedError where one is empty, or two overlap."""
    ordered = sorted(steps)
    for step in ordered:
        if step.end <= step.start:
            raise FeedError(f"the forecast from {step.start.isoformat()} ends before it begins")
    for before, after in pairwise(ordered):
        if after.start < before.end:
            raise FeedError(f"the forecast tells two figures for {after.start.isoformat()}")
    return ordered


def believed_w(value: object) -> float:
    """A power that can be, W. Raises FeedError."""
    return _figure(value, "pv_w", _MOST_W)


def _by_moment(table: Mapping[str, Any], zone: tzinfo, name: str) -> list[tuple[datetime, float]]:
    """Moments and their figures, in their order. Raises FeedError where two are the same moment."""
    found = sorted((_moment(text, zone), max(0.0, _figure(value, name, _MOST_W))) for text, value in table.items())
    for (before, _), (after, _) in pairwise(found):
        if before == after:
            raise FeedError(f"the forecast tells two figures for {after.isoformat()}")
    return found


def _moment(text: str, zone: tzinfo) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        if moment.tzinfo is None:
            moment = instant(moment.date(), moment.time(), zone)
        return _believed(moment.astimezone(UTC))
    except (ValueError, OverflowError) as error:
        raise FeedError(f"the forecast has {text[:40]!r} where a time is expected") from error


def _meteo_moment(moment: object, shift: timedelta) -> datetime:
    try:
        if isinstance(moment, str):
            told = datetime.fromisoformat(moment)
            return _believed((told - shift).replace(tzinfo=UTC) if told.tzinfo is None else told.astimezone(UTC))
        if isinstance(moment, int) and not isinstance(moment, bool):
            return _believed(datetime.fromtimestamp(moment, UTC))
    except (ValueError, OverflowError, OSError) as error:
        raise FeedError(f"the forecast has {str(moment)[:40]!r} where a time is expected") from error
    raise FeedError(f"the forecast has {str(moment)[:40]!r} where a time is expected")


def _believed(moment: datetime) -> datetime:
    if not _EARLIEST <= moment <= _LATEST:
        raise ValueError(moment)
    return moment


def _figure(value: object, name: str, most: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not -most <= value <= most:
        raise FeedError(f"the forecast's {name} has {repr(value)[:40]}, which cannot be")
    return float(value)


def _table(reply: Any, key: str) -> Mapping[str, Any]:
    table = reply.get(key) if isinstance(reply, dict) else None
    if not isinstance(table, dict):
        raise FeedError(f"the forecast has no {key} in it: not the shape of forecast.solar")
    return table


def _zone(reply: Any) -> tzinfo:
    """The zone that forecast.solar names, for moments without an offset."""
    try:
        return ZoneInfo(reply["message"]["info"]["timezone"])
    except (KeyError, TypeError, ValueError, OSError):
        return UTC
