"""How our pictures look, and how a figure becomes SVG: text stays text, the same figure gives the same bytes."""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import matplotlib as mpl
from matplotlib.figure import Figure

from controller.pictures.plain import plain

A4_IN = (11.69, 8.27)
"""Landscape."""

INK, QUIET = "#222222", "#666666"

_STYLE: dict[Any, Any] = {  # matplotlib's own type is a list of all its keys
    "svg.fonttype": "none",
    "svg.hashsalt": "sunpace",
    "font.family": ["sans-serif"],
    "font.sans-serif": ["DejaVu Sans", "Verdana", "Arial", "sans-serif"],
    "font.size": 8.0,
    "text.parse_math": False,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": QUIET,
    "axes.linewidth": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.axisbelow": True,
    "axes.grid": False,
    "grid.color": "#d9d9d9",
    "grid.linewidth": 0.5,
    "hatch.linewidth": 0.5,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "legend.frameon": False,
}

_PREAMBLE = re.compile(r"^.*?(?=<svg )", re.DOTALL)  # names a DTD elsewhere
_METADATA = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
_PATH = re.compile(r'(?<= d=")[ML][^"CQ]*(?=")')  # curves are markers: short, and as they are
_POINT = re.compile(r"([MLz])(?:\s+(-?[\d.]+)\s+(-?[\d.]+))?")

_Point = tuple[float, float]


@contextmanager
def style() -> Iterator[None]:
    """While entered figures are made, and written, in our style; afterwards matplotlib is as it was."""
    with mpl.rc_context(), warnings.catch_warnings():
        mpl.rcdefaults()  # whatever this user has made of matplotlib
        mpl.rcParams.update(_STYLE)
        # The reader's own fonts write the text; that the measuring one has no such letter does not matter.
        warnings.filterwarnings("ignore", message="Glyph .* missing", category=UserWarning)
        yield


def to_svg(figure: Figure, title: str) -> str:
    """The figure as an `<svg>` element without scripts, fonts and references to elsewhere; within `style`."""
    buffer = io.StringIO()
    about = {"Title": plain(title), "Date": None, "Creator": None, "Format": None, "Type": None}
    figure.savefig(buffer, format="svg", metadata=about)
    svg = _METADATA.sub("", _PREAMBLE.sub("", buffer.getvalue()))
    svg = _PATH.sub(lambda match: _lightened(match[0]), svg)
    return "\n".join(line.strip() for line in svg.splitlines()) + "\n"


def _lightened(path: str) -> str:
    """A path of straight lines, in tenths of a point: finer than a printer's dot, and a third of the bytes."""
    parts: list[str] = []
    line: list[_Point] = []
    for command, x, y in _POINT.findall(path):
        if command != "L":
            parts.append(_written(line))
            line = []
        if command == "z":
            parts.append("z")
        else:
            line.append((round(float(x), 1), round(float(y), 1)))
    return "".join([*parts, _written(line)])


def _written(line: list[_Point]) -> str:
    """One line as SVG has it, without the points that lie on the way from one neighbour to the other."""
    kept: list[_Point] = []
    for point in line:
        if len(kept) > 1 and _on_the_way(kept[-2], kept[-1], point):
            kept.pop()
        if not kept or kept[-1] != point:
            kept.append(point)
    return "M" + " ".join(f"{x:g} {y:g}" for x, y in kept) if kept else ""


def _on_the_way(a: _Point, b: _Point, c: _Point) -> bool:
    """Whether `b` is between the others on a level or an upright line."""
    level = a[1] == b[1] == c[1] and min(a[0], c[0]) <= b[0] <= max(a[0], c[0])
    upright = a[0] == b[0] == c[0] and min(a[1], c[1]) <= b[1] <= max(a[1], c[1])
    return level or upright
