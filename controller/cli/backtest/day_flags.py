"""How generated days are asked for; `sunpace run` imports this too, and nothing heavy with it."""

from __future__ import annotations

import argparse


def add_day_flags(backtest: argparse.ArgumentParser) -> None:
    """Adds `--day`."""
    backtest.add_argument("--day", dest="days", action="append", type=int, default=[], metavar="SEED", help="generated")
