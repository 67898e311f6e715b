"""A charging session: from plug-in to unplugging, with what flowed and what it cost the box."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Begun(StrEnum):
    """How a session began."""

    PLUGGED_IN = "plugged_in"
    FIRST_SEEN = "first_seen"
    """The car was there already when Sunpace looked first: what was before is not in the record."""


class Ended(StrEnum):
    """Why a session's record was closed."""

    UNPLUGGED = "unplugged"
    EXCHANGED = "exchanged"
    """Between two looks the box had begun to count a new session."""
    SERVICE_STOPPED = "service_stopped"
    """The car stays plugged in; the next start of Sunpace begins a new record."""
    SERVICE_DIED = "service_died"
    """A crash or a power cut, and the car was gone, or another one there, when Sunpace looked again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """The record of a session.

    Attributes:
        begun: Aware UTC.
        begun_by: How.
        ended: Aware UTC; of a session that goes on, when the record was made.
        ended_because: Why; None while it goes on.
        energy_wh: What the car got, Wh: by the box's counter, where that counts, else metered or estimated.
        solar_wh: Of that from the roof.
        grid_wh: The rest, what a home battery gave included.
        starts: Starts that the box was told.
        limit_writes: Limits that were written.
        highest_w: Highest power, W.
        charging_s: How long the car has drawn current, s.
        phases: On which it drew; None where that was not found out.
        counter_wh: What the box's counter showed last, Wh; None where it shows none.
    """

    begun: datetime
    begun_by: Begun
    ended: datetime
    ended_because: Ended | None
    energy_wh: float
    solar_wh: float
    grid_wh: float
    starts: int
    limit_writes: int
    highest_w: float
    charging_s: float
    phases: int | None
    counter_wh: float | None = None

    @property
    def mean_w(self) -> float:
        """Mean power while the car drew, W."""
        return self.energy_wh * 3600 / self.charging_s if self.charging_s > 0 else 0.0
