"""A text file as rows with their line numbers, whatever stands between the columns."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import TextIO

from controller.simulation.importers.reading import Reading
from controller.simulation.trace import TraceError, require_file

Row = tuple[int, list[str]]
"""Line and cells."""

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A file that is open.

    Attributes:
        file: Its path.
        first: The first row that is not empty.
        rows: All rows that are not empty, the first one too.
    """

    file: Path
    first: list[str]
    rows: Iterator[Row]


@contextmanager
def open_table(file: Path, reading: Reading) -> Iterator[Table]:
    """Opens a file. Raises TraceError, then and while it is read."""
    try:
        require_file(file)
        with file.open("rb") as raw:
            start = raw.read(2)
        if start in _UTF_16 and "16" not in reading.encoding:
            raise TraceError(f"{file}: is UTF-16 text; say --encoding utf-16")
        with file.open(newline="", encoding=reading.encoding) as handle:
            yield _table(file, handle, reading.delimiter)
    except OSError as error:
        raise TraceError(f"{file}: cannot be read: {error.strerror}") from error
    except UnicodeError as error:
        raise TraceError(
            f"{file}: is not {reading.encoding} text; --encoding windows-1252 is usual elsewhere"
        ) from error
    except csv.Error as error:
        raise TraceError(f"{file}: is no CSV: {error}") from error


def _table(file: Path, handle: TextIO, delimiter: str | None) -> Table:
    number, line = next(((number, line) for number, line in enumerate(handle, start=1) if line.strip()), (0, ""))
    reader = csv.reader(chain([line], handle), delimiter=delimiter or _delimiter(line))
    rows = ((number + reader.line_num - 1, row) for row in reader if any(cell.strip() for cell in row))
    first = next(rows, None)
    if first is None:
        raise TraceError(f"{file}: is empty")
    return Table(file=file, first=[cell.strip() for cell in first[1]], rows=chain([first], rows))


def _delimiter(line: str) -> str:
    """A semicolon or a tab is never part of a number; a comma may be."""
    bare = "".join(line.split('"')[::2])
    return next((mark for mark in (";", "\t") if mark in bare), ",")
