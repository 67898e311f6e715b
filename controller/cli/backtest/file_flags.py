"""How recorded days are asked for; `sunpace run` imports this too, and nothing heavy with it."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_file_flags(backtest: argparse.ArgumentParser) -> None:
    """Adds the files and how they are read."""
    backtest.add_argument("traces", type=Path, nargs="*", metavar="TRACE", help="recorded days: time,pv_w,load_w")
