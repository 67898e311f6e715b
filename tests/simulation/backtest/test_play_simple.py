"""Coasting is stepping for the simple strategies, and over a hand-over."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from tests.simulation.backtest.test_play import counted, near, site, trace_of

WINDOWS = [{"start": "06:00", "end": "09:00"}, {"start": "09:01", "end": "10:30"}, {"start": "20:00", "end": "20:30"}]
HALF_PAST_FIVE_S = 1_782_019_800.0


@pytest.mark.parametrize(
    ("active", "tables"),
    [
        ("minimum", {}),
        ("minimum", {"minimum": {"solar_share": 1.0, "grid_bias_w": 200}}),
        ("off", {}),
        ("fixed", {"fixed": {"power_w": 5000.0, "until": "08:00", "then": "surplus"}}),
        ("fixed", {"fixed": {"energy_kwh": 5.0, "until": "09:00", "then": "minimum"}}),
        ("off_peak", {"off_peak": {"windows": WINDOWS, "then": "surplus"}}),
    ],
)
def test_coasting_is_stepping(active: str, tables: dict[str, Any]) -> None:
    core, dice = site(1, active, **tables), Random(3)
    sky = [(300.0, dice.choice([0.0, 500.0, 2000.0, 5000.0]), 400.0) for _ in range(66)]
    trace = trace_of(sky, HALF_PAST_FIVE_S)
    coasted, _ = counted(trace, core, stepping=False)
    stepped, _ = counted(trace, core, stepping=True)
    assert near(coasted, stepped)
    if active == "minimum":
        assert (stepped.starts, stepped.grid_kwh > 0, stepped.solar_kwh > 0) == (1, True, True)
    if active == "off":
        assert (stepped.starts, stepped.commands) == (0, 0)
