"""Charge from what the roof has left over."""

from __future__ import annotations

from math import inf
from typing import Any, ClassVar, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, model_validator

from controller.domain.demand import Demand, Dwell, Situation, Sun
from controller.domain.reasons import ReasonCode, because
from controller.domain.worth import solar_share_of

_DUSK_SHARE = 0.1  # with less PV than this share of the minimum power it is evening, not a cloud


class SurplusSettings(BaseModel):
    """The table `[strategy.surplus]`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    solar_share: float = Field(default=0.8, gt=0, le=1)
    otherwise_price: float | None = Field(default=None, ge=-10, le=100)
    start_costs_kwh: float = Field(default=0.1, ge=0.001, le=5)
    start_delay_s: float = Field(default=0, ge=0, le=3600)
    stop_delay_s: float = Field(default=0, ge=0, le=7200)
    min_on_s: float = Field(default=0, ge=0, le=7200)
    min_off_s: float = Field(default=60, ge=0, le=7200)
    keep_minimum: bool = False
    keep_minimum_s: float = Field(default=3600, ge=0, le=86400)
    grid_bias_w: float = Field(default=0, ge=-5000, le=5000)
    battery: Literal["house-first", "car-first"] = "house-first"
    battery_priority_soc_pct: float = Field(default=100, ge=0, le=100)

    @model_validator(mode="before")
    @classmethod
    def _share_from_prices(cls, table: Any, info: ValidationInfo) -> Any:
        """Where it is told what a kWh costs at another time, the solar share follows from the site's prices."""
        otherwise = table.get("otherwise_price") if isinstance(table, dict) else None
        if not isinstance(otherwise, int | float):
            return table
        if "solar_share" in table:
            raise ValueError("otherwise_price and solar_share say the same in two ways: keep one of them")
        site = info.context or {}
        import_price, feed_in_price = site.get("import_price"), site.get("feed_in_price")
        if import_price is None or feed_in_price is None:
            raise ValueError("otherwise_price needs site.import_price and site.feed_in_price beside it")
        return {**table, "solar_share": solar_share_of(import_price, feed_in_price, otherwise)}


class Surplus:
    """Follows the surplus in whole amps.

    The last amp is given when at least the solar share s of it is sun; the minimum when at least s of the whole
    minimum power is. This is the exact threshold at which a kWh from the grid costs s / (1 - s) of a kWh from the roof.
    """

    Settings: ClassVar[type[SurplusSettings]] = SurplusSettings
    timeless: ClassVar[bool] = True

    def __init__(self, settings: SurplusSettings) -> None:
        self._settings = settings
        self._dwell = _dwell(settings, settings.stop_delay_s)
        self._cloud_dwell = _dwell(settings, max(settings.stop_delay_s, settings.keep_minimum_s))

    @classmethod
    def from_settings(cls, settings: SurplusSettings) -> Self:
        """See `Strategy.from_settings`."""
        return cls(settings)

    @property
    def solar_share(self) -> float:
        """As it was set, or follows from prices."""
        return self._settings.solar_share

    def demand(self, situation: Situation) -> Demand:
        """See `Strategy.demand`."""
        surplus_w = self._surplus_w(situation)
        if situation.house.battery_missing:
            return Demand(current_a=0, reason=because(ReasonCode.BATTERY_UNKNOWN), dwell=self._dwell)
        watts_per_amp = situation.watts_per_amp
        need_w = self._settings.solar_share * situation.min_current_a * watts_per_amp
        aside_w = situation.ev_w - situation.grid_w - surplus_w
        steady = situation.house.battery_w is None and not self._keeps(situation)
        sun = Sun(surplus_w, self._settings.solar_share, self._settings.start_costs_kwh, steady)
        if surplus_w >= need_w:
            share, least_a, most_a = self._settings.solar_share, situation.min_current_a, situation.max_current_a
            current_a = max(float(least_a), min(surplus_w / watts_per_amp + 1 - share, float(most_a)))
            whole_a = int(current_a)
            from_w = (whole_a - 1 + share) * watts_per_amp if whole_a > least_a else need_w
            below_w = (whole_a + share) * watts_per_amp if whole_a < most_a else inf
            return Demand(
                current_a=current_a,
                reason=because(ReasonCode.SUN, surplus_w=surplus_w, need_w=need_w),
                dwell=self._dwell,
                steady_w=(from_w + aside_w, below_w + aside_w),
                sun=sun,
            )
        code = ReasonCode.CLOUD if situation.charging else ReasonCode.NO_SUN
        return Demand(
            current_a=0,
            reason=because(code, surplus_w=surplus_w, need_w=need_w),
            dwell=self._stop_dwell(situation, watts_per_amp),
            steady_w=None if self._keeps(situation) and situation.charging else (-inf, need_w + aside_w),
            sun=sun,
        )

    def _surplus_w(self, situation: Situation) -> float:
        """Power that would be exported without the car, W, less the bias and the house battery's part."""
        battery_w = situation.house.battery_w or 0.0
        if self._house_battery_first(situation):
            battery_w = max(0.0, battery_w)  # what it discharges is never the car's; what it charges stays its own
        return situation.ev_w - situation.grid_w - battery_w - self._settings.grid_bias_w

    def _house_battery_first(self, situation: Situation) -> bool:
        if self._settings.battery == "car-first":
            return False
        soc_pct = situation.house.battery_soc_pct
        return soc_pct is None or soc_pct < self._settings.battery_priority_soc_pct

    def _stop_dwell(self, situation: Situation, watts_per_amp: float) -> Dwell:
        """Through a cloud the minimum is kept longer where that is asked for; at dusk never."""
        pv_w = situation.house.pv_w
        dusk_w = _DUSK_SHARE * situation.min_current_a * watts_per_amp
        if self._keeps(situation) and (pv_w is None or pv_w >= dusk_w):
            return self._cloud_dwell
        return self._dwell

    def _keeps(self, situation: Situation) -> bool:
        """Whether the minimum is kept through clouds: since that is asked for, or a pause would make the box fail."""
        return self._settings.keep_minimum or situation.pause_harms


def _dwell(settings: SurplusSettings, stop_delay_s: float) -> Dwell:
    return Dwell(
        start_delay_s=settings.start_delay_s,
        stop_delay_s=stop_delay_s,
        min_on_s=settings.min_on_s,
        min_off_s=settings.min_off_s,
    )
