"""The lines below a table: where the house's energy went, and what the meters were worth."""

from __future__ import annotations

from dataclasses import replace

from controller.cli.backtest.house import house_lines
from controller.simulation.backtest.score import Outcome, in_all
from controller.simulation.plant import HouseEnergy

PLAIN = Outcome(solar_kwh=5.0, grid_kwh=1.0, starts=1, limit_writes=2, commands=3, steps=100, days=1.0, wall_s=0.1)
BATTERY = HouseEnergy(
    imported_kwh=1.5, exported_kwh=20.25, charged_kwh=6.0, discharged_kwh=4.5, battery_to_ev_kwh=0.75, curtailed_kwh=0.0
)


def test_of_a_plain_house_there_is_nothing_to_tell() -> None:
    assert house_lines([PLAIN, PLAIN]) == []
    assert house_lines([]) == []


def test_a_battery_is_summed_over_the_runs() -> None:
    assert house_lines([replace(PLAIN, house=BATTERY), PLAIN, replace(PLAIN, house=BATTERY)]) == [
        "house: 3.00 kWh imported, 40.50 kWh exported; battery: 12.00 kWh in, 9.00 kWh out, "
        "of that 1.50 kWh to the car (counted as grid)"
    ]


def test_throttled_sun_is_said_to_be_out_of_sight() -> None:
    house, throttled = house_lines([replace(PLAIN, house=HouseEnergy(imported_kwh=2.0, curtailed_kwh=31.4))])
    assert house == "house: 2.00 kWh imported, 0.00 kWh exported"
    assert throttled.startswith("limit of export: 31.40 kWh of sun throttled")
    assert "does not see it" in throttled


def test_steps_without_a_reading_are_a_share_of_all() -> None:
    outcomes = [replace(PLAIN, blind_steps=82), PLAIN]
    assert in_all(outcomes).blind_steps == 82
    (line,) = house_lines(outcomes)
    assert line.startswith(
        "41.0% of the steps without a grid reading that was fresh enough (see meter.grid.stale_after_s)"
    )
