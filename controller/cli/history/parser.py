"""The words of `sunpace history`; nothing heavy is imported before one of them is used."""

from __future__ import annotations

import argparse
from pathlib import Path


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


def _sessions(arguments: argparse.Namespace) -> int:
    from controller.cli.history.sessions import sessions  # noqa: PLC0415

    return sessions(arguments.config, as_json=arguments.json)
