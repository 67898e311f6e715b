"""What `sunpace check` finds of the forecast."""

from __future__ import annotations

from datetime import datetime, timedelta, tzinfo

from controller.app import state_directory
from controller.config.loader import Loaded
from controller.domain.calendar import Span, instant
from controller.domain.errors import FeedError
from controller.domain.horizon import Forecast
from controller.domain.ports import Clock
from controller.forecasting import make_feed

_MIDNIGHT = datetime.min.time()


async def forecast_found(loaded: Loaded, clock: Clock) -> tuple[str, bool, str] | None:
    """(name, whether it is well, what it says); None where only our own history is looked at, or nothing."""
    config = loaded.config
    feed = make_feed(config.forecast, clock, state_directory(config))
    if feed is None:
        return None
    name = f"forecast {feed.name}"
    try:
        await feed.renew()
    except FeedError as error:
        return name, False, str(error)
    now = clock.now()
    forecast = feed.forecast(now)
    if forecast is None:
        return name, False, "its last step is over: our own history stands in"
    return name, True, told(forecast, now, config.site.zone)


def told(forecast: Forecast, now: datetime, zone: tzinfo) -> str:
    """What is left of today, and tomorrow, in words."""
    today = now.astimezone(zone).date()
    midnights = [instant(today + timedelta(days=days), _MIDNIGHT, zone) for days in (1, 2)]
    rest, tomorrow = (_kwh(forecast, span) for span in (Span(now, midnights[0]), Span(*midnights)))
    return f"{rest:.1f} kWh of sun are expected today from now on, {tomorrow:.1f} kWh tomorrow"


def _kwh(forecast: Forecast, span: Span) -> float:
    return sum(step.pv_w * Span(step.start, step.end).hours for step in forecast.within(span)) / 1000
