"""Never below the minimum current, and the sun on top."""

from __future__ import annotations

from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field

from controller.domain.demand import Demand, Situation, Sun
from controller.domain.reasons import ReasonCode, because
from controller.domain.worth import best_a

_START_COSTS_KWH = 0.1  # says nothing here: what always charges weighs no start


class MinimumSettings(BaseModel):
    """The table `[strategy.minimum]`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    solar_share: float = Field(default=0.8, gt=0, le=1)
    grid_bias_w: float = Field(default=0, ge=-5000, le=5000)
    use_battery: bool = True


class Minimum:
    """Charges at the minimum whatever the sun does; a further amp is given when at least the solar share of it is sun.

    What the home battery gives is never taken for sun, and what it charges stays its own.
    """

    Settings: ClassVar[type[MinimumSettings]] = MinimumSettings
    timeless: ClassVar[bool] = True

    def __init__(self, settings: MinimumSettings) -> None:
        self._share, self._bias_w = settings.solar_share, settings.grid_bias_w
        self._battery_spared = not settings.use_battery

    @classmethod
    def from_settings(cls, settings: MinimumSettings) -> Self:
        """See `Strategy.from_settings`."""
        return cls(settings)

    def demand(self, situation: Situation) -> Demand:
        """See `Strategy.demand`."""
        house, least_a = situation.house, situation.min_current_a
        if house.battery_missing:
            reason = because(ReasonCode.MINIMUM_ONLY, min_a=least_a)
            return Demand(current_a=float(least_a), reason=reason, battery_spared=self._battery_spared)
        surplus_w, battery_w = situation.ev_w - situation.grid_w - self._bias_w, house.battery_w
        if battery_w is not None:
            surplus_w -= max(0.0, battery_w)
        most_a = max(least_a, situation.max_current_a)
        suits_a = best_a(surplus_w, situation.watts_per_amp, self._share, least_a, most_a)
        return Demand(
            current_a=float(suits_a),
            reason=because(ReasonCode.MINIMUM, min_a=least_a, surplus_w=surplus_w),
            sun=Sun(surplus_w, self._share, _START_COSTS_KWH, battery_w is None, always=True),
            battery_spared=self._battery_spared,
        )
