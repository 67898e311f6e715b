"""The page on generated days says what they are."""

from __future__ import annotations

import re
from pathlib import Path

from controller.simulation.days.day import generate
from controller.simulation.days.kind import DayKind, usual_date
from controller.simulation.days.standard import june_days
from controller.simulation.days.statistics import SkyFigures, minutes_of, sky_figures

PAGE = (Path(__file__).parents[2] / "docs" / "days.md").read_text(encoding="utf-8")


def _rows(figures: SkyFigures) -> dict[str, str]:
    """The table's generated column."""
    half, most, nearly, all_but = figures.ramps
    one, five, fifteen = figures.memory
    return {
        "mean index": f"{figures.index_mean:.2f}",
        "standard deviation": f"{figures.index_deviation:.2f}",
        "minutes above 1.05": f"{figures.above_105:.0%}",
        "above 0.9": f"{figures.above_90:.0%}",
        "below 0.5": f"{figures.below_50:.0%}",
        "below 0.25": f"{figures.below_25:.0%}",
        "change of the index from minute to minute: 50 % stay below": f"{half:.3f}",
        "90 %": f"{most:.3f}",
        "95 %": f"{nearly:.3f}",
        "99 %": f"{all_but:.3f}",
        "minutes that jump by more than 200 W/m2": f"{figures.jump_share:.1%}",
        "spells of sun, median and mean": "{:.0f} and {:.0f} min".format(*figures.sunny_spell_min),
        "spells of cloud": "{:.0f} and {:.0f} min".format(*figures.cloudy_spell_min),
        "correlation with itself after 1, 5 and 15 min": f"{one:.2f}, {five:.2f}, {fifteen:.2f}",
    }


def test_the_table_shows_what_the_standard_set_measures() -> None:
    figures = sky_figures(minutes_of(generate(day), peak_w=10_000, latitude_deg=47.0) for day in june_days())
    shown = {cells[0]: cells[2] for cells in _cells() if len(cells) == 3}
    assert {name: shown.get(name) for name in _rows(figures)} == {
        name: value.replace("%", " %") for name, value in _rows(figures).items()
    }


def test_every_kind_is_named_with_its_date() -> None:
    for kind in DayKind:
        on = usual_date(kind, 47.0)
        assert re.search(rf"^\| `{kind}` \| .* \| {on.day} {on:%B} \|$", PAGE, re.MULTILINE)


def _cells() -> list[list[str]]:
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in PAGE.splitlines() if line.startswith("|")]
