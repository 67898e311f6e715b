"""Shapes over time, each as one path: a day has thousands of pieces, and a picture of it has to stay light."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from controller.pictures.record import Told
from controller.pictures.thin import Series

Step = tuple[float, float, float]
"""From, to, epoch seconds, and the height between them."""


def area(axes: Axes, x: Series, y: Series, *, gid: str, **looks: Any) -> None:
    """Fills between a line and zero; `looks` are a patch's, its edge among them."""
    closed_x, closed_y = np.concatenate((x[:1], x, x[-1:])), np.concatenate(([0.0], y, [0.0]))
    axes.fill(closed_x, closed_y, gid=gid, **{"linewidth": 0.0, **looks})


def layer(axes: Axes, x: Series, low: Series, high: Series, *, gid: str, **looks: Any) -> None:
    """Fills between two lines where there is anything between them; `looks` are a patch's."""
    there = high > low
    near = there | np.append(there[1:], False) | np.insert(there[:-1], 0, False)
    begins = np.flatnonzero(np.diff(near.astype(int), prepend=0, append=0))
    runs = [slice(begin, end) for begin, end in zip(begins[::2], begins[1::2], strict=True)]
    outlines = [[*zip(x[run], high[run], strict=True), *zip(x[run][::-1], low[run][::-1], strict=True)] for run in runs]
    axes.add_patch(PathPatch(_path(outlines), gid=gid, **{"linewidth": 0.0, **looks}))


def stairs(told: Sequence[Told], end_s: float, *, charging: bool) -> list[list[Step]]:
    """The flights of steps while charging is on, or while it is off."""
    flights: list[list[Step]] = []
    ends_s = [after.at_s for after in told[1:]] + [end_s]
    before = not charging
    for now, to_s in zip(told, ends_s, strict=False):
        if now.charging == charging:
            if before != charging:
                flights.append([])
            flights[-1].append((now.at_s, to_s, float(now.limit_a)))
        before = now.charging
    return flights


def line_of(flights: Iterable[Sequence[Step]]) -> tuple[list[float], list[float]]:
    """Points of one line over all the flights, interrupted between them."""
    x: list[float] = []
    y: list[float] = []
    for flight in flights:
        for from_s, to_s, height in flight:
            x += [from_s, to_s]
            y += [height, height]
        x.append(flight[-1][1])
        y.append(float("nan"))
    return x, y


def under(flights: Iterable[Sequence[Step]]) -> Path:
    """What lies between the flights and zero."""
    outlines = []
    for flight in flights:
        top = [point for from_s, to_s, height in flight for point in ((from_s, height), (to_s, height))]
        outlines.append([(flight[0][0], 0.0), *top, (flight[-1][1], 0.0)])
    return _path(outlines)


def visible(spans_s: Iterable[tuple[float, float]], least_s: float) -> list[tuple[float, float]]:
    """The spans, rising in time, as an eye can see them: none, and no gap between them, is shorter than `least_s`."""
    whole: list[tuple[float, float]] = []
    for from_s, to_s in spans_s:
        end_s = max(to_s, from_s + least_s)
        if whole and from_s - whole[-1][1] < least_s:
            whole[-1] = (whole[-1][0], max(end_s, whole[-1][1]))
        else:
            whole.append((from_s, end_s))
    return whole


def _path(outlines: Iterable[Sequence[tuple[float, float]]]) -> Path:
    closed = [Path([*outline, outline[0]], closed=True) for outline in outlines]
    return Path.make_compound_path(*closed) if closed else Path(np.empty((0, 2)))
