"""What came of a day, and what it is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from controller.simulation.plant import HouseEnergy

START_COSTS_KWH = 0.1
"""What closing the contactor costs, in kWh of sun."""

COMMAND_COSTS_KWH = 0.002
"""What a change of (limit, charging) costs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run of the plant has counted.

    Attributes:
        solar_kwh: What the car got from the roof.
        grid_kwh: And from the grid.
        starts: How often the contactor closed.
        limit_writes: Limits that were written to the box.
        commands: Changes of (limit, charging).
        steps: Steps of the plant.
        days: Length of the trace.
        wall_s: Real time that the run took.
        house: What flowed in the whole house; None in one without home battery and limit of export.
        blind_steps: Steps at which Sunpace's core had no grid reading that was fresh enough.
        cost: Of the car's energy, in the currency of the prices; None where they are not known.
    """

    solar_kwh: float
    grid_kwh: float
    starts: int
    limit_writes: int
    commands: int
    steps: int
    days: float
    wall_s: float
    house: HouseEnergy | None = None
    blind_steps: int = 0
    cost: float | None = None

    @property
    def ev_kwh(self) -> float:
        """What the car got."""
        return self.solar_kwh + self.grid_kwh

    def value_kwh(self, solar_share: float) -> float | None:
        """The run's score in kWh of sun; None at a solar share of 1, where a kWh from the grid has no price."""
        price = grid_price(solar_share)
        if price is None:
            return None
        costs = START_COSTS_KWH * self.starts + COMMAND_COSTS_KWH * self.commands
        return self.solar_kwh - price * self.grid_kwh - costs


def in_all(outcomes: Sequence[Outcome]) -> Outcome:
    """What several runs come to, one after the other; what flowed in their houses is left out."""
    costs = [outcome.cost for outcome in outcomes if outcome.cost is not None]
    return Outcome(
        solar_kwh=sum(outcome.solar_kwh for outcome in outcomes),
        grid_kwh=sum(outcome.grid_kwh for outcome in outcomes),
        starts=sum(outcome.starts for outcome in outcomes),
        limit_writes=sum(outcome.limit_writes for outcome in outcomes),
        commands=sum(outcome.commands for outcome in outcomes),
        steps=sum(outcome.steps for outcome in outcomes),
        days=sum(outcome.days for outcome in outcomes),
        wall_s=sum(outcome.wall_s for outcome in outcomes),
        blind_steps=sum(outcome.blind_steps for outcome in outcomes),
        cost=sum(costs) if len(costs) == len(outcomes) else None,
    )


def grid_price(solar_share: float) -> float | None:
    """What a kWh from the grid costs, in kWh of sun; None where no sun is worth it."""
    return solar_share / (1 - solar_share) if solar_share < 1 else None
