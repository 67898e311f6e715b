"""`sunpace backtest`: makes the cases, has them played, and shows what came of them."""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence

from controller.cli.backtest.bar import progress_bar
from controller.cli.backtest.day_source import day_sources
from controller.cli.backtest.file_source import file_sources, write_day
from controller.cli.backtest.jobs import jobs_for, run_cases
from controller.cli.backtest.notes import notes_of
from controller.cli.backtest.output_files import check_output_files
from controller.cli.backtest.pilots import OURS, PEERS
from controller.cli.backtest.repairs import Repairs
from controller.cli.backtest.report import as_json, comparison_as_json, sweep_as_json
from controller.cli.backtest.runs import ParameterSet, Run, by_pilot, cases_for, differ_in_share, figures, runs_of
from controller.cli.backtest.scene import make_scene
from controller.cli.backtest.sweep import grid, read_axes
from controller.cli.backtest.tables import NARROW, comparison_view, days_view, length_of, sweep_view
from controller.cli.backtest.watching import check_files, draw_points, draw_run, watched
from controller.cli.backtest.work import PERFECT, Source
from controller.cli.logs import configure_logs
from controller.cli.outcome import Outcome, show
from controller.domain.errors import ConfigError
from controller.pictures.front import Score, pareto_front
from controller.simulation.backtest.horizon import Foresight


def backtest(arguments: argparse.Namespace) -> int:
    """Runs the command; returns the exit code. Raises SunpaceError."""
    configure_logs("error")
    pilot = _pilot(arguments)
    sets = parameter_sets(arguments)
    files = file_sources(arguments)
    sources: list[Source] = [*files, *day_sources(arguments)]
    if not sources:
        raise ConfigError(["no day: name a TRACE, or ask for a generated one with --day"])
    check_output_files(arguments, {one.scene.prices_file for one in sets if one.scene.prices_file is not None})
    check_files(arguments, sources, sets)
    pilots = [*PEERS, OURS] if arguments.compare else [pilot]
    cases = cases_for(sources, sets, pilots)
    jobs = jobs_for(len(cases)) if arguments.jobs is None else arguments.jobs
    if arguments.write_trace is not None:
        write_day(files[0], arguments.write_trace)
    wanted = not arguments.json or sys.stdout.isatty()
    with watched(arguments) as watchers, progress_bar(len(cases), wanted=wanted) as tell:
        runs = runs_of(run_cases(cases, jobs, tell, watchers.watch, Repairs().hear))
    if watchers.recorders:
        draw_run(arguments.plot, watchers.recorders[0], by_pilot(runs, pilot)[0])
    return show(_outcome(arguments, pilot, sets, runs), as_json=arguments.json)


def parameter_sets(arguments: argparse.Namespace) -> list[ParameterSet]:
    """One, or as many as `--sweep` makes of it. Raises ConfigError."""
    sets = list(arguments.sets)
    asked = {}
    for flag, key, value in (
        ("--strategy", "strategy.active", arguments.strategy),
        ("--phases", "wallbox.phases", arguments.phases),
    ):
        if value is not None:
            sets.append(f"{key}={value}")
            asked[sets[-1]] = f"{flag} {value}"
    if arguments.prices is not None:
        for text in (f"prices.file={arguments.prices.absolute()}", "prices.source=file"):
            sets.append(text)
            asked[text] = f"--prices {arguments.prices}"
    made = []
    for swept in grid(read_axes(arguments.sweeps)):
        over = tuple(f"{key}={value}" for key, value in swept)
        by_sweep = {text: f"--sweep {text}" for text in over}
        scene = make_scene(
            arguments.config,
            (*sets, *over),
            arguments.plant,
            {**asked, **by_sweep},
            foresight=Foresight(arguments.forecast),
        )
        made.append(ParameterSet(scene=scene, sets=(*sets, *over), swept=swept))
    return made


def _pilot(arguments: argparse.Namespace) -> str:
    """Whom the runs are about."""
    if arguments.compare and arguments.sweeps:
        raise ConfigError(["--compare and --sweep do not go together: compare at one parameter set, with --set"])
    if arguments.pilot is None:
        return OURS
    if arguments.compare:
        raise ConfigError(["--pilot and --compare do not go together: --compare plays everybody"])
    if arguments.pilot not in (OURS, *PEERS):
        raise ConfigError([f"--pilot {arguments.pilot}: no such rule; there are {', '.join((OURS, *PEERS))}"])
    return str(arguments.pilot)


def _outcome(arguments: argparse.Namespace, pilot: str, sets: Sequence[ParameterSet], runs: Sequence[Run]) -> Outcome:
    notes = notes_of(runs)
    if arguments.compare:
        names = [name for name in (*PEERS, OURS, PERFECT) if by_pilot(runs, name)]
        by_name = {name: by_pilot(runs, name) for name in names}
        if arguments.plot is not None:
            rules = [(name, figures(of_name)) for name, of_name in by_name.items()]
            draw_points(arguments.plot, length_of(by_name[OURS]), "rules", rules, Score.VALUE)
        return Outcome(comparison_as_json(OURS, by_name, notes), comparison_view(by_name, notes))
    mine = by_pilot(runs, pilot)
    if arguments.sweeps:
        rows = [(one, [run for run in mine if run.case.scene is one.scene]) for one in sets]
        totals = [figures(of_set) for _, of_set in rows]
        front = set(pareto_front([(-total.counted.solar_kwh, total.counted.grid_kwh) for total in totals]))
        best = [place in front for place in range(len(totals))]
        if arguments.plot is not None:
            labels = [", ".join(value for _, value in one.swept) for one in sets]
            keys = ", ".join(key for key, _ in sets[0].swept)
            score = Score.CAPTURED if differ_in_share(mine) else Score.VALUE
            draw_points(arguments.plot, length_of(rows[0][1]), keys, list(zip(labels, totals, strict=True)), score)
        return Outcome(sweep_as_json(rows, best, notes), sweep_view(rows, best, notes))
    width = shutil.get_terminal_size().columns if sys.stdout.isatty() else NARROW
    return Outcome(as_json(mine, notes), days_view(mine, width, notes))
