"""The page on meters lists every profile and no other, explains every key, and its examples are right."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from controller.meter import profile_text
from controller.meter.profile_files import Shelf
from controller.meter.quantities import Role, Section

PAGE = (Path(__file__).parents[2] / "docs" / "meters.md").read_text("utf-8")
ROWS = re.findall(r"^\| ([^|]+) \| `([a-z0-9._-]+)` \| (\d+)([^|]*) \| ([^|]+) \|$", PAGE, re.MULTILINE)
EXAMPLES: dict[str, str] = dict(re.findall(r"^```toml\n# ([a-z-]+\.toml)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL))
ROLE_WORDS = {Section.METER: "any role", Section.PV: "PV"}


def test_every_profile_is_listed_once_and_nothing_else() -> None:
    assert sorted(key for _, key, *_ in ROWS) == sorted(Shelf().known)


@pytest.mark.parametrize("row", ROWS, ids=[key for _, key, *_ in ROWS])
def test_a_row_says_what_the_profile_says(row: tuple[str, str, str, str, str]) -> None:
    name, key, unit_id, rest, tells = row
    profile = Shelf().load(key)
    assert name == profile.name
    assert int(unit_id) == profile.unit_id
    assert (f"port {profile.port}" in rest) == (profile.port != 502)
    assert (str(profile.serial) in rest) == (f"{profile.serial}" != "9600 8N1")
    told = [word.split(" (")[0] for word in tells.split(", ")]
    assert told == [ROLE_WORDS.get(section, section.value) for section in profile.sections]


@pytest.mark.parametrize("table", ["_File", "_Defaults", "_Requests", "_Common", "_Where", "_When", "_Entry"])
def test_every_key_of_the_format_is_explained(table: str) -> None:
    model = getattr(profile_text, table)
    assert issubclass(model, BaseModel)
    for key in model.model_fields:
        assert re.search(rf"`\[?{key}\]?`", PAGE), key


def test_every_quantity_and_sense_is_named() -> None:
    for section in Section:
        for word in section.words:
            assert f"`{word}`" in PAGE, word
        for sense in section.senses:
            assert f'"{sense}"' in PAGE, sense


def test_the_examples_can_be_loaded(tmp_path: Path) -> None:
    assert set(EXAMPLES) == {"my-deye.toml", "acme-hybrid.toml", "acme-sunspec.toml"}
    for name, text in EXAMPLES.items():
        (tmp_path / name).write_text(text, "utf-8")
    shelf = Shelf(tmp_path)
    deye = shelf.load("my-deye")
    assert deye.manners.pause_s == 0.2
    assert deye.manners.max_gap == shelf.load("deye-hybrid-3p").manners.max_gap
    assert deye.roles == (Role.GRID, Role.PV, Role.BATTERY)
    assert shelf.load("acme-hybrid").unit_id == 247
    assert shelf.load("acme-sunspec").needs_discovery


def test_the_reasons_for_a_refusal_are_those_of_the_program() -> None:
    source = "".join(file.read_text("utf-8") for file in Path(profile_text.__file__).parent.glob("*.py"))
    for words in ("not available (", "not a number (", "is outside", "the device refuses", "it seems that the"):
        assert words in source
        assert words in PAGE
