"""How often a day charging is started; pure."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from controller.control.settings import CoreSettings
from controller.domain.reasons import Reason, ReasonCode, because


class Starts(NamedTuple):
    """Starts that the box has been told.

    Attributes:
        day: Ordinal of the site's local day on which they are counted; 0 before the first.
        told: How many on that day.
    """

    day: int = 0
    told: int = 0

    @property
    def one_more(self) -> Starts:
        """After another start."""
        return Starts(self.day, self.told + 1)


def starts_today(starts: Starts, now: datetime, settings: CoreSettings) -> Starts:
    """The count of the local day that `now` (aware) lies in."""
    day = now.astimezone(settings.timezone).toordinal()
    return starts if day == starts.day else Starts(day=day)


def spent(starts: Starts, now: datetime, settings: CoreSettings) -> Reason | None:
    """Why nothing is started any more on the day of `starts`; None where it may be.

    Args:
        starts: Today's, as `starts_today` gave them.
        now: Aware.
        settings: The site.
    """
    if starts.told < settings.starts_per_day:
        return None
    midnight = datetime.combine(datetime.fromordinal(starts.day + 1), time(), settings.timezone)
    in_s = (midnight.astimezone(UTC) - now) / timedelta(seconds=1)
    return because(ReasonCode.STARTS_SPENT, starts=starts.told, in_s=max(0.0, in_s))
