"""Time ahead, cut at prices and sun."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from controller.domain.calendar import Span
from controller.domain.horizon import Expected, Forecast, Horizon
from controller.domain.prices import Price, PriceTable
from controller.domain.slots import slots, tariff

NOON = datetime(2026, 6, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
PRICES = PriceTable.of([Price(NOON, NOON + HOUR, 0.1), Price(NOON + HOUR, NOON + 3 * HOUR, 0.4)])


def test_it_is_cut_wherever_something_changes() -> None:
    sun = (Expected(NOON + 0.5 * HOUR, NOON + 2 * HOUR, 6000, 1000),)
    horizon = Horizon(prices=PRICES, forecast=Forecast(sun, NOON, "test"))
    found = slots(Span(NOON - HOUR, NOON + 4 * HOUR), horizon, 0.25)
    after = [((slot.span.start - NOON) / HOUR, slot.grid_price, slot.surplus_w) for slot in found]
    assert after == [(-1, 0.25, 0), (0, 0.1, 0), (0.5, 0.1, 5000), (1, 0.4, 5000), (2, 0.4, 0), (3, 0.25, 0)]
    assert found[-1].span.end == NOON + 4 * HOUR


def test_where_nothing_is_known_it_is_cut_at_the_hours() -> None:
    span = Span(NOON + 0.5 * HOUR, NOON + 2.25 * HOUR)
    found = slots(span, Horizon(), 1.0)
    assert [(slot.span.start - NOON) / HOUR for slot in found] == [0.5, 1, 2]
    assert found[-1].span.end == span.end
    assert {slot[1:] for slot in found} == {(1.0, 0.0)}


@pytest.mark.parametrize(
    ("horizon", "expected"),
    [
        (Horizon(), (0.0, 1.0, 1.0)),
        (Horizon(feed_in_price=0.08), (0.08, 1.08, 1.08)),
        (Horizon(import_price=0.3, feed_in_price=0.08), (0.08, 0.3, 0.3)),
        (Horizon(prices=PRICES), (0.0, 0.3, 0.3)),
        (Horizon(prices=PRICES, import_price=0.2), (0.0, 0.2, 0.3)),
    ],
)
def test_what_no_table_says(horizon: Horizon, expected: tuple[float, float, float]) -> None:
    assert tuple(tariff(horizon)) == pytest.approx(expected)
