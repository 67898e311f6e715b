"""What would be decided: asked as in service, with what would have been charged by then."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import groupby, pairwise
from typing import Any, ClassVar, Self
from zoneinfo import ZoneInfo

import pytest

from controller.control.foresee import Stretch, foresee
from controller.control.settings import CoreSettings
from controller.domain.calendar import Span
from controller.domain.demand import Defer, Demand, Situation, Strategy
from controller.domain.errors import StrategyError
from controller.domain.horizon import EnergyLog, Expected, Forecast, Horizon, Mark
from controller.domain.override import Override, OverrideKind, Overrides
from controller.domain.prices import Price, PriceTable
from controller.domain.reasons import ReasonCode, because
from strategies.fixed import Fixed, FixedSettings
from strategies.ready_by import ReadyBy, ReadyBySettings
from strategies.surplus import Surplus, SurplusSettings

EVENING = datetime(2026, 11, 23, 18, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)
ZONE = ZoneInfo("Europe/Berlin")


class Ticks:
    """Charges while it has got less than 1 kWh, to the minute."""

    Settings: ClassVar[type[FixedSettings]] = FixedSettings

    @classmethod
    def from_settings(cls, settings: Any) -> Self:
        return cls()

    def demand(self, situation: Situation) -> Demand | Defer:
        if situation.horizon.charged.since_wh(EVENING) >= 1000:
            return Defer(to="surplus", reason=because(ReasonCode.FIXED, current_a=9))
        return Demand(current_a=16.9, reason=because(ReasonCode.FIXED, current_a=16))


def settings(active: str, **keys: Any) -> CoreSettings:
    strategies: dict[str, Strategy] = {
        "surplus": Surplus(SurplusSettings()),
        "fixed": Fixed(FixedSettings(current_a=10)),
        "ticks": Ticks(),
        "ready_by": ReadyBy(ReadyBySettings.model_validate({"trips": [{"by": "07:00", "kwh": 11.04}]})),
    }
    return CoreSettings(strategies=strategies, active=active, timezone=ZONE, **keys)


def of_hours(active: str, hours: float, horizon: Horizon = Horizon(), **keys: Any) -> list[Stretch]:  # noqa: B008
    return foresee(settings(active, **keys), horizon, Span(EVENING, EVENING + hours * HOUR))


def test_it_covers_the_time_without_gaps_at_the_quarters() -> None:
    found = of_hours("fixed", 2)
    assert found[0].span.start == EVENING
    assert found[-1].span.end == EVENING + 2 * HOUR
    assert all(before.span.end == after.span.start for before, after in pairwise(found))
    assert [f"{row.span.start:%H:%M}" for row in found[:3]] == ["18:07", "18:15", "18:30"]
    assert {(row.decides, row.current_a, row.power_w) for row in found} == {("fixed", 10, 6900.0)}


def test_what_would_be_charged_counts_to_the_minute() -> None:
    found = of_hours("ticks", 1)
    charging = [row for row in found if row.current_a]
    assert [row.decides for row in found] == ["ticks"] + ["surplus"] * (len(found) - 1)
    assert charging[0].span == Span(EVENING, EVENING + timedelta(minutes=6))  # 1 kWh at 11.04 kW take 5.4 min
    assert found[1].reason.code is ReasonCode.FIXED
    assert found[1].reason.values["why"].code is ReasonCode.NO_SUN


def test_what_has_been_charged_already_counts_too() -> None:
    log = EnergyLog((Mark(EVENING, 0.0), Mark(EVENING + timedelta(minutes=1), 1000.0)))
    assert {row.decides for row in of_hours("ticks", 1, Horizon(charged=log))} == {"surplus"}


def test_sun_price_and_cost() -> None:
    sun = Forecast((Expected(EVENING, EVENING + HOUR, 5000, 1000),), EVENING, "test")
    prices = PriceTable.of([Price(EVENING, EVENING + HOUR / 2, 0.2)])
    horizon = Horizon(forecast=sun, prices=prices, import_price=0.3, feed_in_price=0.1)
    found = of_hours("fixed", 2, horizon)
    powers_w = [(round(row.sun_wh / row.span.hours), round(row.grid_wh / row.span.hours)) for row in found]
    assert (powers_w[0], found[0].grid_price) == ((4000, 2900), 0.2)
    assert (powers_w[-1], found[-1].grid_price) == ((0, 6900), 0.3)
    assert sum(row.cost or 0 for row in found) == pytest.approx(4 * 0.1 + 1.45 * 0.2 + 1.45 * 0.3 + 6.9 * 0.3)
    assert found[-1].expected is None


def test_without_prices_only_sun_has_a_cost() -> None:
    assert of_hours("fixed", 1)[0].cost is None
    assert of_hours("surplus", 1)[0].cost == 0


def test_what_the_car_draws_is_what_was_measured() -> None:
    assert of_hours("fixed", 1, Horizon(full_power_w=3680))[0].power_w == 3680


def test_the_highest_limit_and_the_lowest_bound_it() -> None:
    assert of_hours("fixed", 0.25, max_current_a=8)[0].current_a == 8
    assert of_hours("fixed", 0.25, min_current_a=11)[0].current_a == 0


def test_a_night_of_ready_by_ends_when_enough_is_there() -> None:
    found = of_hours("ready_by", 24, Horizon(full_power_w=11_040))
    charging = [row for row in found if row.current_a]
    assert sum(row.grid_wh for row in charging) == pytest.approx(11_040, abs=20)
    assert charging[0].span.start == datetime(2026, 11, 24, 4, 45, tzinfo=UTC)
    assert charging[-1].span.end == datetime(2026, 11, 24, 5, 45, tzinfo=UTC)
    after = next(row for row in found if row.span.start == charging[-1].span.end)
    assert after.reason.code is ReasonCode.NO_SUN  # why it stays off, not why it ended


def test_strategies_that_defer_in_a_circle_are_named() -> None:
    there = type("There", (), {"demand": lambda self, situation: Defer(to="back")})()
    back = type("Back", (), {"demand": lambda self, situation: Defer(to="there")})()
    both = CoreSettings(strategies={"there": there, "back": back}, active="there", timezone=ZONE)
    with pytest.raises(StrategyError, match="deferred in a circle"):
        foresee(both, Horizon(), Span(EVENING, EVENING + HOUR))


def test_a_pause_and_then_a_boost_go_before_every_strategy_until_their_ends() -> None:
    pause = Override(OverrideKind.PAUSE, EVENING - HOUR, EVENING + timedelta(minutes=20))
    boost = Override(OverrideKind.BOOST, EVENING - HOUR, EVENING + 9 * HOUR, current_a=16, energy_wh=11_040 / 3)
    span = Span(EVENING, EVENING + 2 * HOUR)
    found = foresee(settings("fixed"), Horizon(), span, Overrides(pause, boost))
    told = [(name, next(rows).current_a) for name, rows in groupby(found, lambda row: row.decides)]
    assert told == [("pause", 0), ("boost", 16), ("fixed", 10)]
    boosts = [row.span for row in found if row.decides == "boost"]
    assert (boosts[0].start, boosts[-1].end) == (EVENING + timedelta(minutes=20), EVENING + timedelta(minutes=40))
    assert found[0].reason.code is ReasonCode.PAUSED
