"""Whom a strategy hands over to is there, and does not hand back; who goes by prices has some."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from controller.config.loader import load_offline, parse_config
from controller.control.plugins import installed_strategies
from controller.domain.demand import Answering
from controller.domain.errors import ConfigError
from controller.meter.profile_files import Shelf
from controller.plugins.foreign import Plugins
from strategies.fixed import Fixed
from tests.support.plugins import HEAD, write

REST = """
[meter.grid]
host = "nowhere"
[wallbox]
host = "nowhere"
password = "x"
tls = "insecure"
"""


def load(tmp_path: Path, text: str) -> Mapping[str, Answering]:
    file = tmp_path / "config.toml"
    file.write_text(text)
    return load_offline(file, {}, installed_strategies()).strategies


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (
            '[strategy.fixed]\nthen = "surplos"\n',
            '2: strategy.fixed.then = "surplos": no such strategy is installed; did',
        ),
        ('[strategy]\nactive = "fixed"\n[strategy.fixed]\nthen = "x"\n', '4: strategy.fixed.then = "x": no such'),
        (
            '[strategy]\nactive = "fixed"\n[strategy.fixed]\nthen = "fixed"\n',
            '4: strategy.fixed.then = "fixed": is the strategy itself; name another one',
        ),
    ],
)
def test_a_wrong_name_is_told_with_its_place(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(ConfigError, match=r"config.toml:" + fault.replace(".", r"\.")):
        load(tmp_path, text)


@pytest.mark.parametrize("then", ["surplus", "off_peak"])
def test_a_right_one_is_taken(tmp_path: Path, then: str) -> None:
    text = f'[strategy]\nactive = "fixed"\n[strategy.fixed]\nuntil = "06:00"\nthen = "{then}"\n'
    fixed = load(tmp_path, text)["fixed"]
    assert isinstance(fixed, Fixed)
    assert fixed._then == then


def test_whom_each_hands_over_to_is_known_to_the_end_even_through_somebody_elses(tmp_path: Path) -> None:
    write(tmp_path, head=HEAD.replace('flag: str = ""', 'then: str = "price"'), code="        return good")
    file, ours = tmp_path / "config.toml", installed_strategies()
    file.write_text('[strategy.price]\nthen = "fixed"\n[strategy.fixed]\nthen = "off"\n')
    chains = load_offline(file, {}, ours, foreign=Plugins(tmp_path, ours)).chains
    assert chains["surplus"] == ("surplus",)
    assert chains["off_peak"] == ("off_peak", "surplus")
    assert chains["kettle"] == ("kettle", "price", "fixed", "off")
    assert chains["ready_by"] == ("ready_by", "surplus")
    file.write_text('[strategy.price]\nthen = "fixed"\n[strategy.fixed]\nthen = "kettle"\n')
    with pytest.raises(ConfigError) as caught:
        load_offline(file, {}, ours, foreign=Plugins(tmp_path, ours))
    assert [fault.partition("config.toml:")[2] for fault in caught.value.faults] == [
        '4: strategy.fixed.then = "kettle": leads back by way of kettle, price; name another one',
        '2: strategy.price.then = "fixed": leads back by way of fixed, kettle; name another one',
    ]


def test_whom_somebody_elses_hands_over_to_can_be_used(tmp_path: Path) -> None:
    write(tmp_path, head=HEAD.replace('flag: str = ""', 'then: str = "torn"'), code="        return good")
    write(tmp_path, head="", code="def", name="torn")
    ours, text = installed_strategies(), '[strategy]\nactive = "kettle"\n' + REST
    with pytest.raises(ConfigError) as caught:
        parse_config(text, "config.toml", {}, ours, Shelf(), foreign=Plugins(tmp_path, ours))
    assert caught.value.faults == (
        'config.toml:2: strategy.active = "kettle": hands over to "torn", which there is not, or which cannot be used; '
        "`sunpace strategy show torn` tells",
    )


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('[strategy]\nactive = "price"\n', '2: strategy.active = "price": goes by prices: a table [prices] has to say'),
        (
            '[strategy]\nactive = "ready_by"\n[strategy.ready_by]\nthen = "price"\n',
            '2: strategy.active = "ready_by": hands over to "price", which goes by prices: a table [prices] has to',
        ),
    ],
)
def test_who_goes_by_prices_wants_a_table_of_them(tmp_path: Path, text: str, fault: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse_config(text + REST, "config.toml", {}, installed_strategies(), Shelf())
    assert caught.value.faults[0].startswith(f"config.toml:{fault}")
    assert len(caught.value.faults) == 1
    prices = '[prices]\nsource = "awattar"\ncountry = "de"\n'
    assert parse_config(text + prices + REST, "config.toml", {}, installed_strategies(), Shelf()).config.prices
