"""Tells, once a change, that the box keeps hours of its own which are in our way."""

from __future__ import annotations

import structlog

from controller.control.settings import CoreSettings
from controller.control.supervisor import contained
from controller.domain.box_times import BoxTimes, conflicts
from controller.domain.calendar import Window
from controller.domain.charger import PowerSettings
from controller.domain.demand import Answering, Scheduled

_log = structlog.get_logger()


class BoxTimesNotice:
    """What was told of the box's own hours.

    Args:
        settings: The site: who is to charge, and when.
    """

    def __init__(self, settings: CoreSettings) -> None:
        self._windows = charging_windows(settings.strategies[settings.active])
        self._sense = settings.off_peak_sense
        self._seen: PowerSettings | None = None
        self._times: BoxTimes | None = None
        self._told = False

    def follow(self, settings: CoreSettings) -> None:
        """Another strategy is in force: what the box keeps is looked at anew."""
        windows = charging_windows(settings.strategies[settings.active])
        if windows != self._windows:
            self._windows, self._seen, self._times = windows, None, None

    def look(self, power: PowerSettings | None) -> None:
        """Takes note of what the box shows; asked once a second, and mostly for what is known."""
        if power is self._seen or power is None:
            return
        self._seen = power
        if power.times == self._times:
            return
        self._times = power.times
        found = conflicts(power.times, self._windows, self._sense)
        for conflict in found:
            _log.warning("box_keeps_its_own_hours", what=conflict.what, remedy=conflict.remedy)
        if self._told and not found:
            _log.info("box_keeps_no_hours_in_the_way")
        self._told = bool(found)


def charging_windows(strategy: Answering) -> tuple[Window, ...] | None:
    """In which a strategy charges; None where that may be at any time, or it cannot tell."""
    with contained("strategy_windows_not_told") as outcome:
        windows = strategy.windows if isinstance(strategy, Scheduled) and strategy.windows_only else None
    return windows if outcome.error is None else None
