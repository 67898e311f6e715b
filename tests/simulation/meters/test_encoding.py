"""Registers from values: every shape of formula, back through `Formula.values`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.meter.formula import Formula
from controller.meter.profile_text import parse_profile, parse_tree
from controller.meter.quantities import Quantity, Section
from controller.simulation.meters.encoding import blanked, encoded, folded
from controller.simulation.meters.layout import Cells


def formulas(*lines: str, section: str = "grid", common: str = 'type = "int16"') -> dict[Quantity, Formula]:
    text = f'name = "M"\nmaker = "M"\nsource = "made up"\n[every_register]\n{common}\n[{section}]\n' + "\n".join(lines)
    return dict(parse_profile("m", parse_tree("m", text)).sections[Section(section)])


def shown(found: dict[Quantity, Formula], values: Mapping[Quantity, tuple[float, ...]]) -> dict[Quantity, Any]:
    cells = encoded([(quantity, formula, values[quantity]) for quantity, formula in found.items()])
    return {quantity: formula.values(cells) for quantity, formula in found.items()}


IMPORT_EXPORT = """power_w = { sum = [
    { address = 0, type = "uint32", scale = 0.1 },
    { address = 2, type = "uint32", scale = 0.1, positive = "export" },
] }""".replace("\n", " ")


@pytest.mark.parametrize("power_w", [2100.4, -2100.4, 0.0])
def test_import_and_export_have_a_register_each(power_w: float) -> None:
    found = formulas(IMPORT_EXPORT)
    cells = encoded([(Quantity.POWER_W, found[Quantity.POWER_W], (power_w,))])
    assert found[Quantity.POWER_W].values(cells) == pytest.approx((power_w,))
    imported, exported = cells["holding", 1], cells["holding", 3]
    assert (imported, exported) == ((21004, 0) if power_w > 0 else (0, 21004) if power_w < 0 else (0, 0))


@given(st.floats(-30_000, 30_000), st.sampled_from(["0.1", "1", "10"]))
def test_a_sum_adds_up_within_half_a_count(power_w: float, scale: str) -> None:
    found = formulas(
        f"power_w = {{ sum = [{{ address = 0 }}, {{ address = 1 }}, {{ address = 9, scale = {scale} }}] }}"
    )
    (number,) = shown(found, {Quantity.POWER_W: (power_w,)})[Quantity.POWER_W]
    assert abs(number - power_w) <= min(1.0, float(scale)) / 2 + 1e-6


def test_a_counter_of_high_and_low_registers() -> None:
    line = 'energy_import_wh = { sum = [{ address = 8, scale = 1000 }, { address = 9, type = "uint16" }] }'
    found = formulas("power_w = { address = 0 }", line)
    values = {Quantity.POWER_W: (1.0,), Quantity.ENERGY_WH: (12_345_678.0,)}
    assert shown(found, values)[Quantity.ENERGY_WH] == (12_345_678,)


def test_registers_that_quantities_share_are_written_once() -> None:
    total = "power_w = { sum = [{ address = 0 }, { address = 1 }, { address = 2 }] }"
    found = formulas(total, "phase_power_w = { address = [0, 1, 2] }")
    phases = (1000.0, -300.0, 250.0)
    values = {Quantity.POWER_W: (950.0,), Quantity.PHASE_POWER_W: phases}
    assert shown(found, values) == {Quantity.POWER_W: (950,), Quantity.PHASE_POWER_W: phases}


@pytest.mark.parametrize("condition", ["mask = 6", "equals = 2", "below = 0.0", "equals = 0"])
@pytest.mark.parametrize("power_w", [700.0, -700.0])
@pytest.mark.parametrize("magnitude", ["true", "false"])
def test_a_magnitude_and_its_direction(power_w: float, condition: str, magnitude: str) -> None:
    when = f'negative_when = [{{ address = 5, type = "int16", {condition} }}]'
    found = formulas(f"power_w = {{ address = 0, magnitude = {magnitude}, {when} }}")
    assert shown(found, {Quantity.POWER_W: (power_w,)})[Quantity.POWER_W] == (power_w,)


@pytest.mark.parametrize(("power_w", "soc"), [(700.0, 40.0), (-700.0, 40.0)])
def test_two_quantities_ask_the_same_direction_register(power_w: float, soc: float) -> None:
    when = "magnitude = true, negative_when = [{ address = 5, equals = 2 }, { address = 5, equals = 3 }]"
    lines = [f"power_w = {{ address = 0, {when} }}", f"current_a = {{ address = 1, scale = 0.1, {when} }}"]
    values = {Quantity.POWER_W: (power_w,), Quantity.CURRENT_A: (power_w / 100,)}
    assert shown(formulas(*lines, section="battery"), values) == {
        Quantity.POWER_W: (power_w,),
        Quantity.CURRENT_A: (pytest.approx(power_w / 100),),
    }


def test_a_direction_register_that_is_a_value_itself() -> None:
    when = 'magnitude = true, negative_when = [{ address = 1, type = "int16", below = 0.0 }]'
    found = formulas(f"power_w = {{ address = 0, {when} }}", "current_a = { address = 1, scale = 0.1 }")
    values = {Quantity.POWER_W: (-700.0,), Quantity.CURRENT_A: (-3.2,)}
    told = shown(found, values)
    assert told == {Quantity.POWER_W: (-700,), Quantity.CURRENT_A: (pytest.approx(-3.2),)}


def test_directions_that_nothing_can_tell() -> None:
    found = formulas(
        "power_w = { address = 0, magnitude = true, negative_when = [{ address = 5, equals = 1 }] }",
        "frequency_hz = { address = 1, magnitude = true, negative_when = [{ address = 5, equals = 1 }] }",
    )
    with pytest.raises(OverflowError, match="register 5"):
        shown(found, {Quantity.POWER_W: (-700.0,), Quantity.FREQUENCY_HZ: (50.0,)})


def test_currents_without_a_sign() -> None:
    found = formulas(
        "power_w = { address = 0 }", 'current_a = { address = [1, 2, 3], type = "uint16", unsigned = true }'
    )
    values = {Quantity.POWER_W: (-700.0,), Quantity.CURRENT_A: (-1.0, 2.0, -3.0)}
    assert shown(found, values)[Quantity.CURRENT_A] == (1, 2, 3)


def test_what_sleeps_shows_no_value_and_counts_as_nothing() -> None:
    found = formulas("power_w = { sum = [{ address = 0 }, { address = 1 }], asleep_is_zero = true }", section="pv")
    cells = encoded([(Quantity.POWER_W, found[Quantity.POWER_W], (0.0,))])
    assert set(cells.values()) == {0x8000}
    assert found[Quantity.POWER_W].values(cells) == (0,)


def test_a_value_that_no_register_holds() -> None:
    with pytest.raises(OverflowError):
        shown(formulas("power_w = { address = 0 }"), {Quantity.POWER_W: (40_000.0,)})
    with pytest.raises(OverflowError, match="does not fit"):
        shown(formulas("power_w = { sum = [{ address = 0 }, { address = 1 }] }"), {Quantity.POWER_W: (70_000.0,)})


def test_a_register_without_a_sign_shows_nothing_of_the_other_direction() -> None:
    found = formulas('power_w = { address = 0, type = "uint16" }')
    assert shown(found, {Quantity.POWER_W: (-5.0,)})[Quantity.POWER_W] == (0,)


@pytest.mark.parametrize("kind", ["int16", "uint16", "int32", "uint32", "float32", "int64", "uint64", "float64"])
@pytest.mark.parametrize("order", ["msw-first", "lsw-first"])
def test_types_and_word_orders(kind: str, order: str) -> None:
    found = formulas("power_w = { address = 3 }", common=f'type = "{kind}"\nword_order = "{order}"')
    assert shown(found, {Quantity.POWER_W: (1234.0,)})[Quantity.POWER_W] == (1234,)


def test_blank_values_are_the_devices_own_pattern() -> None:
    found = formulas("power_w = { address = 0, not_available = [0x7FFE] }", "frequency_hz = { address = 1 }")
    cells: Cells = {("holding", 0): 5, ("holding", 1): 50}
    assert blanked(cells, found.values()) == {("holding", 0): 0x7FFE, ("holding", 1): 0x8000}


@pytest.mark.parametrize(
    ("quantity", "phases", "numbers"),
    [
        (Quantity.PHASE_POWER_W, 1, (600.0,)),
        (Quantity.PHASE_POWER_W, 2, (100.0, 500.0)),
        (Quantity.VOLTAGE_V, 1, (100.0,)),
        (Quantity.PHASE_POWER_W, 3, (100.0, 200.0, 300.0)),
    ],
)
def test_fewer_phases_than_the_house(quantity: Quantity, phases: int, numbers: tuple[float, ...]) -> None:
    assert folded((100.0, 200.0, 300.0), quantity, phases) == numbers
