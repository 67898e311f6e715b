"""The two dialects: what the Next and the Unite call the same things. The Unite's is experimental."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from controller.wallbox.catalogue import Catalogue, CatalogueField, FieldType, load_catalogue
from controller.wallbox.sections import ReportedField, Value


class DialectName(StrEnum):
    """Whose words the box speaks; AUTO finds out."""

    AUTO = "auto"
    NEXT = "next"
    UNITE = "unite"


_UPDATE_TYPES = {FieldType.STRING: "simple-string"}  # the others are called as their type is


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """What the client has to know of a model.

    Attributes:
        name: NEXT or UNITE.
        by_section: Whether fields are read section by section, or all at once.
        has_errors: Whether the box lists its errors.
        has_structure: Whether it tells its sections and groups.
    """

    name: DialectName
    by_section: bool
    has_errors: bool
    has_structure: bool

    @property
    def catalogue(self) -> Catalogue:
        """The fields that are known of this model."""
        return load_catalogue(self.name.value)

    def fields_path(self, section: str) -> str:
        """Where the fields of a section are read."""
        return f"/api/sections/{section}" if self.by_section else "/api/configuration-fields"

    def update(self, field: ReportedField, value: Value, override: Mapping[str, str]) -> dict[str, Any]:
        """One entry of `POST /api/configuration-updates`.

        Args:
            field: The field as the box reports it.
            value: Its checked value.
            override: Update types of the user's own, by field key or by type.
        """
        if self.name is DialectName.UNITE:  # no update type, and every value as text
            return {"fieldKey": field.key, "value": _as_text(self.catalogue.fields.get(field.key), value)}
        own = override.get(field.key) or override.get(field.type.value)
        derived = f"{_UPDATE_TYPES.get(field.type, field.type.value)}-configuration-field-update"
        update_type = own or field.update_type or derived
        return {"fieldKey": field.key, "value": value, "configurationFieldUpdateType": update_type}


NEXT = Dialect(name=DialectName.NEXT, by_section=True, has_errors=True, has_structure=True)
UNITE = Dialect(name=DialectName.UNITE, by_section=False, has_errors=False, has_structure=False)


def _as_text(known: CatalogueField | None, value: Value) -> str:
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    words = {meaning: word for word, meaning in known.words.items()} if known is not None else {}
    return words.get(value, str(value)) if isinstance(value, int) else str(value)
