"""Meters put together: freshness, failures, sums."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anyio
import pytest
from structlog.testing import capture_logs

from controller.control.clock import ScaledClock
from controller.control.poller import HouseMeters, MeterPoller
from controller.domain.errors import DeviceTimeout
from controller.domain.readings import House, Reading
from tests.support.houses import NOON
from tests.support.warp import run_warped


class Told:
    """A meter that reads what it is told."""

    name = "grid meter"

    def __init__(
        self, clock: ScaledClock, power_w: float | Exception | None, refused: dict[str, str] | None = None
    ) -> None:
        self.clock = clock
        self.power_w = power_w
        self.refused = refused or {}
        self.asked_s: list[float] = []
        self.phases: dict[str, Any] = {}

    async def read(self) -> Reading:
        self.asked_s.append(self.clock.monotonic_s())
        if isinstance(self.power_w, Exception):
            raise self.power_w
        return Reading(taken_at_s=self.clock.monotonic_s(), power_w=self.power_w, refused=self.refused, **self.phases)

    async def close(self) -> None: ...


def poller(clock: ScaledClock, power_w: float | Exception | None, poll_s: float = 1.0) -> tuple[Told, MeterPoller]:
    meter = Told(clock, power_w)
    return meter, MeterPoller(meter, clock, poll_s=poll_s, stale_after_s=15)


def warped(test: Callable[[ScaledClock], object]) -> None:
    async def outer() -> None:
        await test(ScaledClock(NOON))  # type: ignore[misc]

    run_warped(outer)


def test_a_refused_power_keeps_the_last_believable_one_until_it_is_stale() -> None:
    async def test(clock: ScaledClock) -> None:
        meter, grid = poller(clock, -500.0)
        house = HouseMeters(grid=grid)
        await grid.poll()
        meter.power_w, meter.refused = None, {"power_w": "not a number"}
        await clock.sleep(10)
        await grid.poll()
        assert house.house(clock.monotonic_s()).grid_w == -500
        await clock.sleep(6)
        await grid.poll()
        seen = house.house(clock.monotonic_s())
        assert seen.grid_w is None
        assert seen.grid_age_s == pytest.approx(16, abs=0.01)

    warped(test)


def test_phase_powers_stand_in_for_refused_currents() -> None:
    async def test(clock: ScaledClock) -> None:
        meter, grid = poller(clock, 2300.0)
        meter.phases = {"phase_power_w": (4600.0, -2300.0, 0.0), "voltage_v": (230.0, 230.0, 0.0)}
        await grid.poll()
        assert HouseMeters(grid=grid).house(clock.monotonic_s()).grid_current_a == (20, -10, 0)

    warped(test)


def test_a_silent_battery_is_told_from_none() -> None:
    async def test(clock: ScaledClock) -> None:
        _, grid = poller(clock, 0.0)
        _, battery = poller(clock, DeviceTimeout("silence"))
        await battery.poll()
        await clock.sleep(16)
        await grid.poll()
        assert HouseMeters(grid=grid, battery=battery).house(clock.monotonic_s()).battery_missing
        assert not HouseMeters(grid=grid).house(clock.monotonic_s()).battery_missing

    warped(test)


def test_failures_are_told_once_and_polled_more_rarely_but_never_beyond_ten_seconds() -> None:
    async def test(clock: ScaledClock) -> None:
        meter, grid = poller(clock, DeviceTimeout("silence"))
        with capture_logs() as logs, anyio.move_on_after(60):
            await grid.run()
        gaps = [b - a for a, b in zip(meter.asked_s, meter.asked_s[1:], strict=False)]
        assert gaps[:4] == pytest.approx([2, 4, 8, 10], abs=0.01)
        assert max(gaps) < 10.1
        assert [entry["log_level"] for entry in logs if entry["event"] == "meter_failed"].count("warning") == 1
        meter.power_w = 1.0
        with capture_logs() as logs:
            await grid.poll()
        assert logs[0]["event"] == "meter_recovered"

    warped(test)


def test_pv_is_known_only_while_every_inverter_is() -> None:
    async def test(clock: ScaledClock) -> None:
        _, grid = poller(clock, 0.0)
        first, east = poller(clock, 2000.0)
        _, west = poller(clock, -30.0)
        _, ev = poller(clock, -5.0)
        meters = HouseMeters(grid=grid, pv=[east, west], ev=ev)
        for each in meters.pollers:
            await each.poll()
        house = meters.house(clock.monotonic_s())
        assert house.pv_w == 1970
        assert house.ev_w == 0  # a meter's own hum is no negative car
        await clock.sleep(4)
        await grid.poll()
        assert meters.house(clock.monotonic_s()).ev_w == 0
        await clock.sleep(2)
        await grid.poll()
        assert meters.house(clock.monotonic_s()).ev_w is None  # it tells of another moment than the grid's meter
        first.power_w = DeviceTimeout("silence")
        await clock.sleep(16)
        for each in meters.pollers:
            await each.poll()
        assert meters.house(clock.monotonic_s()).pv_w is None
        assert meters.house(clock.monotonic_s()).grid_w == 0

    warped(test)


def test_a_meter_that_goes_stale_says_once_what_is_missing_then() -> None:
    async def test(clock: ScaledClock) -> None:
        meter = Told(clock, DeviceTimeout("silence"))
        battery = MeterPoller(meter, clock, poll_s=1, stale_after_s=15, without="what it gives")
        with capture_logs() as logs:
            for _ in range(5):
                await battery.poll()
                await clock.sleep(5)
        stale = [entry for entry in logs if entry["event"] == "meter_stale"]
        assert [entry["without"] for entry in stale] == ["what it gives"]
        meter.power_w = 100.0
        with capture_logs() as logs:
            await battery.poll()
            await battery.poll()
        assert [entry["event"] for entry in logs] == ["meter_recovered", "meter_fresh_again"]

    warped(test)


class TestPhases:
    """What the main fuse is watched with."""

    def test_phase_powers_without_voltages_are_reckoned_with_the_nominal_one(self) -> None:
        async def test(clock: ScaledClock) -> None:
            meter, grid = poller(clock, 2300.0)
            meter.phases = {"phase_power_w": (4600.0, -2300.0, 0.0)}
            await grid.poll()
            assert HouseMeters(grid=grid).house(clock.monotonic_s()).grid_current_a == (20, -10, 0)

        warped(test)

    def test_currents_that_are_refused_stay_for_a_moment_and_then_are_missing(self) -> None:
        async def test(clock: ScaledClock) -> None:
            meter, grid = poller(clock, 2300.0)
            meter.phases = {"current_a": (12.0, 0.0, -2.0)}
            house = HouseMeters(grid=grid)

            async def after(seconds: float) -> House:
                await clock.sleep(seconds)
                await grid.poll()
                return house.house(clock.monotonic_s())

            await after(0)
            meter.phases, meter.refused = {}, {"current_a": "not a number"}
            seen = await after(10)
            assert (seen.grid_current_a, seen.grid_phases_missing) == ((12, 0, -2), False)
            seen = await after(10)
            assert (seen.grid_w, seen.grid_current_a, seen.grid_phases_missing) == (2300, None, True)
            meter.phases, meter.refused = {"current_a": (1.0, 1.0, 1.0)}, {}
            seen = await after(1)
            assert (seen.grid_current_a, seen.grid_phases_missing) == ((1, 1, 1), False)

        warped(test)

    @pytest.mark.parametrize(("refused", "missing"), [({"current_a": "-"}, True), ({"frequency_hz": "-"}, False)])
    def test_a_meter_that_never_told_its_phases(self, refused: dict[str, str], missing: bool) -> None:
        async def test(clock: ScaledClock) -> None:
            meter, grid = poller(clock, 2300.0)
            meter.refused = refused
            await grid.poll()
            assert HouseMeters(grid=grid).house(clock.monotonic_s()).grid_phases_missing is missing

        warped(test)

    @pytest.mark.parametrize(
        ("last_w", "after_s", "missing"), [(3000.0, 20, True), (30.0, 20, False), (30.0, 7e4, True)]
    )
    def test_an_inverter_that_fell_silent_at_dusk_sleeps(self, last_w: float, after_s: float, missing: bool) -> None:
        async def test(clock: ScaledClock) -> None:
            _, grid = poller(clock, 0.0)
            inverter, pv = poller(clock, last_w)
            meters = HouseMeters(grid=grid, pv=[pv])
            await pv.poll()
            assert not meters.house(clock.monotonic_s()).pv_missing
            inverter.power_w = DeviceTimeout("silence")
            await clock.sleep(after_s)
            await pv.poll()
            house = meters.house(clock.monotonic_s())
            assert (house.pv_w, house.pv_missing) == (None, missing)

        warped(test)

    def test_pv_that_nobody_meters_is_not_missing(self) -> None:
        async def test(clock: ScaledClock) -> None:
            _, grid = poller(clock, 0.0)
            assert not HouseMeters(grid=grid).house(clock.monotonic_s()).pv_missing

        warped(test)


def test_a_noisy_line_is_told_of_once_in_ten_minutes() -> None:
    async def test(clock: ScaledClock) -> None:
        meter, grid = poller(clock, 1.0)
        with capture_logs() as logs:
            for number in range(1800):
                meter.power_w = DeviceTimeout("silence") if number % 3 == 0 else 1.0
                await grid.poll()
                await clock.sleep(1)
        told = [entry for entry in logs if entry["event"] == "meter_failed" and entry["log_level"] == "warning"]
        assert [entry["failures"] for entry in told] == [1, 200, 200]
        assert [entry["event"] for entry in logs].count("meter_recovered") == 3

    warped(test)


def test_a_car_meter_that_is_polled_rarely_does_not_come_and_go() -> None:
    async def test(clock: ScaledClock) -> None:
        _, grid = poller(clock, 0.0)
        _, ev = poller(clock, 5000.0, poll_s=10)
        meters = HouseMeters(grid=grid, ev=ev)
        await ev.poll()
        await clock.sleep(12)
        await grid.poll()
        assert meters.house(clock.monotonic_s()).ev_w == 5000

    warped(test)


def test_each_meter_is_polled_at_its_own_pace() -> None:
    async def test(clock: ScaledClock) -> None:
        meter, grid = poller(clock, 1.0, poll_s=5)

        async def slow_read() -> Reading:
            meter.asked_s.append(clock.monotonic_s())
            await clock.sleep(2)
            return Reading(taken_at_s=clock.monotonic_s(), power_w=1.0)

        meter.read = slow_read  # type: ignore[method-assign]
        with anyio.move_on_after(26):
            await grid.run()
        assert meter.asked_s == pytest.approx([0, 5, 10, 15, 20, 25], abs=0.01)

    warped(test)


class TestWithoutAMeterAtTheGrid:
    """Load, PV and battery stand in for it."""

    def test_the_grid_is_what_they_leave(self) -> None:
        async def test(clock: ScaledClock) -> None:
            _, load = poller(clock, 3000.0)
            _, east = poller(clock, 2000.0)
            _, west = poller(clock, 500.0)
            _, battery = poller(clock, 300.0)
            meters = HouseMeters(load=load, pv=[east, west], battery=battery)
            for each in meters.pollers:
                await each.poll()
            await clock.sleep(2)
            house = meters.house(clock.monotonic_s())
            assert house.grid_w == 3000 - 2500 - 300
            assert house.grid_age_s == pytest.approx(2, abs=0.01)
            assert house.grid_current_a is None

        warped(test)

    @pytest.mark.parametrize("silent", ["load", "pv", "battery", "ev"])
    def test_each_part_is_needed(self, silent: str) -> None:
        async def test(clock: ScaledClock) -> None:
            parts = {name: poller(clock, 1000.0) for name in ("load", "pv", "battery", "ev")}
            meters = HouseMeters(
                load=parts["load"][1],
                pv=[parts["pv"][1]],
                battery=parts["battery"][1],
                ev=parts["ev"][1],
                load_includes_car=False,
            )
            for each in meters.pollers:
                await each.poll()
            assert meters.house(clock.monotonic_s()).grid_w == 1000 - 1000 - 1000 + 1000
            parts[silent][0].power_w = DeviceTimeout("silence")
            await clock.sleep(16)
            for each in meters.pollers:
                await each.poll()
            house = meters.house(clock.monotonic_s())
            assert house.grid_w is None
            assert house.grid_age_s == pytest.approx(16, abs=0.01)

        warped(test)

    def test_a_car_that_the_load_meter_sees_is_not_added_again(self) -> None:
        async def test(clock: ScaledClock) -> None:
            _, load = poller(clock, 3000.0)
            _, pv = poller(clock, 1000.0)
            _, ev = poller(clock, 2000.0)
            meters = HouseMeters(load=load, pv=[pv], ev=ev)
            for each in meters.pollers:
                await each.poll()
            assert meters.house(clock.monotonic_s()).grid_w == 2000

        warped(test)

    def test_an_inverter_that_sleeps_at_night_gives_nothing_where_that_was_said(self) -> None:
        async def test(clock: ScaledClock) -> None:
            _, load = poller(clock, 700.0)
            inverter = Told(clock, 900.0)
            pv = MeterPoller(inverter, clock, poll_s=1, stale_after_s=15, silent_is_zero=True)
            meters = HouseMeters(load=load, pv=[pv])

            async def later(seconds: float) -> House:
                await clock.sleep(seconds)
                for each in meters.pollers:
                    await each.poll()
                return meters.house(clock.monotonic_s())

            assert (await later(0)).grid_w == -200
            inverter.power_w = DeviceTimeout("silence")
            assert (await later(5)).grid_w == -200  # not yet: it may just be late
            night = await later(20)
            assert (night.grid_w, night.pv_w) == (700, 0)
            assert night.grid_age_s < 1
            inverter.power_w = None  # it answers, and what it says cannot be true
            assert (await later(5)).grid_w is None

        warped(test)

    def test_nothing_at_all_is_no_house(self) -> None:
        with pytest.raises(ValueError, match="neither the grid nor the load"):
            HouseMeters()
