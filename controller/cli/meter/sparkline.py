"""The last minutes of a power in one line of blocks; pure."""

from __future__ import annotations

from collections.abc import Sequence

_BLOCKS = "▁▂▃▄▅▆▇█"


def sparkline(values: Sequence[float | None], width: int) -> str:
    """The last `width` values, lowest to highest; a space where there was none.

    Zero belongs to the range, so that a small ripple on a large power stays small.
    """
    shown = list(values)[-width:]
    known = [value for value in shown if value is not None]
    low, high = min([0.0, *known]), max([0.0, *known])
    if high == low:
        return "".join(" " if value is None else _BLOCKS[0] for value in shown)
    step = (high - low) / (len(_BLOCKS) - 1)
    return "".join(" " if value is None else _BLOCKS[round((value - low) / step)] for value in shown)
