"""How fast a backtest is, how it grows, and what it says of our own days."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
import timeit
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import fmean

from controller.cli.backtest.day_source import day_sources
from controller.cli.backtest.jobs import run_cases
from controller.cli.backtest.parser import add_backtest
from controller.cli.backtest.pilots import OURS, PEERS
from controller.cli.backtest.runs import ParameterSet, by_pilot, cases_for, figures, runs_of
from controller.cli.backtest.scene import make_scene
from controller.cli.backtest.work import PERFECT, Case, Source
from controller.simulation.backtest.score import Outcome
from controller.simulation.trace import Point, Trace

_ROUNDS = 5
_DAYS_IN_A_ROW = (1, 4, 16)
_DAYS_IN_MEMORY = (1, 16, 64)
_DAYS_OVER_PROCESSES = 120
_OTHER_SETTINGS = ("strategy.surplus.keep_minimum=true", "strategy.active=fixed", "site.main_fuse_a=35")
_COMPARED = ((0.5, 1), (0.5, 3), (0.9, 1), (0.9, 3))
_DAY_FLAGS = ("--day", "standard")


def bench_backtest() -> Iterator[tuple[str, str]]:
    """The surplus strategy on the reference plant, one core: speed, growth, memory, and two processes."""
    days = our_days()
    for phases in (1, 3):
        rates = [max(_rate(day, f"wallbox.phases={phases}") for _ in range(_ROUNDS)) for day in days]
        every = f"slowest {min(rates):,.0f}, mean {fmean(rates):,.0f}"
        yield f"backtest of our {len(days)} days, {phases}-phase, steps a second", every
    plain_s = min(timeit.repeat(_plain, number=5, repeat=_ROUNDS)) / 5
    yield "  a step of the slowest, in loops of 1000 multiplications", f"{1 / min(rates) / plain_s:.3f}"
    for setting in _OTHER_SETTINGS:
        yield f"  {setting}, steps a second", f"{max(_rate(days[3], setting) for _ in range(3)):,.0f}"
    yield "  perfect foresight of a day", f"{min(_foresight_s(days[3]) for _ in range(3)) * 1000:.0f} ms"
    for length in _DAYS_IN_A_ROW:
        rate = max(_rate(InARow(day=days[0], times=length)) for _ in range(3))
        yield f"  {length} days in a row, steps a second", f"{rate:,.0f}"
    for length in _DAYS_IN_MEMORY:
        yield f"  {length} days in a row, most memory", f"{_peak_mib(length):.1f} MiB"
    alone_s, together_s = (min(times_s) for times_s in zip(*(_over_one_and_two(days) for _ in range(2)), strict=True))
    yield f"{_DAYS_OVER_PROCESSES} days in one process, best of rounds", f"{alone_s:.2f} s"
    yield "  over two, their start included (--jobs 2)", f"{together_s:.2f} s, {alone_s / together_s:.2f} times as fast"


def bench_compare() -> Iterator[tuple[str, str]]:
    """Every rule, ours and perfect foresight on the project's own days: what `--compare` shows."""
    days = our_days()
    for share, phases in _COMPARED:
        sets = (f"strategy.surplus.solar_share={share}", f"wallbox.phases={phases}")
        one = ParameterSet(scene=make_scene(None, sets), sets=sets)
        runs = runs_of(run_cases(cases_for(days, [one], [*PEERS, OURS]), 2, lambda _: None))
        yield (
            f"{len(days)} generated days, solar share {share}, {phases}-phase",
            "captured, solar, grid kWh, starts, commands",
        )
        for name in (*PEERS, OURS, PERFECT):
            total = figures(by_pilot(runs, name))
            counted = total.counted
            captured = "-" if total.captured is None else f"{total.captured:.1%}"
            a_day = f"{counted.starts / counted.days:.1f} and {counted.commands / counted.days:.1f} a day"
            yield f"  {name}", f"{captured:>6} {counted.solar_kwh:8.1f} {counted.grid_kwh:7.1f}  {a_day}"


@dataclass(frozen=True, slots=True, kw_only=True)
class InARow:
    """A day several times, one after the other, as one trace.

    Attributes:
        day: The day.
        times: How often.
    """

    day: Source
    times: int

    @property
    def name(self) -> str:
        """For people."""
        return f"{self.times} times {self.day.name}"

    def load(self) -> Trace:
        """Strings it together."""
        return Trace.of(_points(self.day.load(), self.times))


def peak_mib(times: int) -> None:
    """Prints the most memory that this process has held: it plays a day so many times in a row, and foresees it."""
    row = InARow(day=our_days()[0], times=times)
    _play(_case(row), _case(row, pilot=PERFECT))
    # getrusage would tell of the parent's peak as well, which a child inherits until it runs something else
    peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:"))
    print(int(peak.split()[1]) / 1024)


def _points(day: Trace, times: int) -> Iterator[Point]:
    length_s = day.duration_s
    rows = list(zip(day.times_s, day.pv_w, day.load_w, strict=True))[:-1]
    for number in range(times):
        for time_s, pv_w, load_w in rows:
            yield time_s + number * length_s, pv_w, load_w


def our_days() -> list[Source]:
    """Our own days, as the command's flags ask for them."""
    parser = argparse.ArgumentParser()
    add_backtest(parser.add_subparsers())
    return [*day_sources(parser.parse_args(["backtest", *_DAY_FLAGS]))]


def _case(source: Source, *sets: str, pilot: str = OURS) -> Case:
    return Case(source=source, scene=make_scene(None, sets), sets=sets, pilot=pilot)


def _play(*cases: Case) -> Outcome:
    return run_cases(cases, 1, lambda _: None)[0].outcome


def _rate(source: Source, *sets: str) -> float:
    outcome = _play(_case(source, *sets))
    return outcome.steps / outcome.wall_s


def _foresight_s(source: Source) -> float:
    return _play(_case(source, pilot=PERFECT)).wall_s


def _peak_mib(times: int) -> float:
    code = f"from bench.backtest import peak_mib; peak_mib({times})"
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return float(done.stdout)


def _over_one_and_two(days: Sequence[Source]) -> tuple[float, float]:
    return _over(1, days), _over(2, days)


def _over(jobs: int, days: Sequence[Source]) -> float:
    cases = [_case(days[number % len(days)]) for number in range(_DAYS_OVER_PROCESSES)]
    began_s = time.perf_counter()
    run_cases(cases, jobs, lambda _: None)
    return time.perf_counter() - began_s


def _plain() -> int:
    total = 0
    for number in range(1000):
        total += number * number
    return total
