"""Prints what Sunpace costs on this machine; nothing is typed in by hand."""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from bench.backtest import bench_backtest, bench_compare
from bench.car import bench_car
from bench.causal.report import bench_causal
from bench.days import bench_days
from bench.decide import bench_decide
from bench.idle import bench_idle
from bench.law import bench_law, bench_plants
from bench.meters import bench_meters
from bench.month import bench_month
from bench.plans import bench_plans
from bench.rush import bench_rush
from bench.soak import bench_soak
from bench.startup import bench_imports, bench_startup

Bench = Callable[[], Iterator[tuple[str, str]]]

_BENCHES: dict[str, list[Bench]] = {
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
    "plans": [bench_plans],
    "month": [bench_month],
    "causal": [bench_causal],
}


def main() -> None:
    """Runs the named benchmarks, or all."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(_BENCHES)} (all)")
    parser.add_argument("--traces", nargs="+", type=Path, metavar="F.csv", help="causal: days of your own, two or more")
    arguments = parser.parse_args()
    names = arguments.names or (["causal"] if arguments.traces else list(_BENCHES))
    if wrong := [name for name in names if name not in _BENCHES]:
        parser.error(f"no such benchmark: {', '.join(wrong)}")
    if arguments.traces and names != ["causal"]:
        parser.error("--traces is for causal alone")
    benches: dict[str, list[Bench]] = {**_BENCHES, "causal": [partial(bench_causal, arguments.traces or ())]}
    print(f"Python {platform.python_version()} on {platform.machine()}, {sys.implementation.name}")
    for name in names:
        for bench in benches[name]:
            for what, figure in bench():
                print(f"{what:58} {figure}", flush=True)


if __name__ == "__main__":
    main()
