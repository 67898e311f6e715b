"""Who is shown every step of a run: the timeline, and the picture of the day."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from controller.cli.backtest.plot import DayRecorder, check_plot, day_figures, draw_day, draw_pareto
from controller.cli.backtest.runs import Figures, ParameterSet, Run
from controller.cli.backtest.timeline import Timeline
from controller.cli.backtest.work import Source, Watch
from controller.cli.whole_file import whole_text
from controller.domain.errors import ConfigError
from controller.pictures.front import Score, SweepPoint
from controller.simulation.backtest.box import ReferenceBox
from controller.simulation.backtest.play import Look, Watcher
from controller.simulation.plant import Plant
from controller.simulation.trace import Trace


def check_files(arguments: argparse.Namespace, sources: Sequence[Source], sets: Sequence[ParameterSet]) -> None:
    """Says before anything is played what cannot be written. Raises SunpaceError."""
    one_run = len(sources) == 1 and len(sets) == 1 and not arguments.compare
    if arguments.timeline is not None and not one_run:
        what = f"{len(sources)} traces" if len(sources) != 1 else "--compare" if arguments.compare else "--sweep"
        raise ConfigError([f"--timeline goes with one run, not with {what}; --pilot NAME plays one rule alone"])
    if arguments.plot is None:
        return
    check_plot(arguments.plot)
    if not (one_run or arguments.compare or arguments.sweeps):
        raise ConfigError([f"--plot draws one trace, a --sweep or a --compare, not {len(sources)} traces side by side"])


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """Who watches.

    Attributes:
        watch: Makes the watcher of a run; None where every step may pass unseen.
        recorders: Fills with what a picture is drawn from.
    """

    watch: Watch | None
    recorders: list[DayRecorder] = field(default_factory=list)


@contextmanager
def watched(arguments: argparse.Namespace) -> Iterator[Watched]:
    """Watchers while entered; a timeline takes its place when left, if all went well."""
    pictured = arguments.plot is not None and not (arguments.compare or arguments.sweeps)
    recorders: list[DayRecorder] = []

    def record(trace: Trace) -> Watcher:
        recorders.append(DayRecorder(trace.times_s[0]))
        return recorders[-1].watch

    makers: list[Callable[[Trace], Watcher]] = [record] if pictured else []
    if arguments.timeline is None:
        yield Watched(watch=_all(makers), recorders=recorders)
        return
    with whole_text(arguments.timeline) as stream:
        makers.append(lambda trace: Timeline(stream, trace.times_s[0]).watch)
        yield Watched(watch=_all(makers), recorders=recorders)


def _all(makers: Sequence[Callable[[Trace], Watcher]]) -> Watch | None:
    if not makers:
        return None

    def watch(trace: Trace) -> Watcher:
        watchers = [make(trace) for make in makers]

        def each(plant: Plant, box: ReferenceBox, look: Look) -> None:
            for watcher in watchers:
                watcher(plant, box, look)

        return each

    return watch


def draw_run(file: Path, recorder: DayRecorder, run: Run) -> None:
    """Draws the one trace that was played. Raises SunpaceError."""
    scene = run.case.scene
    shown = day_figures(
        run.outcome, phases=scene.plant.phases, solar_share=scene.solar_share, perfect_kwh=run.perfect_kwh
    )
    name = f"{run.case.pilot}, {Path(run.case.source.name).name}"
    draw_day(file, recorder.record(name, scene.core.timezone, shown))


def draw_points(file: Path, title: str, series: str, totals: Sequence[tuple[str, Figures]], score: Score) -> None:
    """Draws a sweep, or several rules, by the score that can be compared. Raises SunpaceError."""
    points = [
        SweepPoint(
            label=label,
            series=series,
            solar_kwh=total.counted.solar_kwh,
            grid_kwh=total.counted.grid_kwh,
            starts_per_day=total.counted.starts / total.counted.days,
            score=total.value_kwh if score is Score.VALUE else total.captured,
        )
        for label, total in totals
    ]
    draw_pareto(file, title, points, score)
