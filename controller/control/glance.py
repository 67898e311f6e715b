"""One look at the box's dashboard, set beside the meters: what the conduct of car and box is found out from; pure."""

from __future__ import annotations

from typing import NamedTuple

from controller.domain.charger import OcppState
from controller.domain.decision import Command


class Glance(NamedTuple):
    """What one look at the box shows.

    Attributes:
        at_s: When it was taken, monotonic seconds.
        state: The connector's.
        told: What the box is believed to do.
        confirmed: Whether the box shows the limit that it was told.
        started_s: When the box was last told to start or stop, monotonic seconds.
        settled_s: Since when nothing else has been told.
        draws: Whether the car draws current; None where nobody knows.
        drawn_a: Its current a phase, A, from its own meter; None without one.
        mean_a_of_wh: A phase's current for an energy of 1 Wh in 1 s, A.
        energy_wh: The box's counter of the session's energy; None where it tells none.
        grain_wh: What that counter may be late or coarse by, Wh.
        first: Whether nothing was seen before this look.
        anew: Whether a car was plugged in since the last look, or none is.
    """

    at_s: float
    state: OcppState
    told: Command
    confirmed: bool = True
    started_s: float = 0.0
    settled_s: float = 0.0
    draws: bool | None = None
    drawn_a: float | None = None
    mean_a_of_wh: float = 0.0
    energy_wh: float | None = None
    grain_wh: float = 0.0
    first: bool = False
    anew: bool = False

    @property
    def offers(self) -> bool:
        """Whether the box offers current, as far as anybody can tell."""
        return self.told.charging and (self.state.enabled is True or self.state is OcppState.UNKNOWN)
