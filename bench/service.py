"""A virtual home and a service on it, as processes, for the benchmarks."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def home_config() -> Iterator[Path]:
    """A configuration whose devices are served while entered."""
    with tempfile.TemporaryDirectory(prefix="sunpace-bench-") as directory:
        file = Path(directory) / "config.toml"
        command = [sys.executable, "-m", "controller", "emulate", "home", "--json", "--write-config", str(file)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as home:
            try:
                if home.stdout is None or not json.loads(home.stdout.readline())["meter"]:
                    raise RuntimeError("the virtual home did not start")
                yield file
            finally:
                home.terminate()
                home.communicate(timeout=10)  # its last line is the record


@contextmanager
def running(config: Path) -> Iterator[tuple[subprocess.Popen[str], float]]:
    """The service; yields it and the seconds from its start to the start of its control loop."""
    command = [sys.executable, "-m", "controller", "run", "--config", str(config)]
    began_s = time.perf_counter()
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as service:
        try:
            for line in service.stderr or ():
                if "control_loop_started" in line:
                    break
            yield service, time.perf_counter() - began_s
        finally:
            service.terminate()
            service.communicate(timeout=10)
