"""The flags of `sunpace backtest`."""

from __future__ import annotations

import argparse
from pathlib import Path

from controller.cli.backtest.day_flags import add_day_flags
from controller.cli.backtest.file_flags import add_file_flags
from controller.cli.backtest.plot_flags import add_plot_flags
from controller.cli.extras import require_backtest

_DESCRIPTION = """\
Plays days through the very core that runs the house, without sockets and without waiting, and says what the car
would have got: from the roof, from the grid, with how many starts and commands."""

_EPILOG = """\
examples:
  sunpace backtest day.csv
  sunpace backtest *.csv --compare --jobs 4
  sunpace backtest *.csv --sweep strategy.surplus.solar_share=0.5:1.0:0.1
  sunpace backtest day.csv --plot day.html --set site.timezone=Europe/Zurich
  sunpace backtest --day standard --day broken:20-29
  sunpace backtest day.csv --set strategy.surplus.solar_share=0.5 --phases 1 --json"""

_MOST_JOBS = 61


def add_backtest(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command."""
    backtest = commands.add_parser(
        "backtest",
        help="what would have been charged on recorded days",
        description=_DESCRIPTION,
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_file_flags(backtest)
    add_day_flags(backtest)
    add_plot_flags(backtest)
    backtest.add_argument("--config", type=Path, metavar="FILE", help="the site's settings; without one the defaults")
    backtest.add_argument("--strategy", metavar="NAME", help="strategy.active: surplus, off_peak, ...")
    backtest.add_argument(
        "--set",
        dest="sets",
        action="append",
        default=[],
        metavar="KEY=VALUE",
        help="a key of config.toml, like strategy.surplus.solar_share=0.5, or of the plant, like"
        " plant.dead_time_s=30 (docs/plant.md); again for another",
    )
    backtest.add_argument("--plant", type=Path, metavar="P.toml", help="the plant's options: a table [plant]")
    backtest.add_argument("--phases", type=int, choices=(1, 3), help="of wallbox and car (those of the configuration)")
    backtest.add_argument(
        "--forecast",
        choices=("none", "history", "perfect"),
        default="history",
        help="how the sun to come is known: from the trace's days before (history), or from the trace itself (perfect)",
    )
    backtest.add_argument(
        "--prices",
        type=Path,
        metavar="FILE",
        help="the grid's prices: a table in TOML or CSV (docs/prices.md); instead of [prices] of the configuration",
    )
    backtest.add_argument(
        "--sweep",
        dest="sweeps",
        action="append",
        default=[],
        metavar="KEY=FROM:TO:STEP",
        help="as --set, for each of these values, or of VALUE,VALUE,...; again for every combination with another key",
    )
    backtest.add_argument("--compare", action="store_true", help="beside other controllers' rules, in one table")
    backtest.add_argument("--pilot", metavar="RULE", help="another controller's rule instead of ours")
    backtest.add_argument("--timeline", type=Path, metavar="F.csv", help="every step of one trace, as CSV")
    backtest.add_argument("--json", action="store_true", help="one object on one line")
    backtest.add_argument(
        "--jobs", type=_jobs, metavar="N", help="processes (with many runs as many as there are processors)"
    )
    backtest.set_defaults(command=_backtest)


def _backtest(arguments: argparse.Namespace) -> int:
    require_backtest()
    from controller.cli.backtest.command import backtest  # noqa: PLC0415 -- `run` must not pay for it

    return backtest(arguments)


def _jobs(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= _MOST_JOBS:
        raise argparse.ArgumentTypeError(f"{text} is no number of processes, 1 to {_MOST_JOBS}")
    return int(text)
