"""The picture of a sweep: sun against grid, and starts against the score, with what cannot be bettered."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.textpath import text_to_path

from controller.pictures.front import Score, SweepPoint, starts_against_score, sun_against_grid
from controller.pictures.labels import FONT_PT, Label, place_labels
from controller.pictures.plain import cut
from controller.pictures.svg import INK, QUIET, style, to_svg

_SIZE_IN = (11.69, 6.0)
_LOOKS = (("o", "#0072B2"), ("s", "#D55E00"), ("D", "#009E73"), ("^", "#CC79A7"), ("v", "#E69F00"), ("P", "#56B4E9"))
"""Marker and colour of each series; the marker tells them apart in grey print."""

_RIGHT = 0.97
_LETTERS = 28  # of a label
_MOST_NAMED = 30  # where there are more points only the front is named
_NEAR_PT = 10.0  # a name that is farther off needs a line to its point
_LEADER = {"arrowstyle": "-", "color": QUIET, "linewidth": 0.4, "shrinkA": 0.0, "shrinkB": 3.0}
_BEHIND = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.4}


def pareto_svg(
    title: str, points: Sequence[SweepPoint], score: Score = Score.VALUE, *, listed_in: str = "F.html"
) -> str:
    """The picture as an `<svg>` element.

    Args:
        title: What was swept over which days.
        points: At least one.
        score: What theirs is.
        listed_in: Where somebody finds the names for which there is no room.
    """
    with style():
        figure = Figure(figsize=_SIZE_IN, dpi=72)  # a pixel is a typographic point
        figure.subplots_adjust(left=0.07, right=_RIGHT, top=0.8, bottom=0.11, wspace=0.2)
        left, right = figure.subplots(1, 2)
        xy = [(point.solar_kwh, point.grid_kwh) for point in points]
        best = sun_against_grid(points)
        named = _scatter(left, points, dict(enumerate(xy)), best, steps="steps-pre", gid="sun-grid")
        left.set(xlabel="from the sun, kWh", ylabel="from the grid, kWh")
        left.set_title("sun against grid: better to the right and down", loc="left", fontsize=9)
        scored = {i: (p.starts_per_day, p.score * score.scale) for i, p in enumerate(points) if p.score is not None}
        best = starts_against_score(points)
        named = _scatter(right, points, scored, best, steps="steps-post", gid="starts-score") and named
        right.set(xlabel="starts a day", ylabel=f"{score.label}, {score.unit} of {score.of}")
        right.set_title(f"starts against {score.label}: better to the left and up", loc="left", fontsize=9)
        if not scored:
            right.set(xticks=[], yticks=[])
            right.text(0.5, 0.5, score.missing, transform=right.transAxes, ha="center", va="center", color=QUIET)
        if not named:
            note = f"not every name has room; {listed_in} lists them all"
            figure.text(_RIGHT, 0.015, note, ha="right", color=QUIET, fontsize=7.5)
        figure.text(0.03, 0.935, cut(title, 80), fontsize=13, fontweight="bold")
        _legend(figure, points)
        return to_svg(figure, title)


def _scatter(
    axes: Axes,
    points: Sequence[SweepPoint],
    xy: dict[int, tuple[float, float]],
    front: list[int],
    *,
    steps: Literal["steps-pre", "steps-post"],
    gid: str,
) -> bool:
    """All the points; those of the front are filled, and bound what is within reach. Whether all those have names."""
    axes.margins(0.15)
    axes.grid(visible=True)
    inside = set(front)
    line = sorted(xy[place] for place in front)
    axes.plot([x for x, _ in line], [y for _, y in line], color=QUIET, linewidth=0.8, linestyle="--",
              drawstyle=steps, gid=f"{gid}-front")  # fmt: skip
    for index, (name, (marker, colour)) in enumerate(_series_looks(points).items()):
        for best in (False, True):
            spots = [xy[place] for place in xy if points[place].series == name and (place in inside) is best]
            axes.plot([x for x, _ in spots], [y for _, y in spots], marker=marker, color=colour, linestyle="",
                      markersize=7 if best else 5, markerfacecolor=colour if best else "white",
                      gid=f"{gid}-{'best' if best else 'others'}-{index}")  # fmt: skip
    return _label(axes, points, xy, front)


def _label(axes: Axes, points: Sequence[SweepPoint], xy: dict[int, tuple[float, float]], front: list[int]) -> bool:
    """Names the front, and the others where they are few, as far as there is room. Whether it was enough for these."""
    axes.autoscale_view()
    at = {place: axes.transData.transform(spot) for place, spot in xy.items()}
    best = set(front)
    others = [place for place in xy if place not in best]
    named = [*front, *(others if len(xy) <= _MOST_NAMED else [])][:_MOST_NAMED]
    texts = [cut(points[place].label, _LETTERS) for place in named]
    fonts = [FontProperties(size=FONT_PT, weight="bold" if place in best else "normal") for place in named]
    labels = [
        Label(
            float(at[place][0]), float(at[place][1]), text_to_path.get_text_width_height_descent(text, font, False)[0]
        )
        for place, text, font in zip(named, texts, fonts, strict=True)
    ]
    offsets = place_labels(labels, [(x, y) for x, y in at.values()], (axes.bbox.x0, axes.bbox.x1))
    for place, text, font, offset in zip(named, texts, fonts, offsets, strict=True):
        if offset is not None:
            axes.annotate(text, xy[place], xytext=offset, textcoords="offset points", fontproperties=font, va="center",
                          bbox=_BEHIND, arrowprops=_LEADER if abs(offset[1]) > _NEAR_PT else None)  # fmt: skip
    return None not in offsets and all(place in named for place in front)


def _series_looks(points: Sequence[SweepPoint]) -> dict[str, tuple[str, str]]:
    names = list(dict.fromkeys(point.series for point in points))
    return {name: _LOOKS[index % len(_LOOKS)] for index, name in enumerate(names)}


def _legend(figure: Figure, points: Sequence[SweepPoint]) -> None:
    handles = [
        Line2D([], [], marker=marker, color=colour, linestyle="", markersize=6, label=cut(name, _LETTERS))
        for name, (marker, colour) in _series_looks(points).items()
    ]
    handles.append(Line2D([], [], color=QUIET, linewidth=0.8, linestyle="--", label="cannot be bettered (filled)"))
    figure.legend(handles=handles, loc="upper left", bbox_to_anchor=(0.022, 0.925), ncols=len(handles), fontsize=8,
                  labelcolor=INK, handletextpad=0.4, columnspacing=1.5)  # fmt: skip
