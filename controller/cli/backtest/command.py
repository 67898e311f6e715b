"""`sunpace backtest`: makes the cases, has them run, and shows what came of them."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from controller.cli.backtest.day_source import day_sources
from controller.cli.backtest.file_source import file_sources
from controller.cli.backtest.plot import DayRecorder, check_plot, day_figures, draw_day
from controller.cli.backtest.report import as_json
from controller.cli.backtest.scene import make_scene
from controller.cli.backtest.timeline import Timeline
from controller.cli.backtest.work import Case, Result, Source, run_case
from controller.cli.logs import configure_logs
from controller.cli.whole_file import whole_text
from controller.domain.errors import ConfigError
from controller.simulation.backtest.play import Watcher
from controller.simulation.trace import Trace


def backtest(arguments: argparse.Namespace) -> int:
    """Runs the command; returns the exit code. Raises SunpaceError."""
    configure_logs("error")
    sets = list(arguments.sets)
    if arguments.strategy is not None:
        sets.append(f"strategy.active={arguments.strategy}")
    if arguments.phases is not None:
        sets.append(f"wallbox.phases={arguments.phases}")
    sources: list[Source] = [*file_sources(arguments), *day_sources(arguments)]
    if not sources:
        raise ConfigError(["no day: name a TRACE, or ask for a generated one with --day"])
    cases = [Case(source=source, config=arguments.config, sets=tuple(sets)) for source in sources]
    results = _run(cases, arguments)
    print(json.dumps(as_json(results)), flush=True)
    return 0


def _run(cases: list[Case], arguments: argparse.Namespace) -> list[Result]:
    if arguments.plot is not None:
        return [_drawn(cases, arguments)]
    if arguments.timeline is None:
        return [run_case(case) for case in cases]
    if len(cases) != 1:
        raise ConfigError([f"--timeline goes with one trace, not with {len(cases)}"])
    with whole_text(arguments.timeline) as stream:
        return [run_case(cases[0], lambda trace: Timeline(stream, trace.times_s[0]).watch)]


def _drawn(cases: list[Case], arguments: argparse.Namespace) -> Result:
    """Plays one trace, and draws it."""
    if len(cases) != 1 or arguments.timeline is not None:
        raise ConfigError(["--plot goes with one trace, and without --timeline"])
    check_plot(arguments.plot)
    recorders: list[DayRecorder] = []

    def watcher(trace: Trace) -> Watcher:
        recorders.append(DayRecorder(trace.times_s[0]))
        return recorders[-1].watch

    result = run_case(cases[0], watcher)
    figures = day_figures(
        result.outcome, phases=result.phases, solar_share=result.solar_share, perfect_kwh=result.perfect_kwh
    )
    zone = make_scene(result.case.config, result.case.sets).core.timezone
    name = f"{result.case.pilot}, {Path(result.case.source.name).name}"
    draw_day(arguments.plot, recorders[-1].record(name, zone, figures))
    return result
