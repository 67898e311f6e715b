"""Words, blocks and names: all without a device."""

from __future__ import annotations

import argparse

import pytest

from controller.cli.meter.parser import _unit_ids
from controller.cli.meter.sentences import explained, sentence
from controller.cli.meter.sparkline import sparkline
from controller.cli.meter.values import public_values, watts, with_unit
from controller.domain.readings import Reading
from controller.meter.quantities import Role


@pytest.mark.parametrize(
    ("role", "power_w", "words"),
    [
        (Role.GRID, 1234.0, "you are importing 1.2 kW from the grid"),
        (Role.GRID, -2100.0, "you are exporting 2.1 kW to the grid"),
        (Role.GRID, 0.4, "nothing flows to or from the grid"),
        (Role.PV, 3000.0, "the PV produces 3.0 kW"),
        (Role.PV, 0.0, "the PV produces nothing now"),
        (Role.BATTERY, 1500.0, "the battery is discharging with 1.5 kW"),
        (Role.BATTERY, -1500.0, "the battery is charging with 1.5 kW"),
        (Role.BATTERY, 0.0, "the battery rests"),
        (Role.LOAD, 350.0, "the house draws 350 W"),
        (Role.EV, 11_000.0, "the car draws 11.0 kW"),
    ],
)
def test_what_a_sign_means(role: Role, power_w: float, words: str) -> None:
    assert sentence(role, Reading(taken_at_s=0, power_w=power_w)) == words


def test_an_unknown_power_is_not_explained_away() -> None:
    reading = Reading(taken_at_s=0, refused={"power_w": "not available (7fc00000)"})
    assert sentence(Role.PV, reading) == "what the PV does is not known: not available (7fc00000)"


@pytest.mark.parametrize(
    ("line_meter", "invert", "role", "hint"),
    [
        (True, False, Role.GRID, "invert = true (here --invert)"),
        (True, True, Role.GRID, "leave out --invert"),
        (False, True, Role.GRID, "leave out --invert"),
        (False, False, Role.BATTERY, "a table of its own, with invert = true"),
    ],
)
def test_what_to_do_about_a_wrong_sign(line_meter: bool, invert: bool, role: Role, hint: str) -> None:
    readings = {role: Reading(taken_at_s=0, power_w=1500.0)}
    said = list(explained(readings, line_meter=line_meter, invert=invert))
    assert any(hint in sentence_ for sentence_ in said)
    assert any("--role" in sentence_ for sentence_ in said) is (line_meter and role is Role.GRID)


def test_nothing_to_turn_round_where_nothing_flows() -> None:
    said = list(explained({Role.PV: Reading(taken_at_s=0, power_w=0.0)}, line_meter=False, invert=False))
    assert said == ["the PV produces nothing now"]


@pytest.mark.parametrize(
    ("values", "width", "blocks"),
    [
        ([], 5, ""),
        ([0, 0], 5, "▁▁"),
        ([0, 700, 350], 5, "▁█▅"),
        ([-700, 0], 5, "▁█"),
        ([1000, 1001], 5, "██"),  # a ripple on a large power stays small
        ([0, None, 700], 5, "▁ █"),
        ([None, None], 5, "  "),
        ([700, 0, 100, 700], 3, "▁▂█"),
    ],
)
def test_sparkline(values: list[float | None], width: int, blocks: str) -> None:
    assert sparkline(values, width) == blocks


@pytest.mark.parametrize(
    ("power_w", "text"), [(0, "0 W"), (-350.4, "350 W"), (999.4, "999 W"), (999.6, "1.0 kW"), (-2100, "2.1 kW")]
)
def test_powers_in_words(power_w: float, text: str) -> None:
    assert watts(power_w) == text


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("grid_w", -1234.4, "-1234 W"),
        ("voltage_v", [231.04, 229.96], "231.0 / 230.0 V"),
        ("current_a", [8.7, -3.456, 0.0], "8.70 / -3.46 / 0.00 A"),
        ("battery_soc_pct", 55.0, "55.0 %"),
        ("energy_import_wh", 12345.0, "12345 Wh"),
        ("pv_w", None, "-"),
    ],
)
def test_values_with_their_units(name: str, value: float | list[float] | None, text: str) -> None:
    assert with_unit(name, value) == text


def test_lists_are_as_long_as_the_meter_has_phases() -> None:
    readings = {
        Role.GRID: Reading(taken_at_s=0, power_w=-0.0, voltage_v=(231.0, 0.0, 0.0), phases=1),
        Role.BATTERY: Reading(taken_at_s=0, power_w=5.0, refused={"soc_pct": "140 is outside 0 to 100"}),
    }
    values, refused = public_values(readings)
    assert values == {"grid_w": 0.0, "voltage_v": [231.0], "battery_w": 5.0, "battery_soc_pct": None}
    assert str(values["grid_w"]) == "0.0"
    assert refused == {"battery_soc_pct": "140 is outside 0 to 100"}


@pytest.mark.parametrize(
    ("text", "ids"), [("1", (1,)), ("1-3,247", (1, 2, 3, 247)), ("5, 1-2,5", (5, 1, 2)), ("0,255", (0, 255))]
)
def test_unit_ids(text: str, ids: tuple[int, ...]) -> None:
    assert _unit_ids(text) == ids


@pytest.mark.parametrize("text", ["", "x", "3-1", "256", "1-", "-1", "1,,2"])
def test_unit_ids_that_are_none(text: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError):
        _unit_ids(text)
