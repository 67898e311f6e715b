"""All strategies there are, each with where it comes from and what it is told."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from controller import __version__
from controller.app import choice_file
from controller.config.loader import load_places, load_strategy_tables
from controller.control.clock import WallClock
from controller.control.plugins import installed_strategies
from controller.domain.errors import StorageError
from controller.history.choice_file import read_choice
from controller.plugins.foreign import Plugins, tried
from controller.plugins.load import make_from
from controller.plugins.origin import Described, Fault, Job, Kind

USUAL = Path("config.toml")
_ACTIVE = "surplus"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """A strategy.

    Attributes:
        name: Its name.
        kind: How it has come here.
        place: The package with its version, or the file.
        like: What it is like; with faults where it cannot be used.
        active: Whether it is the one in force.
        by_hand: Whether it is because a person has chosen it.
        in_chain: Whether the one in force hands on to it, through whomever.
    """

    name: str
    kind: Kind
    place: str
    like: Described
    active: bool = False
    by_hand: bool = False
    in_chain: bool = False


def all_strategies(file: Path | None) -> list[Known]:
    """Those of a configuration; without a file, of `config.toml` where there is one. Raises ConfigError.

    Strategies of others are loaded for that, each in a process of its own.
    """
    if file is None and USUAL.is_file():
        file = USUAL
    table, beside = load_strategy_tables(file, os.environ)
    ours = installed_strategies()
    plugins = Plugins(None if file is None else file.parent, ours)
    found = [
        (name, Kind.BUILT_IN, f"sunpace {__version__}", make_from(strategy, name, table.get(name, {}), beside)[1])
        for name, strategy in ours.items()
    ]
    jobs = [Job(origin=one, table=table.get(name, {}), beside=beside) for name, one in plugins.origins.items()]
    found += [(job.origin.name, job.origin.kind, job.origin.place, like) for job, like in tried(jobs)]
    for name, kind, place, why in plugins.refused:
        found.append((name, kind, place, Described(faults=(Fault((), why),))))
    by_hand = None if file is None else _chosen(file, {name for name, _, _, like in found if not like.faults})
    active = by_hand or table.get("active", _ACTIVE)
    chain = set(_chain(str(active), {name: like.values for name, _, _, like in found}))
    refused = {(one.name, one.place) for one in plugins.refused if one.name in {*ours, *plugins.origins}}
    return [
        Known(
            name=name,
            kind=kind,
            place=place,
            like=like,
            active=name == active and (name, place) not in refused,
            by_hand=by_hand is not None and name == active and (name, place) not in refused,
            in_chain=name in chain and (name, place) not in refused,
        )
        for name, kind, place, like in _ordered(found)
    ]


def _chosen(file: Path, usable: Collection[str]) -> str | None:
    """Which one was chosen by hand; None where none was, or one that cannot be used. Raises ConfigError."""
    try:
        choice = read_choice(choice_file(load_places(file, os.environ)))
    except (FileNotFoundError, StorageError):
        return None  # `sunpace status` tells what is wrong with it
    return choice.name if choice.holds(WallClock().now()) and choice.name in usable else None


def _ordered(found: Iterable[tuple[str, Kind, str, Described]]) -> list[tuple[str, Kind, str, Described]]:
    """Our own first, each kind by name."""
    kinds = list(Kind)
    return sorted(found, key=lambda one: (kinds.index(one[1]), one[0]))


def _chain(name: str, values: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The one in force, and whoever is named by a `then` on the way."""
    seen: set[str] = set()
    while name in values and name not in seen:
        seen.add(name)
        yield name
        name = str(values[name].get("then", ""))
