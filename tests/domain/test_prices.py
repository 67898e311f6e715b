"""Tables of prices."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from controller.domain.calendar import Span
from controller.domain.prices import Price, PriceTable

NOON = datetime(2026, 6, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def price(hour: int, per_kwh: float, hours: int = 1) -> Price:
    return Price(NOON + hour * HOUR, NOON + (hour + hours) * HOUR, per_kwh)


def test_the_price_in_force() -> None:
    table = PriceTable.of([price(1, 0.2), price(0, 0.1), price(3, -0.05)])
    assert table.at(NOON) == price(0, 0.1)
    assert table.at(NOON + 1.5 * HOUR) == price(1, 0.2)
    assert table.at(NOON + 2.5 * HOUR) is None
    assert table.at(NOON - HOUR) is None
    assert table.at(NOON + 4 * HOUR) is None


def test_a_span_cuts_them() -> None:
    table = PriceTable.of([price(0, 0.1), price(1, 0.2), price(2, 0.3)])
    assert table.within(Span(NOON + 0.5 * HOUR, NOON + 1.5 * HOUR)) == [
        Price(NOON + 0.5 * HOUR, NOON + HOUR, 0.1),
        Price(NOON + HOUR, NOON + 1.5 * HOUR, 0.2),
    ]


def test_two_prices_for_one_moment_and_an_empty_one() -> None:
    with pytest.raises(ValueError, match="two prices are given for 2026-06-21T13"):
        PriceTable.of([price(0, 0.1, hours=2), price(1, 0.2)])
    with pytest.raises(ValueError, match="ends before it begins"):
        PriceTable.of([price(0, 0.1, hours=0)])
