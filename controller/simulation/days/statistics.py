"""What a day's clouds are like, in figures that can be compared between recorded and generated days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from math import radians, sin, sqrt
from statistics import fmean, median, pstdev

from controller.domain.errors import SunpaceError
from controller.simulation.days.sun import DAY_S, SYSTEM_SHARE, solar_ahead_s, sun_of
from controller.simulation.trace import Trace

MINUTE_S = 60
JUMP_W_M2 = 200.0
SUNNY_INDEX = 0.75
_LEAST_SINE = sin(radians(10.0))  # lower down, a clear sky is not known well enough to divide by
_LAGS_MIN = (1, 5, 15)


@dataclass(frozen=True, slots=True, kw_only=True)
class Minute:
    """A minute's mean, while the sun stands 10 degrees high or more.

    Attributes:
        number: Minutes since the epoch.
        irradiance_w_m2: Global, W/m2.
        index: Of that, the share of a clear sky's.
    """

    number: int
    irradiance_w_m2: float
    index: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SkyFigures:
    """The clouds of some days.

    Attributes:
        minutes: How many went in.
        index_mean: Mean clear-sky index.
        index_deviation: Its standard deviation.
        above_105: Share of minutes with an index above 1.05: more than a clear sky gives.
        above_90: Share above 0.9: sun.
        below_50: Share below 0.5: cloud.
        below_25: Share below 0.25: thick cloud.
        ramps: 50th, 90th, 95th and 99th percentile of the index's change from minute to minute.
        jump_share: Share of minutes that change by more than 200 W/m2.
        sunny_spell_min: Median and mean length of the stretches with an index of 0.75 and more, minutes.
        cloudy_spell_min: And of those below.
        memory: Correlation of the index with itself 1, 5 and 15 minutes later, around each day's mean.
    """

    minutes: int
    index_mean: float
    index_deviation: float
    above_105: float
    above_90: float
    below_50: float
    below_25: float
    ramps: tuple[float, float, float, float]
    jump_share: float
    sunny_spell_min: tuple[float, float]
    cloudy_spell_min: tuple[float, float]
    memory: tuple[float, float, float]


def minutes_of(trace: Trace, *, peak_w: float, latitude_deg: float, longitude_deg: float | None = None) -> list[Minute]:
    """The minutes of a trace with the sun well up; minutes without a point are left out.

    Args:
        trace: The days.
        peak_w: The roof's peak power, W; level, and 85 % of it at 1000 W/m2.
        latitude_deg: Of the roof.
        longitude_deg: Of the roof, east is positive; None where the trace runs by solar time, as ours do.
    """
    total_w: dict[int, float] = {}
    points: dict[int, int] = {}
    for time_s, pv_w in zip(trace.times_s, trace.pv_w, strict=True):
        number = int(time_s // MINUTE_S)
        total_w[number] = total_w.get(number, 0.0) + pv_w
        points[number] = points.get(number, 0) + 1
    full_sun_w = peak_w * SYSTEM_SHARE
    minutes: list[Minute] = []
    day = None
    for number, sum_w in total_w.items():
        middle = datetime.fromtimestamp((number + 0.5) * MINUTE_S, UTC)
        if day != middle.date():
            day = middle.date()
            sun = sun_of(latitude_deg, day)
            ahead_s = 0.0 if longitude_deg is None else solar_ahead_s(longitude_deg, day)
        solar_s = (number + 0.5) * MINUTE_S % DAY_S + ahead_s
        if sun.elevation_sine(solar_s) < _LEAST_SINE:
            continue
        irradiance = sum_w / points[number] / full_sun_w * 1000
        index = irradiance / sun.clear_w_m2(solar_s)
        minutes.append(Minute(number=number, irradiance_w_m2=irradiance, index=index))
    return minutes


def sky_figures(days: Iterable[Sequence[Minute]]) -> SkyFigures:
    """The figures of days together, each a list as `minutes_of` makes it.

    Raises:
        SunpaceError: No day has an hour of sun and clouds to speak of.
    """
    days = [day for day in days if len(day) > MINUTE_S]
    if not days:
        raise SunpaceError("no day with an hour of daylight: there is nothing to measure")
    index = [minute.index for day in days for minute in day]
    steps = [pair for day in days for pair in pairwise(day) if pair[1].number == pair[0].number + 1]
    ramps = sorted(abs(b.index - a.index) for a, b in steps)
    jumps = sum(abs(b.irradiance_w_m2 - a.irradiance_w_m2) > JUMP_W_M2 for a, b in steps)
    half, most, nearly, all_but = (_percentile(ramps, share) for share in (0.5, 0.9, 0.95, 0.99))
    sunny, cloudy = _spells(days)
    one, five, fifteen = (_memory(days, lag) for lag in _LAGS_MIN)
    return SkyFigures(
        minutes=len(index),
        index_mean=fmean(index),
        index_deviation=pstdev(index),
        above_105=fmean(value > 1.05 for value in index),
        above_90=fmean(value > 0.9 for value in index),
        below_50=fmean(value < 0.5 for value in index),
        below_25=fmean(value < 0.25 for value in index),
        ramps=(half, most, nearly, all_but),
        jump_share=jumps / len(steps),
        sunny_spell_min=_middle(sunny),
        cloudy_spell_min=_middle(cloudy),
        memory=(one, five, fifteen),
    )


def _percentile(ordered: Sequence[float], share: float) -> float:
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def _middle(lengths: Sequence[int]) -> tuple[float, float]:
    return (median(lengths), fmean(lengths)) if lengths else (0.0, 0.0)


def _spells(days: Iterable[Sequence[Minute]]) -> tuple[list[int], list[int]]:
    """Lengths of the sunny and of the cloudy stretches, minutes."""
    lengths: tuple[list[int], list[int]] = [], []
    for day in days:
        since = 0
        for place, (before, after) in enumerate(pairwise(day), start=1):
            if (before.index >= SUNNY_INDEX) != (after.index >= SUNNY_INDEX):
                lengths[before.index < SUNNY_INDEX].append(place - since)
                since = place
        lengths[day[-1].index < SUNNY_INDEX].append(len(day) - since)
    return lengths


def _memory(days: Iterable[Sequence[Minute]], lag: int) -> float:
    """Correlation over a lag in minutes; 1 for a sky that never changes."""
    products = squares_before = squares_after = 0.0
    for day in days:
        mean = fmean(minute.index for minute in day)
        for before, after in zip(day, day[lag:], strict=False):
            products += (before.index - mean) * (after.index - mean)
            squares_before += (before.index - mean) ** 2
            squares_after += (after.index - mean) ** 2
    scale = sqrt(squares_before * squares_after)
    return products / scale if scale > 0 else 1.0
