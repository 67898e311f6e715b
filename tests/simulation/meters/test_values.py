"""What virtual meters measure of the house, and what a person sets."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from controller.cli.virtual import virtual_day
from controller.control.clock import ScaledClock
from controller.domain.errors import ConfigError
from controller.meter.profile import Profile
from controller.meter.profile_text import parse_profile, parse_tree
from controller.meter.quantities import Quantity, Role
from controller.simulation.meters.emulator import usual_roles, usual_units
from controller.simulation.meters.values import HouseValues, settings_for
from controller.simulation.plant import LivePlant, Plant, PlantSettings
from controller.simulation.trace import Trace
from tests.support.meters import SDM630
from tests.support.warp import run_warped

HYBRID = parse_profile(
    "hybrid",
    parse_tree(
        "hybrid",
        """
name = "Hybrid"
maker = "M"
source = "made up"
[defaults]
unit_id = 247
[grid]
power_w = { address = 0 }
current_a = { address = [2, 4, 6] }
[pv]
power_w = { address = 10 }
[battery]
power_w = { address = 20 }
soc_pct = { address = 22 }
[load]
power_w = { address = 30 }
""",
    ),
)


def house(words: tuple[str, ...] = (), profile: Profile = HYBRID) -> HouseValues:
    clock = ScaledClock(datetime(2026, 6, 1, tzinfo=UTC), speed=1e-9)  # the house stands still
    live = LivePlant(virtual_day(None, "12:00").plant, clock)
    return HouseValues(live, settings_for(words, profile, usual_roles(profile)))


def watts(of: HouseValues, role: Role) -> float:
    return of.measured(role)[Quantity.POWER_W][0]


@pytest.mark.parametrize("words", [(), ("battery_w=1200",), ("pv_w=5000", "battery_w=-900"), ("load_w=400",)])
async def test_what_flows_adds_up(words: tuple[str, ...]) -> None:
    values = house(words)
    load_w = watts(values, Role.GRID) + watts(values, Role.PV) + watts(values, Role.BATTERY)
    assert watts(values, Role.LOAD) == pytest.approx(load_w)
    for word in words:
        name, _, number = word.partition("=")
        assert watts(values, Role(name[:-2])) == float(number)
    for role in (Role.GRID, Role.PV, Role.BATTERY, Role.LOAD):
        told = values.measured(role)
        assert sum(told[Quantity.PHASE_POWER_W]) == pytest.approx(watts(values, role))
        amps = zip(told[Quantity.CURRENT_A], told[Quantity.VOLTAGE_V], strict=True)
        assert sum(a * v for a, v in amps) == pytest.approx(watts(values, role))


async def test_what_is_set_goes_before_the_house() -> None:
    values = house(("grid_w=-2100", "battery_soc_pct=55", "current_a=-1,-2,-3"))
    assert watts(values, Role.GRID) == -2100
    assert values.measured(Role.GRID)[Quantity.PHASE_POWER_W] == (-700,) * 3
    assert values.measured(Role.GRID)[Quantity.CURRENT_A] == (-1, -2, -3)
    assert values.measured(Role.BATTERY)[Quantity.SOC_PCT] == (55,)


async def test_a_voltage_and_phases_of_their_own() -> None:
    values = house(("voltage_v=231", "grid_phase_w=1000,-200,300"), SDM630)
    told = values.measured(Role.GRID)
    assert told[Quantity.VOLTAGE_V] == (231,) * 3
    assert told[Quantity.POWER_W] == (1100,)
    assert told[Quantity.CURRENT_A] == pytest.approx((1000 / 231, -200 / 231, 300 / 231))


def test_energy_is_counted_each_way() -> None:
    async def main() -> None:
        clock = ScaledClock(datetime(2026, 6, 1, tzinfo=UTC))
        live = LivePlant(virtual_day(None, "12:00").plant, clock)
        values = HouseValues(live, {"grid_w": (-3600.0,)})
        before = values.measured(Role.GRID)
        await clock.sleep(100)
        after = values.measured(Role.GRID)
        assert after[Quantity.ENERGY_BACK_WH][0] - before[Quantity.ENERGY_BACK_WH][0] == pytest.approx(100, abs=0.1)
        assert after[Quantity.ENERGY_WH] == before[Quantity.ENERGY_WH]

    run_warped(main)


@pytest.mark.parametrize(
    ("word", "why"),
    [
        ("gridw=1", r"--set gridw=1: unknown name; names of Hybrid are grid_w, current_a, pv_w, battery_w"),
        ("grid_w", "NAME=VALUE is expected"),
        ("voltage_v=230", "unknown name; names of Hybrid"),  # this device tells no voltage
        ("grid_w=much", "'much' is not a number"),
        ("grid_w=1,2,3", "one number, or three of a quantity a phase"),
        ("current_a=1,2", "one number, or three"),
        ("battery_soc_pct=101", "must be 0 to 100"),
        ("grid_w=nan", "must be -200000 to 200000"),
    ],
)
def test_wrong_settings_are_refused(word: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        settings_for([word], HYBRID, usual_roles(HYBRID))


def test_every_wrong_setting_is_named() -> None:
    with pytest.raises(ConfigError) as caught:
        settings_for(["a=1", "grid_w=5", "b=2"], HYBRID, usual_roles(HYBRID))
    assert len(caught.value.faults) == 2


async def test_units_of_a_hybrid_and_of_line_meters() -> None:
    values = house()
    hybrid = usual_units(HYBRID, values.measuring)
    assert {unit: tuple(roles) for unit, roles in hybrid.items()} == {
        247: (Role.GRID, Role.PV, Role.BATTERY, Role.LOAD)
    }
    line = usual_units(SDM630, values.measuring)
    assert [(unit, *roles) for unit, roles in line.items()] == [(1, Role.GRID), (2, Role.PV), (3, Role.EV)]
    last = usual_units(replace(SDM630, unit_id=247), values.measuring)
    assert [(unit, *roles) for unit, roles in last.items()] == [(247, Role.GRID), (1, Role.PV), (2, Role.EV)]
    assert list(usual_units(SDM630, values.measuring, 40)) == [40, 41, 42]
    assert list(usual_units(SDM630, values.measuring, 245)) == [245, 246, 247]
    assert list(usual_units(HYBRID, values.measuring, 255)) == [255]


@pytest.mark.parametrize("unit_id", [246, 247, 255])
async def test_unit_ids_do_not_wrap(unit_id: int) -> None:
    with pytest.raises(ConfigError, match=f"^--unit-id {unit_id}: .* is shown 3 times, .* give one from 1 to 245$"):
        usual_units(SDM630, house().measuring, unit_id)


class Moved:
    """A clock that is moved by hand."""

    now_s = 0.0

    def monotonic_s(self) -> float:
        return self.now_s


def flat_house(clock: Moved, **options: Any) -> HouseValues:
    """5 kW of sun and 300 W of load, which the car joins after 10 s with 4140 W."""
    trace = Trace(times_s=(0.0, 86400.0), pv_w=(5000.0, 5000.0), load_w=(300.0, 300.0))
    plant = Plant(trace, 0.0, PlantSettings.model_validate({"waking_s": 0.0, **options}))
    plant.command(6, charging=True)
    return HouseValues(LivePlant(plant, clock))


def test_meters_of_a_plant_whose_meters_lag() -> None:
    clock = Moved()
    values = flat_house(clock, meter={"lag_s": 20.0})
    clock.now_s = 29.0
    assert [watts(values, role) for role in (Role.GRID, Role.EV, Role.LOAD)] == [-4700, 0, 300]
    clock.now_s = 30.0
    assert [watts(values, role) for role in (Role.GRID, Role.EV, Role.LOAD)] == [-560, 4140, 4440]


def test_meters_of_a_plant_whose_meters_are_noisy_add_up_all_the_same() -> None:
    clock = Moved()
    values = flat_house(clock, meter={"noise_w": 50.0, "ev": False, "poll_s": 30.0})
    seen = set()
    for clock.now_s in range(60, 90):
        seen.add(watts(values, Role.GRID))
        load_w = watts(values, Role.GRID) + watts(values, Role.PV)
        assert watts(values, Role.LOAD) == pytest.approx(load_w)
        assert sum(values.measured(Role.GRID)[Quantity.PHASE_POWER_W]) == pytest.approx(watts(values, Role.GRID))
        assert sum(values.measured(Role.EV)[Quantity.PHASE_POWER_W]) == pytest.approx(watts(values, Role.EV))
    assert len(seen) == 30
    assert sum(seen) / 30 == pytest.approx(-560, abs=50)


def test_a_home_battery_and_the_mains_are_measured() -> None:
    clock = Moved()
    battery = {"capacity_kwh": 10.0, "lag_s": 0.0, "max_charge_w": 5000.0}
    values = flat_house(clock, battery=battery, voltage_v=240.0)
    clock.now_s = 3600.0
    assert watts(values, Role.EV) == 6 * 3 * 240
    assert watts(values, Role.BATTERY) == 300 + 4320 - 5000
    assert watts(values, Role.GRID) == 0
    assert values.measured(Role.BATTERY)[Quantity.SOC_PCT][0] == pytest.approx(50 + 3.8 * 0.9, abs=0.2)
    assert values.measured(Role.GRID)[Quantity.VOLTAGE_V][0] == pytest.approx(240, abs=1)
