"""Charge at a fixed current, whatever the sun does."""

from __future__ import annotations

from math import inf
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field

from controller.domain.demand import Demand, Situation
from controller.domain.reasons import ReasonCode, because
from controller.domain.units import MAX_CURRENT_A, MIN_CURRENT_A


class FixedSettings(BaseModel):
    """The table `[strategy.fixed]`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    current_a: int = Field(default=MIN_CURRENT_A, ge=MIN_CURRENT_A, le=MAX_CURRENT_A)
    use_battery: bool = False


class Fixed:
    """Wants one current, always."""

    Settings: ClassVar[type[FixedSettings]] = FixedSettings
    timeless: ClassVar[bool] = True

    def __init__(self, settings: FixedSettings) -> None:
        self._current_a = settings.current_a
        self._battery_spared = not settings.use_battery

    @classmethod
    def from_settings(cls, settings: FixedSettings) -> Self:
        """See `Strategy.from_settings`."""
        return cls(settings)

    def demand(self, situation: Situation) -> Demand:
        """See `Strategy.demand`."""
        reason = because(ReasonCode.FIXED, current_a=self._current_a)
        current_a = min(self._current_a, situation.max_current_a)
        return Demand(current_a=current_a, reason=reason, steady_w=(-inf, inf), battery_spared=self._battery_spared)
