"""The words of `sunpace plan`; nothing heavy is imported before it is used."""

from __future__ import annotations

import argparse
from pathlib import Path

_MOST_HOURS = 192
_EPILOG = """\
The strategies are asked as the service asks them, with what is expected for what will be. A car that is plugged in and
never full is assumed; delays and safeguards are not foreseen. Nothing is told to any device."""


def add_plan(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the command to the command line."""
    plan = commands.add_parser(
        "plan",
        help="the next two days as they would be decided now: sun, prices, energy, cost",
        description="Shows what would be decided over the next hours, and why.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    plan.add_argument("--config", type=Path, default=Path("config.toml"), metavar="FILE", help="(config.toml)")
    plan.add_argument("--hours", type=_hours, default=48, metavar="H", help=f"how far, 1 to {_MOST_HOURS} (48)")
    plan.add_argument("--json", action="store_true", help="for programs: one JSON object on one line")
    plan.add_argument("--plot", type=Path, metavar="F.html|F.svg|F.png", help="a picture of it as well")
    plan.set_defaults(command=_plan)


def _hours(text: str) -> int:
    try:
        hours = int(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of hours") from error
    if not 1 <= hours <= _MOST_HOURS:
        raise argparse.ArgumentTypeError(f"{text} is not between 1 and {_MOST_HOURS}")
    return hours


def _plan(arguments: argparse.Namespace) -> int:
    from controller.cli.plan.command import plan  # noqa: PLC0415

    return plan(arguments.config, hours=arguments.hours, as_json=arguments.json, plot_file=arguments.plot)
