"""The whole service in a house of several devices: a hybrid inverter, a SunSpec inverter, a meter behind a gateway."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass

import anyio

from controller.app import make_controller, read_config
from controller.domain.reasons import ReasonCode
from controller.meter.profile_files import Shelf
from controller.meter.quantities import Role
from controller.simulation.meters.emulator import VirtualMeters, Wire, virtual_meters
from controller.simulation.meters.faults import MeterFaults
from controller.simulation.meters.values import HouseValues
from tests.support.service import Stage, staged
from tests.support.warp import run_warped

SILENT = MeterFaults(silence=True)


@dataclass
class House:
    """A running service and its devices."""

    stage: Stage
    hybrid: VirtualMeters
    roof: VirtualMeters
    car: VirtualMeters


def table(header: str, device: VirtualMeters) -> str:
    return (
        f'[{header}]\nprofile = "{device.profile.key}"\ntransport = "{device.transport}"\n'
        f'host = "{device.host}"\nport = {device.port}\nunit_id = 1\npoll_s = 3\n\n'
    )


@asynccontextmanager
async def house_of_several() -> AsyncIterator[House]:
    """Grid and battery from a Sungrow, PV from a Fronius by SunSpec, the car's meter behind an RTU gateway."""
    async with staged(run=False) as stage:
        values = HouseValues(stage.home.live)

        def device(key: str, wire: Wire, *roles: Role) -> AbstractAsyncContextManager[VirtualMeters]:
            units = {1: {role: values.measuring(role) for role in roles}}
            return virtual_meters(Shelf().load(key), units, clock=stage.clock, transport=wire)

        async with (
            device("sungrow-sh", "tcp", Role.GRID, Role.BATTERY) as hybrid,
            device("fronius-gen24", "tcp", Role.PV) as roof,
            device("eastron-sdm630", "rtu-over-tcp", Role.EV) as car,
        ):
            tables = table("meter.grid", hybrid) + table("meter.battery", hybrid)
            tables += table("[meter.pv]", roof) + table("meter.ev", car)
            file = stage.config_file
            text = file.read_text()
            file.write_text(re.sub(r"(?s)\[meter\.grid\].*?(?=\[wallbox\])", lambda _: tables, text))
            async with anyio.create_task_group() as tasks:
                tasks.start_soon(stage.run, make_controller(read_config(file, {}), stage.clock, (stage.diary,)))
                yield House(stage, hybrid, roof, car)
                stage.stop.set()


def played(test: Callable[[House], object]) -> None:
    async def outer() -> None:
        async with house_of_several() as house:
            await test(house)  # type: ignore[misc]

    run_warped(outer)


def test_the_car_follows_the_sun_and_devices_share_their_connection() -> None:
    async def test(house: House) -> None:
        await house.stage.passes(480)
        _, seen, _, decision = house.stage.diary.entries[-1]
        plant = house.stage.plant
        assert decision.command is not None
        assert decision.command.charging
        assert plant.ev_w > 4000
        assert seen.grid_w is not None
        assert abs(seen.grid_w - plant.grid_w) < 300
        assert seen.pv_w is not None
        assert abs(seen.pv_w - plant.pv_w) < 300
        assert seen.ev_w is not None
        assert seen.battery_soc_pct == 50
        assert house.hybrid.record.connections == 1
        assert house.hybrid.record.exceptions == house.roof.record.exceptions == 0

    played(test)


def test_a_silent_inverter_costs_the_pv_power_only() -> None:
    async def test(house: House) -> None:
        await house.stage.passes(480)
        house.roof.faults = SILENT
        await house.stage.passes(180)
        _, seen, _, decision = house.stage.diary.entries[-1]
        assert seen.pv_w is None
        assert seen.grid_w is not None
        assert decision.command is not None
        assert decision.command.charging
        house.roof.faults = MeterFaults()
        await house.stage.passes(60)
        assert house.stage.diary.entries[-1][1].pv_w is not None

    played(test)


def test_a_silent_meter_of_the_car_leaves_an_estimate() -> None:
    async def test(house: House) -> None:
        await house.stage.passes(480)
        house.car.faults = SILENT
        await house.stage.passes(400)
        _, seen, _, decision = house.stage.diary.entries[-1]
        assert seen.ev_w is None
        assert decision.command is not None
        assert decision.command.charging
        assert decision.surplus_w is not None
        plant = house.stage.plant
        assert abs(decision.surplus_w - (plant.pv_w - plant.load_w)) < 800

    played(test)


def test_a_silent_grid_leads_to_the_fallback_and_back() -> None:
    async def test(house: House) -> None:
        await house.stage.passes(480)
        house.hybrid.faults = SILENT
        await house.stage.passes(90)
        decision = house.stage.diary.last
        assert decision.command is not None
        assert decision.command.limit_a == 6
        assert decision.reason.code is ReasonCode.METER_STALE
        house.hybrid.faults = MeterFaults()
        await house.stage.passes(300)
        assert house.stage.diary.last.reason.code is not ReasonCode.METER_STALE
        assert house.stage.plant.ev_w > 4000

    played(test)
