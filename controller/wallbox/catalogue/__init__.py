"""The field catalogue: every configuration field that is known of the box, as data, one TOML file a dialect."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import Any

SECTIONS = ("auth", "backend", "hems", "network", "power", "profile", "system")
"""The seven sections of the configuration, in the box's own order."""

LIMIT_FIELD = "operator-current-limit"
PHASES_FIELD = "phases-connected-to-charge-point"

_GUARDED_SECTIONS = frozenset({"network", "profile"})


class FieldType(StrEnum):
    """What a field is."""

    BOOLEAN = "boolean"
    STRING = "string"
    NUMBER = "number"
    SELECT = "select"
    PASSWORD = "password"  # noqa: S105 -- the name of a type
    TIME = "time"
    DATETIME = "datetime"
    BUTTON = "button"
    DOWNLOAD = "download"
    UPLOAD = "upload"


VALUELESS = frozenset({FieldType.BUTTON, FieldType.DOWNLOAD, FieldType.UPLOAD})
"""Types that hold no value: they stand for an action or a file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogueField:
    """One row of the field reference.

    Attributes:
        key: The box's own field key, misspellings included.
        section: Its section's key.
        group: Its group's key.
        label: What people call it, in English.
        type: What it is.
        writable: Whether the box takes new values for it.
        unit: The value's unit as the box counts, such as "A" or "mW"; None where it has none.
        min: Lowest value, included.
        max: Highest value, included.
        values: What a select takes; empty where that is not known.
        format: "ip" for an address; None for any text.
        upload: Whether a file can be uploaded under the key of this download.
        means: The Next's key of the same thing, for a field of another dialect.
        words: The box's numbers for what it means, for a field of another dialect.
    """

    key: str
    section: str
    group: str
    label: str
    type: FieldType
    writable: bool
    unit: str | None = None
    min: float | None = None
    max: float | None = None
    values: tuple[str, ...] = ()
    format: str | None = None
    upload: bool = False
    means: str | None = None
    words: Mapping[str, int] = field(default_factory=dict)

    @property
    def guarded(self) -> bool:
        """Whether a wrong value can lock the owner out of the box: network and passwords."""
        return is_guarded(self.section, self.type)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The fields of one dialect.

    Attributes:
        fields: By the box's own key, in the order of the reference.
    """

    fields: Mapping[str, CatalogueField]

    def __iter__(self) -> Iterator[CatalogueField]:
        return iter(self.fields.values())

    def find(self, name: str) -> CatalogueField | None:
        """The field with this key, or the one that means it; None where there is none."""
        known = self.fields.get(name)
        return known if known is not None else next((row for row in self if row.means == name), None)


def is_guarded(section: str, kind: FieldType) -> bool:
    """Whether a field of this section and type can lock the owner out; holds for unknown fields, too."""
    return section in _GUARDED_SECTIONS or kind is FieldType.PASSWORD


@cache
def load_catalogue(dialect: str) -> Catalogue:
    """The catalogue "next" or "unite"."""
    tree = tomllib.loads((files(__package__) / f"{dialect}.toml").read_text(encoding="utf-8"))
    rows = [
        _row(key, section, group, entry)
        for section, groups in tree.items()
        for group, entries in groups.items()
        for key, entry in entries.items()
    ]
    return Catalogue({row.key: row for row in rows})


def _row(key: str, section: str, group: str, entry: Mapping[str, Any]) -> CatalogueField:
    columns = dict(entry)
    kind = FieldType(str(columns.pop("type")))
    access = columns.pop("access")
    if access not in ("RW", "RO"):
        raise ValueError(f"{key}: access {access!r} is neither RW nor RO")
    columns["values"] = tuple(columns.pop("values", ()))
    return CatalogueField(key=key, section=section, group=group, type=kind, writable=access == "RW", **columns)
