"""A made-up SunSpec device, found by the real walk."""

from __future__ import annotations

from functools import partial

import pytest

from controller.control.clock import WallClock
from controller.domain.errors import ConfigError
from controller.meter.profile import Profile
from controller.meter.profile_files import Shelf
from controller.meter.profile_text import parse_profile, parse_tree
from controller.meter.quantities import Quantity, Role
from controller.meter.sunspec import discover
from controller.simulation.meters.device import Refused, VirtualDevice
from controller.simulation.meters.emulator import virtual_meters
from controller.simulation.meters.sunspec import BASE, sunspec_layout
from controller.simulation.meters.values import Values
from tests.support.meters import meter_of, unit_of

HEAD = 'name = "Box"\nmaker = "Maker"\nsource = "made up"\n[requests]\nmax_registers = 125\nmax_gap = 100\n'


def made_up(*lines: str) -> Profile:
    return parse_profile("box", parse_tree("box", HEAD + "\n".join(lines)))


def flat(values: Values) -> Values:
    return values


async def test_the_walk_finds_the_models_that_the_profile_names_first() -> None:
    profile = made_up(
        '[pv]\npower_w = { point = "W", model = [113, 103] }',
        '[grid]\npower_w = { point = "W", model = [203], block = 2 }',
    )
    shown: Values = {Quantity.POWER_W: (1.0,)}
    units = {1: {Role.PV: partial(flat, shown), Role.GRID: partial(flat, shown)}}
    async with virtual_meters(profile, units, clock=WallClock()) as meters:
        unit = unit_of(meters)
        chain = await discover(unit.read)
        await unit.close()
    assert chain.base == BASE
    assert [[model.number for model in block.models] for block in chain.blocks] == [[1, 113], [1, 203]]
    assert [(block.maker, block.name, block.serial) for block in chain.blocks] == [
        ("Maker", "Box", "virtual-1"),
        ("Maker", "Box", "virtual-2"),
    ]


@pytest.mark.parametrize(("power_w", "exponent"), [(2100.0, 0), (-2100.0, 0), (45_000.0, 1), (-180_000.0, 1)])
async def test_a_scale_factor_grows_with_the_value(power_w: float, exponent: int) -> None:
    profile = made_up('[grid]\npower_w = { point = "W", model = [203] }')
    layout = sunspec_layout(profile)
    (place,) = [
        r for f in layout.formulas.values() for q in f.values() for r in q.registers() if r.exponent_address is None
    ]
    async with virtual_meters(
        profile, {1: {Role.GRID: partial(flat, {Quantity.POWER_W: (power_w,)})}}, clock=WallClock()
    ) as meters:
        device, unit = meter_of(meters), unit_of(meters)
        assert (await device.read()).power_w == power_w
        assert await unit.read("holding", place.address, 1) == [exponent]
        await device.close()
        await unit.close()


@pytest.mark.parametrize(("power_w", "modules"), [(600.0, (0, 600)), (-600.0, (600, 0))])
async def test_a_battery_with_a_module_each_way(power_w: float, modules: tuple[int, int]) -> None:
    profile = made_up(
        "[battery]\npower_w = { sum = [",
        '{ point = "DCW", model = [160], module = 3, of_modules = [4, 5], positive = "charge" },',
        '{ point = "DCW", model = [160], module = 4, of_modules = [4], positive = "discharge" } ] }',
    )
    formula = next(iter(sunspec_layout(profile).formulas.values()))[Quantity.POWER_W]
    device = VirtualDevice(profile, {1: {Role.BATTERY: partial(flat, {Quantity.POWER_W: (power_w,)})}})
    cells = device.cells(1)
    assert formula.values(cells) == (power_w,)
    terms = [term for term in formula.components[0] if hasattr(term, "address")]
    assert tuple(cells["holding", term.address] for term in terms) == modules


def test_modules_that_no_device_has() -> None:
    profile = made_up(
        "[pv]\npower_w = { sum = [",
        '{ point = "DCW", model = [160], module = 1, of_modules = [2] },',
        '{ point = "DCW", model = [160], module = 2, of_modules = [3] } ] }',
    )
    with pytest.raises(ConfigError, match="no device has the modules"):
        sunspec_layout(profile)


async def test_an_inverter_by_ieee_1547_tells_its_wiring() -> None:
    profile = made_up('[pv]\npower_w = { point = "W", model = [701] }\ncurrent_a = { point = "AL1", model = [701] }')
    shown: Values = {Quantity.POWER_W: (690.0,), Quantity.CURRENT_A: (1.0, 2.0, 3.0)}
    async with virtual_meters(profile, {1: {Role.PV: partial(flat, shown)}}, clock=WallClock()) as meters:
        device = meter_of(meters, Role.PV)
        reading = await device.read()
        await device.close()
    assert (reading.power_w, reading.current_a, reading.phases) == (690, (1, 2, 3), 3)


def test_nothing_lies_beyond_the_chain() -> None:
    profile = Shelf().load("sunspec")
    device = VirtualDevice(profile, {1: {Role.GRID: partial(flat, {Quantity.POWER_W: (1.0,)})}})
    assert device.read(1, "holding", BASE, 2) == [0x5375, 0x6E53]
    end = max(address for _, address in device.cells(1))
    assert device.read(1, "holding", end - 1, 2) == [0xFFFF, 0]
    for start in (BASE - 1, end):
        with pytest.raises(Refused):
            device.read(1, "holding", start, 2)


def test_quantities_that_share_a_scale_factor_all_fit() -> None:
    profile = made_up(
        '[grid]\npower_w = { point = "W", model = [203] }\nphase_power_w = { point = "WphA", model = [203] }'
    )
    shown: Values = {Quantity.POWER_W: (60_000.0,), Quantity.PHASE_POWER_W: (20_000.0,) * 3}
    (formulas,) = sunspec_layout(profile).formulas.values()
    cells = VirtualDevice(profile, {1: {Role.GRID: partial(flat, shown)}}).cells(1)
    assert {quantity: formula.values(cells) for quantity, formula in formulas.items()} == shown
