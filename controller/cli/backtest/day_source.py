"""Days of our own: generated, each by its kind and seed."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from controller.domain.errors import ConfigError
from controller.simulation.days.day import Day, generate
from controller.simulation.days.names import named_days
from controller.simulation.days.standard import standard_days
from controller.simulation.trace import Trace

STANDARD = "standard"
"""The name of the days on which the project measures itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySource:
    """A generated day.

    Attributes:
        day: Which one.
    """

    day: Day

    @property
    def name(self) -> str:
        """Kind and seed, and the date unless it is the kind's own."""
        return self.day.name

    def load(self) -> Trace:
        """Generates it."""
        return generate(self.day)


def day_sources(arguments: argparse.Namespace) -> list[DaySource]:
    """The days that the flags ask for. Raises ConfigError."""
    wished = _wished(arguments)
    if wished and all(text == STANDARD for text in arguments.days):
        go = "goes" if len(wished) == 1 else "go"
        told = f"{', '.join(wished)}: {go} with a day of some kind, like --day broken:1"
        raise ConfigError([f"{told}; the set's days are fixed" if arguments.days else told])
    return [DaySource(day=day) for text in arguments.days for day in _days(text, dict(wished.values()))]


def _days(text: str, wished: Mapping[str, Any]) -> tuple[Day, ...]:
    if text == STANDARD:
        return standard_days()
    kind, seeds = named_days(text)
    return tuple(Day(kind=kind, seed=seed, **wished) for seed in seeds)


def _wished(arguments: argparse.Namespace) -> dict[str, tuple[str, Any]]:
    """What the flags say of the days: the flag, and which attribute of `Day` it sets to what."""
    told = {
        "--latitude": ("latitude_deg", arguments.latitude),
        "--on": ("on", arguments.on),
        "--peak-w": ("peak_w", arguments.peak_w),
        "--no-heat-pump": ("heat_pump", False if arguments.no_heat_pump else None),
    }
    return {flag: (attribute, value) for flag, (attribute, value) in told.items() if value is not None}
