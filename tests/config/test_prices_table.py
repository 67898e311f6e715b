"""The table `[prices]`: what goes together, what is said of what does not, and the token."""

from __future__ import annotations

from pathlib import Path

import pytest

from controller.config.loader import load_price_places
from controller.config.models import Places
from controller.control.clock import WallClock
from controller.domain.errors import ConfigError
from controller.feeds.price_file_source import WrittenPrices
from controller.feeds.price_source import FetchedPrices
from controller.pricing import price_source

SECRET = "sesame-7-sesame"


def load(tmp_path: Path, table: str, **environ: str) -> tuple[Places, str]:
    file = tmp_path / "config.toml"
    file.write_text(f'[history]\ndirectory = "{tmp_path}"\n[prices]\n{table}\n')
    places, token = load_price_places(file, environ)
    return places, token.get_secret_value()


@pytest.mark.parametrize(
    "table",
    [
        'source = "awattar"\ncountry = "at"\nfactor = 1.2\nsurcharge_per_kwh = 0.15',
        'source = "awattar"\ncountry = "at"\nurl = "http://127.0.0.1:8000/prices"',
        'source = "awattar"\ncountry = "at"\nurl = "http://192.0.2.1/prices"\nplain_http = true',
        'source = "energy-charts"\nbidding_zone = "DE-LU"',
        'source = "octopus"\nproduct = "AGILE-24-10-01"\ntariff = "E-1R-AGILE-24-10-01-C"',
        f'source = "tibber"\ntoken = "{SECRET}"',
    ],
)
def test_a_source_for_each(tmp_path: Path, table: str) -> None:
    _, shown = load(tmp_path, table)
    assert shown == (SECRET if "tibber" in table else "")
    places, token = load_price_places(tmp_path / "config.toml", {})
    source = price_source(places.prices, token, WallClock(), places.site.zone, tmp_path)
    assert isinstance(source, FetchedPrices)
    assert source.name.split()[0] in table


def test_a_file(tmp_path: Path) -> None:
    (tmp_path / "prices.toml").write_text("default_per_kwh = 0.3")
    places, _ = load(tmp_path, f'source = "file"\nfile = "{tmp_path}/prices.toml"')
    _, token = load_price_places(tmp_path / "config.toml", {})
    source = price_source(places.prices, token, WallClock(), places.site.zone, tmp_path)
    assert isinstance(source, WrittenPrices)
    table = source.prices(WallClock().now())
    assert table is not None
    assert table.prices[0].per_kwh == 0.3


def test_no_table_no_prices(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text("")
    places, token = load_price_places(file, {})
    assert price_source(places.prices, token, WallClock(), places.site.zone, tmp_path) is None


def test_the_token_comes_from_a_file_the_environment_or_a_credential(tmp_path: Path) -> None:
    (tmp_path / "token").write_text(f"{SECRET}\n")
    table = f'source = "tibber"\ntoken_file = "{tmp_path}/token"'
    assert load(tmp_path, table)[1] == SECRET
    assert load(tmp_path, table, SUNPACE_PRICES__TOKEN="12345")[1] == "12345"
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    (credentials / "prices.token").write_text("54321")
    assert load(tmp_path, 'source = "tibber"', CREDENTIALS_DIRECTORY=str(credentials))[1] == "54321"


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ('file = "a.toml"', "prices.source: is missing"),
        ('source = "nordpool"', 'prices.source = "nordpool": must be "file", "awattar"'),
        ('source = "file"', 'prices: file is missing: source = "file" needs it, such as file = '),
        ('source = "file"\nfile = "a.toml"\nurl = "https://example.org"', 'url and source = "file" do not go together'),
        ('source = "awattar"', 'country is missing: source = "awattar" needs it, such as country = "de"'),
        ('source = "awattar"\ncountry = "ch"', 'prices.country = "ch": must be "de" or "at"'),
        ('source = "awattar"\ncountry = "de"\nbidding_zone = "AT"', "bidding_zone and source"),
        ('source = "awattar"\ncountry = "de"\ntoken = "x"', "no token is needed"),
        ('source = "energy-charts"', "bidding_zone is missing"),
        ('source = "energy-charts"\nbidding_zone = "DE/../x"', "is no such code"),
        ('source = "octopus"\nproduct = "A"', "tariff is missing"),
        ('source = "tibber"', "needs one of token and token_file"),
        (f'source = "tibber"\ntoken = "{SECRET}"\ntoken_file = "x"', "keep one of them"),
        ('source = "tibber"\ntoken_file = "/nowhere/token"', "prices.token_file: /nowhere/token cannot be read"),
        (f'source = "tibber"\ntoken = ["{SECRET}"]', "prices.token"),
        (f'source = "tibber"\nurl = "https://me:{SECRET}@example.org"', "url must hold neither a password"),
        (f'source = "tibber"\nurl = "http://example.org/{SECRET}"', "or plain_http = true where that is meant"),
        ('source = "awattar"\ncountry = "de"\nplain_http = true', "plain_http says something of url, which is missing"),
        ('source = "awattar"\ncountry = "de"\nfactor = -1', "prices.factor = -1: must be at least 0"),
        ('source = "awattar"\ncountry = "de"\nfactor = nan', "prices.factor = nan: is not a number"),
        (
            'source = "awattar"\ncountry = "de"\nsurcharge = 1',
            "prices.surcharge: unknown key; did you mean surcharge_per_kwh",
        ),
    ],
)
def test_what_does_not_go_together_is_told_with_its_place(tmp_path: Path, table: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, table)
    (fault,) = caught.value.faults
    assert fault.startswith(f"{tmp_path}/config.toml:")
    assert said in fault
    assert SECRET not in fault
