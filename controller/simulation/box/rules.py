"""What the charging state machine is asked to do by the configuration fields, and what it gets wrong."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime, time
from typing import Self

from controller.simulation.plant import BoxOptions

_SATURDAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the configuration fields ask of the machine.

    Attributes:
        free_charging: Whether a car that is plugged in is charged without anybody asking.
        delay_range_s: Longest randomised delay before a start, s; 0 is none.
        held: Periods of the day (UTC) in which charging is held; from a later to an earlier time is over midnight.
        held_at_weekends: Whether they count on Saturday and Sunday.
    """

    free_charging: bool = True
    delay_range_s: float = 0.0
    held: tuple[tuple[time, time], ...] = ()
    held_at_weekends: bool = False

    def hold(self, at: datetime) -> bool:
        """Whether charging is held at this time of the box's clock.

        The fields are labelled "Off-Peak Charging" and their periods "Peak period": that the box pauses inside them,
        rather than outside, follows from the second label and is not verified on a real one.
        """
        if not self.held:
            return False
        if at.weekday() >= _SATURDAY and not self.held_at_weekends:
            return False
        now = at.time()
        return any(a <= now < b if a <= b else now >= a or now < b for a, b in self.held)


@dataclass(frozen=True, slots=True, kw_only=True)
class Quirks:
    """What the machine gets wrong.

    Attributes:
        plug_in_limit_hidden: The minimum current of a plug-in does not show in the limit field.
        fault_after_pause: A start after a stop ends in a fault,
        fault_after_pause_s: where the pause was longer than this, s.
        fault_lasts_s: After so long somebody restarts the box, s.
        lost_share: Share of the limits, starts and stops that it accepts and forgets, 0..1.
        limit_ignored: A limit is accepted, and neither shown nor followed.
        limit_not_followed: A limit is accepted and shown, and not followed.
    """

    plug_in_limit_hidden: bool = False
    fault_after_pause: bool = False
    fault_after_pause_s: float = -1.0
    fault_lasts_s: float = math.inf
    lost_share: float = 0.0
    limit_ignored: bool = False
    limit_not_followed: bool = False

    @classmethod
    def of(cls, options: BoxOptions) -> Self:
        """What the plant's options ask for."""
        return cls(
            fault_after_pause=options.fault_after_pause_s < math.inf,
            fault_after_pause_s=options.fault_after_pause_s,
            fault_lasts_s=options.fault_lasts_s,
            lost_share=options.lost_pct / 100,
        )
