"""How well the car is known without a meter of its own, against the virtual house."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from math import inf
from statistics import fmean

from controller.simulation.plant import CarOptions, PlantSettings
from tests.support.drive import Outcome, Scene, drive

_DAYS = (1, 2)
_CARS = {
    "three phases": Scene(),
    "one phase": Scene(car=PlantSettings(car=CarOptions(phases=1))),
    "two phases": Scene(car=PlantSettings(car=CarOptions(phases=2))),
    "10 A at the most": Scene(car=PlantSettings(car=CarOptions(max_a=10.0))),
    "1 A less than offered": Scene(car=PlantSettings(car=CarOptions(leaves_a=1.0))),
    "full after 8 kWh, unsaid": Scene(takes_kwh=8.0),
}
_VIEWS = {
    "offer assumed": Scene(by="offer"),
    "grid meter": Scene(pv=False, currents=False),
    "grid meter, phase currents": Scene(pv=False),
    "grid meter, box counts energy": Scene(pv=False, currents=False, grain_wh=1.0),
    "grid and PV, phase currents": Scene(),
    "meter of the car's own": Scene(by="meter"),
}


def bench_car() -> Iterator[tuple[str, str]]:
    """Two generated days with clouds, 10 to 16 o'clock, on a three-phase box, decided every 4 s; means of the days."""
    for car, scene in _CARS.items():
        for view, seen in _VIEWS.items():
            outcomes = [
                drive(
                    replace(
                        seen, car=scene.car, takes_kwh=scene.takes_kwh, seed=day, from_h=10.0, hours=6.0, step_s=4.0
                    )
                )
                for day in _DAYS
            ]
            yield f"car, {car}: {view}", _row(outcomes)


def _row(outcomes: list[Outcome]) -> str:
    latest_s = max(inf if outcome.found_s is None else outcome.found_s for outcome in outcomes)
    found = "phases       -" if latest_s == inf else f"phases {latest_s:5.0f} s"
    return (
        f"{found}, error {fmean(outcome.mean_w for outcome in outcomes):5.0f} W, "
        f"95 % {fmean(outcome.p95_w for outcome in outcomes):5.0f} W, "
        f"bias {fmean(outcome.bias_w for outcome in outcomes):+6.0f} W, "
        f"sun {fmean(outcome.solar_kwh for outcome in outcomes):5.2f} kWh, "
        f"grid {fmean(outcome.grid_kwh for outcome in outcomes):5.2f} kWh"
    )
