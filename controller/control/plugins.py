"""Finds the strategies that are installed, by entry point."""

from __future__ import annotations

from importlib.metadata import entry_points

from controller.control.supervisor import contained
from controller.domain.demand import Strategy

GROUP = "sunpace.strategies"


def installed_strategies() -> dict[str, type[Strategy]]:
    """Every strategy plug-in by name; one that cannot be loaded is logged and left out."""
    found: dict[str, type[Strategy]] = {}
    for point in sorted(entry_points(group=GROUP), key=lambda point: point.name):
        with contained("strategy_not_loaded", strategy=point.name):
            found[point.name] = point.load()
    return found
