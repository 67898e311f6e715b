"""What the running service holds and uses."""

from __future__ import annotations

import time
from collections.abc import Iterator

import psutil

from bench.service import home_config, running

_WARM_UP_S = 20.0
_MEASURED_S = 40.0


def bench_idle() -> Iterator[tuple[str, str]]:
    """Memory and processor of the service: three meters polled every second, a dashboard every fifteen."""
    with home_config() as config, running(config) as (service, _):
        time.sleep(_WARM_UP_S)
        process = psutil.Process(service.pid)
        before = process.cpu_times()
        began_s = time.perf_counter()
        time.sleep(_MEASURED_S)
        after = process.cpu_times()
        elapsed_s = time.perf_counter() - began_s
        used_s = after.user + after.system - before.user - before.system
        memory = process.memory_full_info()
    yield "resident memory", f"{memory.rss / 2**20:.1f} MiB"
    yield "  of it not shared with other processes", f"{memory.uss / 2**20:.1f} MiB"
    yield "processor, share of one core", f"{100 * used_s / elapsed_s:.2f} %"
