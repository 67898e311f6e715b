"""A hundred callers at the emulated wallbox, under each of its faults: what it saw."""

from __future__ import annotations

import logging
from collections.abc import Iterator

import structlog

from tests.faults.rush import FAULTS, rush
from tests.support.warp import run_warped


def bench_rush() -> Iterator[tuple[str, str]]:
    """The scenario of tests/faults, on real sockets and a clock that jumps; its seconds are virtual."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    for name, faults in FAULTS.items():
        outcome = run_warped(lambda faults=faults: rush(faults))  # type: ignore[misc]
        record = outcome.record
        yield (
            f"rush, {name}",
            f"{record.api_calls} calls, {record.max_in_flight} in flight, gap {record.min_gap_s:.2f} s, "
            f"writes lost {outcome.lost} doubled {outcome.doubled}, starts {record.starts} of {outcome.starts} told, "
            f"stops {record.stops} of {outcome.stops}, "
            f"lockouts {record.lockouts}, {outcome.lasted_s:.0f} s",
        )
