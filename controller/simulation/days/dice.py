"""Chance that is the same on every machine and in every version of Python."""

from __future__ import annotations

import math
from random import Random


class Dice:
    """Draws by a name; the same name draws the same.

    Only `Random.random` is used, whose sequence Python promises to keep; everything else is reckoned from it here.

    Args:
        name: What is drawn for, with the seed in it.
    """

    def __init__(self, name: str) -> None:
        self.unit = Random(name).random  # noqa: S311 -- weather, not a secret

    def uniform(self, low: float, high: float) -> float:
        """Anything from `low` to `high`, equally likely."""
        return low + (high - low) * self.unit()

    def chance(self, share: float) -> bool:
        """Whether something happens that does so in this share of cases."""
        return self.unit() < share

    def count(self, least: int, most: int) -> int:
        """A whole number from `least` to `most`, equally likely."""
        return min(most, least + int(self.unit() * (most - least + 1)))

    def power_law(self, shortest: float, longest: float, exponent: float) -> float:
        """A length with a density that falls as length to the power of -exponent, between two bounds."""
        rest = 1.0 - exponent
        low, high = shortest**rest, longest**rest
        return float((low + (high - low) * self.unit()) ** (1.0 / rest))

    def normal_pair(self) -> tuple[float, float]:
        """Two independent draws of mean 0 and standard deviation 1 (Box and Muller 1958)."""
        radius = math.sqrt(-2.0 * math.log(1.0 - self.unit()))
        angle = 2.0 * math.pi * self.unit()
        return radius * math.cos(angle), radius * math.sin(angle)

    def normal(self) -> float:
        """One draw of mean 0 and standard deviation 1."""
        return self.normal_pair()[0]
