"""What a person wants for a while, as demands; pure.

What protects goes before a pause, a pause before a boost, both before a plan, and a plan before the strategy beneath:
`ask` asks in this order, and the governor holds each of them to what protects. A pause and a boost wait for no delay
and no minimum time of a strategy's, only for the box.
"""

from __future__ import annotations

from datetime import datetime

from controller.control.settings import CoreSettings
from controller.domain.demand import Demand, Dwell
from controller.domain.ends import said_end
from controller.domain.horizon import EnergyLog
from controller.domain.override import Override, OverrideKind
from controller.domain.reasons import ReasonCode, because

_AT_ONCE = Dwell(min_off_s=0.0)


def paused(override: Override, now: datetime, settings: CoreSettings) -> Demand | None:
    """No charging; None where it is no pause, or is over."""
    if override.kind is not OverrideKind.PAUSE or not override.holds(now):
        return None
    until = said_end(override.until, now, settings.timezone)
    return Demand(current_a=0.0, reason=because(ReasonCode.PAUSED, until=until), dwell=_AT_ONCE)


def boosted(
    override: Override, now: datetime, charged: EnergyLog, limit_max_a: int, settings: CoreSettings
) -> Demand | None:
    """As much as may be, or as was said; None where it is no boost, or is over: by time, or by what the car has got."""
    if override.kind is not OverrideKind.BOOST or not override.holds(now):
        return None
    most_a = limit_max_a if override.current_a is None else min(override.current_a, limit_max_a)
    current_a = max(most_a, settings.min_current_a)  # where there is not even so much, it is said why
    until = said_end(override.until, now, settings.timezone)
    reason = because(ReasonCode.BOOST, current_a=current_a, until=until)
    if override.energy_wh is not None:
        left_wh = override.energy_wh - charged.since_wh(override.set_at)
        if left_wh <= 0:
            return None
        reason = because(ReasonCode.BOOST_ENERGY, current_a=current_a, left_kwh=left_wh / 1000, until=until)
    return Demand(current_a=float(current_a), reason=reason, dwell=_AT_ONCE, battery_spared=not override.use_battery)
