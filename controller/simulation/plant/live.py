"""A plant in real time, or in that of whoever plays it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from controller.simulation.plant.plant import Plant


class Seconds(Protocol):
    """What a plant keeps up with: any clock."""

    def monotonic_s(self) -> float:
        """Seconds that only ever go on."""
        ...


class LivePlant:
    """A plant that keeps up with a clock, and what follows it step by step.

    Args:
        plant: The plant; its second 0 is now.
        clock: The clock.
    """

    def __init__(self, plant: Plant, clock: Seconds) -> None:
        self._plant = plant
        self._clock = clock
        self._origin_s = clock.monotonic_s()
        self._followers: list[Callable[[], None]] = []

    @property
    def due_s(self) -> float:
        """The plant's second that the clock has reached."""
        return self._clock.monotonic_s() - self._origin_s

    def follow(self, follower: Callable[[], None]) -> None:
        """Calls `follower` after every step, at `Plant.now_s`; it may command the plant, but not ask `now` for it."""
        self._followers.append(follower)

    def now(self) -> Plant:
        """The plant as it is at this moment."""
        plant, due_s = self._plant, self.due_s
        if not self._followers:
            plant.advance(due_s)
        while plant.now_s < due_s:
            plant.advance(min(due_s, plant.now_s + plant.settings.step_s))
            for follower in self._followers:
                follower()
        return plant
