"""What the core has to know of the site; plain values, already checked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from enum import StrEnum

from controller.domain.box_times import Reading
from controller.domain.demand import Answering


class Fallback(StrEnum):
    """What the box is told when nobody knows what the grid does."""

    MINIMUM = "minimum"
    STOP = "stop"
    HOLD = "hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreSettings:
    """Settings of `decide`.

    Attributes:
        strategies: Every usable strategy by name.
        active: The name of the one in force.
        timezone: The site's zone.
        voltage_v: Phase voltage where none is measured, V.
        phases: Phases the wallbox has, 1 or 3; the car may show that it uses fewer.
        min_current_a: Lowest limit while charging, A, >= 6.
        max_current_a: Highest limit, A.
        main_fuse_a: Main fuse a phase, A; 0 is "not watched".
        stale_after_s: Age at which a grid reading is no longer used.
        fallback: What happens then.
        fallback_stop_after_s: How long the fallback may go on charging, s; 0 is "for ever".
        limit_change_s: Shortest time between two commands, s; reductions that protect do not wait.
        writes_per_hour: Writes of the limit an hour.
        starts_per_day: How often a local day charging is started; 0 is "as often as wanted".
        off_peak_sense: What the periods mean that the box keeps by itself; None where nobody has tried.
        feed_in_limit_w: Most that the inverter feeds in, W; None where it is not limited.
        follow_s: How long the box and the car take to follow a command, s.
        active_until: When what is in force by hand ends, aware UTC; None for never.
        afterwards: The name of the one that is in force then.
    """

    strategies: Mapping[str, Answering]
    active: str
    timezone: tzinfo
    voltage_v: float = 230.0
    phases: int = 3
    min_current_a: int = 6
    max_current_a: int = 16
    main_fuse_a: float = 0.0
    stale_after_s: float = 15.0
    fallback: Fallback = Fallback.MINIMUM
    fallback_stop_after_s: float = 1800.0
    limit_change_s: float = 30.0
    writes_per_hour: float = 60.0
    starts_per_day: int = 0
    off_peak_sense: Reading | None = None
    feed_in_limit_w: float | None = None
    follow_s: float = 30.0
    active_until: datetime | None = None
    afterwards: str = ""

    @property
    def timeless(self) -> bool:
        """Whether the strategy in force goes by no clock, and hands over to nobody."""
        return self.active_until is None and getattr(self.strategies[self.active], "timeless", False)
