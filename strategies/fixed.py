"""Charge at a fixed current or power, whatever the sun does; always, or until a time or an energy."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from math import inf
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from controller.domain.calendar import instant, wall_time
from controller.domain.demand import Defer, Demand, Situation
from controller.domain.ends import said_end
from controller.domain.reasons import Reason, ReasonCode, because
from controller.domain.units import MAX_CURRENT_A, MIN_CURRENT_A

_DAY = timedelta(days=1)
_NO_END = 'a time of day in quotes is expected, like "06:00", or a moment like 2026-12-31T06:00:00+01:00'
_NEARLY = 0.95  # of the minimum's power will do: mains that tremble must not stop the car


class FixedSettings(BaseModel):
    """The table `[strategy.fixed]`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    current_a: int = Field(default=MIN_CURRENT_A, ge=MIN_CURRENT_A, le=MAX_CURRENT_A)
    power_w: float | None = Field(default=None, ge=1000, le=25_000)
    energy_kwh: float | None = Field(default=None, gt=0, le=500)
    until: str | datetime | None = None
    then: str = "off"
    use_battery: bool = False

    @field_validator("until", mode="before")
    @classmethod
    def _is_text_or_moment(cls, until: object) -> object:
        if until is None or isinstance(until, str | datetime):
            return until
        raise ValueError(_NO_END)

    @field_validator("until")
    @classmethod
    def _is_end(cls, until: str | datetime | None) -> str | datetime | None:
        if isinstance(until, str):
            try:
                wall_time(until)
            except ValueError:
                try:
                    until = datetime.fromisoformat(until)
                except ValueError as error:
                    raise ValueError(_NO_END) from error
        if isinstance(until, datetime):
            if until.tzinfo is None:
                raise ValueError(f"an offset is needed, like {until.isoformat()}+01:00")
            if until.second or until.microsecond:
                raise ValueError("a full minute is expected")
        return until

    @model_validator(mode="after")
    def _one_measure(self) -> Self:
        if self.power_w is not None and "current_a" in self.model_fields_set:
            raise ValueError("power_w and current_a say the same in two ways: keep one of them")
        return self


class Fixed:
    """Wants one current or power, for this car until its end."""

    Settings: ClassVar[type[FixedSettings]] = FixedSettings

    def __init__(self, settings: FixedSettings) -> None:
        self._current_a, self._power_w = settings.current_a, settings.power_w
        self._energy_kwh, self._then = settings.energy_kwh, settings.then
        self._until = wall_time(settings.until) if isinstance(settings.until, str) else settings.until
        self._battery_spared = not settings.use_battery

    @classmethod
    def from_settings(cls, settings: FixedSettings) -> Self:
        """See `Strategy.from_settings`."""
        return cls(settings)

    @property
    def timeless(self) -> bool:
        """See `Strategy`: with an end it looks at the time, or hands over."""
        return self._until is None and self._energy_kwh is None

    def demand(self, situation: Situation) -> Demand | Defer:
        """See `Strategy.demand`."""
        wanted_a, reason = self._wanted(situation)
        if not self.timeless:
            ending = self._ending(situation, reason)
            if ending is None:
                return Defer(to=self._then)
            reason = ending
        steady_w = (-inf, inf) if self._energy_kwh is None else None
        return Demand(wanted_a, reason, steady_w=steady_w, battery_spared=self._battery_spared)

    def _wanted(self, situation: Situation) -> tuple[float, Reason]:
        """The current, A, and why."""
        power_w, least_a, most_a = self._power_w, situation.min_current_a, situation.max_current_a
        if power_w is None:
            return min(self._current_a, most_a), because(ReasonCode.FIXED, current_a=self._current_a)
        phases, need_w = situation.phases, least_a * situation.watts_per_amp
        if power_w < _NEARLY * need_w:
            return 0.0, because(ReasonCode.FIXED_POWER_LOW, power_w=power_w, need_w=need_w, phases=phases)
        current_a = max(least_a, min(power_w / situation.watts_per_amp, most_a))
        return current_a, because(ReasonCode.FIXED_POWER, power_w=power_w, phases=phases)

    def _ending(self, situation: Situation, reason: Reason) -> Reason | None:
        """The reason with the end that is to come; None where it has come for this car."""
        came, now = _came(situation), situation.local_time
        if self._until is not None:
            until = _next(self._until, came) if isinstance(self._until, time) else self._until
            if now >= until:
                return None
            zone = now.tzinfo or UTC
            reason = because(ReasonCode.FIXED_UNTIL, why=reason, until=said_end(until, now, zone))
        if self._energy_kwh is not None:
            left_kwh = self._energy_kwh - situation.horizon.charged.since_wh(came) / 1000
            if left_kwh <= 0:
                return None
            reason = because(ReasonCode.FIXED_ENERGY, why=reason, left_kwh=left_kwh)
        return reason


def _came(situation: Situation) -> datetime:
    """When this car came, in the site's zone; where nobody knows, at midnight."""
    local, since = situation.local_time, situation.horizon.plugged_since
    if since is not None:
        return since.astimezone(local.tzinfo)
    return instant(local.date(), time(), local.tzinfo or UTC).astimezone(local.tzinfo)


def _next(wall: time, after: datetime) -> datetime:
    """When a clock on the wall shows a time next after a moment in its zone."""
    zone = after.tzinfo or UTC
    today = instant(after.date(), wall, zone)
    return today if today > after else instant(after.date() + _DAY, wall, zone)
