"""Charge from what the roof has left over."""

from __future__ import annotations

from typing import Any, ClassVar, Literal, Self, TypeGuard

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, model_validator

from controller.domain.demand import Demand, Dwell, Situation, Sun
from controller.domain.reasons import Reason, ReasonCode, because
from controller.domain.worth import best_a, solar_share_of

_LEAST_PRICE, _MOST_PRICE = -10, 100  # per kWh, as those of [site]
_SUN, _CLOUD, _NO_SUN = ReasonCode.SUN, ReasonCode.CLOUD, ReasonCode.NO_SUN
_BATTERY_SILENT_S = 60.0  # a meter may miss some answers: nothing is known then, and nothing is changed
_DUSK_SHARE = 0.1  # with less PV than this share of the minimum power it is evening, not a cloud


class SurplusSettings(BaseModel):
    """The table `[strategy.surplus]`."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    solar_share: float = Field(default=0.8, gt=0, le=1)
    otherwise_price: float | None = Field(default=None, ge=_LEAST_PRICE, le=_MOST_PRICE)
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
        if not _is_price(otherwise):
            return table  # the key's own check complains
        if "solar_share" in table:
            raise ValueError("otherwise_price and solar_share say the same in two ways: keep one of them")
        site = info.context or {}
        import_price, feed_in_price = site.get("import_price"), site.get("feed_in_price")
        if import_price is None or feed_in_price is None:
            raise ValueError("otherwise_price needs site.import_price and site.feed_in_price beside it")
        if not (_is_price(import_price) and _is_price(feed_in_price)):
            return table  # the check of [site] complains
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
        self._share, self._start_costs_kwh = settings.solar_share, settings.start_costs_kwh
        self._bias_w, self._keep_minimum = settings.grid_bias_w, settings.keep_minimum
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
        house, surplus_w, share = situation.house, self._surplus_w(situation), self._share
        if house.battery_missing:
            reason = because(ReasonCode.BATTERY_UNKNOWN)
            return Demand(current_a=0, reason=reason, dwell=self._dwell, keep_s=_BATTERY_SILENT_S)
        watts_per_amp, keeps = situation.phases * situation.voltage_v, self._keep_minimum or situation.pause_harms
        need_w = share * situation.min_current_a * watts_per_amp
        sun = Sun(surplus_w, share, self._start_costs_kwh, house.battery_w is None and not keeps)
        figures = {"surplus_w": surplus_w, "need_w": need_w}
        if surplus_w < need_w:
            code = _CLOUD if situation.charging else _NO_SUN
            dwell = self._stop_dwell(situation, watts_per_amp) if keeps else self._dwell
            return Demand(0.0, Reason(code, figures), dwell, None, sun)
        suits_a = best_a(surplus_w, watts_per_amp, share, situation.min_current_a, situation.max_current_a)
        return Demand(float(suits_a), Reason(_SUN, figures), self._dwell, None, sun)

    def _surplus_w(self, situation: Situation) -> float:
        """Power that would be exported without the car, W, less the bias and the house battery's part."""
        surplus_w, battery_w = situation.ev_w - situation.grid_w - self._bias_w, situation.house.battery_w
        if battery_w is None:
            return surplus_w
        if self._house_battery_first(situation):
            battery_w = max(0.0, battery_w)  # what it discharges is never the car's; what it charges stays its own
        return surplus_w - battery_w

    def _house_battery_first(self, situation: Situation) -> bool:
        if self._settings.battery == "car-first":
            return False
        soc_pct = situation.house.battery_soc_pct
        return soc_pct is None or soc_pct < self._settings.battery_priority_soc_pct

    def _stop_dwell(self, situation: Situation, watts_per_amp: float) -> Dwell:
        """Where the minimum is kept through clouds, it is not at dusk."""
        pv_w = situation.house.pv_w
        dusk_w = _DUSK_SHARE * situation.min_current_a * watts_per_amp
        return self._cloud_dwell if pv_w is None or pv_w >= dusk_w else self._dwell


def _is_price(value: Any) -> TypeGuard[float]:
    """Whether it is a number that a price may be; whatever a file or the environment holds."""
    return isinstance(value, int | float) and not isinstance(value, bool) and _LEAST_PRICE <= value <= _MOST_PRICE


def _dwell(settings: SurplusSettings, stop_delay_s: float) -> Dwell:
    return Dwell(
        start_delay_s=settings.start_delay_s,
        stop_delay_s=stop_delay_s,
        min_on_s=settings.min_on_s,
        min_off_s=settings.min_off_s,
    )
