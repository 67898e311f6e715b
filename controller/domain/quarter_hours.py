"""What flowed in a quarter of an hour: the grain in which the house's past is kept; pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

QUARTER = timedelta(minutes=15)
QUARTER_S = 900


class QuarterHour(NamedTuple):
    """A quarter of an hour; quarters are UTC's, so that none is missing or doubled when clocks change.

    Attributes:
        start: Aware UTC.
        seconds: How much of it was seen, s; more than 900 where the clock was set back and it came twice.
        pv_w: Mean PV power, W; None where no meter shows it.
        load_w: Mean load of the house without the car, W; where no meter shows the PV, what it takes less what the sun
            gives. None where it was not known.
        grid_w: Mean grid power, W; > 0 imports.
        battery_w: Mean power of the home battery, W; > 0 discharges.
        ev_wh: What the car got, Wh.
        solar_wh: Of that from the roof, Wh.
    """

    start: datetime
    seconds: float = 0.0
    pv_w: float | None = None
    load_w: float | None = None
    grid_w: float | None = None
    battery_w: float | None = None
    ev_wh: float = 0.0
    solar_wh: float = 0.0

    @property
    def end(self) -> datetime:
        """When it is over, aware UTC."""
        return self.start + QUARTER


class CarNote(NamedTuple):
    """What the next start of the service has to know of the car that is there.

    Attributes:
        at: When it was noted, aware UTC.
        plugged_since: When the car came, aware UTC; None where that is not known.
        counter_wh: What the box's counter of the session's energy showed, Wh; None where it shows none.
        full_power_w: What the car draws at its highest limit, W, as measured; None before it has been.
    """

    at: datetime
    plugged_since: datetime | None = None
    counter_wh: float | None = None
    full_power_w: float | None = None


def quarter_of(now: datetime) -> datetime:
    """When the quarter of an hour began that `now` (aware) lies in, aware UTC."""
    utc = now.astimezone(UTC)
    return utc.replace(minute=utc.minute // 15 * 15, second=0, microsecond=0)
