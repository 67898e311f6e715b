"""The car's options, against figures reckoned by hand."""

from __future__ import annotations

from typing import Any

import pytest

from controller.simulation.plant import CarOptions, Plant, PlantSettings
from controller.simulation.trace import Trace

FLAT = Trace(times_s=(0.0, 86400.0), pv_w=(5000.0, 5000.0), load_w=(300.0, 300.0))


def charging(limit_a: int = 16, *, car: CarOptions, **settings: Any) -> Plant:
    """A plant whose car is told at once to charge; it follows without delay."""
    plant = Plant(FLAT, 0.0, PlantSettings(dead_time_s=0.0, waking_s=0.0, ramp_a_per_s=100.0, car=car, **settings))
    plant.command(limit_a, charging=True)
    return plant


@pytest.mark.parametrize(
    ("soc_pct", "current_a"),
    [
        (50.0, 16.0),  # 11.04 kW, not tapering
        (80.0, 16.0),  # where it begins
        (90.0, 9.0),  # halfway from 16 A to 1380 W / (3 * 230 V) = 2 A
        (95.0, 5.5),
        (99.0, 2.7),
    ],
)
def test_taper_is_a_straight_line_from_all_to_the_end(soc_pct: float, current_a: float) -> None:
    car = CarOptions(capacity_kwh=1000.0, soc_pct=soc_pct, taper_from_pct=80.0, taper_end_w=1380.0, max_a=16.0)
    plant = charging(car=car)
    plant.advance(10)
    assert plant.current_a == pytest.approx(current_a, abs=0.01)


def test_a_car_without_a_limit_of_its_own_tapers_from_32_a() -> None:
    car = CarOptions(capacity_kwh=1000.0, soc_pct=95.0, taper_from_pct=90.0, taper_end_w=1380.0)
    plant = charging(limit_a=32, car=car)
    plant.advance(10)
    assert plant.current_a == pytest.approx(17.0, abs=0.01)


def test_a_car_is_full_when_its_battery_is() -> None:
    plant = charging(car=CarOptions(capacity_kwh=10.0, soc_pct=80.0))
    plant.advance(600)
    assert plant.car.soc_pct == pytest.approx(80 + 100 * 11.04 / 6 / 10, rel=0.01)
    plant.advance(700)
    assert plant.refused
    assert plant.current_a == 0
    assert plant.energy.ev_kwh == pytest.approx(2.0, abs=0.004)
    assert plant.car.soc_pct == 100


@pytest.mark.parametrize(
    ("pause_s", "again_s", "sleeps"),
    [(500, 10, False), (600, 10, False), (601, 10, True), (3000, 10, True), (3000, 3000, True)],
)
def test_a_long_pause_puts_the_car_to_sleep_and_a_stop_and_a_start_wake_it(
    pause_s: int, again_s: int, sleeps: bool
) -> None:
    plant = charging(car=CarOptions(sleeps_after_s=600.0))
    plant.advance(100)
    plant.command(16, charging=False)
    plant.advance(101)  # off from here on
    plant.advance(100 + pause_s)
    plant.command(16, charging=True)
    plant.advance(200 + pause_s)
    assert (plant.current_a == 0) == sleeps == plant.refused
    plant.command(16, charging=False)
    plant.advance(201 + pause_s + again_s)
    plant.command(16, charging=True)
    plant.advance(300 + pause_s + again_s)
    assert plant.current_a == 16
    assert not plant.refused


def test_a_plug_wakes_the_car() -> None:
    plant = charging(car=CarOptions(sleeps_after_s=10.0))
    plant.cut()
    plant.advance(100)
    plant.command(16, charging=True)
    plant.advance(110)
    assert plant.refused
    plant.plug(plugged=False)
    plant.plug(plugged=True)
    plant.command(16, charging=True)
    plant.advance(115)
    assert plant.current_a == 16


@pytest.mark.parametrize(("hour", "here"), [(0, True), (8.99, True), (9, False), (10.9, False), (11, True), (20, True)])
def test_spells_away(hour: float, here: bool) -> None:
    assert CarOptions(away_h=((9.0, 11.0), (12.0, 13.0))).here(hour * 3600) == here


@pytest.mark.parametrize("dead_time_s", [0.0, 3.0, 30.0])
def test_the_dead_time_is_kept_to_the_second(dead_time_s: float) -> None:
    plant = Plant(FLAT, 0.0, PlantSettings(dead_time_s=dead_time_s, waking_s=0.0))
    plant.command(16, charging=True)
    plant.advance(dead_time_s)
    if dead_time_s:
        assert plant.current_a == 6
        assert plant.energy.ev_kwh == pytest.approx(6 * 690 / 3.6e6)
    plant.advance(dead_time_s + 1)
    assert plant.energy.starts == 1


@pytest.mark.parametrize(
    "car",
    [
        {"soc_pct": 90.0},
        {"taper_from_pct": 80.0},
        {"phases": 4},
        {"overdraw_a": -1.0},
        {"away_h": [[3, 2]]},
        {"away_h": [[1, 3], [2, 4]]},
        {"away_h": 3},
        {"away_h": [[1]]},
        {"capacity_kwh": float("nan")},
    ],
    ids=str,
)
def test_what_cannot_be_is_refused(car: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"capacity_kwh|phases|overdraw_a|away_h"):
        CarOptions(**car)
