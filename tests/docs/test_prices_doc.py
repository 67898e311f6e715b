"""docs/prices.md: its tables are read as they stand there, and its settings are those there are."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from controller.config.prices import Prices
from controller.feeds.price_table import parse_csv_table, parse_toml_table
from strategies.price import PriceSettings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "prices.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_both_tables_say_the_same() -> None:
    written, settings = blocks("toml")
    (rows,) = blocks("csv")
    table, as_csv = parse_toml_table(written, "a.toml"), parse_csv_table(rows, "a.csv")
    assert (table.recurring, table.dated) == (as_csv.recurring, as_csv.dated)
    assert PriceSettings.model_validate(tomllib.loads(settings)["strategy"]["price"]).cheapest_hours == 4


def test_every_source_is_told_and_no_other() -> None:
    heading, *told = re.findall(r"^\| `([\w-]+)` \|", PAGE, re.MULTILINE)
    assert heading == "source"
    assert told == ["file", "awattar", "energy-charts", "tibber", "octopus"]
    assert set(told) == set(Prices.model_fields["source"].annotation.__args__)  # type: ignore[union-attr]


def test_every_key_is_in_the_annotated_file_and_on_the_page() -> None:
    annotated = (ROOT / "config.toml").read_text("utf-8")
    part = annotated.split("# [prices]")[1].split("[forecast]")[0]
    beside = {"token", "tariff"}  # in the remark of another key
    assert set(re.findall(r"(?m)^# +(\w+) += ", part)) | beside == set(Prices.model_fields)
    part = annotated.split("[strategy.price]")[1].split("[strategy.")[0]
    assert set(re.findall(r"(?m)^# +(\w+) += ", part)) == set(PriceSettings.model_fields)
    for key in {*Prices.model_fields, *PriceSettings.model_fields}:
        assert f"`{key}" in PAGE or f"{key} =" in PAGE, key
