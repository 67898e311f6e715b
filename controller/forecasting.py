"""Wires what makes a forecast: our own history, and where the configuration says so somebody else's sun over it."""

from __future__ import annotations

from datetime import tzinfo
from pathlib import Path

from controller.config.forecast import ForecastTable
from controller.control.energy_book import EnergyBook
from controller.control.own_forecast import OwnForecast
from controller.domain.ports import Clock, ForecastSource
from controller.feeds.forecast_file import FileForecast
from controller.feeds.forecast_services import Place, Plane, Way, forecast_solar, open_meteo
from controller.feeds.forecast_source import PlaneQuestion, WebForecast
from controller.history.text_file import TextFile

CACHE_NAME = "forecast.json"


def make_forecast(
    table: ForecastTable, book: EnergyBook, clock: Clock, zone: tzinfo, directory: Path
) -> ForecastSource | None:
    """The forecast of a site.

    Args:
        table: `[forecast]`.
        book: What flowed.
        clock: The clock.
        zone: The site's.
        directory: Where the last forecast is kept.

    Returns:
        None where none is wanted.
    """
    if table.source == "none":
        return None
    return OwnForecast(book, clock, zone, make_feed(table, clock, directory))


def make_feed(table: ForecastTable, clock: Clock, directory: Path) -> WebForecast | FileForecast | None:
    """Whoever tells the sun beside our own history; None for nobody.

    Args:
        table: `[forecast]`.
        clock: The clock.
        directory: Where the last forecast is kept.
    """
    if table.source == "file" and table.file is not None:
        return FileForecast(table.file, clock)
    if table.latitude is None or table.longitude is None or table.source not in ("forecast.solar", "open-meteo"):
        return None
    place = Place(table.latitude, table.longitude)
    planes = [Plane(plane.tilt_deg, plane.azimuth_deg, plane.kwp) for plane in table.planes]
    key = table.api_key.get_secret_value() if table.api_key is not None else ""
    way = Way(url=table.url, api_key=key, plain_allowed=table.plain_http)
    asked: list[PlaneQuestion]
    if table.source == "forecast.solar":
        asked, yields = forecast_solar(place, planes, way), 1.0
    else:
        yields = table.performance_ratio
        asked = open_meteo(place, planes, way, performance_ratio=yields)
    return WebForecast(
        asked,
        name=table.source,
        site=f"{table.source} {place} {planes} {yields}",
        store=TextFile(directory / CACHE_NAME),
        clock=clock,
    )
