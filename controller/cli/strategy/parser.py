"""The words of `sunpace strategy`; nothing heavy is imported before one of them is used."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

from controller.cli.moments import duration, moment_or_clock
from controller.domain.choice import DEFAULT, LONGEST

_NAME = "NAME"
_CHOICE = """\
It is followed in place of strategy.active in the configuration, for good or until an end, over a restart as well; what
protects, a pause and a boost go before it. The running service takes it over within a few seconds; of a strategy or
settings that are newer than the service it knows only when it has been restarted."""
_EPILOG = """\
A strategy of your own is a file in a folder `strategies` beside the configuration, or an installed package:
docs/writing-a-strategy.md."""


def add_strategy(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the group to the command line."""
    strategy = commands.add_parser(
        "strategy",
        help="choose the strategy by hand; which ones there are, and what each can be told",
        description="The strategies: those that come with Sunpace, of installed packages, and of your own files.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = strategy.add_subparsers(title="commands", metavar="COMMAND", required=True, action=_Words)
    _add_choice(verbs)
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


class _Words(argparse._SubParsersAction):  # type: ignore[type-arg]  # noqa: SLF001
    """The commands; any other word is the name of a strategy, which is to be chosen."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._commands, self.choices = self.choices, None  # type: ignore[assignment]  # any word will do

    def __call__(
        self, parser: argparse.ArgumentParser, namespace: argparse.Namespace, values: Any, option: str | None = None
    ) -> None:
        """Parses the rest as that command does."""
        words: Sequence[str] = values
        known = words[0] in self._commands and words[0] != _NAME
        super().__call__(parser, namespace, list(words) if known else [_NAME, *words], option)


def _add_choice(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--config", type=Path, default=Path("config.toml"), metavar="FILE", help="(config.toml)")
    common.add_argument("--json", action="store_true", help="for programs: one JSON object on one line")
    choose = verbs.add_parser(
        _NAME,
        parents=[common],
        usage="sunpace strategy NAME [-h] [--for T | --until TIME] [--config FILE] [--json]",
        help="have this one decide from now on",
        description="Has a strategy decide from now on.",
        epilog=_CHOICE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    choose.add_argument("name", metavar=_NAME, help="as in `sunpace strategy list`")
    end = choose.add_mutually_exclusive_group()
    end.add_argument("--for", type=_duration, dest="lasts", metavar="T", help="like 2h, 90min or 3d (for good)")
    end.add_argument("--until", type=moment_or_clock, metavar="TIME", help="like 18:00, or 2026-12-31T18:00:00+01:00")
    choose.set_defaults(command=_choose)
    default = verbs.add_parser(
        DEFAULT,
        parents=[common],
        help="have the configuration's decide again",
        description="Has the strategy decide again that the configuration names: strategy.active.",
    )
    default.set_defaults(command=_default)


def _duration(text: str) -> timedelta:
    return duration(text, LONGEST, f"{LONGEST.days} days", ", or for good without it")


def _choose(arguments: argparse.Namespace) -> int:
    from controller.cli.choice import choose  # noqa: PLC0415

    return choose(
        arguments.config, arguments.name, until=arguments.until, lasts=arguments.lasts, as_json=arguments.json
    )


def _default(arguments: argparse.Namespace) -> int:
    from controller.cli.choice import go_back  # noqa: PLC0415

    return go_back(arguments.config, as_json=arguments.json)


def _list(arguments: argparse.Namespace) -> int:
    from controller.cli.strategy.run import run_list  # noqa: PLC0415

    return run_list(arguments.config, as_json=arguments.json)


def _show(arguments: argparse.Namespace) -> int:
    from controller.cli.strategy.run import run_show  # noqa: PLC0415

    return run_show(arguments.config, arguments.name, as_json=arguments.json)
