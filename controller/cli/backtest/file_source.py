"""Days from files, read as the flags say."""

from __future__ import annotations

import argparse
import codecs
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from math import inf
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from controller.cli.whole_file import whole_text
from controller.domain.errors import ConfigError
from controller.simulation.importers import FORMATS, Reading, Recorded, parse_columns, read_day, write_trace
from controller.simulation.trace import Trace

_DELIMITERS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "space": " "}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSource:
    """A recorded day; goes to other processes.

    Attributes:
        files: Where it is: one file, or several that belong together.
        reading: How they are read.
    """

    files: tuple[Path, ...]
    reading: Reading

    @property
    def name(self) -> str:
        """As the user wrote it."""
        return " + ".join(map(str, self.files))

    def read(self) -> Recorded:
        """The day, and what had to be repaired. Raises TraceError."""
        return read_day(self.files, self.reading)

    def load(self) -> Trace:
        """The day alone. Raises TraceError."""
        return self.read().trace


def file_sources(arguments: argparse.Namespace) -> list[FileSource]:
    """The days that the flags name. Raises ConfigError."""
    reading = _reading(arguments)
    files: list[Path] = arguments.traces
    if arguments.join and len(files) < 2:
        raise ConfigError([f"--join makes one day of several files, not of {len(files)}"])
    days = [tuple(files)] if arguments.join else [(file,) for file in files]
    if arguments.write_trace is not None and len(days) != 1:
        raise ConfigError([f"--write-trace goes with one day out of files, not with {len(days)}; --join makes one"])
    return [FileSource(files=day, reading=reading) for day in days]


def write_day(source: FileSource, file: Path) -> None:
    """Writes a day in our own format.

    Raises:
        TraceError: It cannot be used.
        StorageError: It cannot be written.
    """
    day = source.read()
    with whole_text(file) as stream:
        write_trace(day.trace, stream)


def _reading(arguments: argparse.Namespace) -> Reading:
    time_column, wishes = parse_columns(arguments.columns)
    if arguments.format is not None and arguments.format not in FORMATS:
        raise ConfigError([f"--format {arguments.format} is none of {', '.join(FORMATS)}"])
    if not 0 <= arguments.gap_s < inf:
        raise ConfigError([f"--gap-s {arguments.gap_s} is no length of time"])
    return Reading(
        format=arguments.format,
        wishes=wishes,
        time_column=time_column,
        timezone=_zone(arguments.timezone),
        date=_date(arguments.date),
        time_format=_time_format(arguments.time_format),
        decimal=None if arguments.decimal is None else "," if arguments.decimal == "comma" else ".",
        delimiter=_delimiter(arguments.delimiter),
        encoding=_encoding(arguments.encoding),
        gap_s=arguments.gap_s,
        doubled=arguments.doubled,
        between=arguments.between,
    )


def _zone(name: str | None) -> str | None:
    if name is not None:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            raise ConfigError([f"--timezone {name} is no time zone; write it like Europe/Berlin"]) from error
    return name


def _date(text: str | None) -> date | None:
    try:
        return None if text is None else date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError([f"--date {text} is no day; write it like 2026-06-21"]) from error


def _time_format(text: str | None) -> str | None:
    try:
        if text is not None:
            datetime.strptime(datetime(2026, 6, 21, tzinfo=UTC).strftime(text), text)  # noqa: DTZ007 -- only tried
    except (ValueError, re.error) as error:
        raise ConfigError([f"--time-format {text!r} is none: {error}; write it like '%m/%d/%Y %H:%M'"]) from error
    return text


def _delimiter(text: str | None) -> str | None:
    if text is None:
        return None
    character = _DELIMITERS.get(text, text)
    if len(character) != 1 or character in '\r\n"':
        raise ConfigError([f"--delimiter {text!r} is not one character; a tabulator is: tab"])
    return character


def _encoding(name: str) -> str:
    try:
        text = codecs.lookup(name)
        "a".encode(name)  # hex and rot13 are codecs, but not of text
    except (LookupError, ValueError) as error:
        raise ConfigError([f"--encoding {name} is unknown; utf-8, windows-1252 and utf-16 are usual"]) from error
    return "utf-8-sig" if text.name == "utf-8" else name
