"""SunSpec devices as meters: the profiles over real sockets, with hand-computed values."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from controller.control.clock import WallClock
from controller.domain.errors import DeviceProtocolError
from controller.meter.connection import Connections, Endpoint
from controller.meter.device import ModbusMeter
from controller.meter.profile_files import Shelf
from controller.meter.quantities import Role
from tests.support.sunspec import Device, Image, Words, served

LINE: Words = {2: 153, 3: 51, 4: 52, 5: 50, 6: -1, 8: 2301, 9: 2302, 10: 2303, 15: -1, 16: 5001, 17: -2}
METER: Words = {**LINE, 18: 3500, 19: 1200, 20: -700, 21: 3000, 22: 0, 38: (0, 0), 46: (1, 2), 54: 1}
METER_FLOAT: Words = {2: 15.3, 4: 5.0, 6: 5.0, 8: 5.0, 12: 230.0, 14: 231.0, 16: 232.0, 26: 50.0}
METER_FLOAT = {**METER_FLOAT, 28: -1234.5, 30: -400.0, 32: -434.5, 34: -400.0, 60: 5000.0, 68: 7000.0}
INVERTER: Words = {2: 151, 3: 51, 4: 50, 5: 50, 6: -1, 10: 2301, 11: 2299, 12: 2310, 13: -1, 14: 3456, 15: 0, 16: 4998}
INVERTER = {**INVERTER, 17: -2, 24: (0x00BC, 0x614E), 26: 0, 31: 360, 32: 1}
STRINGS: Words = {2: -2, 3: -1, 4: -1, 5: 0, 8: 4, 21: 30725, 22: (0, 100), 41: 12345, 42: (0, 200)}
STRINGS = {**STRINGS, 61: 5000, 62: (1, 0), 81: 0, 82: (0, 7)}


class HandClock(WallClock):
    """A clock that is put forward by hand."""

    def __init__(self) -> None:
        self.ahead_s = 0.0

    def monotonic_s(self) -> float:
        return super().monotonic_s() + self.ahead_s


@asynccontextmanager
async def meter(
    image: Image,
    key: str,
    role: Role,
    *,
    unit_id: int = 1,
    clock: WallClock | None = None,
    **manners: Any,
) -> AsyncIterator[tuple[Device, ModbusMeter]]:
    profile, clock = Shelf().load(key), clock or WallClock()
    profile = replace(profile, manners=replace(profile.manners, **manners))
    async with served(image, unit_id=unit_id) as device:
        endpoint = Endpoint(host="127.0.0.1", port=device.port)
        unit = Connections(clock).unit(endpoint, unit_id, timeout_s=2, manners=profile.manners)
        found = ModbusMeter(role=role, profile=profile, unit=unit, clock=clock)
        try:
            yield device, found
        finally:
            await found.close()


def solaredge() -> Image:
    image = Image().common("SolarEdge", "SE10K", "7E1", length=65).model(103, INVERTER)
    return image.common("WattNode", "WNC", "47", length=65).model(203, METER).end()


async def test_three_phases_in_one_request() -> None:
    async with meter(Image().common().model(203, METER).end(), "sunspec", Role.GRID) as (device, grid):
        await grid.read()
        device.asked.clear()
        reading = await grid.read()
    assert device.asked == [(40070, 55)]
    assert reading.power_w == 3500
    assert reading.phase_power_w == (1200, -700, 3000)
    assert reading.current_a == pytest.approx((5.1, -5.2, 5.0))
    assert reading.voltage_v == pytest.approx((230.1, 230.2, 230.3))
    assert reading.frequency_hz == pytest.approx(50.01)
    assert (reading.energy_wh, reading.energy_back_wh) == (655380, 0)
    assert (reading.phases, reading.refused) == (3, {})


@pytest.mark.parametrize(("max_registers", "max_gap"), [(125, 0), (20, 0), (20, 100), (9, 3)])
async def test_a_value_and_its_scale_come_in_one_request(max_registers: int, max_gap: int) -> None:
    image = Image().common().model(203, METER).end()
    async with meter(image, "sunspec", Role.GRID, max_registers=max_registers, max_gap=max_gap) as (device, grid):
        await grid.read()
        device.asked.clear()
        reading = await grid.read()
    asked = [range(address, address + count) for address, count in device.asked]
    assert max(len(addresses) for addresses in asked) <= max_registers
    for value, scale in [(18, 22), (19, 22), (3, 6), (10, 15), (16, 17), (46, 54)]:
        assert all(40070 + scale in addresses for addresses in asked if 40070 + value in addresses)
    assert reading.power_w == 3500
    assert reading.energy_wh == 655380


async def test_a_value_whose_scale_is_refused_is_refused_and_the_rest_read() -> None:
    image = Image().common().model(203, METER).end()
    del image.words[40070 + 54]  # the scale of the counters
    async with meter(image, "sunspec", Role.GRID) as (device, grid):
        for _ in range(2):
            reading = await grid.read()
        asked = len(device.asked)
        await grid.read()
    assert len(device.asked) - asked == 3  # without gaps from then on
    assert set(reading.refused) == {"energy_wh", "energy_back_wh"}
    assert reading.power_w == 3500


@pytest.mark.parametrize(("number", "phases"), [(201, 1), (202, 2), (203, 3)])
async def test_phases_that_the_model_has_not_are_left_out(number: int, phases: int) -> None:
    words = {**METER}
    for offset in (3, 8, 19):
        for i in range(phases, 3):
            words[offset + i] = 0x8000
    async with meter(Image().common().model(number, words).end(), "sunspec", Role.GRID) as (_, grid):
        reading = await grid.read()
    assert reading.refused == {}
    assert reading.phases == phases
    assert reading.phase_power_w == (*(1200.0, -700.0, 3000.0)[:phases], 0.0, 0.0)[:3]
    assert reading.current_a == pytest.approx((*(5.1, -5.2, 5.0)[:phases], 0.0, 0.0)[:3])


async def test_a_phase_that_a_three_phase_meter_does_not_show_is_refused_not_zero() -> None:
    words = {**METER, 20: 0x8000}
    async with meter(Image().common().model(203, words).end(), "sunspec", Role.GRID) as (_, grid):
        reading = await grid.read()
    assert reading.phase_power_w is None
    assert "not available" in reading.refused["phase_power_w"]
    assert reading.power_w == 3500


async def test_0x7fff_is_a_power_like_any_other() -> None:
    words = {**METER, 18: 0x7FFF}
    async with meter(Image().common().model(203, words).end(), "sunspec", Role.GRID) as (_, grid):
        assert (await grid.read()).power_w == 32767


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ({18: 0x8000}, "not available"),
        ({22: 0x8000}, "a value without the scale factor in register 40092"),
        ({22: 11}, "scale factor in register 40092 is 11"),
        ({22: 10}, "outside"),
    ],
)
async def test_power_without_value_or_scale_is_refused(words: Words, why: str) -> None:
    async with meter(Image().common().model(203, {**METER, **words}).end(), "sunspec", Role.GRID) as (_, grid):
        reading = await grid.read()
    assert reading.power_w is None
    assert why in reading.refused["power_w"]


async def test_a_bare_inverter_as_a_grid_meter_says_what_it_has() -> None:
    image = Image().common().model(103, INVERTER).model(160, STRINGS, length=88).end()
    async with meter(image, "sunspec", Role.GRID) as (_, grid):
        reading = await grid.read()
    assert reading.power_w is None
    assert reading.refused["power_w"] == (
        "the device has none of the SunSpec models 203, 213, 201, 211, 202, 212, 204, 214; it has 1, 103, 160"
    )
    assert reading.refused["current_a"].endswith("it has 1, 103, 160")


async def test_a_meter_that_appears_later_is_found() -> None:
    clock = HandClock()
    bare = Image().common().model(103, INVERTER).end()
    async with meter(bare, "sunspec", Role.GRID, clock=clock) as (device, grid):
        assert (await grid.read()).power_w is None
        device.image = Image().common().model(103, INVERTER).model(203, METER).end()
        assert (await grid.read()).power_w is None
        clock.ahead_s = 61
        assert (await grid.read()).power_w == 3500


async def test_a_chain_that_moved_is_noticed_and_found_again() -> None:
    async with meter(Image().common().model(203, METER).end(), "fronius-smart-meter", Role.GRID, unit_id=200) as (
        device,
        grid,
    ):
        assert (await grid.read()).power_w == 3500
        device.image = Image().common().model(213, METER_FLOAT).end()
        with pytest.raises(DeviceProtocolError, match="models have moved"):
            await grid.read()
        assert (await grid.read()).power_w == -1234.5
        device.image = Image().common(length=65).model(203, METER).end()  # all of it one register further down
        with pytest.raises(DeviceProtocolError, match="models have moved"):
            await grid.read()
        assert (await grid.read()).power_w == 3500


async def test_a_device_that_shows_blanks_sleeps_and_wakes_where_it_was() -> None:
    clock = HandClock()
    awake = Image().common().model(103, INVERTER).end()
    asleep = Image()
    asleep.words = dict.fromkeys(awake.words, 0)
    async with meter(awake, "sunspec", Role.PV, clock=clock) as (device, pv):
        assert (await pv.read()).power_w == 3456
        device.image = asleep
        for clock.ahead_s in (0, 500):
            with pytest.raises(DeviceProtocolError, match="blank; some inverters sleep like that"):
                await pv.read()
        device.image = awake
        device.asked.clear()
        assert (await pv.read()).power_w == 3456
    assert len(device.asked) == 1  # nothing had to be looked for


@pytest.mark.parametrize("blank", [0, 0xFFFF])
async def test_models_that_stay_blank_are_looked_for_elsewhere(blank: int) -> None:
    clock = HandClock()
    before = Image().common().model(103, INVERTER).end()
    after = Image(base=50000).common().model(103, INVERTER).end()
    after.words |= dict.fromkeys(before.words, blank)
    async with meter(before, "sunspec", Role.PV, clock=clock) as (device, pv):
        await pv.read()
        device.image = after  # an update has moved everything, and the old place is blank
        with pytest.raises(DeviceProtocolError, match="blank"):
            await pv.read()
        clock.ahead_s = 601
        with pytest.raises(DeviceProtocolError, match="models have moved"):
            await pv.read()
        assert (await pv.read()).power_w == 3456


async def test_registers_refused_before_the_chain_moved_are_asked_for_again() -> None:
    image = Image().common().model(213, METER_FLOAT).end()
    del image.words[40130]  # the float meter's TotWhExp, at 40130 and 40131
    async with meter(image, "sunspec", Role.GRID, max_gap=0) as (device, grid):
        reading = await grid.read()
        assert reading.power_w == -1234.5
        assert "refuses" in reading.refused["energy_back_wh"]
        device.image = Image().common().model(64999, {}, length=12).model(203, METER).end()
        with pytest.raises(DeviceProtocolError, match="models have moved"):
            await grid.read()
        reading = await grid.read()
    assert reading.power_w == 3500
    assert "jumped" in reading.refused["energy_wh"]  # it is another meter; but 40130 is read again, now its TotWhImp


async def test_the_wiring_of_a_701_is_watched() -> None:
    der: Words = {
        2: 0,
        10: 300,
        41: 300,
        45: 13,
        47: 2301,
        64: 145,
        68: 65,
        113: -1,
        114: -1,
        115: -2,
        116: 1,
        17: (0, 5000),
    }
    der = {**der, 19: (0, 0, 1, 5), 120: 0}
    image = Image().common().model(701, der).end()
    async with meter(image, "enphase-iq-gateway", Role.PV) as (_, pv):
        reading = await pv.read()
        assert (reading.power_w, reading.phases, reading.energy_wh) == (3000, 1, 65541)
        assert reading.current_a == pytest.approx((1.3, 0, 0))
        image.put(40070, {2: 1, 70: 2302})
        with pytest.raises(DeviceProtocolError, match="moved"):
            await pv.read()
        reading = await pv.read()
    assert reading.voltage_v == pytest.approx((230.1, 230.2, 0))
    assert reading.phases == 2


async def test_generic_inverter() -> None:
    async with meter(Image().common().model(103, INVERTER).end(), "sunspec", Role.PV) as (_, pv):
        reading = await pv.read()
    assert (reading.power_w, reading.energy_wh) == (3456, 0x00BC614E)
    assert reading.current_a == pytest.approx((5.1, 5.0, 5.0))
    assert reading.refused == {}


async def test_a_sleeping_inverter_produces_nothing() -> None:
    words = {**INVERTER, 14: 0x8000, 15: 0x8000}
    async with meter(Image().common().model(103, words).end(), "sunspec", Role.PV) as (_, pv):
        assert (await pv.read()).power_w == 0
    async with meter(Image().common().model(103, {**INVERTER, 15: 0x8000}).end(), "sunspec", Role.PV) as (_, pv):
        assert (await pv.read()).power_w is None  # a value without its scale is not sleep


@pytest.mark.parametrize(
    ("model", "words", "soc_pct", "power_w"),
    [(802, {11: 755, 56: -1, 47: -1500, 63: 0}, 75.5, -1500), (124, {8: 5550, 22: -2}, 55.5, None)],
)
async def test_generic_battery(model: int, words: Words, soc_pct: float, power_w: float | None) -> None:
    async with meter(Image().common().model(model, words).end(), "sunspec", Role.BATTERY) as (_, battery):
        reading = await battery.read()
    assert reading.soc_pct == pytest.approx(soc_pct)
    assert reading.power_w == power_w
    if power_w is None:
        assert reading.refused["power_w"] == "the device has no SunSpec model 802; it has 1, 124"


def gen24(strings: Words = STRINGS, modules: int = 4) -> Image:
    image = Image().common("Fronius", "Symo GEN24", "3", length=65).model(113, {22: 3000.0})
    return image.model(160, strings, length=8 + 20 * modules).model(124, {8: 5550, 22: -2}).end()


async def test_fronius_gen24() -> None:
    async with meter(gen24(), "fronius-gen24", Role.PV) as (_, pv):
        reading = await pv.read()
    assert (reading.power_w, reading.energy_wh) == pytest.approx((3072.5 + 1234.5, 300))
    async with meter(gen24(), "fronius-gen24", Role.BATTERY) as (_, battery):
        reading = await battery.read()
    assert reading.power_w == -500
    assert (reading.soc_pct, reading.energy_wh, reading.energy_back_wh) == (55.5, 7, 65536)


async def test_fronius_gen24_at_night_discharging() -> None:
    night = gen24({**STRINGS, 21: 0xFFFF, 41: 0xFFFF, 61: 0, 81: 12340})
    async with meter(night, "fronius-gen24", Role.PV) as (_, pv):
        assert (await pv.read()).power_w == 0
    async with meter(night, "fronius-gen24", Role.BATTERY) as (_, battery):
        assert (await battery.read()).power_w == 1234
    unknown = gen24({**STRINGS, 61: 0xFFFF})
    async with meter(unknown, "fronius-gen24", Role.BATTERY) as (_, battery):
        assert (await battery.read()).power_w is None


async def test_a_verto_is_not_taken_for_a_gen24() -> None:
    five = {**STRINGS, 101: 2000}
    async with meter(gen24(five, 5), "fronius-gen24", Role.BATTERY) as (_, battery):
        assert "5 modules here, not 4" in (await battery.read()).refused["power_w"]
    async with meter(gen24(five, 5), "fronius-verto", Role.BATTERY) as (_, battery):
        assert (await battery.read()).power_w == 200
    async with meter(gen24(five, 5), "fronius-verto", Role.PV) as (_, pv):
        assert (await pv.read()).power_w == pytest.approx(3072.5 + 1234.5 + 500)


async def test_kostal_ksem() -> None:
    async with meter(Image().common().model(203, METER).end(), "kostal-ksem", Role.GRID, unit_id=71) as (_, grid):
        assert (await grid.read()).power_w == 3500


@pytest.mark.parametrize("strings", [2, 3])
async def test_kostal_plenticore(strings: int) -> None:
    image = Image().common("KOSTAL", "PLENTICORE").model(103, INVERTER)
    image.model(
        160,
        {4: 0, 5: 0, 8: strings, 21: 2500, 41: 0xFFFF, **({61: 1500} if strings == 3 else {})},
        length=8 + 20 * strings,
    )
    image.model(802, {11: 755, 56: -1, 47: -1500, 63: 0}).end()
    image.put(0, {1056: (0x2400, 0x4974), 252: (0x8000, 0xC3FA)})  # 1 000 000.0 and -501.0, low word first
    async with meter(image, "kostal-plenticore", Role.PV, unit_id=71) as (_, pv):
        reading = await pv.read()
    assert (reading.power_w, reading.energy_wh) == (2500 + (1500 if strings == 3 else 0), 1_000_000)
    async with meter(image, "kostal-plenticore", Role.BATTERY, unit_id=71) as (_, battery):
        reading = await battery.read()
    assert (reading.power_w, reading.soc_pct) == (-1500, 75.5)
    async with meter(image, "kostal-plenticore", Role.GRID, unit_id=71) as (_, grid):
        reading = await grid.read()
    assert reading.power_w == -501
    assert "refuses" in reading.refused["current_a"]


async def test_solaredge_meter_in_the_second_block_counts_export() -> None:
    async with meter(solaredge(), "solaredge", Role.GRID) as (device, grid):
        reading = await grid.read()
    assert device.asked[-1] == (40188, 55)
    assert reading.power_w == -3500
    assert reading.phase_power_w == (-1200, 700, -3000)
    assert reading.current_a == pytest.approx((-5.1, 5.2, -5.0))
    assert (reading.energy_wh, reading.energy_back_wh) == (655380, 0)
    async with meter(solaredge(), "solaredge", Role.PV) as (_, pv):
        assert (await pv.read()).power_w == 3456


async def test_a_solaredge_is_no_generic_grid_meter() -> None:
    async with meter(solaredge(), "sunspec", Role.GRID) as (_, grid):
        assert (
            (await grid.read())
            .refused["power_w"]
            .endswith("in its device block 1; it has block 1: 1, 103; block 2: 1, 203")
        )
    async with meter(Image().common().model(103, INVERTER).end(), "solaredge", Role.GRID) as (_, grid):
        assert (await grid.read()).refused["power_w"].endswith("in its device block 2; it has 1, 103")


async def test_solaredge_hybrid() -> None:
    image = solaredge()
    image.put(0, {62836: (0x8000, 0xC3FA), 57716: (0x8000, 0xC3FA), 57732: (0x0000, 0x4297)})  # -501.0, 75.5
    image.put(0, {57718: (0x4240, 0x000F, 0, 0), 57722: (0x8480, 0x001E, 0, 0)})  # 1 000 000 and 2 000 000
    async with meter(image, "solaredge-hybrid", Role.PV) as (_, pv):
        assert (await pv.read()).power_w == 3600 - 501
    async with meter(image, "solaredge-hybrid", Role.BATTERY) as (_, battery):
        reading = await battery.read()
    assert (reading.power_w, reading.soc_pct) == (501, 75.5)
    assert (reading.energy_wh, reading.energy_back_wh) == (1_000_000, 2_000_000)
    image.put(0, {62836: (0xFFFF, 0xFF7F)})
    async with meter(image, "solaredge-hybrid", Role.PV) as (_, pv):
        assert (await pv.read()).power_w is None  # without the battery's part it would be a guess
