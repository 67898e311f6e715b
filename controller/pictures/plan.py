"""The picture of a plan: expected sun and the car's power; the price; and why."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from controller.pictures.plain import cut
from controller.pictures.plan_record import PlanRecord
from controller.pictures.reason_rows import ReasonRow, reason_rows
from controller.pictures.record import Ground
from controller.pictures.shapes import line_of
from controller.pictures.svg import A4_IN, INK, QUIET, style, to_svg
from controller.pictures.time_axis import draw_time

_SUN, _SUN_EDGE, _CAR = "#FBE08B", "#B87900", "#005A91"
_FROM_GRID: dict[str, Any] = {"facecolor": "#D55E00", "edgecolor": "white", "hatch": "///", "linewidth": 0.0}
_LEFT, _RIGHT, _TOP, _BOTTOM = 0.145, 0.965, 0.878, 0.075
_ROW_IN, _DPI = 0.2, 150


def plan_svg(plan: PlanRecord) -> str:
    """The picture as an `<svg>` element, A4 landscape."""
    with _drawn(plan) as figure:
        return to_svg(figure, plan.title)


def plan_png(plan: PlanRecord) -> bytes:
    """The picture as a PNG."""
    with _drawn(plan) as figure:
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", dpi=_DPI, metadata={"Software": None})
        return buffer.getvalue()


@contextmanager
def _drawn(plan: PlanRecord) -> Iterator[Figure]:
    grounds = [Ground(step.from_s, step.reason) for step in plan.steps]
    rows = reason_rows(grounds, plan.steps[-1].to_s)
    with style():
        figure = Figure(figsize=A4_IN)
        power, price, why = _panels(figure, len(rows))
        _draw_power(power, plan)
        _draw_price(price, plan)
        _draw_reasons(why, rows)
        draw_time(figure, (power, price, why), (plan.steps[0].from_s, plan.steps[-1].to_s), plan.zone, right=_RIGHT)
        _head(figure, plan)
        yield figure


def _panels(figure: Figure, rows: int) -> tuple[Axes, Axes, Axes]:
    why_in = _ROW_IN * max(1, rows)
    rest_in = A4_IN[1] * (_TOP - _BOTTOM) - why_in
    spec = figure.add_gridspec(3, 1, height_ratios=[0.65 * rest_in, 0.35 * rest_in, why_in], hspace=0.12)
    spec.update(left=_LEFT, right=_RIGHT, top=_TOP, bottom=_BOTTOM)
    power = figure.add_subplot(spec[0])
    return power, figure.add_subplot(spec[1], sharex=power), figure.add_subplot(spec[2], sharex=power)


def _draw_power(axes: Axes, plan: PlanRecord) -> None:
    """The sun behind, the car before it: what it takes of the sun, and of the grid above that."""
    edges = [*(step.from_s for step in plan.steps), plan.steps[-1].to_s]
    surplus_kw, sun_kw, grid_kw = (
        [watts / 1000 for watts in series]
        for series in zip(*((step.surplus_w, step.sun_w, step.grid_w) for step in plan.steps), strict=True)
    )
    car_kw = [sun + grid for sun, grid in zip(sun_kw, grid_kw, strict=True)]
    axes.stairs(surplus_kw, edges, fill=True, facecolor=_SUN, gid="sun")
    axes.stairs(surplus_kw, edges, color=_SUN_EDGE, linewidth=1.0, gid="sun-line")
    axes.stairs(sun_kw, edges, fill=True, facecolor=_CAR, gid="car-sun")
    axes.stairs(car_kw, edges, baseline=sun_kw, fill=True, gid="car-grid", **_FROM_GRID)
    axes.set_ylim(0, max(1.0, *surplus_kw, *car_kw) * 1.04)
    if not any((*surplus_kw, *car_kw)):
        said = "no sun expected, and nothing is charged"
        axes.text(0.5, 0.5, said, transform=axes.transAxes, ha="center", va="center", color=QUIET)
    axes.set_ylabel("power, kW")
    axes.yaxis.grid(visible=True)


def _draw_price(axes: Axes, plan: PlanRecord) -> None:
    """Price of the grid, with a gap where none is known."""
    flights = [[(step.from_s, step.to_s, step.price)] for step in plan.steps if step.price is not None]
    if flights:
        joined: list[list[tuple[float, float, float]]] = []
        for flight in flights:
            if joined and joined[-1][-1][1] == flight[0][0]:
                joined[-1] += flight
            else:
                joined.append(list(flight))
        axes.plot(*line_of(joined), color=INK, linewidth=1.0, gid="price")
    else:
        axes.text(0.5, 0.5, "prices not known", transform=axes.transAxes, ha="center", va="center", color=QUIET)
        axes.set_yticks([])
    axes.set_ylabel("grid, per kWh")
    axes.yaxis.grid(visible=True)


def _draw_reasons(axes: Axes, rows: list[ReasonRow]) -> None:
    axes.set_ylim(max(1, len(rows)), 0)
    axes.set_yticks([index + 0.5 for index in range(len(rows))], labels=[cut(row.label, 22) for row in rows])
    axes.tick_params(axis="y", length=0, labelsize=7.5, labelcolor=INK)
    for index, row in enumerate(rows):
        bars = [(from_s, to_s - from_s) for from_s, to_s in row.spans_s]
        axes.broken_barh(bars, (index + 0.15, 0.7), facecolor=row.colour, gid=f"reason-{index}")


def _head(figure: Figure, plan: PlanRecord) -> None:
    figure.text(0.03, 0.955, cut(plan.title, 80), fontsize=13, fontweight="bold")
    figure.text(0.03, 0.923, cut(" · ".join(f"{name} {value}" for name, value in plan.figures), 150), fontsize=9)
    entries: list[tuple[Artist, str, bool]] = [
        (Patch(facecolor=_SUN, edgecolor=_SUN_EDGE), "expected surplus", any(s.surplus_w > 0 for s in plan.steps)),
        (Patch(facecolor=_CAR), "car from the sun", any(step.sun_w > 0 for step in plan.steps)),
        (Patch(**_FROM_GRID), "car from the grid", any(step.grid_w > 0 for step in plan.steps)),
        (Line2D([], [], color=INK), "price of the grid", any(step.price is not None for step in plan.steps)),
    ]
    shown = [(artist, label) for artist, label, occurs in entries if occurs]
    if shown:
        figure.legend(*zip(*shown, strict=True), loc="lower left", bbox_to_anchor=(_LEFT - 0.005, _TOP),
                      ncols=len(shown), fontsize=7.5, borderaxespad=0.2)  # fmt: skip
