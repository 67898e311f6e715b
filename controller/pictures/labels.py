"""Where labels stand beside their points: on no point and on no other label."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

FONT_PT = 7.5
_POINT_PT = 4.0  # half the size of a marker
_AIR_PT = 1.0  # around a label


class Label(NamedTuple):
    """A point that is to be named.

    Attributes:
        x: Of the point, in typographic points.
        y: And upwards.
        width: Of its name.
    """

    x: float
    y: float
    width: float


class _Box(NamedTuple):
    left: float
    right: float
    low: float
    high: float

    def meets(self, other: _Box) -> bool:
        """Whether they have an area in common."""
        beside = self.right <= other.left or other.right <= self.left
        return not beside and self.low < other.high and other.low < self.high


def place_labels(
    labels: Sequence[Label], spots: Sequence[tuple[float, float]], room: tuple[float, float]
) -> list[tuple[float, float] | None]:
    """For each label the offset (dx, dy) of its left middle from its point, in typographic points; None: no room.

    Args:
        labels: What is to be written; the first ones choose first.
        spots: All the points, the named ones among them, that have to stay free.
        room: Left and right edge of the panel.
    """
    taken = [_Box(x - _POINT_PT, x + _POINT_PT, y - _POINT_PT, y + _POINT_PT) for x, y in spots]
    offsets: list[tuple[float, float] | None] = []
    for label in labels:
        tries = ((offset, _box(label, offset)) for offset in _offsets(label.width))
        found = next(((offset, box) for offset, box in tries if _is_free(box, taken, room)), None)
        offsets.append(found[0] if found else None)
        if found:
            taken.append(found[1])
    return offsets


def _is_free(box: _Box, taken: Sequence[_Box], room: tuple[float, float]) -> bool:
    return room[0] <= box.left and box.right <= room[1] and not any(box.meets(other) for other in taken)


def _box(label: Label, offset: tuple[float, float]) -> _Box:
    left, middle = label.x + offset[0], label.y + offset[1]
    return _Box(left - _AIR_PT, left + label.width + _AIR_PT, middle - FONT_PT * 0.6, middle + FONT_PT * 0.6)


def _offsets(width: float) -> Iterator[tuple[float, float]]:
    """Beside the point, then above and below it, then farther and farther away."""
    for far in (1.0, 1.7, 2.6, 3.5):
        gap, rise = 6.0 * far, 9.0 * far
        yield from ((gap, 0.0), (-gap - width, 0.0))
        yield from ((dx, dy) for dy in (rise, -rise) for dx in (-width / 2, gap, -gap - width))
