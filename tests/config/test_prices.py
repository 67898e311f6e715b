"""A solar share from prices: what is right, and what is said of what is not."""

from __future__ import annotations

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
        ({**SITE, "strategy.surplus.otherwise_price": "0.05"}, "0.05 another time is not between feed-in"),
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
