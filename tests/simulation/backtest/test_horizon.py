"""What a backtest's strategy is told beyond a moment: right, and the same whether every step is looked at or not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from math import inf
from typing import Any, ClassVar, Self

import pytest

from controller.control.settings import CoreSettings
from controller.domain.demand import Demand, Dwell, Situation
from controller.domain.horizon import NOTHING_KNOWN, Horizon
from controller.domain.prices import Price, PriceTable
from controller.domain.reasons import ReasonCode, because
from controller.simulation.backtest.core import CorePilot
from controller.simulation.backtest.horizon import Foresight, Outside, TraceHorizon, quarters_of
from controller.simulation.backtest.play import play
from controller.simulation.backtest.score import Outcome
from controller.simulation.plant import PlantSettings
from controller.simulation.plant.settings import CarOptions
from controller.simulation.trace import Trace
from strategies.surplus import SurplusSettings
from tests.simulation.backtest.test_play import near

START = datetime(2026, 6, 22, tzinfo=UTC)
DAY_S = 86400.0


def days(count: float, noon_w: float = 6000.0, load_w: float = 400.0, more_w: float = 0.0) -> Trace:
    """Days of six hours of sun around noon, each `more_w` brighter than the one before."""
    points = []
    for quarter in range(int(count * 96) + 1):
        at_s = START.timestamp() + quarter * 900
        sunny = 36 <= quarter % 96 < 60
        points.append((at_s, noon_w + more_w * (quarter // 96) if sunny else 0.0, load_w))
    return Trace.of(points)


class Thirsty:
    """Charges at night until the car has got so much since midnight, and while the sun to come leaves something."""

    Settings: ClassVar[type[SurplusSettings]] = SurplusSettings

    def __init__(self, need_wh: float = 9000.0) -> None:
        self.need_wh = need_wh
        self.seen: list[Horizon] = []

    @classmethod
    def from_settings(cls, settings: Any) -> Self:
        return cls()

    def demand(self, situation: Situation) -> Demand:
        horizon = situation.horizon
        if not self.seen or self.seen[-1] is not horizon:
            self.seen.append(horizon)
        midnight = situation.local_time.replace(hour=0, minute=0, second=0, microsecond=0)
        sun_wh = 0.0
        if horizon.forecast is not None:
            sun_wh = sum(step.surplus_w / 4 for step in horizon.forecast.steps[:48])
        missing = horizon.charged.since_wh(midnight) < self.need_wh + sun_wh / 10
        current_a = 10.0 if missing else 0.0
        reason = because(ReasonCode.FIXED, current_a=current_a)
        return Demand(current_a=current_a, reason=reason, dwell=Dwell(min_off_s=0), steady_w=(-inf, inf))


def played(
    trace: Trace, outside: Outside, *, stepping: bool = True, plant: PlantSettings | None = None
) -> tuple[Outcome, list[Horizon]]:
    strategy = Thirsty()
    core = CoreSettings(strategies={"it": strategy}, active="it", timezone=UTC, phases=3)
    horizon = TraceHorizon(trace, outside, UTC, core.max_current_a)
    settings = plant or PlantSettings(step_s=5.0)
    pilot = CorePilot(core, trace.times_s[0], horizon)
    outcome = play(trace, settings, pilot, watch=(lambda *_: None) if stepping else None)
    return outcome, strategy.seen


@pytest.mark.parametrize("foresight", [Foresight.HISTORY, Foresight.PERFECT])
def test_coasting_is_stepping_for_a_strategy_that_looks_ahead_and_back(foresight: Foresight) -> None:
    trace, outside = days(1.1, more_w=1000.0), Outside(foresight=foresight)
    stepped, seen = played(trace, outside)
    coasted, seen_coasting = played(trace, outside, stepping=False)
    assert near(stepped, coasted)
    assert stepped.starts >= 2
    assert [len(horizon.charged.marks) for horizon in seen] == [len(one.charged.marks) for one in seen_coasting]


def test_the_car_gets_what_is_counted() -> None:
    outcome, seen = played(days(1), Outside(foresight=Foresight.NONE))
    assert seen[-1].charged.since_wh(START) / 1000 == pytest.approx(outcome.ev_kwh, abs=0.13)
    assert outcome.ev_kwh == pytest.approx(9.0, abs=0.3)


def test_yesterday_is_expected_or_the_day_itself_or_nothing() -> None:
    trace = days(3, more_w=1500.0)
    noon = START + timedelta(hours=36)  # of the second day: 6 kW on the first, 7.5 kW on the second, 9 kW on the third

    def expected(foresight: Foresight) -> list[float]:
        _, seen = played(trace, Outside(foresight=foresight), stepping=False)
        found = []
        for horizon in seen:
            if horizon.forecast is not None and horizon.forecast.made == noon:
                tomorrow = [step for step in horizon.forecast.steps if step.start == noon + timedelta(days=1)]
                found += [round(step.pv_w) for step in tomorrow]
        return [found[0]] if found else []

    assert expected(Foresight.PERFECT) == [9000]
    assert 6000 <= expected(Foresight.HISTORY)[0] <= 7000
    assert expected(Foresight.NONE) == []


def test_on_the_first_day_history_knows_nothing() -> None:
    _, seen = played(days(0.9), Outside(), stepping=False)
    assert {horizon.forecast for horizon in seen} == {None}


def test_prices_and_the_cars_power_are_told() -> None:
    prices = PriceTable.of([Price(START, START + timedelta(hours=1), 0.11)])
    outside = Outside(prices=prices, import_price=0.3, feed_in_price=0.08, foresight=Foresight.NONE)
    slow = PlantSettings(step_s=5.0, car=CarOptions(max_a=8.0, phases=2))
    _, seen = played(days(0.3), outside, plant=slow)
    last = seen[-1]
    assert last.prices == prices
    assert (last.import_price, last.feed_in_price) == (0.3, 0.08)
    assert last.full_power_w == pytest.approx(2 * 8 * 230)
    assert last.plugged_since == START


def test_tomorrows_prices_are_known_in_the_afternoon() -> None:
    hours = [START + timedelta(hours=hour) for hour in range(-72, 120)]
    prices = PriceTable.of([Price(hour, hour + timedelta(hours=1), 0.2 + hour.day / 1000) for hour in hours])
    outside = Outside(prices=prices, foresight=Foresight.NONE)
    _, seen = played(days(2.6), outside, stepping=False)
    tables = list(dict.fromkeys(horizon.prices for horizon in seen))  # by value
    ends = [(table.prices[-1].end - START) / timedelta(hours=1) for table in tables if table is not None]
    begins = [(table.prices[0].start - START) / timedelta(hours=1) for table in tables if table is not None]
    assert ends == [24, 48, 48, 72, 72, 96]
    assert begins == [-48, -48, -24, -24, 0, 0]
    assert len({id(horizon.prices) for horizon in seen}) == len(ends)  # the same object as long as nothing is new


def test_a_car_that_leaves_and_comes_is_plugged_in_anew() -> None:
    away = PlantSettings(step_s=5.0, car=CarOptions(away_h=((1.0, 2.0),)))
    _, seen = played(days(0.2), Outside(foresight=Foresight.NONE), plant=away)
    since = list(dict.fromkeys(horizon.plugged_since for horizon in seen))
    assert since[0] == START
    assert since[-1] is not None
    assert timedelta(hours=2) <= since[-1] - START <= timedelta(hours=2, minutes=1)


def test_a_strategy_that_is_timeless_pays_nothing_for_it() -> None:
    class Timeless(Thirsty):
        timeless: ClassVar[bool] = True

    strategy, trace = Timeless(), days(0.1)
    core = CoreSettings(strategies={"it": strategy}, active="it", timezone=UTC)
    horizon = TraceHorizon(trace, Outside(foresight=Foresight.PERFECT), UTC, 16)
    play(trace, PlantSettings(step_s=5.0), CorePilot(core, trace.times_s[0], horizon))
    assert strategy.seen == [NOTHING_KNOWN]


def test_quarters_are_means_of_the_trace() -> None:
    begin_s = START.timestamp()
    trace = Trace.of([(begin_s - 60, 0.0, 100.0), (begin_s + 1800, 1860.0, 100.0), (begin_s + 2000, 0.0, 100.0)])
    first, second = quarters_of(trace)
    assert (first.start, first.load_w) == (START, 100.0)
    assert first.pv_w == pytest.approx(60 + 450)
    assert second.pv_w == pytest.approx(60 + 1350)
