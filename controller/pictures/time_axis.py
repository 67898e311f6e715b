"""The axis of local time below the panels of a picture."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import tzinfo

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from controller.pictures.clock_axis import clock_changes, ticks, zone_text
from controller.pictures.plain import cut
from controller.pictures.svg import INK, QUIET

_ZONE_LETTERS = 100


def draw_time(
    figure: Figure, panels: Sequence[Axes], span_s: tuple[float, float], zone: tzinfo, *, right: float
) -> None:
    """Ticks on the clock below the last panel, the zone's name, and a line wherever the clock is moved.

    Args:
        figure: The picture.
        panels: From top to bottom.
        span_s: From and to, epoch seconds.
        zone: Whose clock it is.
        right: Where the panels end, as a share of the picture's width.
    """
    marks, changes = ticks(*span_s, zone), clock_changes(*span_s, zone)
    for panel in panels:
        panel.set_xlim(*span_s)
        panel.set_xticks([mark.at_s for mark in marks], labels=[mark.label for mark in marks])
        panel.xaxis.grid(visible=True)
        panel.tick_params(axis="x", bottom=panel is panels[-1], labelbottom=panel is panels[-1], length=2.5)
        for at_s, _ in changes:
            panel.axvline(at_s, color=INK, linewidth=0.8, linestyle="--")
    for at_s, moved in changes:
        note = f"clock {moved.total_seconds() / 3600:+g} h"
        panels[0].annotate(note, (at_s, 0.97), xycoords=("data", "axes fraction"), xytext=(3, 0),
                           textcoords="offset points", va="top", fontsize=7.5)  # fmt: skip
    note = cut(f"local time: {zone_text(*span_s, zone)}", _ZONE_LETTERS)
    figure.text(right, 0.008, note, ha="right", color=QUIET, fontsize=7.5)
