"""The timeline: every step of the plant as a line of CSV."""

from __future__ import annotations

import csv
from datetime import UTC, datetime
from typing import TextIO

from controller.simulation.backtest.box import ReferenceBox
from controller.simulation.backtest.play import Look
from controller.simulation.plant import Plant

COLUMNS = ("time", "limit_a", "charging", "ev_w", "grid_w", "pv_w", "load_w", "reason")
"""`limit_a` and `charging` are what was last commanded, this step's command included."""


class Timeline:
    """Writes as the plant goes.

    Args:
        stream: Where to.
        start_s: The instant (epoch seconds) of the plant's second 0.
    """

    def __init__(self, stream: TextIO, start_s: float) -> None:
        self._rows = csv.writer(stream, lineterminator="\n")
        self._rows.writerow(COLUMNS)
        self._start_s = start_s

    def watch(self, plant: Plant, box: ReferenceBox, look: Look) -> None:
        """See `play`."""
        time = datetime.fromtimestamp(self._start_s + plant.now_s, UTC)
        powers = (plant.ev_w, plant.grid_w, plant.pv_w, plant.load_w)
        self._rows.writerow(
            (
                time.isoformat(),
                box.command.limit_a,
                int(box.command.charging),
                *(f"{watts:.1f}" for watts in powers),
                str(look.reason),
            )
        )
