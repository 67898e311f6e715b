"""Prints what Sunpace costs on this machine; nothing is typed in by hand."""

from __future__ import annotations

import argparse
import platform
import sys

from bench.backtest import bench_backtest, bench_compare
from bench.car import bench_car
from bench.days import bench_days
from bench.decide import bench_decide
from bench.idle import bench_idle
from bench.law import bench_law, bench_plants
from bench.meters import bench_meters
from bench.rush import bench_rush
from bench.soak import bench_soak
from bench.startup import bench_imports, bench_startup

_BENCHES = {
    "decide": [bench_decide],
    "startup": [bench_imports, bench_startup],
    "idle": [bench_idle],
    "meters": [bench_meters],
    "rush": [bench_rush],
    "soak": [bench_soak],
    "car": [bench_car],
    "backtest": [bench_backtest, bench_compare],
    "days": [bench_days],
    "law": [bench_law],
    "plants": [bench_plants],
}


def main() -> None:
    """Runs the named benchmarks, or all."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(_BENCHES)} (all)")
    names = parser.parse_args().names or list(_BENCHES)
    if wrong := [name for name in names if name not in _BENCHES]:
        parser.error(f"no such benchmark: {', '.join(wrong)}")
    print(f"Python {platform.python_version()} on {platform.machine()}, {sys.implementation.name}")
    for name in names:
        for bench in _BENCHES[name]:
            for what, figure in bench():
                print(f"{what:58} {figure}", flush=True)


if __name__ == "__main__":
    main()
