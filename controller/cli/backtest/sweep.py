"""Parameter sets: what `--sweep` asks for, and which of them nobody beats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, DecimalException
from itertools import groupby, product
from math import inf, prod

from controller.domain.errors import ConfigError

MOST_RUNS = 10_000
"""Of one command: more would take the better part of an hour."""

_RIGHT = "write it as KEY=FROM:TO:STEP or KEY=VALUE,VALUE,..., like strategy.surplus.solar_share=0.5:1.0:0.1"

Setting = tuple[str, str]
"""A key and its value, as text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One `--sweep`.

    Attributes:
        key: The key of config.toml.
        values: Its values in order, as text.
    """

    key: str
    values: tuple[str, ...]


def read_axes(texts: Sequence[str]) -> list[Axis]:
    """What `--sweep`, given any number of times, asks for. Raises ConfigError."""
    axes = [_axis(text) for text in texts]
    keys = [axis.key for axis in axes]
    if twice := sorted({key for key in keys if keys.count(key) > 1}):
        raise ConfigError([f"--sweep {twice[0]}: swept twice; name all of its values at once"])
    return axes


def grid(axes: Sequence[Axis]) -> list[tuple[Setting, ...]]:
    """Every combination; the last axis moves fastest. Without an axis there is one, and it is empty.

    Raises:
        ConfigError: There are more than anybody wants to wait for.
    """
    sets = prod(len(axis.values) for axis in axes)
    if sets > MOST_RUNS:
        raise ConfigError([f"--sweep: {sets} parameter sets are more than {MOST_RUNS}; take wider steps"])
    return list(product(*([(axis.key, value) for value in axis.values] for axis in axes)))


def unbeaten(points: Sequence[tuple[float, float]]) -> list[bool]:
    """Which points are Pareto-optimal, where less is better in both: no other is as good in both and better in one."""
    least = inf
    found = [False] * len(points)
    order = sorted(range(len(points)), key=points.__getitem__)
    for _, group in groupby(order, key=lambda place: points[place][0]):
        places = list(group)
        lowest = points[places[0]][1]
        if lowest < least:
            least = lowest
            for place in places:
                found[place] = points[place][1] == lowest
    return found


def _axis(text: str) -> Axis:
    key, _, spec = (part.strip() for part in text.partition("="))
    if not key or not spec:
        raise ConfigError([f"--sweep {text}: {_RIGHT}"])
    numbers = [_number(part) for part in spec.split(":")]
    if len(numbers) > 1 and None not in numbers:
        return Axis(key=key, values=_steps(text, [number for number in numbers if number is not None]))
    values = tuple(part.strip() for part in spec.split(","))
    if not all(values):
        raise ConfigError([f"--sweep {text}: a value is missing; {_RIGHT}"])
    if len(set(values)) < len(values):
        raise ConfigError([f"--sweep {text}: names a value twice"])
    return Axis(key=key, values=values)


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.strip())
    except DecimalException:
        return None
    return number if number.is_finite() else None


def _steps(text: str, numbers: Sequence[Decimal]) -> tuple[str, ...]:
    """From the first number to the second, which is among them if a step hits it; exact in decimals."""
    if len(numbers) != 3:
        raise ConfigError([f"--sweep {text}: a range needs three numbers; {_RIGHT}"])
    first, last, step = numbers
    if step == 0 or (last - first) * step < 0:
        raise ConfigError([f"--sweep {text}: with steps of {step} {last} is never reached from {first}"])
    try:
        count = int((last - first) // step) + 1
    except DecimalException:
        count = MOST_RUNS + 1
    if count > MOST_RUNS:
        raise ConfigError([f"--sweep {text}: these are more than {MOST_RUNS} values; take wider steps"])
    return tuple(format(first + number * step, "f") for number in range(count))
