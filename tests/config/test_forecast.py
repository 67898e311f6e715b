"""The table [forecast]: what goes together, and what it makes."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from controller.config.forecast import ForecastTable
from controller.control.clock import WallClock
from controller.control.energy_book import EnergyBook
from controller.control.own_forecast import OwnForecast
from controller.domain.errors import ConfigError
from controller.feeds.forecast_file import FileForecast
from controller.feeds.forecast_source import WebForecast
from controller.forecasting import make_forecast
from tests.config.test_loader import GOOD, load
from tests.support.houses import core, surplus

PLACE = {"latitude": 48.1, "longitude": 11.5, "planes": [{"tilt_deg": 30, "azimuth_deg": 0, "kwp": 9.8}]}
HOSTED = {"source": "open-meteo", **PLACE}


def made(tmp_path: Path, **table: Any) -> Any:
    settings = core(surplus())
    return make_forecast(
        ForecastTable.model_validate(table), EnergyBook(None, settings), WallClock(), UTC, tmp_path / "state"
    )


def test_without_a_table_our_own_history_is_looked_at(tmp_path: Path) -> None:
    source = made(tmp_path)
    assert isinstance(source, OwnForecast)
    assert source._feed is None
    assert source.forecast(datetime(2026, 6, 21, tzinfo=UTC)) is None


def test_none_is_none(tmp_path: Path) -> None:
    assert made(tmp_path, source="none") is None


def test_a_file_lies_over_our_own(tmp_path: Path) -> None:
    source = made(tmp_path, source="file", file=str(tmp_path / "sun.csv"))
    assert isinstance(source._feed, FileForecast)


@pytest.mark.parametrize("service", ["forecast.solar", "open-meteo"])
def test_a_service_lies_over_our_own(tmp_path: Path, service: str) -> None:
    source = made(tmp_path, **{**HOSTED, "source": service, "api_key": "secret-7"})
    assert isinstance(source._feed, WebForecast)
    assert "secret-7" not in source._feed._site
    assert service in source._feed._site


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ({"source": "open-meteo"}, "needs latitude and longitude"),
        ({"source": "forecast.solar", "latitude": 48.1, "longitude": 11.5}, "needs your modules, such as planes"),
        ({"source": "file"}, "which file"),
        ({"file": "sun.csv"}, "which file"),
        ({"source": "guess"}, "source"),
        ({**HOSTED, "latitude": 91}, "latitude"),
        ({**HOSTED, "planes": [{"tilt_deg": 30, "azimuth_deg": 270, "kwp": 9.8}]}, "azimuth_deg"),
        ({**HOSTED, "planes": [{"tilt_deg": 30, "azimuth_deg": 0, "kwp": 0}]}, "kwp"),
        ({**HOSTED, "planes": [{"tilt_deg": 30, "azimuth_deg": 0}]}, "kwp"),
        ({**HOSTED, "url": "open-meteo"}, "web address"),
        ({**HOSTED, "url": "http://meteo.lan"}, "goes unencrypted.*plain_http = true"),
        ({**HOSTED, "url": "http://meteo.lan", "plain_http": True, "api_key": "x"}, "goes unencrypted"),
        ({**HOSTED, "performance_ratio": 0}, "performance_ratio"),
        ({**HOSTED, "peak": 3}, "peak"),
    ],
)
def test_what_does_not_go_together_is_refused(table: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        ForecastTable.model_validate(table)


def test_ones_own_server_may_be_asked_unencrypted() -> None:
    table = ForecastTable.model_validate({**HOSTED, "url": "http://meteo.lan:8080", "plain_http": True})
    assert table.url == "http://meteo.lan:8080"


def test_a_key_may_come_from_the_environment_and_is_never_shown() -> None:
    text = GOOD + (
        '[forecast]\nsource = "forecast.solar"\nlatitude = 48.1\nlongitude = 11.5\n'
        "planes = [{ tilt_deg = 30, azimuth_deg = 0, kwp = 9.8 }]\n"
    )
    loaded = load(text, SUNPACE_FORECAST__API_KEY="12345678")
    key = loaded.config.forecast.api_key
    assert key is not None
    assert key.get_secret_value() == "12345678"
    assert "12345678" not in repr(loaded.config)


def test_a_fault_names_its_line() -> None:
    with pytest.raises(ConfigError, match=r"config.toml:\d+: forecast: source = \"open-meteo\" needs latitude"):
        load(GOOD + '[forecast]\nsource = "open-meteo"\n')
