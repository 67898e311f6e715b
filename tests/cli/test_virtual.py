"""What a virtual home is configured with, beside its devices."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from controller.cli.virtual import strategy_toml
from controller.config.loader import load_offline
from controller.control.plugins import installed_strategies
from controller.domain.calendar import Span
from controller.feeds.price_table import read_table

SITE = """
[meter.grid]
profile = "eastron-sdm630"
host = "127.0.0.1"
[wallbox]
host = "127.0.0.1"
username = "user"
password = "secret"
"""


@pytest.mark.parametrize("name", ["price", "ready_by", "surplus", "off_peak", "minimum"])
def test_each_strategy_has_something_to_do(name: str, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text(SITE + strategy_toml(name, tmp_path))
    loaded = load_offline(file, {}, installed_strategies())
    assert loaded.config.strategy.active == name
    assert (loaded.config.prices is not None) is (name in {"price", "ready_by"})
    if loaded.config.prices is not None and loaded.config.prices.file is not None:
        day = Span(datetime(2026, 6, 21, tzinfo=UTC), datetime(2026, 6, 22, tzinfo=UTC))
        known = read_table(loaded.config.prices.file).prices(day, loaded.config.site.zone)
        assert sum(Span(price.start, price.end).hours for price in known) == 24
