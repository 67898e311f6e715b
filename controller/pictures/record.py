"""What a picture of a day is drawn from: plain sequences, wherever they come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import NamedTuple


class Told(NamedTuple):
    """What the box was told, until it is told something else.

    Attributes:
        at_s: Since when, epoch seconds.
        limit_a: The limit, A.
        charging: Whether it offers current to the car.
    """

    at_s: float
    limit_a: int
    charging: bool


class Ground(NamedTuple):
    """Why, until there is another reason.

    Attributes:
        at_s: Since when, epoch seconds.
        name: A `ReasonCode`, or any text.
    """

    at_s: float
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DayRecord:
    """A day, or any other stretch of time.

    Attributes:
        title: Which day, played by whom.
        figures: What came of it: (name, value with its unit).
        zone: The site's, for the axis of time.
        times_s: Epoch seconds, rising; at least two.
        pv_w: PV production, W, at each of them.
        load_w: House load without the car, W.
        ev_w: The car's power, W.
        grid_w: Grid power, W; > 0 imports.
        told: Every change of (limit, charging), rising in time.
        grounds: Every change of the reason, rising in time.
    """

    title: str
    figures: Sequence[tuple[str, str]]
    zone: tzinfo
    times_s: Sequence[float]
    pv_w: Sequence[float]
    load_w: Sequence[float]
    ev_w: Sequence[float]
    grid_w: Sequence[float]
    told: Sequence[Told]
    grounds: Sequence[Ground]

    def __post_init__(self) -> None:
        lengths = {len(series) for series in (self.times_s, self.pv_w, self.load_w, self.ev_w, self.grid_w)}
        if len(lengths) > 1 or min(lengths) < 2:
            raise ValueError(f"a day needs as many times as powers, and at least two: {sorted(lengths)}")

    @property
    def starts_s(self) -> list[float]:
        """When charging was switched on."""
        pairs = zip(self.told, self.told[1:], strict=False)
        return [after.at_s for before, after in pairs if after.charging and not before.charging]
