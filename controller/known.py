"""What is known beyond this moment without the running service: from the files that it keeps. Changes nothing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import structlog
from pydantic import SecretStr

from controller.config.models import Config
from controller.control.energy import opened
from controller.domain.errors import StorageError
from controller.domain.horizon import Forecast, Horizon
from controller.domain.persistence import LOAD_DAYS, persistence, with_load
from controller.domain.ports import Clock
from controller.domain.quarter_hours import CarNote, QuarterHour
from controller.forecasting import make_feed
from controller.history.quarter_hours import FILE_NAME, read_record
from controller.pricing import price_source

_log = structlog.get_logger()
_REMEMBERED = timedelta(days=LOAD_DAYS + 1)


def known_horizon(config: Config, prices_token: SecretStr, directory: Path, clock: Clock) -> Horizon:
    """Prices, sun and energy as the service wrote them down last; nobody is asked.

    Args:
        config: The configuration.
        prices_token: What the source of prices wants to see; empty where it wants none.
        directory: Where the service keeps its files.
        clock: The clock.
    """
    now, site = clock.now(), config.site
    past, note = _record(directory, clock)
    prices = price_source(config.prices, prices_token, clock, site.zone, directory)
    account = opened(0.0, now, past, note)
    return Horizon(
        prices=None if prices is None else prices.prices(now),
        forecast=_forecast(config, past, directory, clock),
        charged=account.log,
        plugged_since=None if note is None else note.plugged_since,
        full_power_w=account.full.power_w,
        import_price=site.import_price,
        feed_in_price=site.feed_in_price,
    )


def _record(directory: Path, clock: Clock) -> tuple[list[QuarterHour], CarNote | None]:
    try:
        return read_record(directory / FILE_NAME, clock.now() - _REMEMBERED)
    except StorageError as error:
        _log.warning("history_not_read", error=str(error))
        return [], None


def _forecast(config: Config, past: list[QuarterHour], directory: Path, clock: Clock) -> Forecast | None:
    if config.forecast.source == "none":
        return None
    now = clock.now()
    own = persistence(past, now, config.site.zone)
    feed = make_feed(config.forecast, clock, directory)
    if feed is None:
        return own
    feed.recall()
    theirs = feed.forecast(now)
    return own if theirs is None else with_load(theirs, own)
