"""How long importing and starting take."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from statistics import median

from bench.service import home_config, running

_ROUNDS = 7


def bench_imports() -> Iterator[tuple[str, str]]:
    """A Python that imports what `run` needs, beside one that imports nothing."""
    everything = (
        "from controller.cli.lean import without_decoration\nwith without_decoration():\n import controller.cli.run"
    )
    bare_s = [_python("pass") for _ in range(_ROUNDS)]
    full_s = [_python(everything) for _ in range(_ROUNDS)]
    yield "import of all that `run` needs, median", f"{median(full_s) - median(bare_s):.3f} s"
    yield "  a bare interpreter beside it, median", f"{median(bare_s):.3f} s"


def bench_startup() -> Iterator[tuple[str, str]]:
    """From the start of the process to the start of its control loop."""
    with home_config() as config:
        taken_s = []
        for _ in range(_ROUNDS):
            with running(config) as (_, seconds):
                taken_s.append(seconds)
    yield "process start to control loop, best", f"{min(taken_s):.3f} s"
    yield "process start to control loop, median", f"{median(taken_s):.3f} s"


def _python(code: str) -> float:
    began_s = time.perf_counter()
    subprocess.run([sys.executable, "-c", code], check=True)
    return time.perf_counter() - began_s
