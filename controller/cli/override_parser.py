"""The words of `sunpace pause`, `boost`, `resume` and `status`; nothing heavy is imported before one is used."""

from __future__ import annotations

import argparse
from datetime import timedelta
from pathlib import Path

from controller.cli.moments import duration, moment_or_clock
from controller.domain.override import LONGEST, OverrideKind
from controller.domain.units import MAX_CURRENT_A, MIN_CURRENT_A

_EPILOG = """\
What protects (fuse, a limit from outside) goes before a pause, a pause before a boost, a boost before every strategy.
The running service sees it within a second, and after a restart again. Without --config the file config.toml of this
directory names the place."""
_MOST_KWH, _LEAST_KWH = 500.0, 0.1


def add_override(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds the commands to the command line."""
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--config", type=Path, default=Path("config.toml"), metavar="FILE", help="(config.toml)")
    common.add_argument("--json", action="store_true", help="for programs: one JSON object on one line")
    pause = _command(commands, common, "pause", "no charging for a while, whatever the strategy wants")
    _add_end(pause, "12 hours")
    pause.set_defaults(command=_pause)
    boost = _command(commands, common, "boost", "charge now for a while, whatever the strategy wants")
    _add_end(boost, "4 hours; with --kwh: 24 hours")
    boost.add_argument("--kwh", type=_energy, metavar="N", help="end after so much more energy")
    boost.add_argument("--current-a", type=_amps, metavar="A", help="amps a phase (as many as there may be)")
    boost.add_argument("--use-battery", action="store_true", help="the home battery may be emptied into the car")
    boost.set_defaults(command=_boost)
    resume = _command(commands, common, "resume", "end a pause or boost now")
    resume.set_defaults(command=_resume)
    status = _command(commands, common, "status", "what is in force, and what goes before what")
    status.set_defaults(command=_status)


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    common: argparse.ArgumentParser,
    name: str,
    says: str,
) -> argparse.ArgumentParser:
    return commands.add_parser(
        name,
        parents=[common],
        help=says,
        description=f"{says[0].upper()}{says[1:]}.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _add_end(command: argparse.ArgumentParser, usual: str) -> None:
    end = command.add_mutually_exclusive_group()
    end.add_argument("--for", type=_duration, dest="lasts", metavar="T", help=f"like 2h, 90min or 1h30min ({usual})")
    end.add_argument("--until", type=moment_or_clock, metavar="TIME", help="like 18:00, or 2026-12-31T18:00:00+01:00")


def _duration(text: str) -> timedelta:
    return duration(text, LONGEST, f"{LONGEST.days} days")


def _energy(text: str) -> float:
    try:
        kwh = float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number") from error
    if not _LEAST_KWH <= kwh <= _MOST_KWH:
        raise argparse.ArgumentTypeError(f"{text} is not between {_LEAST_KWH:g} and {_MOST_KWH:g} kWh")
    return kwh


def _amps(text: str) -> int:
    try:
        amps = int(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of whole amps") from error
    if not MIN_CURRENT_A <= amps <= MAX_CURRENT_A:
        raise argparse.ArgumentTypeError(f"{text} is not between {MIN_CURRENT_A} and {MAX_CURRENT_A} A")
    return amps


def _pause(arguments: argparse.Namespace) -> int:
    from controller.cli.override import OverrideOrder, set_override  # noqa: PLC0415

    order = OverrideOrder(kind=OverrideKind.PAUSE, until=arguments.until, lasts=arguments.lasts)
    return set_override(arguments.config, order, as_json=arguments.json)


def _boost(arguments: argparse.Namespace) -> int:
    from controller.cli.override import OverrideOrder, set_override  # noqa: PLC0415

    order = OverrideOrder(
        kind=OverrideKind.BOOST,
        until=arguments.until,
        lasts=arguments.lasts,
        current_a=arguments.current_a,
        energy_kwh=arguments.kwh,
        use_battery=arguments.use_battery,
    )
    return set_override(arguments.config, order, as_json=arguments.json)


def _resume(arguments: argparse.Namespace) -> int:
    from controller.cli.override import resume  # noqa: PLC0415

    return resume(arguments.config, as_json=arguments.json)


def _status(arguments: argparse.Namespace) -> int:
    from controller.cli.status import status  # noqa: PLC0415

    return status(arguments.config, as_json=arguments.json)
