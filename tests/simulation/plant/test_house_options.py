"""Home battery, limit of export and mains: by hand, and what must hold at every step."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.simulation.days.day import Day, generate
from controller.simulation.days.kind import DayKind
from controller.simulation.plant import BatteryOptions, FeedInOptions, HouseEnergy, Plant, PlantSettings
from controller.simulation.trace import Trace

DAY = generate(Day(kind=DayKind.SUNNY, seed=3))


def flat(pv_w: float, load_w: float, **options: object) -> Plant:
    trace = Trace(times_s=(0.0, 86400.0), pv_w=(pv_w, pv_w), load_w=(load_w, load_w))
    return Plant(trace, 0.0, PlantSettings(**options))  # type: ignore[arg-type]


def house(plant: Plant) -> HouseEnergy:
    assert plant.energy.house is not None
    return plant.energy.house


@pytest.mark.parametrize(
    ("pv_w", "load_w", "battery_w", "grid_w"),
    [
        (3000.0, 1000.0, -2000.0, 0.0),  # takes the surplus
        (9000.0, 1000.0, -4000.0, -4000.0),  # no more than it can
        (0.0, 1000.0, 1000.0, 0.0),  # covers the load
        (0.0, 7000.0, 3000.0, 4000.0),  # no more than it can
    ],
)
def test_the_battery_holds_the_grid_at_zero(pv_w: float, load_w: float, battery_w: float, grid_w: float) -> None:
    battery = BatteryOptions(capacity_kwh=10.0, max_charge_w=4000.0, max_discharge_w=3000.0, lag_s=0.0)
    plant = flat(pv_w, load_w, battery=battery)
    plant.advance(10)
    assert plant.battery_w == battery_w
    assert plant.grid_w == grid_w
    assert sum(plant.grid_phase_w) == pytest.approx(grid_w)


def test_its_controller_lags() -> None:
    plant = flat(0.0, 1000.0, battery=BatteryOptions(capacity_kwh=10.0, lag_s=20.0))
    plant.advance(20)
    assert plant.battery_w == pytest.approx(1000 * (1 - math.exp(-1)))


def test_it_gives_down_to_its_reserve_and_takes_until_it_is_full() -> None:
    gives = flat(0.0, 2000.0, battery=BatteryOptions(capacity_kwh=10.0, soc_pct=20.0, reserve_pct=10.0, lag_s=0.0))
    gives.advance(7200)
    assert gives.battery_soc_pct == pytest.approx(10.0)
    assert house(gives).discharged_kwh == pytest.approx(1.0)
    assert house(gives).imported_kwh == pytest.approx(3.0)
    takes = flat(2000.0, 0.0, battery=BatteryOptions(capacity_kwh=10.0, soc_pct=91.0, efficiency_pct=90.0, lag_s=0.0))
    takes.advance(7200)
    assert takes.battery_soc_pct == pytest.approx(100.0)
    assert house(takes).charged_kwh == pytest.approx(1.0)
    assert house(takes).exported_kwh == pytest.approx(3.0)


def test_what_the_battery_gives_the_car_is_grid_energy_and_counted_beside() -> None:
    """0 W of sun, 500 W of load, 4140 W of car; the battery gives 3000 W: 500 to the load, 2500 to the car."""
    battery = BatteryOptions(capacity_kwh=100.0, max_discharge_w=3000.0, lag_s=0.0)
    plant = flat(0.0, 500.0, battery=battery, dead_time_s=0.0, waking_s=0.0)
    plant.command(6, charging=True)
    plant.advance(3600)
    assert plant.energy.solar_kwh == 0
    assert plant.energy.grid_kwh == pytest.approx(4.14)
    assert house(plant).battery_to_ev_kwh == pytest.approx(2.5)
    assert house(plant).imported_kwh == pytest.approx(1.64)


def test_what_the_battery_gives_after_the_car_has_stopped_is_exported() -> None:
    battery = BatteryOptions(capacity_kwh=100.0, lag_s=60.0)
    plant = flat(0.0, 0.0, battery=battery, dead_time_s=0.0, waking_s=0.0)
    plant.command(6, charging=True)
    plant.advance(600)
    before_kwh = house(plant).battery_to_ev_kwh
    assert before_kwh == pytest.approx(4.14 / 6 * 0.9, rel=0.01)  # a minute of ten goes by before it has followed
    plant.cut()
    plant.advance(1200)
    assert house(plant).battery_to_ev_kwh == before_kwh
    assert house(plant).exported_kwh == pytest.approx(4.14 / 60, rel=0.02)


def test_zero_feed_in_hides_the_sun_and_a_new_load_is_the_grids_for_a_moment() -> None:
    plant = flat(
        6000.0, 500.0, feed_in=FeedInOptions(limit_w=0.0, lag_s=10.0), dead_time_s=0.0, waking_s=0.0, ramp_a_per_s=100.0
    )
    plant.advance(100)
    assert (plant.pv_w, plant.pv_available_w, plant.grid_w) == (500.0, 6000.0, 0.0)
    plant.command(6, charging=True)
    plant.advance(110)  # ten steps of a second: e^-1 of the 4140 W is still open
    assert plant.grid_w == pytest.approx(4140 * math.exp(-1))
    plant.advance(300)
    assert plant.grid_w == pytest.approx(0.0, abs=1e-3)
    assert plant.energy.grid_kwh == pytest.approx(sum(4140 * math.exp(-s / 10) for s in range(1, 200)) / 3.6e6)
    plant.cut()
    plant.advance(301)
    assert plant.grid_w == 0
    assert house(plant).exported_kwh == 0


def test_a_limit_of_export_lets_so_much_out() -> None:
    plant = flat(6000.0, 500.0, feed_in=FeedInOptions(limit_w=600.0, lag_s=0.0))
    plant.advance(3600)
    assert plant.grid_w == -600
    assert house(plant).curtailed_kwh == pytest.approx(4.9)


def test_mains_wander_by_seed_within_their_swing() -> None:
    plants = [flat(0.0, 0.0, voltage_v=236.0, voltage_swing_v=6.0, seed=seed) for seed in (1, 1, 2)]
    seen: list[list[float]] = [[], [], []]
    for minute in range(180):
        for plant, volts in zip(plants, seen, strict=True):
            plant.advance(minute * 60)
            volts.append(plant.voltage_v)
    assert seen[0] == seen[1] != seen[2]
    assert 230 <= min(seen[0]) < 233
    assert 239 < max(seen[0]) <= 242
    assert max(abs(b - a) for a, b in pairwise(seen[0])) < 2


@settings(max_examples=30)
@given(
    capacity_kwh=st.sampled_from([0.0, 0.2, 10.0]),
    lag_s=st.floats(0, 120),
    reserve_pct=st.floats(0, 100),
    limit_w=st.sampled_from([0.0, 500.0, math.inf]),
    swing_v=st.sampled_from([0.0, 10.0]),
    orders=st.lists(st.tuples(st.integers(6, 16), st.booleans()), min_size=1, max_size=8),
    from_h=st.floats(5, 18),
)
def test_nothing_is_lost_and_nothing_goes_beyond_its_bounds(
    capacity_kwh: float,
    lag_s: float,
    reserve_pct: float,
    limit_w: float,
    swing_v: float,
    orders: list[tuple[int, bool]],
    from_h: float,
) -> None:
    battery = BatteryOptions(capacity_kwh=capacity_kwh, lag_s=lag_s, reserve_pct=reserve_pct)
    feed_in = FeedInOptions(limit_w=limit_w, lag_s=lag_s)
    options = PlantSettings(step_s=5.0, battery=battery, feed_in=feed_in, voltage_swing_v=swing_v)
    plant = Plant(DAY, DAY.times_s[0] + from_h * 3600, options)
    for limit_a, charging in orders:
        plant.command(limit_a, charging=charging)
        for _ in range(12):
            plant.advance(plant.now_s + 5)
            imports_w, exports_w = max(0.0, plant.grid_w), max(0.0, -plant.grid_w)
            charges_w, discharges_w = max(0.0, -plant.battery_w), max(0.0, plant.battery_w)
            sources_w = plant.pv_w + imports_w + discharges_w
            assert sources_w == pytest.approx(plant.load_w + plant.ev_w + exports_w + charges_w, abs=1e-6)
            assert 0 <= plant.pv_w <= plant.pv_available_w
            assert plant.ev_w >= 0
            assert exports_w <= limit_w + 1e-6
            assert plant.battery_soc_pct is None or 0 <= plant.battery_soc_pct <= 100
            assert charges_w <= 5000
            assert discharges_w <= 5000
    if plant.energy.house is not None:
        assert 0 <= plant.energy.house.battery_to_ev_kwh <= plant.energy.grid_kwh + 1e-9
