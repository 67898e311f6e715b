"""Boosted regression trees (Friedman 2001) on quantile bins: a smooth guess from many clues at once, numpy alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from bench.causal.cell import Floats, Whole

Binned = npt.NDArray[np.uint8]

_TREES = 40
_DEPTH = 3
_RATE = 0.12
_BINS = 64
_LEAST_IN_A_LEAF = 150


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Tree:
    """Whole to its last row: for each depth the column and the bin that parts each node; then the leaves' values."""

    columns: list[Whole]
    bins: list[Whole]
    leaves: Floats


@dataclass(slots=True, kw_only=True, eq=False)
class Trees:
    """A guess of a number from a row of clues.

    Attributes:
        edges: Of each column's bins.
    """

    edges: list[Floats]
    _mean: float = 0.0
    _trees: list[_Tree] = field(default_factory=list)

    def binned(self, rows: Floats) -> Binned:
        """Which bin each column of each row falls in; columns first."""
        bins = [np.searchsorted(edges, column, side="right") for edges, column in zip(self.edges, rows.T, strict=True)]
        return np.array(bins, dtype=np.uint8)

    def guess(self, binned: Binned) -> Floats:
        """The guess for each row."""
        values = np.full(binned.shape[1], self._mean)
        for tree in self._trees:
            values += tree.leaves[_leaf(tree.columns, tree.bins, binned)]
        return values

    def fit(self, binned: Binned, target: Floats) -> None:
        """Learns anew, by least squares."""
        self._mean = float(target.mean())
        self._trees = []
        rest = target - self._mean
        for _ in range(_TREES):
            tree = _grow(binned, rest)
            self._trees.append(tree)
            rest -= tree.leaves[_leaf(tree.columns, tree.bins, binned)]


def trees_for(rows: Floats) -> Trees:
    """Trees whose bins hold as many of the rows each; they know nothing yet."""
    shares = np.linspace(0, 1, _BINS + 1)[1:-1]
    return Trees(edges=[np.unique(np.quantile(column, shares)) for column in rows.T])


def _leaf(columns: Sequence[Whole], bins: Sequence[Whole], binned: Binned) -> Whole:
    rows = np.arange(binned.shape[1])
    node = np.zeros(binned.shape[1], dtype=np.intp)
    for column, part in zip(columns, bins, strict=True):
        node = 2 * node + (binned[column[node], rows] > part[node])
    return node


def _grow(binned: Binned, rest: Floats) -> _Tree:
    columns: list[Whole] = []
    bins: list[Whole] = []
    node = np.zeros(len(rest), dtype=np.intp)
    for depth in range(_DEPTH):
        column, part = _best_parts(binned, rest, node, 2**depth)
        columns.append(column)
        bins.append(part)
        node = _leaf(columns, bins, binned)
    sums, counts = np.bincount(node, rest, 2**_DEPTH), np.bincount(node, minlength=2**_DEPTH)
    return _Tree(columns=columns, bins=bins, leaves=_RATE * sums / np.maximum(counts, 1))


def _best_parts(binned: Binned, rest: Floats, node: Whole, nodes: int) -> tuple[Whole, Whole]:
    """The column and the bin that part each node best; one that is not worth parting keeps all on one side."""
    best_gain = np.full(nodes, 1e-12)
    best_column = np.zeros(nodes, dtype=np.intp)
    best_bin = np.full(nodes, _BINS, dtype=np.intp)
    every = np.arange(nodes)
    for number, column in enumerate(binned):
        place = node * _BINS + column
        low = np.bincount(place, rest, nodes * _BINS).reshape(nodes, _BINS).cumsum(axis=1)
        low_count = np.bincount(place, minlength=nodes * _BINS).reshape(nodes, _BINS).cumsum(axis=1)
        total, count = low[:, -1:], low_count[:, -1:]
        high_count = count - low_count
        allowed = (low_count >= _LEAST_IN_A_LEAF) & (high_count >= _LEAST_IN_A_LEAF)
        gains = low**2 / np.maximum(low_count, 1) + (total - low) ** 2 / np.maximum(high_count, 1)
        gains = np.where(allowed, gains - total**2 / np.maximum(count, 1), 0.0)
        at = gains.argmax(axis=1)
        better = gains[every, at] > best_gain
        best_gain[better] = gains[every, at][better]
        best_column[better] = number
        best_bin[better] = at[better]
    return best_column, best_bin
