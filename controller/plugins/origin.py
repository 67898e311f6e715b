"""Where a strategy comes from, and what is known of it once it has been loaded; plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NamedTuple


class Kind(StrEnum):
    """How a strategy has come here."""

    BUILT_IN = "built-in"
    PACKAGE = "package"
    FILE = "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """A strategy of somebody else's that may be loaded.

    Attributes:
        name: The strategy's.
        kind: A package or a file.
        place: The package with its version, or the file's path; for people.
        target: What is loaded: the entry point's "module:class", or the file's path.
        source: The file's text as it was judged; it is this that is run. None for a package.
    """

    name: str
    kind: Kind
    place: str
    target: str
    source: bytes | None = field(default=None, repr=False)


class Refused(NamedTuple):
    """A strategy that is not loaded.

    Attributes:
        name: What it would be called.
        kind: A package or a file.
        place: As of `Origin`.
        why: What is wrong and what to do, one line.
    """

    name: str
    kind: Kind
    place: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a strategy is made from; it crosses to the process that runs it.

    Attributes:
        origin: Where it comes from.
        table: `[strategy.NAME]`, as written.
        beside: What its settings may look at while they are checked: the site's prices.
    """

    origin: Origin
    table: Any
    beside: Mapping[str, Any]


class Fault(NamedTuple):
    """What is wrong with a strategy or its table.

    Attributes:
        path: Where in `[strategy.NAME]`; empty for the strategy itself.
        text: One line.
    """

    path: tuple[str | int, ...]
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What a loaded strategy is like.

    Attributes:
        about: The first line of its docstring.
        schema: Of its settings, as JSON schema.
        values: Its settings in force, as JSON's types; empty where they are wrong.
        timeless: See `Strategy`.
        faults: Why it cannot be used; none for a usable one.
    """

    about: str = ""
    schema: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    timeless: bool = False
    faults: tuple[Fault, ...] = ()
