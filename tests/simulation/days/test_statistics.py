"""The figures of clouds, on skies whose figures are known."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest

from controller.domain.errors import SunpaceError
from controller.simulation.days.statistics import Minute, minutes_of, sky_figures
from controller.simulation.days.sun import solar_ahead_s, sun_of
from controller.simulation.trace import Trace

DAY = date(2026, 6, 21)
MIDNIGHT_S = datetime(2026, 6, 21, tzinfo=UTC).timestamp()


def _trace(index: Callable[[float], float], *, step_s: int = 10, longitude_deg: float | None = None) -> Trace:
    """A 10 kWp roof under a clear sky's light, times an index by the second of the UTC day."""
    sun = sun_of(47.0, DAY)
    ahead_s = 0.0 if longitude_deg is None else solar_ahead_s(longitude_deg, DAY)
    seconds = range(0, 86_400, step_s)
    return Trace.of((MIDNIGHT_S + s, 8.5 * sun.clear_w_m2(s + step_s / 2 + ahead_s) * index(s), 0.0) for s in seconds)


def _minutes(trace: Trace, longitude_deg: float | None = None) -> list[Minute]:
    return minutes_of(trace, peak_w=10_000, latitude_deg=47.0, longitude_deg=longitude_deg)


@pytest.mark.parametrize("step_s", [10, 60])
@pytest.mark.parametrize("longitude_deg", [None, 0.0, 7.0, -20.0])
def test_a_steady_sky_has_its_index_and_no_ramps(step_s: int, longitude_deg: float | None) -> None:
    trace = _trace(lambda _: 0.6, step_s=step_s, longitude_deg=longitude_deg)
    figures = sky_figures([_minutes(trace, longitude_deg)])
    assert figures.index_mean == pytest.approx(0.6, abs=1e-4)
    assert figures.index_deviation < 1e-3
    assert max(figures.ramps) < 1e-3
    assert figures.jump_share == 0
    assert (figures.above_90, figures.below_50) == (0, 0)
    assert 780 < figures.minutes < 840  # 10 degrees and more above the horizon


def test_the_wrong_longitude_is_seen() -> None:
    trace = _trace(lambda _: 0.6, longitude_deg=7.0)
    assert sky_figures([_minutes(trace, 37.0)]).index_deviation > 0.1


def test_a_sky_of_five_minutes_each() -> None:
    figures = sky_figures([_minutes(_trace(lambda s: 1.1 if s // 300 % 2 else 0.2))])
    assert figures.above_105 == figures.above_90 == pytest.approx(0.5, abs=0.01)
    assert figures.below_50 == figures.below_25 == pytest.approx(0.5, abs=0.01)
    assert figures.index_mean == pytest.approx(0.65, abs=0.01)
    assert figures.index_deviation == pytest.approx(0.45, abs=0.01)
    assert figures.sunny_spell_min[0] == figures.cloudy_spell_min[0] == 5
    assert figures.ramps[0] < 0.001
    assert figures.ramps[2:] == pytest.approx((0.9, 0.9), abs=0.01)
    assert 0.15 < figures.jump_share < 0.2  # every fifth minute, but for the low sun's
    assert figures.memory == pytest.approx((0.6, -1.0, -1.0), abs=0.03)


def test_days_are_taken_together() -> None:
    sunny, dull = _minutes(_trace(lambda _: 1.0)), _minutes(_trace(lambda _: 0.2))
    figures = sky_figures([sunny, dull])
    assert figures.minutes == len(sunny) + len(dull)
    assert figures.above_90 == figures.below_25 == 0.5
    assert figures.ramps[3] < 0.001  # from one day to the next nothing jumps
    assert figures.sunny_spell_min == (len(sunny), len(sunny))


def test_a_gap_is_no_ramp() -> None:
    whole = _trace(lambda s: 1.0 if s < 43_200 else 0.2)
    points = zip(whole.times_s, whole.pv_w, whole.load_w, strict=True)
    holed = Trace.of(point for point in points if not 42_000 <= point[0] - MIDNIGHT_S < 44_400)
    assert sky_figures([_minutes(whole)]).jump_share > 0
    assert sky_figures([_minutes(holed)]).jump_share == 0


def test_without_daylight_nothing_is_measured() -> None:
    with pytest.raises(SunpaceError, match="daylight"):
        sky_figures([_minutes(Trace.of([(MIDNIGHT_S, 0.0, 0.0), (MIDNIGHT_S + 60, 0.0, 0.0)]))])
