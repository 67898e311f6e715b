"""What a person sees: tables; whatever the box writes is shown as plain text."""

from __future__ import annotations

from rich.console import Group, RenderableType

from controller.cli.tables import line, table
from controller.wallbox.catalogue import VALUELESS, FieldType
from controller.wallbox.dashboard import BoxError, Dashboard
from controller.wallbox.sections import ReportedField, StructureSection, Value

__all__ = ["dashboard_view", "errors_view", "fields_view", "line", "shown", "structure_view", "table"]


def shown(value: Value, unit: str | None = None) -> str:
    """A value as people write it."""
    if value is None:
        return "-"
    text = ("on" if value else "off") if isinstance(value, bool) else str(value)
    return f"{text} {unit}" if unit is not None and text and not text.rstrip().endswith(unit) else text


def dashboard_view(dashboard: Dashboard) -> RenderableType:
    """Group by group, as on the box's first page."""
    parts: list[RenderableType] = []
    for group in dashboard.groups:
        rows = ((entry.label, entry.text or "-") for entry in group.entries)
        parts += [table(["", ""], rows, group.label), line("")]
    return Group(*parts[:-1])


def errors_view(errors: tuple[BoxError, ...]) -> RenderableType:
    """One row an error."""
    if not errors:
        return line("no errors")
    return table(["since", "code", "description"], ((e.timestamp, e.code, e.description) for e in errors))


def structure_view(sections: tuple[StructureSection, ...]) -> RenderableType:
    """One row a group."""
    rows = (
        (s.key if not n else "", s.label if not n else "", *group) for s in sections for n, group in enumerate(s.groups)
    )
    return table(["section", "label", "group", "label"], rows)


def fields_view(fields: tuple[ReportedField, ...]) -> RenderableType:
    """One row a field, with what it takes."""
    rows = ((f.key, f.label, _value(f), _takes(f)) for f in fields)
    return table(["field", "label", "value", "takes"], rows)


def _value(field: ReportedField) -> str:
    return f"({field.type.value})" if field.type in VALUELESS else shown(field.value, field.unit)


def _takes(field: ReportedField) -> str:
    if field.type in VALUELESS:
        return ""
    if not field.writable:
        return "read only"
    if field.values:
        return ", ".join(field.values)
    low = f"from {field.min:g}" if field.min is not None else ""
    high = f"to {field.max:g}" if field.max is not None else ""
    bounds = " ".join(part for part in (low, high) if part)
    return bounds or ("on, off" if field.type is FieldType.BOOLEAN else field.type.value)
