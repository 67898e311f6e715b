"""The words of `sunpace strategy`; nothing heavy is imported before one of them is used."""

from __future__ import annotations

import argparse
from pathlib import Path

_EPILOG = """\
A strategy of your own is a file in a folder `strategies` beside the configuration, or an installed package:
docs/writing-a-strategy.md."""


def add_strategy(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the group to the command line."""
    strategy = commands.add_parser(
        "strategy",
        help="which strategies there are, and what each can be told",
        description="The strategies: those that come with Sunpace, of installed packages, and of your own files.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = strategy.add_subparsers(title="commands", metavar="COMMAND", required=True)
    listing = verbs.add_parser("list", help="all of them", description="All of them, and whether they can be used.")
    showing = verbs.add_parser(
        "show",
        help="one of them: its settings",
        description="What one of them can be told in its table [strategy.NAME], and what it is told.",
    )
    showing.add_argument("name", metavar="NAME", help="as in `sunpace strategy list`")
    for verb in (listing, showing):
        verb.add_argument("--config", type=Path, metavar="FILE", help="(config.toml, where there is one)")
        verb.add_argument("--json", action="store_true", help="for programs: JSON on one line")
    listing.set_defaults(command=_list)
    showing.set_defaults(command=_show)


def _list(arguments: argparse.Namespace) -> int:
    from controller.cli.strategy.run import run_list  # noqa: PLC0415

    return run_list(arguments.config, as_json=arguments.json)


def _show(arguments: argparse.Namespace) -> int:
    from controller.cli.strategy.run import run_show  # noqa: PLC0415

    return run_show(arguments.config, arguments.name, as_json=arguments.json)
