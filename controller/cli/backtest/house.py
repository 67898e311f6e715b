"""What a table of runs does not show: where the house's energy went, and whether the meters were of use."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from controller.simulation.backtest.score import Outcome
from controller.simulation.plant import HouseEnergy


def house_lines(outcomes: Sequence[Outcome]) -> list[str]:
    """Plain lines below a table, summed over the runs; none where there is nothing to tell.

    Args:
        outcomes: Of one who steers, or of one parameter set.
    """
    lines = []
    houses = [outcome.house for outcome in outcomes if outcome.house is not None]
    if houses:
        lines += _flows(_sum(houses))
    steps = sum(outcome.steps for outcome in outcomes)
    blind_steps = sum(outcome.blind_steps for outcome in outcomes)
    if blind_steps:
        lines.append(
            f"{blind_steps / steps:.1%} of the steps without a grid reading that was fresh enough (see "
            "meter.grid.stale_after_s): the fallback held then"
        )
    return lines


def _flows(house: HouseEnergy) -> list[str]:
    line = f"house: {house.imported_kwh:.2f} kWh imported, {house.exported_kwh:.2f} kWh exported"
    if house.charged_kwh or house.discharged_kwh:
        line += (
            f"; battery: {house.charged_kwh:.2f} kWh in, {house.discharged_kwh:.2f} kWh out, of that "
            f"{house.battery_to_ev_kwh:.2f} kWh to the car (counted as grid)"
        )
    if not house.curtailed_kwh:
        return [line]
    return [
        line,
        f"limit of export: {house.curtailed_kwh:.2f} kWh of sun throttled, which no meter shows: whoever only follows "
        "the surplus does not see it",
    ]


def _sum(houses: Sequence[HouseEnergy]) -> HouseEnergy:
    parts = [asdict(house) for house in houses]
    return HouseEnergy(**{name: sum(part[name] for part in parts) for name in parts[0]})
