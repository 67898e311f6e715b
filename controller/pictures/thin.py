"""As many points as an eye can tell apart: means over equal bins, in which no energy is lost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Series = NDArray[np.float64]

_WIDTHS_S = (1, 2, 5, 10, 15, 20, 30, 60, 90, 120, 180, 300, 600, 900, 1800, 3600)


class Bins(NamedTuple):
    """Where the points of a long series fall.

    Attributes:
        middles_s: The mean time of the points in each bin.
        first: The index of the first point in each bin.
    """

    middles_s: Series
    first: NDArray[np.intp]

    def mean(self, values: Sequence[float] | Series) -> Series:
        """The mean of the points in each bin."""
        series = np.asarray(values, dtype=np.float64)
        counts = np.diff(np.append(self.first, len(series)))
        return np.add.reduceat(series, self.first) / counts


def bins(times_s: Series, most: int) -> Bins:
    """At most about `most` bins of a round width, in seconds; empty ones are left out.

    Args:
        times_s: Rising, at least two.
        most: How many.
    """
    span_s = times_s[-1] - times_s[0]
    width_s = next((width for width in _WIDTHS_S if span_s / width <= most), span_s / most)
    number = np.floor((times_s - times_s[0]) / width_s)
    first = np.flatnonzero(np.diff(number, prepend=-1.0))
    where = Bins(times_s[first], first)
    return where._replace(middles_s=where.mean(times_s))
