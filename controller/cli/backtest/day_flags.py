"""How generated days are asked for; `sunpace run` imports this too, and nothing heavy with it."""

from __future__ import annotations

import argparse
from datetime import date

DAY_HELP = "a generated day: KIND or KIND:SEED; clear, sunny, broken, overcast, mixed, winter, fog, thunderstorm"


def add_day_flags(backtest: argparse.ArgumentParser) -> None:
    """Adds `--day` and what the days are to be like."""
    flags = backtest.add_argument_group("generated days")
    flags.add_argument(
        "--day",
        dest="days",
        action="append",
        default=[],
        metavar="KIND[:SEED[-SEED]]",
        help=f"{DAY_HELP}; several at once as in broken:1-5, and again for others; standard: the project's own set",
    )
    flags.add_argument(
        "--latitude", type=_degrees, metavar="DEG", help="of the house, -70 to 70 (47); south is negative"
    )
    flags.add_argument("--on", type=_date, metavar="YYYY-MM-DD", help="season and weekday (the kind's own)")
    flags.add_argument("--peak-w", type=_watts, metavar="W", help="the roof's peak power (10000)")
    flags.add_argument("--no-heat-pump", action="store_true", help="the house is not heated by one")


def _degrees(text: str) -> float:
    return _number(text, "of degrees")


def _watts(text: str) -> float:
    return _number(text, "of watts")


def _number(text: str, unit: str) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no number {unit}") from error


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write it like 2026-06-21") from error
