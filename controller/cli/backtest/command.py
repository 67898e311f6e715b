"""`sunpace backtest`: makes the cases, has them run, and shows what came of them."""

from __future__ import annotations

import argparse
import json

from controller.cli.backtest.report import as_json
from controller.cli.backtest.timeline import Timeline
from controller.cli.backtest.work import Case, Result, run_case
from controller.cli.logs import configure_logs
from controller.cli.whole_file import whole_text
from controller.domain.errors import ConfigError
from controller.simulation.trace import read_trace


def backtest(arguments: argparse.Namespace) -> int:
    """Runs the command; returns the exit code. Raises SunpaceError."""
    configure_logs("error")
    sets = list(arguments.sets)
    if arguments.strategy is not None:
        sets.append(f"strategy.active={arguments.strategy}")
    if arguments.phases is not None:
        sets.append(f"wallbox.phases={arguments.phases}")
    cases = [Case(trace=trace, config=arguments.config, sets=tuple(sets)) for trace in arguments.traces]
    results = _run(cases, arguments)
    print(json.dumps(as_json(results)), flush=True)
    return 0


def _run(cases: list[Case], arguments: argparse.Namespace) -> list[Result]:
    if arguments.timeline is None:
        return [run_case(case) for case in cases]
    if len(cases) != 1:
        raise ConfigError([f"--timeline goes with one trace, not with {len(cases)}"])
    with whole_text(arguments.timeline) as stream:
        timeline = Timeline(stream, read_trace(cases[0].trace).times_s[0])
        return [run_case(cases[0], timeline.watch)]
