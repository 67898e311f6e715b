"""What it costs to poll four devices each second, of different kinds and over different wires."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psutil

from bench.service import home_config, running

_DEVICES = (
    ("meter.grid", "eastron-sdm630", "rtu"),
    ("[meter.pv]", "fronius-gen24", "tcp"),
    ("meter.battery", "huawei-sun2000", "tcp"),
    ("meter.ev", "carlo-gavazzi-em340", "rtu-over-tcp"),
)
_WARM_UP_S = 15.0
_MEASURED_S = 40.0


def bench_meters() -> Iterator[tuple[str, str]]:
    """The service with four meters at one poll a second each: all of its processor time, and memory."""
    answers: list[int] = []
    with ExitStack() as stack:
        config = stack.enter_context(home_config())
        tables = [_table(header, stack.enter_context(_emulated(key, wire, answers))) for header, key, wire in _DEVICES]
        _put_in_place(config, "\n".join(tables))
        service, _ = stack.enter_context(running(config))
        time.sleep(_WARM_UP_S)
        process = psutil.Process(service.pid)
        before, began_s = process.cpu_times(), time.perf_counter()
        time.sleep(_MEASURED_S)
        after, elapsed_s = process.cpu_times(), time.perf_counter() - began_s
        used_s = after.user + after.system - before.user - before.system
        resident = process.memory_info().rss
    yield "four devices polled each second, share of one core", f"{100 * used_s / elapsed_s:.2f} %"
    yield "  resident memory", f"{resident / 2**20:.1f} MiB"
    yield "  requests that each device answered in all", ", ".join(str(count) for count in reversed(answers))


@contextmanager
def _emulated(key: str, wire: str, answers: list[int]) -> Iterator[dict[str, object]]:
    command = [sys.executable, "-m", "controller", "emulate", "meter", "--profile", key, "--transport", wire, "--json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as emulator:
        try:
            if emulator.stdout is None:
                raise RuntimeError(f"the virtual {key} did not start")
            yield json.loads(emulator.stdout.readline())
        finally:
            emulator.terminate()
            told, _ = emulator.communicate(timeout=10)
            answers.append(json.loads(told.splitlines()[-1])["answers"])


def _table(header: str, address: dict[str, object]) -> str:
    keys = ("profile", "transport", "host", "port", "device", "unit_id")
    lines = [f"{key} = {json.dumps(address[key])}" for key in keys if address.get(key)]
    return "\n".join([f"[{header}]", *lines, "poll_s = 1", ""])


def _put_in_place(config: Path, tables: str) -> None:
    text = config.read_text(encoding="utf-8")
    config.write_text(re.sub(r"(?s)\[meter\.grid\].*?(?=\[wallbox\])", lambda _: tables, text), encoding="utf-8")
