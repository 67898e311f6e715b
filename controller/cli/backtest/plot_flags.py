"""How pictures are asked for; `sunpace run` imports this too, and nothing heavy with it."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_plot_flags(backtest: argparse.ArgumentParser) -> None:
    """Adds `--plot`."""
    backtest.add_argument(
        "--plot", type=Path, metavar="F.svg|F.html", help="a picture of the day, or a page with it and the figures"
    )
