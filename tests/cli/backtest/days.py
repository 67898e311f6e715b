"""Short days on paper, and somebody who has them played."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from controller.cli.main import main
from controller.simulation.trace import Trace, TraceError


def write_day(file: Path, pv_w: Sequence[float], load_w: float = 300.0) -> Path:
    """A trace from 10:00 UTC, a point a minute."""
    rows = [
        f"2026-06-21T{10 + minute // 60:02}:{minute % 60:02}:00+00:00,{watts},{load_w}"
        for minute, watts in enumerate(pv_w)
    ]
    file.write_text("\n".join(["time,pv_w,load_w", *rows, ""]))
    return file


def sunny(file: Path, watts: float = 8000.0, minutes: int = 90) -> Path:
    """Sun, a cloud in the middle of it, and sun."""
    third = minutes // 3
    return write_day(file, [watts] * third + [500.0] * third + [watts * 0.7] * (minutes - 2 * third))


class Person:
    """Somebody at a pipe."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def says(self, *words: str | Path) -> tuple[int, str, str]:
        """Exit code, stdout, stderr of `sunpace backtest ...`."""
        try:
            code = main(["backtest", *map(str, words)])
        except SystemExit as error:
            code = int(error.code or 0)
        captured = self._capsys.readouterr()
        return code, captured.out, captured.err

    def asks(self, *words: str | Path) -> dict[str, Any]:
        """The JSON of a command that went well."""
        code, out, err = self.says(*words, "--json")
        assert (code, err) == (0, "")
        assert out.count("\n") == 1
        told: dict[str, Any] = json.loads(out)
        return told


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """A day that had to be put right."""

    trace: Trace
    repairs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OddSource:
    """A day that does as it is called: dark, mended, broken, deadly, endless."""

    name: str

    def load(self) -> Trace:
        match self.name:
            case "broken":
                raise TraceError("a tree fell on the roof")
            case "deadly":
                os.kill(os.getpid(), signal.SIGKILL)
            case "endless":
                os.write(1, b"playing\n")
                while True:
                    signal.pause()
        return Trace(times_s=(0.0, 600.0), pv_w=(0.0, 0.0), load_w=(100.0, 100.0))


@dataclass(frozen=True, slots=True)
class MendedSource(OddSource):
    """One that tells what it had to put right."""

    def read(self) -> Recorded:
        return Recorded(trace=OddSource(self.name).load(), repairs=("3 rows came twice", "1 gap"))
