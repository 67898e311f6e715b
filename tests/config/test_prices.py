"""A solar share from prices: what is right, and what is said of what is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from controller.cli.backtest.scene import make_scene
from controller.config.loader import load_offline
from controller.config.overlay import key_path
from controller.control.plugins import installed_strategies
from controller.domain.errors import ConfigError

SITE = {"site.import_price": "0.32", "site.feed_in_price": "0.08"}
OTHERWISE = {"strategy.surplus.otherwise_price": "0.2"}


def share_of(values: dict[str, str]) -> float:
    over = [(key_path(key.split(".")), value, key) for key, value in values.items()]
    surplus = load_offline(None, {}, installed_strategies(), over).strategies["surplus"]
    share: float = getattr(surplus, "solar_share")  # noqa: B009 -- a strategy like any other, to the types
    return share


def test_the_share_follows_from_three_prices() -> None:
    assert share_of({**SITE, **OTHERWISE}) == pytest.approx(0.5)


def test_prices_alone_change_nothing() -> None:
    assert share_of(SITE) == share_of({})


def test_a_backtest_is_scored_at_it() -> None:
    scene = make_scene(None, [f"{key}={value}" for key, value in {**SITE, **OTHERWISE}.items()])
    assert scene.solar_share == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (OTHERWISE, "needs site.import_price and site.feed_in_price beside it"),
        ({**SITE, "strategy.surplus.otherwise_price": "0.05"}, "otherwise_price = 0.05 is not above feed-in"),
        ({**SITE, "strategy.surplus.otherwise_price": "cheap"}, "otherwise_price"),
        ({**SITE, **OTHERWISE, "strategy.surplus.solar_share": "0.7"}, "keep one of them"),
    ],
)
def test_what_cannot_be_is_told(values: dict[str, str], said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        share_of(values)
    (fault,) = caught.value.faults
    assert fault.startswith("strategy.surplus")
    assert said in fault


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("site.import_price", "0,30", 'site.import_price = "0,30": must be a number'),
        ("site.import_price", '"0.30"', 'site.import_price = "0.30": must be a number'),
        ("site.import_price", "2026-01-01", "site.import_price: must be a number"),
        ("site.import_price", "[0.3]", "site.import_price: must be a number"),
        ("site.import_price", "[" * 3000, "site.import_price: must be a number"),
        ("site.import_price", "true", "site.import_price = true: must be a number"),
        ("site.import_price", "1" + 400 * "0", "site.import_price: must be a number"),
        ("site.import_price", "0x" + 5000 * "f", "site.import_price: must be a number"),
        ("site.import_price", "nan", "site.import_price = nan: is not a number"),
        ("site.feed_in_price", "-inf", "site.feed_in_price = -inf: must be at least -10"),
        ("site.import_price", "200", "site.import_price = 200: must be at most 100"),
        ("strategy.surplus.otherwise_price", "true", "otherwise_price = true: must be a number"),
        ("strategy.surplus.otherwise_price", "nan", "otherwise_price = nan: is not a number"),
        ("strategy.surplus.otherwise_price", "1" + 400 * "0", "otherwise_price: must be a number"),
    ],
)
def test_what_is_no_price_is_told_once_at_its_own_key(key: str, value: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        share_of({**SITE, **OTHERWISE, key: value})
    (fault,) = caught.value.faults
    assert fault.startswith(f"{key}: {key}")
    assert said in fault


def test_a_file_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[site]\nimport_price = "0.30"\nfeed_in_price = 0.08\n[strategy.surplus]\notherwise_price = 0.2\n')
    with pytest.raises(ConfigError) as caught:
        load_offline(file, {}, installed_strategies())
    assert caught.value.faults == (f'{file}:2: site.import_price = "0.30": must be a number',)


@pytest.mark.parametrize(
    ("value", "said"),
    [(3000 * "[", "nested too deeply to be read"), (5000 * "9", "a number of several thousand digits")],
)
def test_what_the_parser_cannot_bear_is_one_clear_line(tmp_path: Path, value: str, said: str) -> None:
    file = tmp_path / "config.toml"
    file.write_text(f"[site]\nimport_price = {value}\n")
    with pytest.raises(ConfigError, match=said) as caught:
        load_offline(file, {}, installed_strategies())
    assert len(caught.value.faults) == 1


def test_another_source_than_the_files_takes_nothing_over_but_what_is_added_to_prices(tmp_path: Path) -> None:
    file, table = tmp_path / "config.toml", tmp_path / "prices.csv"
    file.write_text('[prices]\nsource = "awattar"\ncountry = "de"\nfactor = 1.2\nsurcharge_per_kwh = 0.1\n')
    over = [(("prices", "file"), str(table), "--prices"), (("prices", "source"), "file", "--prices")]
    prices = load_offline(file, {}, installed_strategies(), over).config.prices
    assert prices is not None
    assert (prices.source, prices.file, prices.country) == ("file", table, None)
    assert (prices.factor, prices.surcharge_per_kwh) == (1.2, 0.1)
    with pytest.raises(ConfigError, match='country and source = "file" do not go together'):
        load_offline(file, {}, installed_strategies(), [*over, (("prices", "country"), "at", "--set")])
    with pytest.raises(ConfigError, match='file and source = "awattar" do not go together'):
        load_offline(file, {}, installed_strategies(), over[:1])
