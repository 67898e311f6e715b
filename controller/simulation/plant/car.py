"""The car: what it draws of what it is offered."""

from __future__ import annotations

from math import inf

from controller.domain.units import MAX_CURRENT_A, MIN_CURRENT_A
from controller.simulation.plant.settings import PlantSettings


class Car:
    """A car at the box's cable.

    Attributes:
        current_a: What it draws on each phase that it uses, A.
        plugged: Whether it is plugged in.
        offered: Whether the box offers it current.
        asleep: Whether it does not answer the offer, until that is withdrawn and made again.
        takes_kwh: What it still takes; infinity is a car that is never full.

    Args:
        settings: The plant's constants.
    """

    def __init__(self, settings: PlantSettings) -> None:
        car = settings.car
        self._settings = settings
        self._more_a = car.overdraw_a - car.leaves_a
        self._since_s = 0.0  # it is offered current, or not
        self._limit_a = 0
        self._tapers = car.capacity_kwh < inf and car.taper_from_pct < 100
        self.current_a = 0.0
        self.plugged = True
        self.offered = False
        self.asleep = False
        self.takes_kwh = car.capacity_kwh * (1 - car.soc_pct / 100)

    @property
    def full(self) -> bool:
        """Whether it takes nothing more."""
        return self.takes_kwh <= 0

    @property
    def soc_pct(self) -> float | None:
        """State of charge, %; None where its battery has no end."""
        capacity_kwh = self._settings.car.capacity_kwh
        return None if capacity_kwh == inf else 100 * (1 - max(0.0, self.takes_kwh) / capacity_kwh)

    def offer(self, limit_a: int, charging: bool, now_s: float) -> bool:
        """The box offers so much, or nothing; returns whether the contactor closes."""
        self._limit_a = limit_a
        if charging == self.offered:
            return False
        if charging:
            slept_in = now_s - self._since_s > self._settings.car.sleeps_after_s
            self.asleep = slept_in and not self.asleep
        self.offered = charging
        self._since_s = now_s
        return charging

    def cut(self, now_s: float) -> None:
        """The contactor opens this very moment."""
        self.current_a = 0.0
        self.offer(self._limit_a, False, now_s)

    def plug(self, *, plugged: bool, now_s: float) -> None:
        """The plug goes in, or out; that wakes any car."""
        if not plugged:
            self.cut(now_s)
        if plugged != self.plugged:
            self.asleep = False
            self._since_s = now_s
        self.plugged = plugged

    def draws_a(self, now_s: float, step_s: float, voltage_v: float) -> float:
        """Its current now, A: nothing while it wakes, then the minimum at once, then up its slope."""
        settings = self._settings
        waking = now_s - self._since_s < settings.waking_s
        if not self.offered or waking or self.full or not self.plugged or self.asleep:
            return 0.0
        risen_a = self.current_a + settings.ramp_a_per_s * step_s if self.current_a else float(MIN_CURRENT_A)
        takes_a = min(float(self._limit_a) + self._more_a, settings.car.max_a)
        if self._tapers:
            takes_a = min(takes_a, self._taper_a(voltage_v))
        return max(0.0, min(risen_a, takes_a))

    def _taper_a(self, voltage_v: float) -> float:
        """What its battery lets in, A: a straight line from all that it can take to `taper_end_w`."""
        car = self._settings.car
        top_a = min(car.max_a, MAX_CURRENT_A)
        end_a = min(top_a, car.taper_end_w / (self._settings.phases_in_use * voltage_v))
        left = 100 * self.takes_kwh / car.capacity_kwh / (100 - car.taper_from_pct)
        return end_a + (top_a - end_a) * min(1.0, left)
