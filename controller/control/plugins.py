"""Finds the strategies that come with Sunpace, by entry point; those of others are `controller.plugins`' business."""

from __future__ import annotations

import os
import re
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec

from controller.control.supervisor import contained
from controller.domain.demand import STRATEGY_GROUP, Strategy


def installed_strategies() -> dict[str, type[Strategy]]:
    """Every strategy of our own by name; one that cannot be loaded is logged and left out."""
    found: dict[str, type[Strategy]] = {}
    for point in sorted(entry_points(group=STRATEGY_GROUP), key=lambda point: point.name):
        if is_ours(point):
            with contained("strategy_not_loaded", strategy=point.name):
                found[point.name] = point.load()
    return found


def own_files() -> set[str]:
    """Where the modules of our own strategies lie: whoever keeps config.toml in our source tree has them beside it."""
    specs = (find_spec(point.module) for point in entry_points(group=STRATEGY_GROUP) if is_ours(point))
    return {os.path.realpath(spec.origin) for spec in specs if spec is not None and spec.origin is not None}


def is_ours(point: EntryPoint) -> bool:
    """Whether it is the entry point of a strategy that comes with Sunpace."""
    name = None if point.dist is None else point.dist.name  # None, too, where an installation was cut short
    return name is not None and re.sub(r"[-_.]+", "-", name).lower() == "sunpace"
