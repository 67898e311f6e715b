"""Files by hand, and reading them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from controller.simulation.importers import Reading, Recorded, parse_columns, read_day

NOON_S = datetime(2026, 6, 21, 12, tzinfo=UTC).timestamp()
OWN_HEAD = "time,pv_w,load_w\n"


def iso(time_s: float) -> str:
    """As most programs write it."""
    return datetime.fromtimestamp(time_s, UTC).isoformat().replace("+00:00", "Z")


def read(file: Path | list[Path], *columns: str, **options: Any) -> Recorded:
    """A day; `columns` as after `--column`."""
    time_column, wishes = parse_columns(columns)
    if isinstance(options.get("date"), str):
        options["date"] = date.fromisoformat(options["date"])
    files = file if isinstance(file, list) else [file]
    return read_day(files, Reading(time_column=time_column, wishes=wishes, **options))


def written(folder: Path, text: str | bytes, name: str = "F.csv") -> Path:
    """A file with that text."""
    file = folder / name
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return file


def minutes(rows: list[str], start_s: float = NOON_S) -> str:
    """Rows of a minute each."""
    return "".join(f"{iso(start_s + 60 * index)},{row}\n" for index, row in enumerate(rows))


def kwh(day: Recorded) -> tuple[float, float]:
    """(PV, load) of a day."""
    trace = day.trace
    pv = load = 0.0
    for index in range(1, len(trace.times_s)):
        hours = (trace.times_s[index] - trace.times_s[index - 1]) / 3600
        pv += hours * (trace.pv_w[index] + trace.pv_w[index - 1]) / 2000
        load += hours * (trace.load_w[index] + trace.load_w[index - 1]) / 2000
    return pv, load


def told(day: Recorded) -> str:
    """All repairs."""
    return "\n".join(day.repairs)
