"""The box's configuration: every field of the catalogue with its value, permission and validation."""

from __future__ import annotations

import ipaddress
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from controller.wallbox.catalogue import LIMIT_FIELD, VALUELESS, CatalogueField, FieldType, load_catalogue

Dialect = Literal["next", "unite"]
Language = Literal["en", "de"]
Value = bool | int | str

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_LONGEST_TEXT = 256
_YEARS = (2000, 2100)


class FieldRefused(Exception):
    """The box does not take a value; the text says which and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What the emulated box adds to a row of the catalogue; see values.toml.

    Attributes:
        en: English label.
        de: German label.
        value: At delivery; None where the state of the box tells it, and for passwords.
        text: Whether the box shows and takes a typed value as text.
        min: Lowest accepted value, included.
        max: Highest accepted value, included.
        values: What a select takes, where the catalogue leaves that open.
    """

    en: str
    de: str
    value: Value | None = None
    text: bool = False
    min: float | None = None
    max: float | None = None
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A field of the catalogue as this box has it."""

    field: CatalogueField
    shown: Shown
    min: float | None
    max: float | None

    @property
    def name(self) -> str:
        """The Next's key for what it is."""
        return self.field.means or self.field.key

    @property
    def options(self) -> tuple[str, ...]:
        """What a select takes."""
        return self.field.values or self.shown.values

    @property
    def kind(self) -> str:
        """The first part of its `configurationFieldType`."""
        kind = "simple-string" if self.field.type is FieldType.STRING else self.field.type.value
        return kind if self.field.writable or self.field.type in VALUELESS else "readonly"

    @property
    def validation(self) -> dict[str, Any]:
        """As the box tells it; empty where it tells none. The name `values` for a select's is a guess."""
        if not self.field.writable:
            return {}
        if self.options:
            return {"values": list(self.options)}
        return {name: bound for name, bound in (("min", self.min), ("max", self.max)) if bound is not None}


class FieldStore:
    """The configuration of one box.

    Args:
        dialect: Whose fields.
        limit_range_a: What the operator current limit takes, A, both included.
    """

    def __init__(self, dialect: Dialect, limit_range_a: tuple[int, int]) -> None:
        self._textual = dialect == "unite"
        self._rows = {row.field.key: row for row in _rows(dialect, limit_range_a)}
        self._values: dict[str, Value] = {}
        self.reset()

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())

    def __getitem__(self, key: str) -> Row:
        return self._rows[key]

    def reset(self) -> None:
        """Back to what was delivered."""
        self._values = {row.name: row.shown.value for row in self if row.shown.value is not None}

    def get(self, name: str, default: Value) -> Value:
        """A value by the Next's key; the default where this dialect has no such field."""
        return self._values.get(name, default)

    def describe(self, rows: Iterable[Row], language: Language, live: Mapping[str, Value]) -> list[dict[str, Any]]:
        """The field objects of a reply.

        Args:
            rows: Of this store.
            language: Of the labels.
            live: Values that the state of the box tells, by the Next's key; they go before what is stored.
        """
        return [self._describe(row, language, live) for row in rows]

    def check(self, key: object, value: object) -> Value:
        """What a write would store. Raises FieldRefused."""
        row = self._rows.get(key) if isinstance(key, str) else None
        if row is None:
            raise FieldRefused(f"there is no field {key!r}")
        if not row.field.writable or row.field.type in VALUELESS:
            raise FieldRefused(f"{key} is read-only")
        try:
            return self._typed(row, value)
        except (TypeError, ValueError, OverflowError) as error:
            shown = "the new value" if row.field.type is FieldType.PASSWORD else repr(value)
            raise FieldRefused(f"{key} does not take {shown}: {error}") from error

    def store(self, key: str, value: Value) -> None:
        """Stores what `check` returned."""
        self._values[self._rows[key].name] = value

    def _describe(self, row: Row, language: Language, live: Mapping[str, Value]) -> dict[str, Any]:
        entry: dict[str, Any] = {
            "fieldKey": row.field.key,
            "fieldLabel": getattr(row.shown, language),
            "groupKey": row.field.group,
            "configurationFieldType": f"{row.kind}-configuration-field",
            "value": self._shown_value(row, live),
            "permission": {"permissionLevel": "WRITE" if row.field.writable else "READ"},
        }
        if row.validation:
            entry["validation"] = row.validation
        return entry

    def _shown_value(self, row: Row, live: Mapping[str, Value]) -> Value | None:
        if row.field.type in VALUELESS:
            return None
        if row.field.type is FieldType.PASSWORD:
            return ""  # a box never tells one
        value = live.get(row.name, self._values.get(row.name, ""))
        for number, meaning in row.field.words.items():
            if meaning == value:
                value = number
                break
        if self._textual:
            return str(value).upper() if isinstance(value, bool) else str(value)
        return str(value).lower() if row.shown.text else value

    def _typed(self, row: Row, value: object) -> Value:
        """The value in its own type. Raises ValueError or TypeError saying what would be right."""
        if self._textual and not isinstance(value, str):
            raise ValueError("values are text")
        kind = row.field.type
        if isinstance(value, str) and (self._textual or row.shown.text):
            value = _from_text(kind, value)
        match kind:
            case FieldType.BOOLEAN:
                if not isinstance(value, bool):
                    raise TypeError("true or false is expected")
                return value
            case FieldType.NUMBER:
                return _number(row, value)
            case FieldType.SELECT:
                if value not in row.options:
                    raise ValueError(f"one of {', '.join(row.options)} is expected")
                return str(value)
            case _:
                return _text(row, value)


def _from_text(kind: FieldType, text: str) -> object:
    """The typed value where the text is one, else the text itself, which is then refused."""
    if kind is FieldType.NUMBER:
        with suppress(ValueError):
            return int(text)
    if kind is FieldType.BOOLEAN:
        return {"true": True, "false": False}.get(text.lower(), text)
    return text


def _number(row: Row, value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
        raise ValueError("a whole number is expected")
    if (row.min is not None and value < row.min) or (row.max is not None and value > row.max):
        raise ValueError(f"from {row.min:g} to {row.max:g} is expected")
    return int(value)


def _text(row: Row, value: object) -> str:
    if not isinstance(value, str) or len(value) > _LONGEST_TEXT or not value.isprintable():
        raise ValueError(f"printable text of at most {_LONGEST_TEXT} characters is expected")
    match row.field.type:
        case FieldType.TIME if not _TIME.fullmatch(value):
            raise ValueError("HH:MM is expected")
        case FieldType.DATETIME if not _YEARS[0] <= datetime.fromisoformat(value).year <= _YEARS[1]:
            raise ValueError(f"a year from {_YEARS[0]} to {_YEARS[1]} is expected")
        case _ if row.field.format == "ip" and value:
            ipaddress.ip_address(value)
    return value


@cache
def presentation() -> Mapping[str, Any]:
    """values.toml."""
    return tomllib.loads((files(__package__) / "values.toml").read_text(encoding="utf-8"))


def _rows(dialect: Dialect, limit_range_a: tuple[int, int]) -> Iterator[Row]:
    tables = presentation()[dialect]
    for known in load_catalogue(dialect):
        entry = dict(tables[known.section][known.key])
        entry["values"] = tuple(entry.get("values", ()))
        shown = Shown(**entry)
        lowest = shown.min if shown.min is not None else known.min
        highest = shown.max if shown.max is not None else known.max
        if LIMIT_FIELD in (known.key, known.means):
            lowest, highest = limit_range_a
        yield Row(known, shown, lowest, highest)
