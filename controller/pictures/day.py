"""The picture of a day: sun, house and car; the grid; what the box was told; and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, PathPatch
from matplotlib.ticker import MaxNLocator

from controller.domain.sentences.speech import format_duration
from controller.domain.units import MIN_CURRENT_A
from controller.pictures.plain import cut
from controller.pictures.reason_rows import ReasonRow, reason_rows
from controller.pictures.record import DayRecord
from controller.pictures.shapes import area, layer, line_of, stairs, under, visible
from controller.pictures.svg import A4_IN, INK, QUIET, style, to_svg
from controller.pictures.thin import Bins, bins
from controller.pictures.time_axis import draw_time

_MOST_BINS = 1000  # a third of a millimetre each
_SUN, _SUN_EDGE = "#FBE08B", "#B87900"
_HOUSE, _CAR, _OFFERED = "#B5B8BC", "#005A91", "#C3D9E8"
_EXPORT = "#A9D8C4"
_FROM_GRID: dict[str, Any] = {"facecolor": "#D55E00", "edgecolor": "white", "hatch": "///"}
_LEFT, _RIGHT, _TOP, _BOTTOM = 0.115, 0.918, 0.878, 0.068
_TITLE_LETTERS, _FIGURE_LETTERS = 80, 150  # as many fit
_ROW_IN = 0.17  # a reason's height
_BAR_PT = _ROW_IN * 72 * 0.7


def day_svg(day: DayRecord) -> str:
    """The picture as an `<svg>` element, A4 landscape."""
    rows = reason_rows(day.grounds, day.times_s[-1])
    with style():
        figure = Figure(figsize=A4_IN)
        power, grid, box, why = _panels(figure, len(rows))
        where = bins(np.asarray(day.times_s, dtype=np.float64), _MOST_BINS)
        _draw_power(power, day, where)
        _draw_grid(grid, day, where)
        _draw_box(box, day)
        _draw_reasons(why, rows, least_s=(day.times_s[-1] - day.times_s[0]) / _MOST_BINS)
        draw_time(figure, (power, grid, box, why), (day.times_s[0], day.times_s[-1]), day.zone, right=_RIGHT)
        _head(figure, day)
        return to_svg(figure, day.title)


def _panels(figure: Figure, rows: int) -> tuple[Axes, Axes, Axes, Axes]:
    """Four panels above one another over one axis of time; the lowest is as high as it has rows."""
    why_in = _ROW_IN * max(1, rows)
    rest_in = A4_IN[1] * (_TOP - _BOTTOM) - why_in
    heights = [0.56 * rest_in, 0.19 * rest_in, 0.25 * rest_in, why_in]
    spec = figure.add_gridspec(4, 1, height_ratios=heights, hspace=0.13)
    spec.update(left=_LEFT, right=_RIGHT, top=_TOP, bottom=_BOTTOM)
    power = figure.add_subplot(spec[0])
    grid, box, why = (figure.add_subplot(spec[index], sharex=power) for index in (1, 2, 3))
    return power, grid, box, why


def _draw_power(axes: Axes, day: DayRecord, where: Bins) -> None:
    """The sun behind; house and car stacked before it: what stands out above the sun came from the grid."""
    x = where.middles_s
    pv_w, load_w, ev_w = (np.asarray(series, dtype=np.float64) for series in (day.pv_w, day.load_w, day.ev_w))
    solar_w = np.minimum(ev_w, np.maximum(0.0, pv_w - load_w))
    pv_kw, load_kw, solar_kw, ev_kw = (where.mean(series) / 1000 for series in (pv_w, load_w, solar_w, ev_w))
    area(axes, x, pv_kw, gid="sun", facecolor=_SUN)
    layer(axes, x, load_kw, load_kw + solar_kw, gid="car-sun", facecolor=_CAR)
    layer(axes, x, load_kw + solar_kw, load_kw + ev_kw, gid="car-grid", **_FROM_GRID)
    area(axes, x, load_kw, gid="house", facecolor=_HOUSE, edgecolor=INK, linewidth=0.5)
    axes.plot(x, pv_kw, color=_SUN_EDGE, linewidth=1.0, gid="sun-line")
    axes.set_ylim(0, max(1.0, float(np.max(pv_kw)), float(np.max(load_kw + ev_kw))) * 1.04)
    axes.set_ylabel("power, kW")
    axes.yaxis.grid(visible=True)


def _draw_grid(axes: Axes, day: DayRecord, where: Bins) -> None:
    """Import upwards and hatched, export downwards; neither is hidden by the other's mean."""
    grid_kw = np.asarray(day.grid_w, dtype=np.float64) / 1000
    drawn_kw, given_kw = where.mean(np.maximum(grid_kw, 0.0)), where.mean(np.minimum(grid_kw, 0.0))
    area(axes, where.middles_s, given_kw, gid="export", facecolor=_EXPORT)
    area(axes, where.middles_s, drawn_kw, gid="import", **_FROM_GRID)
    axes.axhline(0, color=QUIET, linewidth=0.6)
    high_kw, low_kw = float(np.max(drawn_kw)), float(np.min(given_kw))
    least_kw = 0.12 * max(1.0, high_kw - low_kw)
    axes.set_ylim(min(low_kw, -least_kw) * 1.06, max(high_kw, least_kw) * 1.06)
    axes.set_ylabel("grid, kW\nexport | import")
    axes.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
    axes.yaxis.grid(visible=True)


def _draw_box(axes: Axes, day: DayRecord) -> None:
    """The limit as it was told, step by step; below it the amps that the car was offered."""
    on, off = (stairs(day.told, day.times_s[-1], charging=charging) for charging in (True, False))
    axes.add_patch(PathPatch(under(on), facecolor=_OFFERED, edgecolor=_CAR, linewidth=1.0, gid="limit-on"))
    axes.plot(*line_of(off), color=QUIET, linewidth=0.8, linestyle=":", gid="limit-off")
    most_a = max([16, *(told.limit_a for told in day.told)])
    starts_s = day.starts_s
    axes.plot(starts_s, [most_a * 1.1] * len(starts_s), color=INK, marker="^", markersize=4, linestyle="", gid="starts")
    axes.set_ylim(0, most_a * 1.2)
    axes.set_yticks(sorted({0, MIN_CURRENT_A, 10, 16, most_a}))
    axes.set_ylabel("limit, A")
    axes.yaxis.grid(visible=True)


def _draw_reasons(axes: Axes, rows: Sequence[ReasonRow], least_s: float) -> None:
    """A row for each reason: its name before it, how long it stood behind it."""
    axes.set_ylim(max(1, len(rows)), 0)
    axes.set_yticks([index + 0.5 for index in range(len(rows))], labels=[cut(row.label, 22) for row in rows])
    axes.tick_params(axis="y", length=0, labelsize=7.5, labelcolor=INK)
    for index, row in enumerate(rows):
        axes.axhline(index + 0.5, color="#ececec", linewidth=0.5, zorder=0)
        bars = [[(from_s, to_s, index + 0.5)] for from_s, to_s in visible(row.spans_s, least_s)]
        axes.plot(*line_of(bars), color=row.colour, linewidth=_BAR_PT, solid_capstyle="butt", gid=f"reason-{index}")
        axes.annotate(format_duration(row.total_s), (1.005, index + 0.5), xycoords=("axes fraction", "data"),
                      va="center", fontsize=7.5, annotation_clip=False)  # fmt: skip


def _head(figure: Figure, day: DayRecord) -> None:
    """Which day, what came of it, and what is drawn how."""
    figure.text(0.03, 0.955, cut(day.title, _TITLE_LETTERS), fontsize=13, fontweight="bold")
    line = " · ".join(f"{name} {value}" for name, value in day.figures)
    figure.text(0.03, 0.923, cut(line, _FIGURE_LETTERS), fontsize=9)
    charged = max(day.ev_w) > 0
    entries: list[tuple[Artist, str, bool]] = [
        (Patch(facecolor=_SUN, edgecolor=_SUN_EDGE), "sun", True),
        (Patch(facecolor=_HOUSE, edgecolor=INK, linewidth=0.5), "house", True),
        (Patch(facecolor=_CAR), "car", charged),
        (Patch(**_FROM_GRID), "from the grid", max(day.grid_w) > 0),
        (Patch(facecolor=_EXPORT), "to the grid", min(day.grid_w) < 0),
        (Patch(facecolor=_OFFERED, edgecolor=_CAR), "limit while charging", any(told.charging for told in day.told)),
        (Line2D([], [], color=QUIET, linestyle=":"), "limit while off", not all(told.charging for told in day.told)),
        (Line2D([], [], color=INK, marker="^", markersize=4, linestyle=""), "start", bool(day.starts_s)),
    ]
    shown = [(artist, label) for artist, label, occurs in entries if occurs]
    figure.legend(*zip(*shown, strict=True), loc="lower left", bbox_to_anchor=(_LEFT - 0.005, _TOP), ncols=len(shown),
                  fontsize=7.5, borderaxespad=0.2, handlelength=1.6, columnspacing=1.4, handletextpad=0.5)  # fmt: skip
