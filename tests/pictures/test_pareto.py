"""The picture of a sweep."""

from __future__ import annotations

import re
from random import Random

import pytest

from controller.pictures.front import SweepPoint
from controller.pictures.pareto import pareto_svg
from tests.pictures.days import Drawing


def _point(label: str, solar_kwh: float, grid_kwh: float, value_kwh: float | None, series: str = "s") -> SweepPoint:
    return SweepPoint(
        label=label,
        series=series,
        solar_kwh=solar_kwh,
        grid_kwh=grid_kwh,
        starts_per_day=solar_kwh / 2,
        value_kwh=value_kwh,
    )


FEW = [_point("0.5", 20, 8, 11.0), _point("0.8", 15, 3, 13.0), _point("evcc", 14, 5, 9.0, "rules")]


def test_the_points_stand_where_their_figures_say_and_the_best_are_marked() -> None:
    drawing = Drawing(pareto_svg("two shares and a rule", FEW))
    low, high = sorted(drawing.markers("sun-grid-best-0"))  # 0.8, 0.5
    (rule,) = drawing.markers("sun-grid-others-1")
    per_kwh = (high[0] - low[0]) / 5
    assert low[0] - rule[0] == pytest.approx(per_kwh, abs=0.2)
    assert (rule[1] - high[1]) / (low[1] - high[1]) == pytest.approx(3 / 5, abs=0.01)
    assert len(drawing.markers("starts-value-best-1")) == 1  # the rule has the fewest starts
    assert {"two shares and a rule", "0.5", "0.8", "evcc", "s", "rules"} <= set(drawing.texts)


def test_without_values_it_says_why() -> None:
    drawing = Drawing(pareto_svg("pure sun", [_point("1", 12, 0, None)]))
    assert any("no value" in text for text in drawing.texts)
    assert not drawing.has("starts-value-best-0")


def test_a_thousand_points_are_drawn_the_same_each_time_and_not_all_named() -> None:
    random = Random(3)
    many = [
        _point(f"a long name of setting {i}", random.random() * 30, random.random() * 9, i / 9) for i in range(1000)
    ]
    svg = pareto_svg("many", many)
    assert svg == pareto_svg("many", many)
    drawing = Drawing(svg)
    drawn = drawing.markers("sun-grid-best-0") + drawing.markers("sun-grid-others-0")
    assert len(drawn) == 1000
    assert sum(text.startswith("a long name") for text in drawing.texts) < 60
    assert len(set(re.findall(r'\sid="([^"]*)"', svg))) == len(re.findall(r'\sid="([^"]*)"', svg))


def test_hostile_labels_are_only_words() -> None:
    drawing = Drawing(pareto_svg("<a href='x'>$", [_point("</svg>$\\x", 1, 1, 1.0, "<i>&")]))
    assert {"<a href='x'>$", "</svg>$\\x", "<i>&"} <= set(drawing.texts)
