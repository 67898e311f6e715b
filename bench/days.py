"""What the generated days' clouds are like, beside those of anybody's recorded days."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

from controller.simulation.days.day import USUAL_LATITUDE_DEG, USUAL_PEAK_W, Day, generate
from controller.simulation.days.kind import DayKind
from controller.simulation.days.standard import june_days
from controller.simulation.days.statistics import SkyFigures, minutes_of, sky_figures
from controller.simulation.trace import read_trace

_SEEDS = range(1, 21)
_RECORDED = "SUNPACE_BENCH_DAYS"
"""Files of recorded days, separated as in PATH."""
_ROOF = "SUNPACE_BENCH_ROOF"
"""Where they were recorded: LATITUDE,LONGITUDE,PEAK_W."""


def bench_days() -> Iterator[tuple[str, str]]:
    """Each kind, the set of June, and what the environment names, in the same figures."""
    times_s = []
    for kind in DayKind:
        days = []
        for seed in _SEEDS:
            began_s = perf_counter()
            days.append(Day(kind=kind, seed=seed))
            generate(days[-1])
            times_s.append(perf_counter() - began_s)
        yield from _rows(f"{len(days)} days, {kind}", _figures(days))
    yield from _rows("June's part of the standard set", _figures(list(june_days())))
    yield "days, making one (median)", f"{median(times_s) * 1000:.0f} ms"
    if files := os.environ.get(_RECORDED):
        yield from _rows("recorded", _recorded(files.split(os.pathsep)))


def _figures(days: list[Day]) -> SkyFigures:
    return sky_figures(minutes_of(generate(day), peak_w=USUAL_PEAK_W, latitude_deg=USUAL_LATITUDE_DEG) for day in days)


def _recorded(files: list[str]) -> SkyFigures:
    try:
        latitude_deg, longitude_deg, peak_w = (float(part) for part in os.environ.get(_ROOF, "").split(","))
    except ValueError as error:
        raise SystemExit(f"{_ROOF} has to say where the days were recorded: LATITUDE,LONGITUDE,PEAK_W") from error
    return sky_figures(
        minutes_of(read_trace(Path(file)), peak_w=peak_w, latitude_deg=latitude_deg, longitude_deg=longitude_deg)
        for file in files
    )


def _rows(what: str, figures: SkyFigures) -> Iterator[tuple[str, str]]:
    yield (
        f"days, {what}: clear-sky index",
        f"{figures.index_mean:.2f} +- {figures.index_deviation:.2f}, above 1.05 {figures.above_105:.0%}, "
        f"above 0.9 {figures.above_90:.0%}, below 0.5 {figures.below_50:.0%}, below 0.25 {figures.below_25:.0%}",
    )
    half, most, nearly, all_but = figures.ramps
    yield (
        f"days, {what}: change in a minute",
        f"50 % {half:.3f}, 90 % {most:.3f}, 95 % {nearly:.3f}, 99 % {all_but:.3f}; "
        f"over 200 W/m2 {figures.jump_share:.1%}",
    )
    yield (
        f"days, {what}: spells, memory",
        f"sun {figures.sunny_spell_min[0]:.0f} (mean {figures.sunny_spell_min[1]:.0f}) min, "
        f"cloud {figures.cloudy_spell_min[0]:.0f} (mean {figures.cloudy_spell_min[1]:.0f}) min; "
        f"1, 5, 15 min: {', '.join(f'{value:.2f}' for value in figures.memory)}",
    )
