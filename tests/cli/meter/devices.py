"""Devices and profiles that the tests of `sunpace meter` share, and a person who types."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from controller.cli.main import main
from tests.support.modbus import Words, float32, int32_lsw

SDM630_EVENING: Words = float32(
    {
        0: 231.0,
        2: 229.5,
        4: 230.0,
        6: 8.7,
        8: 3.5,
        10: 1.3,
        12: 2000.0,
        14: -800.0,
        16: 300.0,
        52: 1500.0,
        70: 50.01,
        72: 12_345.0,
        74: 6_789.0,
    }
)
FOREIGN_NOON: Words = int32_lsw(
    {
        0: 2310,
        2: 2295,
        4: 2302,  # 0.1 V
        12: 4400,
        14: 4300,
        16: 500,  # mA, without a sign
        18: -10_000,
        20: -9_800,
        22: -1_100,  # 0.1 W
        40: -20_900,
        52: 45_670,
        78: 123_450,  # total; counters in 0.1 kWh
    }
)
"""A meter that has the low word first: 2090 W of export."""

FOREIGN_PROFILE = """
name = "Foreign F24"
maker = "Foreign"
models = ["F24-X"]
source = "made up"
[defaults]
unit_id = 3
[every_register]
function = "input"
type = "int32"
word_order = "lsw-first"
[meter]
voltage_v = { address = [0, 2, 4], scale = 0.1 }
current_a = { address = [12, 14, 16], scale = 0.001, unsigned = true }
phase_power_w = { address = [18, 20, 22], scale = 0.1 }
power_w = { address = 40, scale = 0.1 }
energy_import_wh = { address = 52, scale = 100 }
energy_export_wh = { address = 78, scale = 100 }
"""
HYBRID_PROFILE = """
name = "Hybrid H3"
maker = "Acme"
source = "made up"
[every_register]
type = "int16"
[grid]
power_w = { address = 10, positive = "export" }
[pv]
power_w = { address = 11 }
[battery]
power_w = { address = 12, positive = "charge" }
soc_pct = { address = 13 }
"""


class Person:
    """Somebody at a terminal, with profiles of her own in the current folder."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self._capsys = capsys

    def says(self, *words: object) -> tuple[int, str, str]:
        """Exit code, stdout, stderr of `sunpace meter ...`."""
        try:
            code = main(["meter", *(str(word) for word in words)])
        except SystemExit as error:
            code = int(error.code or 0)
        captured = self._capsys.readouterr()
        return code, captured.out, captured.err

    def asks(self, *words: object) -> tuple[int, Any]:
        """Exit code and JSON of a command with nothing on stderr."""
        code, out, err = self.says(*words, "--json")
        assert err == ""
        assert out.count("\n") == 1
        return code, json.loads(out)


def at(port: int, profile: str, *more: object) -> tuple[object, ...]:
    """Where a device is, on the command line."""
    return ("--profile", profile, "--host", "127.0.0.1", "--port", port, *more)
