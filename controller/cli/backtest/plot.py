"""`--plot`: collects a day while it is played, and writes the picture of it, or that of a sweep."""

from __future__ import annotations

import re
from array import array
from collections.abc import Sequence
from datetime import tzinfo
from pathlib import Path

from controller.cli.extras import require_plot
from controller.cli.whole_file import whole_text
from controller.domain.errors import ConfigError
from controller.domain.reasons import Reason
from controller.pictures.clock_axis import dates_text
from controller.pictures.front import Score, SweepPoint
from controller.pictures.record import DayRecord, Ground, Told
from controller.simulation.backtest.box import ReferenceBox
from controller.simulation.backtest.play import Look
from controller.simulation.backtest.score import Outcome
from controller.simulation.plant import Plant

_SUFFIXES = (".svg", ".html")
_FIGURE = re.compile(r"-?\d+(\.\d+)?")


def check_plot(file: Path) -> None:
    """Says before anything is played whether `file` can be drawn. Raises SunpaceError."""
    if file.suffix.lower() not in _SUFFIXES:
        raise ConfigError([f"--plot {file}: name it {' or '.join(f'F{suffix}' for suffix in _SUFFIXES)}"])
    require_plot()


class DayRecorder:
    """Keeps what a picture is drawn from: 24 bytes a step, and every change.

    Args:
        start_s: The instant (epoch seconds) of the plant's second 0.
    """

    def __init__(self, start_s: float) -> None:
        self._start_s = start_s
        self._times_s = array("d")
        self._pv_w, self._load_w, self._ev_w, self._grid_w = (array("f") for _ in range(4))
        self._told: list[Told] = []
        self._grounds: list[Ground] = []

    def watch(self, plant: Plant, box: ReferenceBox, look: Look) -> None:
        """See `play`."""
        at_s = self._start_s + plant.now_s
        self._times_s.append(at_s)
        self._pv_w.append(plant.pv_w)
        self._load_w.append(plant.load_w)
        self._ev_w.append(plant.ev_w)
        self._grid_w.append(plant.grid_w)
        command, told = box.command, self._told
        if not told or told[-1][1:] != (command.limit_a, command.charging):
            told.append(Told(at_s, command.limit_a, command.charging))
        name = _name(look.reason)
        if not self._grounds or self._grounds[-1].name != name:
            self._grounds.append(Ground(at_s, name))

    def record(self, name: str, zone: tzinfo, figures: Sequence[tuple[str, str]]) -> DayRecord:
        """What has been seen, for a picture.

        Args:
            name: Who played which day.
            zone: The site's.
            figures: What came of it: see `day_figures`.
        """
        return DayRecord(
            title=f"{dates_text(self._times_s[0], self._times_s[-1], zone)}, {name}",
            figures=figures,
            zone=zone,
            times_s=self._times_s,
            pv_w=self._pv_w,
            load_w=self._load_w,
            ev_w=self._ev_w,
            grid_w=self._grid_w,
            told=self._told,
            grounds=self._grounds,
        )


def day_figures(
    outcome: Outcome, *, phases: int, solar_share: float, perfect_kwh: float | None
) -> list[tuple[str, str]]:
    """What came of a day, in the words of its picture.

    Args:
        outcome: What the plant has counted.
        phases: Of box and car.
        solar_share: At which the run is scored.
        perfect_kwh: The value of perfect foresight, if it is known.
    """
    figures = [
        ("car from the sun", f"{outcome.solar_kwh:.1f} kWh"),
        ("from the grid", f"{outcome.grid_kwh:.1f} kWh"),
        ("starts", str(outcome.starts)),
        ("commands", str(outcome.commands)),
        ("phases", str(phases)),
        ("solar share", f"{solar_share:g}"),
    ]
    value_kwh = outcome.value_kwh(solar_share)
    if value_kwh is not None:
        figures.append(("value", f"{value_kwh:.2f} kWh"))
    if value_kwh is not None and perfect_kwh is not None and perfect_kwh > 0:
        figures.append(("captured", f"{100 * value_kwh / perfect_kwh:.1f} %"))
    return figures


def draw_day(file: Path, day: DayRecord) -> None:
    """Writes the picture of a day, whole or not at all. Raises SunpaceError."""
    check_plot(file)
    from controller.pictures.day import day_svg  # noqa: PLC0415 -- matplotlib, only for those who want pictures
    from controller.pictures.page import day_page  # noqa: PLC0415

    svg = day_svg(day)
    _write(file, svg if _is_svg(file) else day_page(day, svg))


def draw_pareto(file: Path, title: str, points: Sequence[SweepPoint], score: Score = Score.VALUE) -> None:
    """Writes the picture of a sweep, or of several rules, whole or not at all.

    Args:
        file: Where to, F.svg or F.html.
        title: What was swept over which days.
        points: At least one.
        score: What theirs is.

    Raises:
        SunpaceError: It cannot be drawn or written.
    """
    check_plot(file)
    from controller.pictures.page import sweep_page  # noqa: PLC0415
    from controller.pictures.pareto import pareto_svg  # noqa: PLC0415 -- matplotlib

    if _is_svg(file):
        _write(file, pareto_svg(title, points, score, listed_in="F.html"))
    else:
        _write(file, sweep_page(title, points, score, pareto_svg(title, points, score, listed_in="the table below")))


def _is_svg(file: Path) -> bool:
    return file.suffix.lower() == ".svg"


def _write(file: Path, text: str) -> None:
    with whole_text(file) as stream:
        stream.write(text)


def _name(reason: object) -> str:
    """What a reason is kept under: its code; of text all but the figures, which change from step to step."""
    return str(reason.code) if isinstance(reason, Reason) else _FIGURE.sub("…", str(reason))
