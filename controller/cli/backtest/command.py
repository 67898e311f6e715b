"""`sunpace backtest`: makes the cases, has them run, and shows what came of them."""

from __future__ import annotations

import argparse
import json

from controller.cli.backtest.day_source import day_sources
from controller.cli.backtest.file_source import file_sources
from controller.cli.backtest.report import as_json
from controller.cli.backtest.timeline import Timeline
from controller.cli.backtest.work import Case, Result, Source, run_case
from controller.cli.logs import configure_logs
from controller.cli.whole_file import whole_text
from controller.domain.errors import ConfigError


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
    cases = [
        Case(source=source, config=arguments.config, sets=tuple(sets), plant_file=arguments.plant) for source in sources
    ]
    results = _run(cases, arguments)
    print(json.dumps(as_json(results)), flush=True)
    return 0


def _run(cases: list[Case], arguments: argparse.Namespace) -> list[Result]:
    if arguments.timeline is None:
        return [run_case(case) for case in cases]
    if len(cases) != 1:
        raise ConfigError([f"--timeline goes with one trace, not with {len(cases)}"])
    with whole_text(arguments.timeline) as stream:
        return [run_case(cases[0], lambda trace: Timeline(stream, trace.times_s[0]).watch)]
