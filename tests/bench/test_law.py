"""The bench of the law's constants measures ours, and puts back what it tries."""

from __future__ import annotations

from bench.backtest import our_days
from bench.law import captured_of, scaled
from controller.control import weigh


def test_captured_is_ours_alone_not_a_mean_with_perfect_foresight() -> None:
    day = our_days()[:1]
    with scaled(weigh, "_PRICE_SHARE", 1000.0):  # never starts
        assert captured_of(day, (0.9, 3), ()) == 0.0
    assert 50.0 < captured_of(day, (0.9, 3), ()) < 100.0
