"""The files that a backtest writes: none of them may take the place of another, or of what it reads."""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from controller.domain.errors import ConfigError


def check_output_files(arguments: argparse.Namespace, prices: Iterable[Path] = ()) -> None:
    """Says before anything is written what would be lost by it. Raises ConfigError.

    Args:
        arguments: Of the command.
        prices: Tables of prices that are read, wherever they are named.
    """
    taken = [*_read_files(arguments), *(("a table of prices that is read", file) for file in prices)]
    for flag, file in _written_files(arguments):
        if str(file) == "-" or _is_device(file) or _is_printed_to(file):
            raise ConfigError([f"{flag} {file}: goes into a file, and this is none; name one"])
        for role, other in taken:
            if _same(file, other):
                raise ConfigError([f"{flag} {file}: is {role}, and would be lost; name another file"])
        taken.append((f"also what {flag} writes", file))


def _read_files(arguments: argparse.Namespace) -> Iterator[tuple[str, Path]]:
    yield from (("a TRACE that is read", file) for file in arguments.traces)
    if arguments.config is not None:
        yield "the --config that is read", arguments.config
    if arguments.plant is not None:
        yield "the --plant that is read", arguments.plant


def _written_files(arguments: argparse.Namespace) -> list[tuple[str, Path]]:
    named = (("--write-trace", arguments.write_trace), ("--timeline", arguments.timeline), ("--plot", arguments.plot))
    return [(flag, file) for flag, file in named if file is not None]


def _same(one: Path, other: Path) -> bool:
    """Whether it is one file by whatever names: links, and names that differ in case only, among them."""
    try:
        return one.samefile(other)
    except OSError:  # one is not there yet
        return one.resolve() == other.resolve()


def _is_device(file: Path) -> bool:
    """Whether it is something else than a file: a folder, a pipe, a terminal."""
    return file.exists() and not file.is_file()


def _is_printed_to(file: Path) -> bool:
    """Whether it is where figures and errors go, under a name like /dev/stdout."""
    return any(_is_open_as(number, file) for number in (1, 2))


def _is_open_as(number: int, file: Path) -> bool:
    try:
        return os.path.samestat(file.stat(), os.fstat(number))
    except OSError:  # not there yet, or closed
        return False
