"""What a meter makes of a device that refuses, sleeps, stands still or lies."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from controller.domain.errors import ConfigError, DeviceRejected, DeviceTimeout
from controller.domain.readings import Reading
from controller.meter.device import ModbusMeter
from controller.meter.formula import Function
from controller.meter.plausibility import Bounds
from controller.meter.profile import Profile
from controller.meter.profile_text import parse_profile, parse_tree
from controller.meter.quantities import Role

LINE = """
name = "Line meter"
maker = "Nobody"
source = "-"
[requests]
max_registers = 40
max_gap = 10
[every_register]
type = "int16"
[meter]
power_w = { address = 10 }
phase_power_w = { address = [11, 12, 13] }
current_a = { address = [14, 15, 16], scale = 0.1, unsigned = true }
voltage_v = { address = [20, 21, 22], scale = 0.1 }
frequency_hz = { address = 25, scale = 0.01 }
energy_import_wh = { address = 30, type = "uint32", scale = 100 }
energy_export_wh = { address = 32, type = "uint32", scale = 100 }
"""
ONE_PHASE = """
name = "One phase"
maker = "Nobody"
source = "-"
[every_register]
type = "int16"
[meter]
power_w = { address = 10 }
current_a = { address = [14], scale = 0.1, unsigned = true }
voltage_v = { address = [20], scale = 0.1 }
"""
HYBRID = """
name = "Hybrid"
maker = "Nobody"
source = "-"
[every_register]
type = "int16"
[grid]
power_w = { address = 1, positive = "export" }
[battery]
power_w = { address = 2, positive = "charge" }
soc_pct = { address = 3 }
energy_discharged_wh = { address = 4, type = "uint16" }
energy_charged_wh = { address = 5, type = "uint16" }
"""
EVENING = {10: 1500, 11: 2000, 12: -800, 13: 300, 14: 87, 15: 35, 16: 13, 20: 2310, 21: 2295, 22: 2300, 25: 5001}
EVENING |= {30: 0, 31: 1200, 32: 0, 33: 600}


class Hands:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now_s = 0.0

    def monotonic_s(self) -> float:
        return self.now_s

    def now(self) -> datetime:
        return datetime(2026, 6, 21, tzinfo=UTC)

    async def sleep(self, seconds: float) -> None:
        raise NotImplementedError

    def timeout(self, seconds: float) -> None:
        raise NotImplementedError


class Device:
    """Holding registers; what is missing is refused, and so is a request over a gap where `strict`."""

    sent_at_s: float | None = None

    def __init__(self, words: dict[int, int], *, strict: bool = False, silent: bool = False) -> None:
        self.words = dict(words)
        self.strict = strict
        self.silent = silent
        self.asked: list[tuple[int, int]] = []

    async def read(self, function: Function, start: int, count: int) -> list[int]:
        assert function == "holding"
        self.asked.append((start, count))
        if self.silent:
            raise DeviceTimeout("silence")
        inside = range(start, start + count)
        if (self.strict and not set(inside) <= set(self.words)) or start not in self.words:
            raise DeviceRejected("illegal data address", status=2)
        return [self.words.get(address, 0) & 0xFFFF for address in inside]

    async def close(self) -> None: ...

    def __str__(self) -> str:
        return "device"


def meter(
    device: Device,
    role: Role = Role.GRID,
    text: str = LINE,
    *,
    clock: Hands | None = None,
    invert: bool = False,
    bounds: Bounds | None = None,
) -> ModbusMeter:
    made: Profile = parse_profile("test", parse_tree("test", text))
    return ModbusMeter(
        role=role,
        profile=made,
        unit=device,
        clock=clock or Hands(),  # type: ignore[arg-type]
        invert=invert,
        bounds=bounds,
    )


async def test_one_request_reads_all_where_gaps_are_allowed() -> None:
    device = Device(EVENING)
    reading = await meter(device).read()
    assert device.asked == [(10, 24)]
    assert reading.power_w == 1500
    assert reading.phase_power_w == (2000, -800, 300)
    assert reading.current_a == pytest.approx((8.7, -3.5, 1.3))
    assert reading.voltage_v == pytest.approx((231, 229.5, 230))
    assert reading.frequency_hz == pytest.approx(50.01)
    assert (reading.energy_wh, reading.energy_back_wh) == (120_000, 60_000)
    assert (reading.phases, dict(reading.refused)) == (3, {})


async def test_inverted_everything_turns_and_the_counters_change_places() -> None:
    reading = await meter(Device(EVENING), invert=True).read()
    assert reading.power_w == -1500
    assert reading.phase_power_w == (-2000, 800, -300)
    assert reading.current_a == pytest.approx((-8.7, 3.5, -1.3))
    assert (reading.energy_wh, reading.energy_back_wh) == (60_000, 120_000)


async def test_a_one_phase_meter_has_one_phase() -> None:
    reading = await meter(Device({10: -500, 14: 22, 20: 2300}), text=ONE_PHASE).read()
    assert reading.phases == 1
    assert reading.current_a == pytest.approx((-2.2, 0, 0))  # its power tells the direction
    assert reading.voltage_v == pytest.approx((230, 0, 0))


async def test_a_hybrid_tells_of_the_role_that_is_asked_for() -> None:
    words = {1: 700, 2: 400, 3: 55, 4: 9, 5: 11}
    assert (await meter(Device(words), Role.GRID, HYBRID).read()).power_w == -700
    battery = await meter(Device(words), Role.BATTERY, HYBRID).read()
    assert (battery.power_w, battery.soc_pct, battery.energy_wh, battery.energy_back_wh) == (-400, 55, 9, 11)
    with pytest.raises(ConfigError, match=r"test \(Hybrid\) has no pv values, only grid, battery"):
        meter(Device(words), Role.PV, HYBRID)


async def test_a_device_that_refuses_gaps_is_asked_without_them_from_then_on() -> None:
    device = Device(EVENING, strict=True)
    grid = meter(device)
    assert (await grid.read()).refused == {}
    device.asked.clear()
    assert (await grid.read()).power_w == 1500
    assert device.asked == [(10, 7), (20, 3), (25, 1), (30, 4)]


async def test_gaps_stay_out_though_something_else_is_refused_later() -> None:
    device = Device({address: word for address, word in EVENING.items() if address not in (11, 12, 13)}, strict=True)
    grid = meter(device)
    for _ in range(3):
        await grid.read()
    device.asked.clear()
    assert set((await grid.read()).refused) == {"phase_power_w"}
    assert device.asked == [(10, 1), (14, 3), (20, 3), (25, 1), (30, 4)]


async def test_registers_that_a_device_has_not_are_left_out_and_named_and_tried_again_later() -> None:
    clock = Hands()
    device = Device({address: word for address, word in EVENING.items() if address < 30}, strict=True)
    grid = meter(device, clock=clock)
    reading = await grid.read()
    assert reading.power_w == 1500
    assert reading.refused == {
        "energy_wh": "the device refuses holding register 30",
        "energy_back_wh": "the device refuses holding register 32",
    }
    device.asked.clear()
    await grid.read()
    assert not any(start >= 30 for start, _ in device.asked)
    device.words |= {30: 0, 31: 1, 32: 0, 33: 2}
    clock.now_s = 700
    assert (await grid.read()).energy_wh == 100


async def test_a_power_that_is_refused_is_no_zero() -> None:
    reading = await meter(Device({a: w for a, w in EVENING.items() if a != 10}, strict=True)).read()
    assert reading.power_w is None
    assert "power_w" in reading.refused
    assert reading.phase_power_w == (2000, -800, 300)


async def test_a_device_that_refuses_everything_for_a_moment_is_asked_again_soon() -> None:
    clock = Hands()
    device = Device({})
    grid = meter(device, clock=clock)
    with pytest.raises(DeviceRejected):
        await grid.read()
    device.words |= EVENING
    clock.now_s = 1
    reading = await grid.read()
    assert (reading.power_w, reading.refused) == (1500, {})


async def test_a_power_that_stays_refused_is_asked_for_every_ten_seconds_and_the_rest_ever_more_rarely() -> None:
    clock = Hands()
    device = Device({a: w for a, w in EVENING.items() if a not in (10, 25)}, strict=True)
    grid = meter(device, clock=clock)
    asked: dict[int, int] = {10: 0, 25: 0}
    for second in range(3600):
        clock.now_s = second
        device.asked.clear()
        await grid.read()
        for address in asked:
            asked[address] += (address, 1) in device.asked
    assert 300 < asked[10] < 400
    assert 8 < asked[25] < 16


@pytest.mark.parametrize(
    ("trouble", "lost"),
    [
        (DeviceRejected("illegal function", status=1), {"energy_wh"}),
        (DeviceRejected("device failure", status=4), {"energy_wh"}),
        (DeviceTimeout("silence"), {"energy_wh", "energy_back_wh"}),
    ],
)
async def test_what_is_not_needed_costs_only_itself(trouble: Exception, lost: set[str]) -> None:
    class Picky(Device):
        async def read(self, function: Function, start: int, count: int) -> list[int]:
            if start <= 30 < start + count:
                raise trouble
            return await super().read(function, start, count)

    device = Picky(EVENING, strict=True)
    grid = meter(device, text=LINE.replace("max_gap = 10", "max_gap = 0"))
    reading = await grid.read()
    assert reading.power_w == 1500
    assert set(reading.refused) == lost
    device.asked.clear()
    await grid.read()
    assert all(start != 30 for start, _ in device.asked)


async def test_silence_of_the_power_is_silence() -> None:
    with pytest.raises(DeviceTimeout):
        await meter(Device(EVENING, silent=True)).read()


@pytest.mark.parametrize(("role", "believed"), [(Role.GRID, False), (Role.LOAD, False), (Role.EV, True)])
async def test_a_meter_of_the_house_without_voltage_measures_nothing(role: Role, believed: bool) -> None:
    reading = await meter(Device(dict.fromkeys(EVENING, 0)), role).read()
    assert (reading.power_w == 0) is believed
    assert believed or "no voltage on any phase (0 V)" in reading.refused["power_w"]


async def test_a_device_that_is_busy_is_not_searched_for_gaps() -> None:
    class Busy(Device):
        async def read(self, function: Function, start: int, count: int) -> list[int]:
            self.asked.append((start, count))
            raise DeviceRejected("device busy", status=6)

    device = Busy(EVENING)
    with pytest.raises(DeviceRejected, match="busy"):
        await meter(device).read()
    assert len(device.asked) == 1


@pytest.mark.parametrize(
    ("role", "word", "value", "why"),
    [
        (Role.PV, 150, 0.0, None),  # in a line meter's sense: 150 W of standby at night
        (Role.PV, 2000, None, r"the pv draws power; .*invert = true"),
        (Role.EV, -150, 0.0, None),
        (Role.EV, -4000, None, r"the ev delivers power"),
        (Role.LOAD, -4000, None, r"the load delivers power"),
        (Role.GRID, -4000, -4000.0, None),
        (Role.BATTERY, -4000, 4000.0, None),
    ],
)
async def test_the_sense_of_a_role(role: Role, word: int, value: float | None, why: str | None) -> None:
    reading = await meter(Device(EVENING | {10: word}), role).read()
    assert reading.power_w == value
    if why is None:
        assert "power_w" not in reading.refused
    else:
        assert re.search(why, reading.refused["power_w"])


async def test_more_than_the_connection_carries_is_refused() -> None:
    reading = await meter(Device(EVENING), bounds=Bounds(max_power_w=1400)).read()
    assert reading.power_w is None
    assert reading.refused == {
        "power_w": "1500 is outside -1400 to 1400",
        "phase_power_w": "2000 is outside -1400 to 1400",
    }


class TestTime:
    """The same meter over minutes."""

    async def over(
        self,
        seconds: int,
        role: Role = Role.GRID,
        change: Callable[[int, dict[int, int]], None] = lambda s, words: None,
        words: dict[int, int] | None = None,
        bounds: Bounds | None = None,
    ) -> list[Reading]:
        clock = Hands()
        device = Device(words or EVENING)
        it = meter(device, role, clock=clock, bounds=bounds)
        readings = []
        for second in range(0, seconds + 1, 10):
            clock.now_s = second
            change(second, device.words)
            readings.append(await it.read())
        return readings

    async def test_a_grid_meter_that_stands_still_is_not_believed(self) -> None:
        def only_the_voltage_moves(second: int, words: dict[int, int]) -> None:
            words[20] = 2300 + second // 10 % 7

        readings = await self.over(400, change=only_the_voltage_moves)
        frozen = [r.power_w is None for r in readings]
        assert frozen == [second > 300 for second in range(0, 401, 10)]
        assert "the same to the last bit for 310 s" in readings[31].refused["power_w"]
        assert set(readings[-1].refused) == {"power_w", "phase_power_w", "current_a"}
        assert readings[-1].voltage_v is not None

    async def test_it_is_believed_again_as_soon_as_it_moves(self) -> None:
        def wakes(second: int, words: dict[int, int]) -> None:
            words[10] = 1501 if second >= 400 else 1500

        readings = await self.over(450, change=wakes)
        assert readings[39].power_w is None
        assert [r.power_w for r in readings[40:]] == [1501] * 6

    async def test_a_regulated_zero_is_believed_while_anything_moves(self) -> None:
        zero = EVENING | {10: 0, 11: 0, 12: 0, 13: 0, 14: 0, 15: 0, 16: 0}

        def frequency(second: int, words: dict[int, int]) -> None:
            words[25] = 4990 + second // 10 % 20

        assert all(r.power_w == 0 for r in await self.over(900, change=frequency, words=zero))
        assert (await self.over(310, words=zero))[-1].power_w is None

    @pytest.mark.parametrize("role", [Role.PV, Role.BATTERY, Role.EV])
    async def test_what_sleeps_may_stand_still(self, role: Role) -> None:
        for watts in (0, 40):
            still = dict.fromkeys(EVENING, 0) | {10: watts * role.sign, 20: 2300, 21: 2300, 22: 2300, 25: 5000}
            assert (await self.over(3600, role, words=still))[-1].power_w is not None

    async def test_a_car_whose_meter_shows_the_same_for_minutes_is_not_believed(self) -> None:
        assert (await self.over(310, Role.EV))[-1].power_w is None

    async def test_a_device_that_shows_nothing_that_never_rests_is_not_judged(self) -> None:
        words = {1: 700, 2: 400, 3: 55, 4: 9, 5: 11}
        clock, device = Hands(), Device(words)
        battery = meter(device, Role.BATTERY, HYBRID, clock=clock)  # full, and held at 400 W by its own controller
        for clock.now_s in range(0, 3600, 10):
            assert (await battery.read()).power_w == -400

    async def test_a_counter_that_runs_is_a_sign_of_life(self) -> None:
        def counts(second: int, words: dict[int, int]) -> None:
            words[31] = 1200 + second // 100

        assert (await self.over(1000, change=counts))[-1].power_w == 1500

    async def test_time_without_readings_is_no_time_of_standing_still(self) -> None:
        clock, device = Hands(), Device(EVENING)
        grid = meter(device, clock=clock)
        for clock.now_s in (0, 10, 20, 700, 710):
            assert (await grid.read()).power_w == 1500

    async def test_zero_is_for_ever(self) -> None:
        readings = await self.over(3600, bounds=Bounds(frozen_after_s=0))
        assert readings[-1].power_w == 1500

    async def test_a_counter_that_jumps_is_refused_until_it_runs_on(self) -> None:
        def replaced(second: int, words: dict[int, int]) -> None:
            words[10] = 1500 + second // 10
            words[31] = 1200 + second // 100 if second < 100 else 40_000 + second // 100

        readings = await self.over(300, change=replaced, bounds=Bounds(max_power_w=20_000))
        assert readings[9].energy_wh == 120_000
        assert readings[10].energy_wh is None
        assert "jumped from 120000 to 4000100 Wh within 10 s" in readings[10].refused["energy_wh"]
        assert readings[15].energy_wh is None
        assert readings[16].energy_wh == 4_000_100  # a new meter, or a counter that was set
        assert all(r.power_w is not None for r in readings)

    async def test_a_counter_that_goes_back_is_refused(self) -> None:
        def back(second: int, words: dict[int, int]) -> None:
            words[10] = 1500 + second // 10
            words[31] = 1100 if second == 100 else 1200

        readings = await self.over(200, change=back)
        assert [r.energy_wh for r in readings[9:12]] == [120_000, None, 120_000]
