"""Strategies of others in a configuration: what is wrong with one that is used is a fault, with any other a warning."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Protocol

import structlog

from controller.domain.demand import Answering

_log = structlog.get_logger()
_USUAL = "surplus"
Path = tuple[str | int, ...]


class Fault(Protocol):
    """What is wrong with a strategy, or with its table."""

    @property
    def path(self) -> Path:
        """Where in its table; empty for the strategy itself."""
        ...

    @property
    def text(self) -> str:
        """One line."""
        ...


class ForeignStrategies(Protocol):
    """The strategies of others that there are."""

    @property
    def names(self) -> Collection[str]:
        """Of all, usable or not."""
        ...

    def made(
        self, tables: Mapping[str, Any], beside: Mapping[str, Any]
    ) -> tuple[Mapping[str, Answering], Sequence[tuple[str, Fault]]]:
        """All that can be used, made from their tables, and what is wrong with the others, by name."""
        ...


def make_foreign(
    foreign: ForeignStrategies, table: Mapping[str, Any], beside: Mapping[str, Any], fault: Callable[[Path, str], None]
) -> Mapping[str, Answering]:
    """All that can be used.

    Args:
        foreign: What there is.
        table: `[strategy]`, as written.
        beside: What settings may look at while they are checked.
        fault: Told of what is wrong with one that is used: key path, and text.
    """
    made, wrong = foreign.made(table, beside)
    used = names_in_use(table)
    for name, one in wrong:
        path: Path = ("strategy", name, *one.path)
        if name not in used:
            _log.warning("strategy_not_usable", strategy=name, error=one.text)
        elif one.path or name in table:
            fault(path, one.text)
        else:
            fault(("strategy", "active"), one.text)
    return made


def names_in_use(table: Mapping[str, Any]) -> set[str]:
    """The strategies that a table `[strategy]` names: the active one, those with a table, and those in a `then`."""
    named = {table.get("active", _USUAL), *(name for name, inner in table.items() if isinstance(inner, dict))}
    return {name for name in (*named, *_successors(table)) if isinstance(name, str)}


def _successors(table: Mapping[str, Any]) -> Iterator[object]:
    return (inner["then"] for inner in table.values() if isinstance(inner, dict) and "then" in inner)
