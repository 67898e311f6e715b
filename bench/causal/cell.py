"""What is played for: a solar share and a number of phases, before a plant that answers sooner or later."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from controller.domain.units import MIN_CURRENT_A, power_w
from controller.simulation.backtest.box import COMMAND_GAP_S
from controller.simulation.backtest.play import STEP_S
from controller.simulation.backtest.score import grid_price
from controller.simulation.plant import PlantOptions, PlantSettings

Floats: TypeAlias = npt.NDArray[np.float64]
Flags: TypeAlias = npt.NDArray[np.bool_]
Whole: TypeAlias = npt.NDArray[np.intp]

LEVELS_A = range(MIN_CURRENT_A, 16 + 1)
"""Limits that charge, of the reference plant."""
SLOT_STEPS = round(COMMAND_GAP_S / STEP_S)
"""No two commands are given within so many steps."""

_STEP_H = STEP_S / 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """How a plant answers, in its steps.

    Attributes:
        lead_steps: From a command to the end of the first step in which it works.
        waking_steps: Without current after a start.
        rise_a: Slope up from the minimum, A a step.
    """

    lead_steps: int
    waking_steps: int
    rise_a: int

    def settings(self, phases: int) -> PlantSettings:
        """A plant that answers so."""
        return PlantSettings(
            phases=phases,
            step_s=STEP_S,
            dead_time_s=self.lead_steps * STEP_S if self.lead_steps > 1 else 0.0,
            waking_s=self.waking_steps * STEP_S,
            ramp_a_per_s=self.rise_a / STEP_S,
        )


def _timing(plant: PlantOptions) -> Timing:
    return Timing(
        lead_steps=max(1, round(plant.dead_time_s / STEP_S)),
        waking_steps=round(plant.waking_s / STEP_S),
        rise_a=round(plant.ramp_a_per_s * STEP_S),
    )


REFERENCE = _timing(PlantOptions())
AT_ONCE = Timing(lead_steps=1, waking_steps=0, rise_a=LEVELS_A[-1])
"""A plant that does in the next step what it is told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One column of the score.

    Attributes:
        solar_share: Below 1: a kWh from the grid has a price.
        phases: Of wallbox and car.
    """

    solar_share: float
    phases: int

    @property
    def watts_per_amp(self) -> float:
        """Power of one amp on every phase, W/A."""
        return power_w(1.0, self.phases, PlantOptions().voltage_v)

    @property
    def need_w(self) -> float:
        """The surplus at which the minimum is worth nothing and costs nothing, W."""
        return self.solar_share * LEVELS_A[0] * self.watts_per_amp

    def worth_kwh(self, surplus_w: Floats, current_a: Floats | Whole) -> Floats:
        """What a step of the car's current is worth at a surplus, kWh of sun; both broadcast."""
        price = grid_price(self.solar_share)
        if price is None:
            raise ValueError("at a solar share of 1 a kWh from the grid has no price")
        ev_w = current_a * self.watts_per_amp
        solar_w = np.minimum(ev_w, np.maximum(0.0, surplus_w))
        worth: Floats = (solar_w - price * (ev_w - solar_w)) * (_STEP_H / 1000)
        return worth


CELLS = tuple(Cell(solar_share=share, phases=phases) for share in (0.5, 0.9) for phases in (1, 3))
