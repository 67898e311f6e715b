"""Where in a TOML file a key stands; asked only when something is wrong with it."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from typing import Any

KeyPath = Sequence[str | int]


def line_of(text: str, path: KeyPath) -> int | None:
    """The line (from 1) on which the longest part of `path` that the text holds begins; None for an empty part.

    The first lines of a file are TOML themselves wherever a statement ends, so the parser itself tells which statement
    brought a key in: no second parser that could disagree.
    """
    depth = _depth(tomllib.loads(text), path)
    if depth == 0:
        return None
    wanted = path[:depth]
    lines = text.splitlines(keepends=True)
    statement = 1
    for number in range(1, len(lines) + 1):
        try:
            so_far = tomllib.loads("".join(lines[:number]))
        except tomllib.TOMLDecodeError:
            continue
        if _depth(so_far, wanted) == depth:
            return _skip_remarks(lines, statement)
        statement = number + 1
    return None


def holds(text: str, path: KeyPath) -> bool:
    """Whether the text itself has the key."""
    return _depth(tomllib.loads(text), path) == len(path)


def _depth(tree: Any, path: KeyPath) -> int:
    """How many steps of `path` lead somewhere in `tree`."""
    for depth, step in enumerate(path):
        match tree, step:
            case dict(), str() if step in tree:
                tree = tree[step]
            case list(), int() if step < len(tree):
                tree = tree[step]
            case _:
                return depth
    return len(path)


def _skip_remarks(lines: Sequence[str], number: int) -> int:
    while number < len(lines) and (not (line := lines[number - 1].strip()) or line.startswith("#")):
        number += 1
    return number
