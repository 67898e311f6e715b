"""Charge in the cheap hours; outside them leave it to the sun, or do not charge."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator

from controller.domain.demand import Defer, Demand, Situation
from controller.domain.reasons import ReasonCode, because
from controller.domain.units import MAX_CURRENT_A, MIN_CURRENT_A

Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_DAYS: tuple[Day, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_WEEK = timedelta(days=7)


class Window(BaseModel):
    """A recurring span of local wall time; across midnight it belongs to the day it starts on.

    The same start and end are a whole day.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    start: str
    end: str
    days: list[Day] = Field(default=list(_DAYS), min_length=1)

    @field_validator("start", "end")
    @classmethod
    def _is_wall_time(cls, text: str) -> str:
        try:
            parsed = datetime.strptime(text, "%H:%M")  # noqa: DTZ007 -- a time of day, without a zone
        except ValueError as error:
            raise ValueError('a time of day like "22:00" is expected') from error
        return parsed.strftime("%H:%M")

    @property
    def start_time(self) -> time:
        """Start as a time of day."""
        return time.fromisoformat(self.start)

    def covers(self, local: datetime) -> bool:
        """Whether `local` (aware, site's zone) lies within; wall time, so a clock change stretches or shortens it."""
        wall = local.strftime("%H:%M")
        today, yesterday = _DAYS[local.weekday()], _DAYS[local.weekday() - 1]
        if self.start < self.end:
            return today in self.days and self.start <= wall < self.end
        return (today in self.days and wall >= self.start) or (yesterday in self.days and wall < self.end)

    def end_after(self, local: datetime) -> datetime:
        """The end of what covers `local`, as wall time."""
        today = datetime.combine(local.date(), time.fromisoformat(self.end), local.tzinfo)
        starts_today = _DAYS[local.weekday()] in self.days and local.strftime("%H:%M") >= self.start
        return today + timedelta(days=1) if self.start >= self.end and starts_today else today

    def next_start(self, local: datetime) -> datetime:
        """The first start after `local`, in its zone; at most a week away."""
        for ahead in range(8):
            day = (local + timedelta(days=ahead)).date()
            start = datetime.combine(day, self.start_time, local.tzinfo)
            if _DAYS[day.weekday()] in self.days and start.timestamp() > local.timestamp():
                return start
        return local + _WEEK


class OffPeakSettings(BaseModel):
    """The table `[strategy.off_peak]`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    windows: list[Window] = Field(default=[Window(start="22:00", end="06:00")], min_length=1)
    current_a: int = Field(default=16, ge=MIN_CURRENT_A, le=MAX_CURRENT_A)
    use_battery: bool = False
    then: Literal["surplus", "off"] = "surplus"


class OffPeak:
    """Full current in the windows, then the sun or nothing."""

    Settings: ClassVar[type[OffPeakSettings]] = OffPeakSettings

    def __init__(self, settings: OffPeakSettings) -> None:
        self._settings = settings

    @classmethod
    def from_settings(cls, settings: OffPeakSettings) -> Self:
        """See `Strategy.from_settings`."""
        return cls(settings)

    def demand(self, situation: Situation) -> Demand | Defer:
        """See `Strategy.demand`."""
        local = situation.local_time
        if any(window.covers(local) for window in self._settings.windows):
            reason = because(ReasonCode.WINDOW, until=self._until(local))
            spared = not self._settings.use_battery
            return Demand(current_a=self._settings.current_a, reason=reason, battery_spared=spared)
        if self._settings.then == "surplus":
            return Defer(to="surplus")
        upcoming = min(window.next_start(local) for window in self._settings.windows)
        return Demand(current_a=0, reason=because(ReasonCode.OUTSIDE_WINDOW, next=upcoming))

    def _until(self, local: datetime) -> str:
        """When it is over: windows that follow one another are one."""
        until = local
        while until - local < _WEEK:
            ends = [window.end_after(until) for window in self._settings.windows if window.covers(until)]
            if not ends:
                return f"{until:%H:%M}"
            until = max(ends)
        return "always"
