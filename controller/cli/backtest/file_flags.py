"""How recorded days are asked for; `sunpace run` imports this too, and nothing heavy with it."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_file_flags(backtest: argparse.ArgumentParser) -> None:
    """Adds the files and how they are read."""
    backtest.add_argument(
        "traces",
        type=Path,
        nargs="*",
        metavar="TRACE",
        help="recorded days: time,pv_w,load_w or another program's file",
    )
    files = backtest.add_argument_group("how TRACE files are read (docs/importing-days.md)")
    files.add_argument("--format", metavar="NAME", help="of the files, where their first line does not tell")
    files.add_argument(
        "--column",
        dest="columns",
        action="append",
        default=[],
        metavar="WHAT=WHERE",
        help="pv_w, load_w, grid_w, battery_w, ev_w (also _kw; _wh, _kwh of counters) or time, and its column, number "
        "of the column, entity or measurement; a minus before WHERE turns the sign; again for another",
    )
    files.add_argument("--timezone", metavar="ZONE", help="of times without an offset, like Europe/Berlin")
    files.add_argument("--date", metavar="YYYY-MM-DD", help="of times that have none")
    files.add_argument(
        "--time-format", metavar="FORMAT", help="like '%%m/%%d/%%Y %%H:%%M', where times are not ISO 8601"
    )
    files.add_argument("--decimal", choices=("comma", "point"), help="what begins a fraction (found out)")
    files.add_argument("--delimiter", metavar="CHARACTER", help="what parts the columns, or tab (found out)")
    files.add_argument("--encoding", default="utf-8", metavar="NAME", help="of the text (utf-8)")
    files.add_argument("--gap-s", type=float, default=1800.0, metavar="S", help="longest gap that is bridged, s (1800)")
    files.add_argument("--doubled", choices=("first", "last"), help="which of two rows for one instant counts (error)")
    files.add_argument(
        "--between", choices=("line", "hold"), help="what is between two rows: a line, or the first one's value"
    )
    files.add_argument("--join", action="store_true", help="all files belong to one day (each is one of its own)")
    files.add_argument("--write-trace", type=Path, metavar="F.csv", help="the one day as time,pv_w,load_w")
