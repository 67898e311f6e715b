"""Finds the strategies of others: installed packages, and Python files beside the configuration. Loads nothing."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from importlib.metadata import entry_points
from pathlib import Path

from controller.control.plugins import is_ours, own_files
from controller.domain.choice import RESERVED, is_name
from controller.domain.demand import STRATEGY_GROUP
from controller.domain.one_line import one_line
from controller.plugins.origin import Kind, Origin, Refused
from controller.plugins.trusted import Distrust, trusted_text

FOLDER = "strategies"
"""Beside the configuration."""


@dataclass(frozen=True, slots=True)
class Found:
    """What there is.

    Attributes:
        origins: What may be loaded, by name.
        refused: What may not.
    """

    origins: dict[str, Origin]
    refused: tuple[Refused, ...]


def find_plugins(folder: Path | None, taken: Collection[str]) -> Found:
    """Looks for packages, and for files in `FOLDER` there.

    Args:
        folder: Where the configuration lies; None for packages only.
        taken: Names that there are already.
    """
    origins: dict[str, Origin] = {}
    refused: list[Refused] = []
    for candidate in (*_packages(), *(_files(folder / FOLDER) if folder is not None else ())):
        if isinstance(candidate, Refused):
            refused.append(candidate)
        elif (why := _unfit(candidate, taken, origins)) is not None:
            refused.append(Refused(candidate.name, candidate.kind, candidate.place, why))
        else:
            origins[candidate.name] = candidate
    return Found(origins, tuple(refused))


def _packages() -> Iterator[Origin]:
    foreign = [point for point in entry_points(group=STRATEGY_GROUP) if not is_ours(point)]
    for point in sorted(foreign, key=lambda point: (point.name, point.value)):
        maker = None if point.dist is None or point.dist.name is None else f"{point.dist.name} {point.dist.version}"
        place = maker or "an unnamed package"
        yield Origin(name=point.name, kind=Kind.PACKAGE, place=place, target=point.value)


def _files(folder: Path) -> Iterator[Origin | Refused]:
    """Those whose names begin with "_" or "." are nobody's business, and our own modules are no plug-ins."""
    try:
        files = sorted(file for file in folder.iterdir() if file.suffix == ".py" and file.name[0] not in "._")
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        yield Refused("", Kind.FILE, str(folder), f"cannot be looked into: {error.strerror}")
        return
    ours = own_files() if files else set()
    for file in files:
        if os.path.realpath(file) in ours:
            continue
        if not file.name.isprintable():
            shown = one_line(file.name)
            yield Refused(shown, Kind.FILE, str(folder / shown), "its name cannot be shown: give the file another name")
            continue
        try:
            source = trusted_text(file)
        except Distrust as error:
            yield Refused(file.stem, Kind.FILE, str(file), str(error))
        else:
            yield Origin(name=file.stem, kind=Kind.FILE, place=str(file), target=str(file), source=source)


def _unfit(origin: Origin, taken: Collection[str], others: dict[str, Origin]) -> str | None:
    """Why it cannot bear its name, if so."""
    name = origin.name
    remedy = (
        "give the file another name" if origin.kind is Kind.FILE else "ask its maker for another name, or remove it"
    )
    if name in taken:
        return f"there is a strategy {name!r} that comes with Sunpace: {remedy}"
    if name in others:
        return f"there is a strategy {name!r} already, from {others[name].place}: {remedy}"
    if name in RESERVED:
        return f"{name!r} is no name for a strategy, but a word of `[strategy]` or `sunpace strategy`: {remedy}"
    if not is_name(name):
        return f"{name!r} is no name for a strategy (small letters, digits and _, a letter first): {remedy}"
    return None
