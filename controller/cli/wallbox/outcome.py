"""What a command has to say, for people and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rich.console import RenderableType

from controller.domain.errors import SunpaceError


class WrongUse(SunpaceError):
    """The command was not meant like that; exit code 2."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """The end of a command.

    Attributes:
        data: For --json.
        view: For people.
        exit_code: 0 done, 1 failed.
    """

    data: dict[str, Any]
    view: RenderableType
    exit_code: int = 0
