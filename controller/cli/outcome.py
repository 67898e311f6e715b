"""What a command has to say, for people and for programs."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from typing import Any

from rich.console import Console, RenderableType
from rich.text import Text

from controller.domain.errors import SunpaceError

_WIDTH_OF_A_FILE = 160


class WrongUse(SunpaceError):
    """The command was not meant like that; exit code 2."""


class _Output(Console):
    """Standard output."""

    def on_broken_pipe(self) -> None:
        """Leaves it to whoever runs the command; by itself it would end with exit code 1."""
        raise BrokenPipeError


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a command.

    Attributes:
        data: For --json.
        view: For people.
        exit_code: 0 done, 1 failed.
    """

    data: dict[str, Any] | list[dict[str, Any]]
    view: RenderableType
    exit_code: int = 0


def show(outcome: Outcome, *, as_json: bool) -> int:
    """Prints it, and returns its exit code."""
    if as_json:
        print(json.dumps(outcome.data, default=str), flush=True)
    else:
        on_terminal = sys.stdout is not None and sys.stdout.isatty()
        console = _Output(width=None if on_terminal else _WIDTH_OF_A_FILE)
        console.print(outcome.view, soft_wrap=isinstance(outcome.view, Text))  # a line to be copied stays one
    return outcome.exit_code
