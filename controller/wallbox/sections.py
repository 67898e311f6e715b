"""The configuration as the box reports it: sections, groups, fields."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter

from controller.domain.charger import PowerSettings
from controller.domain.errors import DeviceProtocolError
from controller.domain.units import HIGHEST_LIMIT_A
from controller.wallbox.catalogue import LIMIT_FIELD, PHASES_FIELD, VALUELESS, Catalogue, CatalogueField, FieldType
from controller.wallbox.replies import Reply, parsed
from controller.wallbox.texts import number_in, plain, truth_in, whole_in, without_user

Value = bool | int | float | str | None
"""A field's value: typed where the type is known and the value fits it, else as the box writes it."""

_SUFFIX = "-configuration-field"
_TYPES = {
    "simple-string": FieldType.STRING,
    "string": FieldType.STRING,
    "number": FieldType.NUMBER,
    "boolean": FieldType.BOOLEAN,
    "select": FieldType.SELECT,
    "password": FieldType.PASSWORD,
    "time": FieldType.TIME,
    "datetime": FieldType.DATETIME,
}
_SECRET_WORDS = frozenset({"password", "passwort", "passphrase", "secret", "key", "psk", "token", "pin", "credential"})
_LONGEST_VALUE = 4096
_SECRET_MASK = "********"  # noqa: S105


class _Field(Reply):
    fieldKey: str  # noqa: N815 -- the vendor's spelling
    fieldLabel: Any = None  # noqa: N815
    groupKey: Any = None  # noqa: N815
    configurationFieldType: Any = None  # noqa: N815
    configurationFieldUpdateType: Any = None  # noqa: N815
    value: Any = None
    permission: Any = None
    validation: Any = None


class _Group(Reply):
    key: str
    label: str | None = None


class _Section(Reply):
    key: str
    label: str | None = None
    groups: tuple[_Group, ...] = ()


class _Structure(Reply):
    sections: list[_Section]


_FIELDS = TypeAdapter(list[_Field])
_STRUCTURE = TypeAdapter(_Structure)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedField:
    """A field as the box reports it, and what the catalogue adds.

    Attributes:
        key: The box's own key.
        section: Its section.
        group: Its group.
        label: In the language asked for.
        type: The catalogue's type, else the box's; STRING where neither is known.
        value: Its value; a secret is masked, and an empty one is "".
        unit: Of the value; None where it has none or it is not known.
        writable: Whether both the box and the catalogue let it be written; for an unknown field, whether the box does.
        min: Lowest value that the box itself reports; None where it does not tell.
        max: Highest value, likewise.
        values: What a select takes, likewise; empty where the box does not tell.
        update_type: `configurationFieldUpdateType` for a write, where the box reports it or its field type; else None.
        known: Whether the catalogue has the field.
    """

    key: str
    section: str
    group: str
    label: str
    type: FieldType
    value: Value
    unit: str | None
    writable: bool
    min: float | None
    max: float | None
    values: tuple[str, ...]
    update_type: str | None
    known: bool


@dataclass(frozen=True, slots=True)
class StructureSection:
    """A section and its groups, by key and label."""

    key: str
    label: str
    groups: tuple[tuple[str, str], ...]


def parse_fields(body: object, section: str, catalogue: Catalogue) -> tuple[ReportedField, ...]:
    """The fields of a reply of `GET /api/sections/{section}` or of the Unite's `GET /api/configuration-fields`.

    Args:
        body: The reply.
        section: The section asked for; for fields that the catalogue does not know. Empty where all were asked for.
        catalogue: What is known of the fields.

    Raises:
        DeviceProtocolError: It is no list of fields.
    """
    rows = parsed(_FIELDS, body, f"section {section}" if section else "list of fields")
    return tuple(_reported(row, section, catalogue.fields.get(row.fieldKey)) for row in rows)


def parse_structure(body: object) -> tuple[StructureSection, ...]:
    """The reply of `GET /api/configuration-structure`. Raises DeviceProtocolError."""
    return tuple(
        StructureSection(
            plain(section.key),
            plain(section.label or section.key),
            tuple((plain(group.key), plain(group.label or group.key)) for group in section.groups),
        )
        for section in parsed(_STRUCTURE, body, "configuration structure").sections
    )


def structure_of(fields: tuple[ReportedField, ...]) -> tuple[StructureSection, ...]:
    """The sections and groups that these fields lie in, for a box that does not tell its structure."""
    groups: dict[str, dict[str, None]] = {}
    for field in fields:
        groups.setdefault(field.section, {})[field.group] = None
    return tuple(StructureSection(key, key, tuple((name, name) for name in inner)) for key, inner in groups.items())


def power_settings(fields: tuple[ReportedField, ...], catalogue: Catalogue, taken_at_s: float) -> PowerSettings:
    """What control needs of the section `power`. Raises DeviceProtocolError without the limit."""
    reported = {field.key: field for field in fields}
    limit = _of(LIMIT_FIELD, catalogue, reported)
    limit_a = number_in(limit.value) if limit is not None else None
    if limit is None or limit_a is None or not 0 <= limit_a <= HIGHEST_LIMIT_A:
        raise DeviceProtocolError(f"the wallbox shows no {LIMIT_FIELD} that can be used: Sunpace cannot steer this box")
    phases = _of(PHASES_FIELD, catalogue, reported)
    count = whole_in(phases.value) if phases is not None else None
    return PowerSettings(
        taken_at_s=taken_at_s,
        limit_a=int(limit_a),
        limit_max_a=None if limit.max is None else int(limit.max),
        phases=count if count in (1, 3) else None,
    )


def _of(name: str, catalogue: Catalogue, reported: dict[str, ReportedField]) -> ReportedField | None:
    known = catalogue.find(name)
    return reported.get(known.key if known is not None else name)


def _reported(row: _Field, section: str, known: CatalogueField | None) -> ReportedField:
    wire = plain(row.configurationFieldType or "")
    kind = _type(row.fieldKey, wire, known)
    bounds = row.validation if isinstance(row.validation, dict) else {}
    level = row.permission.get("permissionLevel") if isinstance(row.permission, dict) else row.permission
    box_lets = str(level).upper() != "READ" and not wire.startswith("readonly")
    key = plain(row.fieldKey)
    unknown_section = section or key.partition(".")[0]
    return ReportedField(
        key=key,
        section=known.section if known is not None else unknown_section,
        group=plain(row.groupKey or "") or (known.group if known is not None else unknown_section),
        label=plain(row.fieldLabel or "") or (known.label if known is not None else key),
        type=kind,
        value=read_value(row.value, kind, known),
        unit=known.unit if known is not None else None,
        writable=box_lets and (known is None or known.writable),
        min=number_in(bounds.get("min")),
        max=number_in(bounds.get("max")),
        values=_choices(bounds) if kind is FieldType.SELECT else (),
        update_type=_update_type(row, wire),
        known=known is not None,
    )


def _type(key: str, wire: str, known: CatalogueField | None) -> FieldType:
    """The catalogue's type, else the box's; whatever may be a secret is one."""
    told = _TYPES.get(wire.removesuffix(_SUFFIX), FieldType.STRING)
    if told is FieldType.PASSWORD:
        return told
    if known is not None:
        return known.type
    words = set(re.split(r"[^a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "-", key).casefold()))
    return FieldType.PASSWORD if words & _SECRET_WORDS else told


def _update_type(row: _Field, wire: str) -> str | None:
    if row.configurationFieldUpdateType:
        return plain(row.configurationFieldUpdateType)
    writable = wire.endswith(_SUFFIX) and not wire.startswith("readonly")
    return f"{wire}-update" if writable else None


def _choices(bounds: dict[str, Any]) -> tuple[str, ...]:
    """A select's values, where the box lists them; under which name is not specified, so any list of words will do."""
    for entry in bounds.values():
        if isinstance(entry, list) and entry:
            words = [item.get("key", item.get("value")) if isinstance(item, dict) else item for item in entry]
            if all(isinstance(word, str) for word in words):
                return tuple(plain(word) for word in words)
    return ()


def read_value(raw: object, kind: FieldType, known: CatalogueField | None) -> Value:
    """The box's value, typed where it fits its type: booleans and numbers come typed or as text."""
    if kind in VALUELESS:
        return None
    if kind is FieldType.PASSWORD:
        return _SECRET_MASK if raw else ""
    typed: Value = None
    if kind is FieldType.BOOLEAN:
        typed = truth_in(raw)
    elif kind is FieldType.NUMBER and (number := number_in(raw)) is not None:
        typed = int(number) if number == int(number) else number
        if known is not None:
            typed = known.words.get(str(typed), typed)
    if typed is not None or raw is None:
        return typed
    if isinstance(raw, bool | int) or (isinstance(raw, float) and math.isfinite(raw)):
        return raw
    return without_user(plain(raw, _LONGEST_VALUE))
