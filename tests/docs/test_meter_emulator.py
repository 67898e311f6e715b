"""The page of the emulated meter names all its faults and flags, with their defaults."""

from __future__ import annotations

import re
from pathlib import Path

from controller.simulation.meters.faults import MeterFaults, MeterRecord

TEXT = (Path(__file__).parents[2] / "docs" / "emulator.md").read_text().split("# The emulated meter")[1]


def test_every_fault_has_a_row_with_its_default() -> None:
    rows = dict(re.findall(r"^\| `(\w+)` \|[^|]*\| ([^|]+) \|", TEXT.split("## Faults of the meter")[1], re.MULTILINE))
    assert set(rows) == set(MeterFaults.model_fields)
    for key, told in rows.items():
        default = MeterFaults.model_fields[key].default
        word = {"True": "true", "False": "false", "None": "the profile's", "silence": '`"silence"`'}.get(str(default))
        assert told.startswith(word or f"{default:g}"), key


def test_everything_that_is_counted_is_named() -> None:
    assert all(f"`{name}`" in TEXT for name in MeterRecord().as_json())
