"""Days of our own: generated, each by its seed."""

from __future__ import annotations

import argparse
from dataclasses import dataclass

from controller.simulation.trace import Trace
from controller.simulation.weather import sunny_with_clouds


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySource:
    """A generated day.

    Attributes:
        seed: Which one.
    """

    seed: int

    @property
    def name(self) -> str:
        """As the user may write it."""
        return f"day {self.seed}"

    def load(self) -> Trace:
        """Generates it."""
        return sunny_with_clouds(self.seed)


def day_sources(arguments: argparse.Namespace) -> list[DaySource]:
    """The days that the flags ask for. Raises ConfigError."""
    return [DaySource(seed=seed) for seed in arguments.days]
