"""What a picture of a plan is drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import NamedTuple


class PlanStep(NamedTuple):
    """A stretch of a plan.

    Attributes:
        from_s: Beginning, epoch seconds.
        to_s: End, later.
        surplus_w: Sun that is expected to be left over, W.
        sun_w: What the car is to take of it, W.
        grid_w: And of the grid, W.
        price: Of a kWh from the grid; None where none is known.
        decides: The strategy's name.
        reason: A `ReasonCode`, or any text.
    """

    from_s: float
    to_s: float
    surplus_w: float
    sun_w: float
    grid_w: float
    price: float | None
    decides: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRecord:
    """The time to come.

    Attributes:
        title: What it shows.
        figures: What would come of it: (name, value with its unit).
        zone: The site's.
        steps: One after another, at least one.
    """

    title: str
    figures: Sequence[tuple[str, str]]
    zone: tzinfo
    steps: Sequence[PlanStep]

    def __post_init__(self) -> None:
        if not self.steps:
            raise ValueError("a plan needs a step at least")
