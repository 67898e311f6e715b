"""A heat pump: what it draws for a house's warmth and hot water, on a day of some temperature.

The climate is a rough one of our own, that of a temperate inland place at the latitude.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from controller.simulation.days.dice import Dice
from controller.simulation.days.household import HOUR_S, LoadCurve
from controller.simulation.days.sun import DAY_S

_COLDEST_DAY = 20
_WARMEST_S = 15 * HOUR_S
_HEATS_BELOW_C = 15.0
_LOSS_W_PER_K = 170.0
_ROOM_C = 20.0
_GAINS_W = 850.0  # of sun and people, which bring the room from 15 to 20 degrees
_SLICE_S = 300.0


def outside_c(latitude_deg: float, day_of_year: int, dice: Dice) -> Callable[[float], float]:
    """The temperature over a day, degrees Celsius by seconds after midnight."""
    tilt = min(abs(latitude_deg), 70.0)
    season = math.cos(2 * math.pi * (day_of_year - _COLDEST_DAY) / 365)
    mean_c = 27.0 - 0.36 * tilt - math.copysign(0.21 * tilt, latitude_deg) * season + 3.0 * dice.normal()
    swing_c = dice.uniform(2.0, 5.0)
    return lambda second: mean_c + swing_c * math.cos(2 * math.pi * (second - _WARMEST_S) / DAY_S)


def add_heat_pump(curve: LoadCurve, dice: Dice, temperature_c: Callable[[float], float]) -> None:
    """Lays it upon the house's load: hot water twice a day, heating by the cold; it modulates, or switches."""
    modulates = dice.chance(0.5)
    rated_w = dice.uniform(2200, 3200)
    hot_water_s = [dice.uniform(4.0, 5.5) * HOUR_S, dice.uniform(12.5, 14.5) * HOUR_S]
    for start_s in hot_water_s:
        curve.run(start_s, dice.uniform(20, 40) * 60.0, dice.uniform(0.65, 0.9) * rated_w)
    second, owed_j, running = 0.0, dice.uniform(-1.0, 1.0) * 600.0 * rated_w, False
    while second < DAY_S:
        wanted_w = min(rated_w, _heating_w(temperature_c(second)))
        if modulates and wanted_w >= 0.3 * rated_w:
            curve.run(second, _SLICE_S, wanted_w)
        else:
            drawn_w = 0.35 * rated_w if modulates else rated_w
            owed_j += wanted_w * _SLICE_S
            running = owed_j > 0 if not running else owed_j > -900.0 * drawn_w
            if running and wanted_w > 0:
                curve.run(second, _SLICE_S, drawn_w)
                owed_j -= drawn_w * _SLICE_S
        second += _SLICE_S


def _heating_w(temperature_c: float) -> float:
    """Electric power that keeps the house warm, W."""
    if temperature_c >= _HEATS_BELOW_C:
        return 0.0
    heat_w = _LOSS_W_PER_K * (_ROOM_C - temperature_c) - _GAINS_W
    performance = min(5.5, max(1.8, 3.8 + 0.09 * (temperature_c - 2.0)))
    return max(0.0, heat_w / performance)
