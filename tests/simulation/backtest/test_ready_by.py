"""A backtest that coasts where a decision stands meets a plan as one that looks at every step."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from strategies.ready_by import ReadyBy, ReadyBySettings
from tests.simulation.backtest.test_play import counted, near, site, skies, trace_of

START_S = 1_781_992_817.5  # 22:00:17 UTC


@given(skies, st.sampled_from(["22:40", "23:00", "01:30"]), st.sampled_from([2.0, 5.0]))
@settings(max_examples=6)
def test_coasting_is_stepping(points: list[tuple[float, float, float]], by: str, kwh: float) -> None:
    plain = site()
    plan = ReadyBy(ReadyBySettings.model_validate({"trips": [{"by": by, "kwh": kwh}]}))
    core = replace(plain, strategies={**plain.strategies, "ready_by": plan}, active="ready_by")
    trace = trace_of(points, START_S)
    coasted, _ = counted(trace, core, stepping=False)
    stepped, _ = counted(trace, core, stepping=True)
    assert near(coasted, stepped)
