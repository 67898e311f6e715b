"""What a backtest says the energy has cost, against a sum that anybody can do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from controller.domain.prices import Price, PriceTable
from controller.simulation.backtest.bill import Bill
from controller.simulation.backtest.box import ReferenceBox
from controller.simulation.backtest.core import CorePilot
from controller.simulation.backtest.play import Look, play
from controller.simulation.backtest.score import in_all
from controller.simulation.plant import Energy, Plant, PlantSettings
from controller.simulation.trace import Trace
from tests.simulation.backtest.test_play import site

START = datetime(2026, 6, 21, 10, tzinfo=UTC)
PRICES = PriceTable.of(
    [
        Price(START, START + timedelta(hours=1), 0.30),
        Price(START + timedelta(hours=1), START + timedelta(minutes=90), -0.05),
        Price(START + timedelta(hours=2), START + timedelta(hours=3), 0.11),
    ]
)


def bill(import_price: float | None = 0.25, feed_in_price: float | None = 0.08) -> Bill:
    return Bill(PRICES, import_price, feed_in_price, START.timestamp())


def test_each_hour_at_its_price_and_the_sun_at_what_it_would_have_earned() -> None:
    counted, energy, ends = bill(), Energy(), []
    for now_s in range(0, 10800, 600):  # 6 kW, of it 2 kW from the roof
        ends.append(counted.until_s(now_s))
        energy.solar_kwh += 2 / 6
        energy.grid_kwh += 4 / 6
        counted.count(energy)
    by_hand = 6 * 0.08 + 4 * (0.30 + 0.5 * -0.05 + 0.5 * 0.25 + 0.11)
    assert counted.cost == pytest.approx(by_hand)
    assert sorted(set(ends)) == [3600, 5400, 7200, 10800]


def test_where_no_price_is_known_there_is_no_cost_unless_it_was_all_sun() -> None:
    energy, counted = Energy(), bill(import_price=None)
    counted.until_s(6000.0)
    energy.solar_kwh = 1.0
    counted.count(energy)
    assert counted.cost == pytest.approx(0.08)
    energy.grid_kwh = 0.1
    counted.count(energy)
    assert counted.cost is None


def test_the_sun_is_free_where_it_earns_nothing() -> None:
    energy, counted = Energy(), bill(feed_in_price=None)
    counted.until_s(0.0)
    energy.solar_kwh, energy.grid_kwh = 5.0, 1.0
    counted.count(energy)
    assert counted.cost == pytest.approx(0.30)


def test_who_coasts_pays_what_who_looks_at_every_step_pays() -> None:
    trace = Trace.of((START.timestamp() + 60 * minute, 9000.0 - 20 * minute, 400.0) for minute in range(180))
    plant, costs = PlantSettings(step_s=5.0, phases=3), []
    for watch in (None, lambda *_: None):
        pilot = CorePilot(replace(site(), phases=3), trace.times_s[0])
        outcome = play(trace, plant, pilot, bill=bill(), watch=watch)
        assert outcome.grid_kwh > 0.01
        costs.append(outcome.cost)
    assert costs[0] == pytest.approx(costs[1], rel=1e-3)


class _Idle:
    def look(self, plant: Plant, box: ReferenceBox) -> Look:
        return Look("rests")


def test_of_several_days_the_cost_is_known_where_each_is() -> None:
    trace = Trace.of([(START.timestamp(), 0.0, 0.0), (START.timestamp() + 60, 0.0, 0.0)])
    plain = play(trace, PlantSettings(step_s=5.0), _Idle())
    one, other = replace(plain, cost=1.5), replace(plain, cost=-0.25)
    assert plain.cost is None
    assert in_all([one, other]).cost == pytest.approx(1.25)
    assert in_all([one, plain]).cost is None
