"""What following the sun is worth, and the share that follows from prices."""

from __future__ import annotations

import pytest

from controller.domain.worth import solar_share_of


@pytest.mark.parametrize(
    ("import_price", "feed_in_price", "otherwise_price", "share"),
    [(0.32, 0.08, 0.20, 0.5), (0.32, 0.08, 0.104, 0.9), (0.30, -0.05, 0.125, 0.5)],
)
def test_at_the_share_charging_costs_what_it_costs_another_time(
    import_price: float, feed_in_price: float, otherwise_price: float, share: float
) -> None:
    found = solar_share_of(import_price, feed_in_price, otherwise_price)
    assert found == pytest.approx(share)
    assert found * feed_in_price + (1 - found) * import_price == pytest.approx(otherwise_price)


@pytest.mark.parametrize("otherwise_price", [0.08, 0.05, 0.32, 0.4])
def test_prices_without_such_a_share_are_refused(otherwise_price: float) -> None:
    with pytest.raises(ValueError, match="is not between feed-in"):
        solar_share_of(0.32, 0.08, otherwise_price)
