"""Days from files, read as the flags say."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

from controller.simulation.trace import Trace, read_trace


@dataclass(frozen=True, slots=True, kw_only=True)
class FileSource:
    """A recorded day.

    Attributes:
        file: Where it is.
    """

    file: Path

    @property
    def name(self) -> str:
        """As the user wrote it."""
        return str(self.file)

    def load(self) -> Trace:
        """Reads it. Raises TraceError."""
        return read_trace(self.file)


def file_sources(arguments: argparse.Namespace) -> list[FileSource]:
    """The days that the flags name. Raises ConfigError."""
    return [FileSource(file=file) for file in arguments.traces]
