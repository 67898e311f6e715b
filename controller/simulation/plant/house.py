"""What moves in the house besides sun, load and car: mains, home battery, limit of export."""

from __future__ import annotations

import math
import random

from controller.simulation.plant.settings import BatteryOptions, FeedInOptions, PlantSettings

_WAVES_S = ((1700.0, 0.6), (5400.0, 0.4))
"""Periods of the mains' wandering, and their shares of the swing."""


class Mains:
    """Phase voltage that wanders about its mean within minutes, as under a street's changing load.

    Args:
        settings: The plant's constants.
    """

    def __init__(self, settings: PlantSettings) -> None:
        chance = random.Random(f"mains {settings.seed}")  # noqa: S311 -- a voltage, no secret
        self._mean_v = settings.voltage_v
        self._swing_v = settings.voltage_swing_v
        self._waves = tuple((period_s, share, chance.uniform(0.0, math.tau)) for period_s, share in _WAVES_S)

    def voltage_v(self, now_s: float) -> float:
        """At the plant's second `now_s`."""
        swing = sum(share * math.sin(math.tau * now_s / period_s + phase) for period_s, share, phase in self._waves)
        return self._mean_v + self._swing_v * swing


class HomeBattery:
    """A battery with a controller of its own, which knows nothing of Sunpace.

    Attributes:
        power_w: > 0 discharges.
        stored_kwh: What it holds.

    Args:
        options: The battery's.
    """

    def __init__(self, options: BatteryOptions) -> None:
        self._options = options
        self._reserve_kwh = options.capacity_kwh * options.reserve_pct / 100
        self._efficiency = options.efficiency_pct / 100
        self.power_w = 0.0
        self.stored_kwh = options.capacity_kwh * options.soc_pct / 100

    @property
    def soc_pct(self) -> float:
        """State of charge, %."""
        return 100 * self.stored_kwh / self._options.capacity_kwh

    def step(self, need_w: float, step_s: float, most_w: float = math.inf) -> float:
        """Follows what the house needs of it, late, within its limits; returns its power, W.

        Args:
            need_w: What the grid would have to give, W; < 0 what it would get.
            step_s: Length of the step, s.
            most_w: Most that may be discharged at all, W.
        """
        if step_s <= 0:
            return self.power_w
        options, hours = self._options, step_s / 3.6e6
        target_w = max(-options.max_charge_w, min(options.max_discharge_w, need_w))
        power_w = approach(self.power_w, target_w, step_s, options.lag_s)
        gives_w = max(0.0, self.stored_kwh - self._reserve_kwh) / hours
        takes_w = max(0.0, options.capacity_kwh - self.stored_kwh) / self._efficiency / hours
        power_w = max(-takes_w, min(gives_w, most_w, power_w))
        kept = self._efficiency if power_w < 0 else 1.0
        self.stored_kwh = min(options.capacity_kwh, self.stored_kwh - power_w * kept * hours)
        self.power_w = power_w
        return power_w


class FeedIn:
    """An inverter that lets no more out than the limit: it throttles at once, and opens up again late.

    Args:
        options: The limit's.
    """

    def __init__(self, options: FeedInOptions) -> None:
        self._options = options
        self._lets_w = math.inf  # what it has opened up to

    def step(self, available_w: float, used_w: float, step_s: float) -> float:
        """What it produces, W.

        Args:
            available_w: What the sun would give, W.
            used_w: What house, car and battery take, W.
            step_s: Length of the step, s.
        """
        most_w = max(0.0, used_w + self._options.limit_w)
        from_w = min(self._lets_w, available_w)
        lets_w = most_w if most_w <= from_w else approach(from_w, most_w, step_s, self._options.lag_s)
        self._lets_w = lets_w if lets_w < available_w else math.inf
        return min(available_w, lets_w)


def approach(from_w: float, to_w: float, step_s: float, lag_s: float) -> float:
    """Where a first-order lag of the time constant `lag_s` arrives in a step, W."""
    return to_w if lag_s <= 0 else from_w + (to_w - from_w) * -math.expm1(-step_s / lag_s)
