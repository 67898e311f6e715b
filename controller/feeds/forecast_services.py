"""What forecast.solar and open-meteo are asked, plane by plane; as in their public documentation, not checked live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple
from urllib.parse import quote

from controller.feeds.fetch import Question
from controller.feeds.forecast_formats import from_forecast_solar, from_open_meteo
from controller.feeds.forecast_source import PlaneQuestion

FORECAST_SOLAR = "https://api.forecast.solar"
OPEN_METEO = "https://api.open-meteo.com"
_DAYS = "3"


class Plane(NamedTuple):
    """Modules that look the same way.

    Attributes:
        tilt_deg: 0 is level, 90 upright.
        azimuth_deg: 0 is south, -90 east, 90 west, 180 north; both services count like that.
        kwp: Peak power, kW.
    """

    tilt_deg: float
    azimuth_deg: float
    kwp: float


class Place(NamedTuple):
    """Where the modules are.

    Attributes:
        latitude: Degrees; north of the equator > 0.
        longitude: Degrees; east of Greenwich > 0.
    """

    latitude: float
    longitude: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """How a service is reached.

    Attributes:
        url: A server in place of the public one; None for that.
        api_key: Of a paid plan; empty for none.
        plain_allowed: Whether it may go unencrypted beyond this machine.
    """

    url: str | None = None
    api_key: str = field(default="", repr=False)
    plain_allowed: bool = False


PUBLIC = Way()


def forecast_solar(place: Place, planes: Sequence[Plane], way: Way = PUBLIC) -> list[PlaneQuestion]:
    """One request a plane; a key stands in the path."""
    base = (way.url or FORECAST_SOLAR).rstrip("/") + (f"/{quote(way.api_key, safe='')}" if way.api_key else "")
    return [
        PlaneQuestion(
            question=Question(
                url=f"{base}/estimate/{place.latitude:.4f}/{place.longitude:.4f}/{tilt:.0f}/{azimuth:.0f}/{kwp:g}",
                params={"time": "utc"},
                plain_allowed=way.plain_allowed,
            ),
            read=from_forecast_solar,
        )
        for tilt, azimuth, kwp in planes
    ]


def open_meteo(
    place: Place, planes: Sequence[Plane], way: Way = PUBLIC, *, performance_ratio: float
) -> list[PlaneQuestion]:
    """One request a plane, for the irradiance on it; a key goes into the query."""
    key = {"apikey": way.api_key} if way.api_key else {}
    return [
        PlaneQuestion(
            question=Question(
                url=f"{(way.url or OPEN_METEO).rstrip('/')}/v1/forecast",
                params={
                    "latitude": f"{place.latitude:.4f}",
                    "longitude": f"{place.longitude:.4f}",
                    "minutely_15": "global_tilted_irradiance",
                    "tilt": f"{tilt:g}",
                    "azimuth": f"{azimuth:g}",
                    "timeformat": "unixtime",
                    "timezone": "UTC",
                    "forecast_days": _DAYS,
                    **key,
                },
                plain_allowed=way.plain_allowed,
            ),
            read=partial(from_open_meteo, kwp=kwp, performance_ratio=performance_ratio),
        )
        for tilt, azimuth, kwp in planes
    ]
