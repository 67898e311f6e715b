"""Our own format, written."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TextIO

from controller.simulation.trace import COLUMNS, Trace


def write_trace(trace: Trace, stream: TextIO) -> None:
    """Writes `time,pv_w,load_w`: UTC to the millisecond, tenths of a watt."""
    stream.write(f"{','.join(COLUMNS)}\n")
    for time_s, pv_w, load_w in zip(trace.times_s, trace.pv_w, trace.load_w, strict=True):
        time = datetime.fromtimestamp(round(time_s, 3), UTC)
        text = time.isoformat(timespec="milliseconds" if time.microsecond else "seconds")
        stream.write(f"{text},{pv_w:.1f},{load_w:.1f}\n")
