"""Somebody at a terminal, who talks to the running service by its files and need not know the wallbox's password."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from controller.cli.main import main

SITE = '[site]\ntimezone = "Europe/Berlin"\n[history]\ndirectory = "{directory}"\n'


class Person:
    """Types a command, and reads what comes of it.

    Args:
        directory: Of the configuration, and of the state.
        capsys: What is printed.
        more: Tables that the configuration has beside the places.
    """

    def __init__(self, directory: Path, capsys: pytest.CaptureFixture[str], more: str = "") -> None:
        self.directory = directory
        self.config = directory / "config.toml"
        places = SITE.format(directory=directory)
        self.config.write_text(f'{places}{more}[wallbox]\npassword_file = "/nowhere"\n')
        self._capsys = capsys

    def types(self, words: list[str]) -> tuple[int, str, str]:
        """The exit code, the output and the errors."""
        try:
            code = main(words)
        except SystemExit as exit_:
            code = int(exit_.code or 0)
        told = self._capsys.readouterr()
        return code, told.out, told.err

    def says(self, *words: str) -> tuple[int, str, str]:
        """The same of a command, whose first word it is, with this configuration."""
        return self.types([words[0], "--config", str(self.config), *words[1:]])

    def json(self, *words: str) -> dict[str, Any]:
        """What a command tells programs."""
        return dict(json.loads(self.says(*words, "--json")[1]))
