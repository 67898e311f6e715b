"""What a limit from outside leaves of a command; pure."""

from __future__ import annotations

import math
from datetime import datetime

from controller.control.settings import CoreSettings
from controller.domain.cap import Cap
from controller.domain.decision import Command
from controller.domain.ends import said_end
from controller.domain.reasons import Reason, ReasonCode, because
from controller.domain.units import power_w

_GRAIN_A = 1e-9  # 4140 W are 6 A, whatever the division was rounded to


def cap_a(cap: Cap, settings: CoreSettings, phases: int) -> int:
    """Whole amps a phase that a cap allows.

    Watts become amps at the site's nominal voltage: a limit of power is one of current in truth, and the figure that
    was agreed upon must not move with the mains.

    Args:
        cap: The cap.
        settings: The site.
        phases: On which the car charges, 1 to 3.
    """
    if cap.current_a is not None:
        allowed_a = cap.current_a
    elif cap.power_w is not None:
        allowed_a = cap.power_w / power_w(1.0, phases, settings.voltage_v)
    else:
        return settings.min_current_a
    return math.floor(allowed_a + _GRAIN_A)


def under_cap(
    target: Command, reason: Reason, cap: Cap, settings: CoreSettings, *, phases: int, wanted_a: float, now: datetime
) -> tuple[Command, Reason]:
    """A command and its reason, held under a cap: it protects, and waits for no gap and no delay.

    Args:
        target: What the box would be told.
        reason: Why.
        cap: The cap in force.
        settings: The site.
        phases: On which the car charges, 1 to 3.
        wanted_a: What the strategy wants, A; 0 where it was not asked.
        now: Aware.
    """
    allowed_a = cap_a(cap, settings, phases)
    if allowed_a < settings.min_current_a:
        if target.charging or wanted_a >= settings.min_current_a:
            reason = _reason(cap, settings, allowed_a, now)
        return Command(target.limit_a, False), reason
    if not target.charging or target.limit_a < allowed_a:
        return target, reason
    if target.limit_a > allowed_a or wanted_a >= allowed_a + 1:
        return Command(allowed_a, True), _reason(cap, settings, allowed_a, now)
    return target, reason


def _reason(cap: Cap, settings: CoreSettings, allowed_a: int, now: datetime) -> Reason:
    if cap.power_w is None and cap.current_a is None:
        return because(ReasonCode.CAP_UNREADABLE, current_a=allowed_a)
    by, until = cap.source, said_end(cap.until, now, settings.timezone)
    if allowed_a < settings.min_current_a:
        reason = because(ReasonCode.CAP_STOPS, by=by, until=until, current_a=allowed_a, min_a=settings.min_current_a)
    else:
        reason = because(ReasonCode.CAP, by=by, until=until, current_a=allowed_a)
    return because(ReasonCode.CAP_KEPT, why=reason) if cap.kept else reason
