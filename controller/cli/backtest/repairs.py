"""What had to be put right in the days, for people."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from controller.cli.backtest.work import Source


class Repairs:
    """Tells it on stderr, as soon as it is known, and each line once."""

    def __init__(self) -> None:
        self._told: set[str] = set()

    def hear(self, source: Source, notes: Sequence[str]) -> None:
        """See `run_cases`."""
        for note in notes:
            line = note if source.name in note else f"{source.name}: {note}"
            if line not in self._told:
                self._told.add(line)
                print(line, file=sys.stderr, flush=True)
