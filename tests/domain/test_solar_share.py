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


@pytest.mark.parametrize(
    ("import_price", "feed_in_price", "otherwise_price", "said"),
    [
        (0.32, 0.08, 0.08, r"otherwise_price = 0.08 is not above feed-in \(0.08\)"),
        (0.32, 0.08, 0.05, r"otherwise_price = 0.05 is not above feed-in \(0.08\)"),
        (0.32, 0.08, 0.32, r"otherwise_price = 0.32 is not below import \(0.32\)"),
        (0.32, 0.08, 0.4, r"otherwise_price = 0.4 is not below import \(0.32\)"),
        (0.1, 0.3, 0.2, r"otherwise_price says nothing where feed-in \(0.3\) is dearer than import \(0.1\)"),
        (0.3, 0.3, 0.3, r"feed-in \(0.3\) costs as much as import \(0.3\)"),
    ],
)
def test_prices_without_such_a_share_are_refused(
    import_price: float, feed_in_price: float, otherwise_price: float, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        solar_share_of(import_price, feed_in_price, otherwise_price)
