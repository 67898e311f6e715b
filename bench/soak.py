"""A day of meters with a fault on the wire every few minutes: what was missed, and what was left over."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import structlog

from tests.faults.soak import soak
from tests.support.warp import run_warped


def bench_soak() -> Iterator[tuple[str, str]]:
    """24 virtual hours of four meters polled every 10 s, on real sockets and a clock that jumps."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    outcome = run_warped(lambda: soak(hours=24, poll_s=10))
    yield "soak, faults in 24 h", f"{outcome.faults}"
    yield "  polls, of them believed", f"{outcome.polls}, {100 * outcome.believed / outcome.polls:.1f} %"
    yield "  believed though not so", f"{len(outcome.wrong)}"
    yield "  longest way back after a fault", f"{outcome.longest_recovery_s:.1f} s"
    yield "  meters that did not come back", f"{len(outcome.stuck)}"
    yield "  tasks before and after", f"{outcome.tasks[0]}, {outcome.tasks[1]}"
    yield "  open files after a quarter and at the end", f"{outcome.open_files[0]}, {outcome.open_files[1]}"
    yield "  objects after a quarter and at the end", f"{outcome.objects[0]}, {outcome.objects[1]}"
    yield "  resident memory after each quarter", ", ".join(f"{mib:.1f}" for mib in outcome.memory_mib) + " MiB"
