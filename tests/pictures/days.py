"""Days to draw, and a reader of what was drawn."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import tzinfo
from typing import Any
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

from controller.pictures.record import DayRecord, Ground, Told

START_S = 1_781_992_800.0  # 2026-06-21T00:00:00+02:00
ZURICH = ZoneInfo("Europe/Zurich")
_SVG = "{http://www.w3.org/2000/svg}"

Power = Callable[[float], float]


def day(
    *,
    pv: Power = lambda _: 0.0,
    load: Power = lambda _: 0.0,
    ev: Power = lambda _: 0.0,
    told: Sequence[Told] = (),
    grounds: Sequence[Ground] = (),
    hours: float = 24.0,
    step_s: float = 5.0,
    zone: tzinfo = ZURICH,
    title: str = "a day",
    figures: Sequence[tuple[str, str]] = (("starts", "1"),),
    start_s: float = START_S,
) -> DayRecord:
    """A day; the powers, W, are functions of the hours since its start."""
    steps = int(hours * 3600 / step_s) + 1
    at = [step * step_s / 3600 for step in range(steps)]
    pv_w, load_w, ev_w = ([power(hour) for hour in at] for power in (pv, load, ev))
    return DayRecord(
        title=title,
        figures=figures,
        zone=zone,
        times_s=[start_s + hour * 3600 for hour in at],
        pv_w=pv_w,
        load_w=load_w,
        ev_w=ev_w,
        grid_w=[b + c - a for a, b, c in zip(pv_w, load_w, ev_w, strict=True)],
        told=told or [Told(start_s, 16, False)],
        grounds=grounds or [Ground(start_s, "no_sun")],
    )


class Drawing:
    """An `<svg>` element, read; fails where it is no well-formed XML."""

    def __init__(self, svg: str) -> None:
        self.root: Any = ElementTree.fromstring(svg)

    @property
    def texts(self) -> list[str]:
        """All that is written."""
        return [element.text or "" for element in self.root.iter(f"{_SVG}text")]

    def has(self, gid: str) -> bool:
        """Whether something was drawn under this name."""
        found = self._group(gid)
        return found is not None and bool(any(self._paths(found)) or list(found.iter(f"{_SVG}use")))

    def outlines(self, gid: str) -> list[list[tuple[float, float]]]:
        """The subpaths of what was drawn under a name, in points of the page; y grows downwards."""
        numbers = [
            [float(number) for number in re.findall(r"-?[\d.]+", piece)]
            for path in self._paths(self._group(gid))
            for piece in path.split("M")[1:]
        ]
        return [list(zip(line[::2], line[1::2], strict=True)) for line in numbers]

    def markers(self, gid: str) -> list[tuple[float, float]]:
        """Where the markers of a name are."""
        return [(float(use.get("x")), float(use.get("y"))) for use in self._group(gid).iter(f"{_SVG}use")]

    def _group(self, gid: str) -> Any:
        return self.root.find(f".//{_SVG}g[@id='{gid}']")

    def _paths(self, group: Any) -> list[str]:
        return [path.get("d") for path in group.findall(f"{_SVG}path")]
