"""`sunpace strategy list` and `show`: what there is, and what each can be told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from controller.cli.main import main
from controller.cli.strategy.settings_rows import as_toml, settings_of
from tests.support.plugins import write

CONFIG = '[strategy]\nactive = "off_peak"\n[strategy.kettle]\ncups = 9\n'


@pytest.fixture
def file(tmp_path: Path) -> Path:
    write(tmp_path)
    write(tmp_path, name="fixed")
    write(tmp_path, name="torn", head="", code="def")
    config = tmp_path / "config.toml"
    config.write_text(CONFIG)
    return config


def run(*words: str, file: Path, capsys: pytest.CaptureFixture[str]) -> tuple[int, str, str]:
    code = main(["strategy", *words, "--config", str(file)])
    return code, *capsys.readouterr()


def test_all_are_listed_with_where_they_come_from(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run("list", "--json", file=file, capsys=capsys)
    rows = {(row["name"], row["from"]): row for row in json.loads(out)["strategies"]}
    assert code == 0
    assert next(iter(rows))[1] == "built-in"
    assert rows["kettle", "file"] == {
        "name": "kettle",
        "from": "file",
        "place": str(file.parent / "strategies" / "kettle.py"),
        "active": False,
        "by_hand": False,
        "in_chain": False,
        "about": "Boils water.",
        "usable": True,
        "error": None,
    }
    assert [row["active"] for row in rows.values()].count(True) == 1
    assert rows["off_peak", "built-in"]["active"]
    assert rows["surplus", "built-in"]["in_chain"]  # its `then`
    assert not rows["fixed", "file"]["usable"]
    assert rows["fixed", "built-in"]["usable"]
    assert rows["torn", "file"]["error"] == "cannot be imported: line 1: SyntaxError: invalid syntax"
    code, out, _ = run("list", file=file, capsys=capsys)
    assert code == 0
    assert "Boils water." in out
    assert "there is a strategy 'fixed' that comes with Sunpace" in out


def test_one_is_shown_with_its_settings(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = run("show", "kettle", "--json", file=file, capsys=capsys)
    assert code == 0
    assert json.loads(out)["settings"][0] == {
        "key": "cups",
        "value": 9.0,
        "default": 7,
        "required": False,
        "takes": "a number, at least 0, at most 99",
        "about": "amps of tea",
    }
    code, out, _ = run("show", "kettle", file=file, capsys=capsys)
    assert "kettle: Boils water." in out
    assert "amps of tea" in out


def test_a_wrong_setting_is_shown_with_what_would_be_right(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(CONFIG.replace("9", "999"))
    code, out, _ = run("show", "kettle", file=file, capsys=capsys)
    assert code == 1
    assert "cannot be used: strategy.kettle.cups = 999: must be at most 99" in out
    assert "a number, at least 0, at most 99" in out


def test_one_that_there_is_not_is_wrong_use(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", "kettel", file=file, capsys=capsys) == (
        2,
        "",
        "strategy kettel: there is none; did you mean kettle?\n",
    )


def test_it_needs_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["strategy", "show", "surplus", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["active"]
    assert {row["key"] for row in shown["settings"]} >= {"solar_share", "min_off_s"}
    assert main(["strategy", "list", "--config", "nowhere.toml"]) == 2
    assert capsys.readouterr().err.startswith("nowhere.toml: cannot be read")


@pytest.mark.parametrize(
    ("one", "takes"),
    [
        ({"type": "integer", "minimum": 6}, "a whole number, at least 6"),
        ({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1.5}, "a number, above 0, below 1.5"),
        ({"enum": ["sun", "off"]}, '"sun" or "off"'),
        ({"const": "sun"}, '"sun"'),
        ({"anyOf": [{"type": "number"}, {"type": "null"}]}, "a number"),
        ({"type": "array", "items": {"type": "string"}}, "a list, each text"),
        ({"type": "array"}, "a list"),
        ({"$ref": "#/$defs/Tea"}, "a table"),
        ({"$ref": "#/$defs/Loop"}, ""),
        ({}, ""),
        ("nonsense", ""),
    ],
)
def test_what_a_setting_takes_is_said(one: Any, takes: str) -> None:
    schema = {
        "properties": {"it": one},
        "$defs": {"Tea": {"type": "object"}, "Loop": {"$ref": "#/$defs/Loop"}},
    }
    assert settings_of(schema, {})[0].takes == takes


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, ""), (True, "true"), (6, "6"), ("süß", '"süß"'), ([1, "a"], '[1, "a"]'), ({"a": [0.5]}, "{a = [0.5]}")],
)
def test_values_are_shown_as_in_the_file(value: Any, text: str) -> None:
    assert as_toml(value) == text
