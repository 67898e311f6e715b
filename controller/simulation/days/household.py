"""What a family's house draws through a day, without the car and without heating.

The appliances' powers and lengths are those of common European ones; how often they run is a guess at a family of four.
The family lives by the sun's time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from controller.simulation.days.dice import Dice
from controller.simulation.days.sky import STEP_S
from controller.simulation.days.sun import DAY_S

HOUR_S = 3600.0
_MINUTE_S = 60.0
STEPS = DAY_S // STEP_S + 1
"""Of a day, midnight to midnight, both included."""


class LoadCurve:
    """A day's power, W, that appliances are laid upon; what runs past midnight is cut off.

    Args:
        standby_w: What is always on.
    """

    def __init__(self, standby_w: float) -> None:
        self.load_w = [standby_w] * STEPS

    def run(self, start_s: float, length_s: float, power_w: float) -> float:
        """Adds an appliance that draws so much; returns when it ends, s after midnight."""
        first, last = max(0, round(start_s / STEP_S)), min(STEPS, round((start_s + length_s) / STEP_S))
        for step in range(first, last):
            self.load_w[step] += power_w
        return start_s + length_s

    def cycle(self, start_s: float, length_s: float, power_w: float, *, on_s: float, off_s: float) -> float:
        """The same under a thermostat, on and off in turn; returns when it ends."""
        end_s = start_s + length_s
        while start_s < end_s:
            self.run(start_s, min(on_s, end_s - start_s), power_w)
            start_s += on_s + off_s
        return end_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Daylight:
    """What the lights follow.

    Attributes:
        rises_s: Sunrise, s after midnight.
        sets_s: Sunset.
    """

    rises_s: float
    sets_s: float


def household_w(dice: Dice, daylight: Daylight, *, weekend: bool) -> LoadCurve:
    """The house's load over a day.

    Args:
        dice: Chance.
        daylight: The lights burn without it.
        weekend: The family sleeps longer, is at home over noon, and does the laundry.
    """
    curve = LoadCurve(dice.uniform(110, 210))
    wakes_s = dice.uniform(7.5, 9.0) * HOUR_S if weekend else dice.uniform(5.8, 7.0) * HOUR_S
    sleeps_s = dice.uniform(22.0, 23.5) * HOUR_S
    _refrigerator(curve, dice)
    _lights(curve, dice, daylight, wakes_s, sleeps_s)
    _kettle(curve, dice, wakes_s, sleeps_s, at_home=weekend)
    _kitchen(curve, dice, weekend=weekend)
    _laundry(curve, dice, weekend=weekend)
    _dishwasher(curve, dice)
    _electronics(curve, dice, wakes_s, sleeps_s)
    return curve


def _refrigerator(curve: LoadCurve, dice: Dice) -> None:
    power_w, on_s = dice.uniform(70, 110), dice.uniform(12, 20) * _MINUTE_S
    start_s = -dice.uniform(0, 40) * _MINUTE_S
    while start_s < DAY_S:
        start_s = curve.run(start_s, on_s, power_w) + dice.uniform(22, 38) * _MINUTE_S


def _lights(curve: LoadCurve, dice: Dice, daylight: Daylight, wakes_s: float, sleeps_s: float) -> None:
    """Lights, and a television in the evening."""
    power_w = dice.uniform(60, 160)
    dusk_s = daylight.sets_s - dice.uniform(0, 0.7) * HOUR_S
    curve.run(wakes_s, max(0.0, daylight.rises_s - wakes_s), power_w)
    curve.run(max(dusk_s, wakes_s), max(0.0, sleeps_s - max(dusk_s, wakes_s)), power_w)
    watches_s = dice.uniform(18.5, 20.0) * HOUR_S
    curve.run(watches_s, sleeps_s - watches_s, dice.uniform(80, 220))


def _kettle(curve: LoadCurve, dice: Dice, wakes_s: float, sleeps_s: float, *, at_home: bool) -> None:
    """Breakfast's water and coffee, and more through the day."""
    power_w = dice.uniform(1800, 2300)
    curve.run(wakes_s + dice.uniform(5, 20) * _MINUTE_S, dice.uniform(120, 260), power_w)
    curve.run(wakes_s + dice.uniform(20, 35) * _MINUTE_S, dice.uniform(60, 150), dice.uniform(900, 1400))
    for _ in range(dice.count(3, 6) if at_home else dice.count(1, 4)):
        curve.run(dice.uniform(wakes_s + HOUR_S, sleeps_s - HOUR_S), dice.uniform(90, 240), power_w)


def _kitchen(curve: LoadCurve, dice: Dice, *, weekend: bool) -> None:
    """Hob and oven, at noon and in the evening."""
    for hour, share in ((dice.uniform(11.2, 12.5), 0.9 if weekend else 0.55), (dice.uniform(17.3, 18.8), 0.85)):
        if not dice.chance(share):
            continue
        start_s = hour * HOUR_S
        for _ in range(dice.count(1, 2)):
            power_w, on_s = dice.uniform(1200, 2000), dice.uniform(10, 40)
            boils_s = curve.run(start_s + dice.uniform(0, 8) * _MINUTE_S, dice.uniform(3, 7) * _MINUTE_S, power_w)
            simmers_s = dice.uniform(8, 25) * _MINUTE_S
            curve.cycle(boils_s, simmers_s, power_w, on_s=on_s, off_s=dice.uniform(20, 90))
        if dice.chance(0.45):
            power_w = dice.uniform(2000, 2700)
            hot_s = curve.run(start_s, dice.uniform(8, 13) * _MINUTE_S, power_w)
            bakes_s = dice.uniform(20, 45) * _MINUTE_S
            curve.cycle(hot_s, bakes_s, power_w, on_s=dice.uniform(40, 80), off_s=dice.uniform(90, 180))


def _laundry(curve: LoadCurve, dice: Dice, *, weekend: bool) -> None:
    """A washing machine: heats, turns, spins."""
    if not dice.chance(0.75 if weekend else 0.45):
        return
    heats_s = dice.uniform(8.5, 15.5) * HOUR_S
    turns_s = curve.run(heats_s, dice.uniform(9, 18) * _MINUTE_S, dice.uniform(1900, 2200))
    lasts_s = dice.uniform(35, 60) * _MINUTE_S
    spins_s = curve.cycle(turns_s, lasts_s, dice.uniform(150, 260), on_s=20.0, off_s=10.0)
    curve.run(spins_s, dice.uniform(5, 9) * _MINUTE_S, dice.uniform(350, 550))


def _dishwasher(curve: LoadCurve, dice: Dice) -> None:
    """Heats for the wash and once more for the rinse."""
    if not dice.chance(0.65):
        return
    start_s = (dice.uniform(12.8, 14.0) if dice.chance(0.4) else dice.uniform(19.0, 20.5)) * HOUR_S
    power_w = dice.uniform(1800, 2100)
    washes_s = curve.run(start_s + 5 * _MINUTE_S, dice.uniform(10, 16) * _MINUTE_S, power_w)
    rinses_s = curve.run(washes_s, dice.uniform(25, 50) * _MINUTE_S, dice.uniform(50, 90))
    curve.run(rinses_s, dice.uniform(7, 13) * _MINUTE_S, power_w)


def _electronics(curve: LoadCurve, dice: Dice, wakes_s: float, sleeps_s: float) -> None:
    """Computers and chargers while somebody is awake; their draw wanders, and everything flickers by a few watts."""
    size_w, keeps = dice.uniform(40, 120), math.exp(-STEP_S / 1800.0)
    gains = math.sqrt(1 - keeps**2)
    wander = dice.normal()
    for step in range(STEPS):
        if wakes_s <= step * STEP_S < sleeps_s:
            wander = wander * keeps + dice.normal() * gains
            curve.load_w[step] += size_w * max(0.0, 1.0 + 0.5 * wander)
        curve.load_w[step] += dice.uniform(0.0, 12.0)
