"""The words of `sunpace history`; nothing heavy is imported before one of them is used."""

from __future__ import annotations

import argparse
from pathlib import Path

_MOST_DAYS = 400


def add_history(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the group to the command line."""
    history = commands.add_parser(
        "history", help="what was charged, and from what", description="What the service has put on record."
    )
    verbs = history.add_subparsers(title="commands", metavar="COMMAND", required=True)
    sessions = verbs.add_parser(
        "sessions",
        help="every charging session that is over",
        description="Every charging session that is over, the oldest first. Only reads, while the service runs too.",
    )
    sessions.add_argument("--config", type=Path, default=Path("config.toml"), metavar="FILE", help="(config.toml)")
    sessions.add_argument("--json", action="store_true", help="for programs: one JSON object on one line")
    sessions.set_defaults(command=_sessions)
    energy = verbs.add_parser(
        "energy",
        help="what flowed, day by day",
        description="PV, house, car and its share of sun on the last days. Only reads, while the service runs too.",
    )
    energy.add_argument("--config", type=Path, default=Path("config.toml"), metavar="FILE", help="(config.toml)")
    energy.add_argument("--days", type=_days, default=14, metavar="N", help="how many, today among them (14)")
    energy.add_argument("--json", action="store_true", help="for programs: one JSON object on one line")
    energy.set_defaults(command=_energy)


def _sessions(arguments: argparse.Namespace) -> int:
    from controller.cli.history.sessions import sessions  # noqa: PLC0415

    return sessions(arguments.config, as_json=arguments.json)


def _energy(arguments: argparse.Namespace) -> int:
    from controller.cli.history.energy import energy  # noqa: PLC0415

    return energy(arguments.config, days=arguments.days, as_json=arguments.json)


def _days(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 3 or not 1 <= int(text) <= _MOST_DAYS:
        raise argparse.ArgumentTypeError(f"{text} is no number of days, 1 to {_MOST_DAYS}")
    return int(text)
