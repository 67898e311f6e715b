"""What the car has got, and the sun to come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from controller.domain.calendar import Span
from controller.domain.horizon import EnergyLog, Expected, Forecast, Mark

NOON = datetime(2026, 6, 21, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("since_h", "expected_wh"), [(-1, 9000), (0, 9000), (0.5, 7500), (1, 6000), (2, 6000), (3, 0), (9, 0)]
)
def test_energy_since(since_h: float, expected_wh: float) -> None:
    log = EnergyLog(
        (Mark(NOON, 1000), Mark(NOON + HOUR, 4000), Mark(NOON + 2 * HOUR, 4000), Mark(NOON + 3 * HOUR, 10_000))
    )
    assert log.since_wh(NOON + since_h * HOUR) == pytest.approx(expected_wh)


def test_without_marks_nothing_has_flowed() -> None:
    assert EnergyLog().since_wh(NOON) == 0


def test_the_sun_within_a_span() -> None:
    forecast = Forecast(
        (Expected(NOON, NOON + HOUR, 5000, 600), Expected(NOON + HOUR, NOON + 2 * HOUR, 300, 600)), NOON, "x"
    )
    cut = forecast.within(Span(NOON + 0.5 * HOUR, NOON + 5 * HOUR))
    assert [step.surplus_w for step in cut] == [4400, 0]
    assert cut[0].start == NOON + 0.5 * HOUR
