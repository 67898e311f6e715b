"""The picture of a sweep."""

from __future__ import annotations

import re
from random import Random

import pytest

from controller.pictures.front import Score, SweepPoint
from controller.pictures.pareto import pareto_svg
from tests.pictures.days import Drawing


def _point(label: str, solar_kwh: float, grid_kwh: float, score: float | None, series: str = "s") -> SweepPoint:
    return SweepPoint(
        label=label,
        series=series,
        solar_kwh=solar_kwh,
        grid_kwh=grid_kwh,
        starts_per_day=solar_kwh / 2,
        score=score,
    )


FEW = [_point("0.5", 20, 8, 11.0), _point("0.8", 15, 3, 13.0), _point("evcc", 14, 5, 9.0, "rules")]


def test_the_points_stand_where_their_figures_say_and_the_best_are_marked() -> None:
    drawing = Drawing(pareto_svg("two shares and a rule", FEW))
    low, high = sorted(drawing.markers("sun-grid-best-0"))  # 0.8, 0.5
    (rule,) = drawing.markers("sun-grid-others-1")
    per_kwh = (high[0] - low[0]) / 5
    assert low[0] - rule[0] == pytest.approx(per_kwh, abs=0.2)
    assert (rule[1] - high[1]) / (low[1] - high[1]) == pytest.approx(3 / 5, abs=0.01)
    assert len(drawing.markers("starts-score-best-1")) == 1  # the rule has the fewest starts
    assert {"two shares and a rule", "0.5", "0.8", "evcc", "s", "rules"} <= set(drawing.texts)


def test_without_values_it_says_why() -> None:
    drawing = Drawing(pareto_svg("pure sun", [_point("1", 12, 0, None)]))
    assert any("no value" in text for text in drawing.texts)
    assert not drawing.has("starts-score-best-0")


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


# What nine rules, ours and perfect foresight made of fourteen days: one far off, and a crowd.
RULES = (
    ("evcc", 217.25, 10.81, 5.8, 164.43),
    ("evcc tuned", 267.81, 20.50, 6.1, 175.79),
    ("pv-control", 200.49, 6.76, 4.9, 165.42),
    ("openWB", 206.09, 5.24, 6.9, 173.65),
    ("TWCManager", 207.44, 5.43, 7.4, 173.91),
    ("SmartEVSE", 387.92, 246.40, 3.5, -611.99),
    ("OpenEVSE", 238.98, 21.40, 3.9, 145.98),
    ("Dextro86", 215.50, 3.83, 9.9, 184.44),
    ("sunpace", 271.09, 20.85, 6.1, 177.59),
    ("perfect", 268.78, 7.80, 6.5, 227.00),
)


def test_a_crowd_of_rules_is_named_in_both_panels_beside_its_marks() -> None:
    points = [
        SweepPoint(label=name, series="rules", solar_kwh=sun, grid_kwh=grid, starts_per_day=starts, score=value)
        for name, sun, grid, starts, value in RULES
    ]
    drawing = Drawing(pareto_svg("rules", points))
    for name, *_ in RULES:
        assert drawing.texts.count(name) == 2
    assert not any("not every name" in text for text in drawing.texts)


def test_where_names_are_missing_it_says_where_they_are() -> None:
    crowd = [_point(f"a setting with a long name, {i}", 10 + i / 1000, 5.0, 1.0) for i in range(25)]
    drawing = Drawing(pareto_svg("crowd", crowd, listed_in="the table below"))
    assert "not every name has room; the table below lists them all" in drawing.texts
    assert not any("F.html" in text for text in drawing.texts)


def test_shares_are_compared_by_what_they_captured() -> None:
    points = [_point("0.5", 20, 8, 0.932), _point("0.8", 15, 3, 0.782), _point("1", 12, 1, None)]
    drawing = Drawing(pareto_svg("shares", points, Score.CAPTURED))
    assert {"captured, % of perfect foresight's value", "starts against captured: better to the left and up"} <= set(
        drawing.texts
    )
    assert not any(text.startswith("value") for text in drawing.texts)
    assert len(drawing.markers("starts-score-best-0")) == 2
    dark = Drawing(pareto_svg("dark", [_point("0.5", 0, 0, None)], Score.CAPTURED))
    assert "nothing that could have been captured" in dark.texts
