"""The words of `sunpace cap`; nothing heavy is imported before one of them is used."""

from __future__ import annotations

import argparse
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from controller.cli.moments import duration, moment

_EPILOG = """\
The running service looks at the file once a second: nothing has to be restarted. A limit that lowers the car's power
works at once, and ends by itself. Without --config the file config.toml of this directory names the place."""
_LONGEST = timedelta(days=366)


def add_cap(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the group to the command line."""
    cap = commands.add_parser(
        "cap",
        help="a limit from outside, as a grid operator's dimming: show, set, clear",
        description="A limit of the car's power that is set from outside, with its end.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    verbs = cap.add_subparsers(title="commands", metavar="COMMAND", required=True)
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--config", type=Path, default=Path("config.toml"), metavar="FILE", help="(config.toml)")
    common.add_argument("--json", action="store_true", help="for programs: one JSON object on one line")
    show = verbs.add_parser("show", parents=[common], help="what is in force", description="What is in force.")
    show.set_defaults(command=_show)
    setting = verbs.add_parser("set", parents=[common], help="set a limit", description="Sets a limit.")
    limit = setting.add_mutually_exclusive_group(required=True)
    limit.add_argument("--power-w", type=_figure, metavar="W", help="most that the car may draw on all phases, W")
    limit.add_argument("--current-a", type=_figure, metavar="A", help="most that it may draw a phase, A")
    end = setting.add_mutually_exclusive_group(required=True)
    end.add_argument("--until", type=_until, metavar="TIME", help='like 2026-12-31T18:00:00+01:00, or "never"')
    end.add_argument("--for", type=_duration, dest="lasts", metavar="T", help="like 2h, 90min or 1h30min")
    setting.add_argument("--source", default="", metavar="TEXT", help="who has asked for it")
    setting.set_defaults(command=_set)
    clear = verbs.add_parser("clear", parents=[common], help="end it now", description="Ends the limit now.")
    clear.set_defaults(command=_clear)


def _figure(text: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from error


def _until(text: str) -> datetime | Literal["never"]:
    return "never" if text == "never" else moment(text)


def _duration(text: str) -> timedelta:
    return duration(text, _LONGEST, "a year", ", or --until never")


def _show(arguments: argparse.Namespace) -> int:
    from controller.cli.cap import show  # noqa: PLC0415

    return show(arguments.config, as_json=arguments.json)


def _set(arguments: argparse.Namespace) -> int:
    from controller.cli.cap import CapOrder, set_cap  # noqa: PLC0415

    order = CapOrder(
        power_w=arguments.power_w,
        current_a=arguments.current_a,
        until=None if arguments.until == "never" else arguments.until,
        lasts=arguments.lasts,
        source=arguments.source,
    )
    return set_cap(arguments.config, order, as_json=arguments.json)


def _clear(arguments: argparse.Namespace) -> int:
    from controller.cli.cap import clear  # noqa: PLC0415

    return clear(arguments.config, as_json=arguments.json)
