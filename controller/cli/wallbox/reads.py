"""The commands that only look."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from controller.app import Box
from controller.cli.outcome import Outcome
from controller.cli.wallbox import tables
from controller.wallbox.sections import ReportedField


async def dashboard(box: Box, _: argparse.Namespace) -> Outcome:
    """State, session, energy."""
    seen = await box.client.dashboard()
    data = {
        "ocpp_state": seen.ocpp_state.value if seen.ocpp_state is not None else seen.ocpp_state_text,
        "status": seen.status,
        "free_charging": seen.free_charging,
        "connectivity": seen.connectivity,
        "charge_point_id": seen.charge_point_id,
        "charging_sessions": seen.charging_sessions,
        "session_duration_s": seen.session_duration_s,
        "session_energy_wh": seen.session_energy_wh,
        "groups": [asdict(group) for group in seen.groups],
    }
    return Outcome(data, tables.dashboard_view(seen))


async def errors(box: Box, _: argparse.Namespace) -> Outcome:
    """What is wrong with it now."""
    found = await box.client.errors()
    return Outcome({"errors": [asdict(error) for error in found]}, tables.errors_view(found))


async def structure(box: Box, _: argparse.Namespace) -> Outcome:
    """Its sections and groups."""
    sections = await box.client.structure()
    data = [
        {"key": s.key, "label": s.label, "groups": [{"key": key, "label": label} for key, label in s.groups]}
        for s in sections
    ]
    return Outcome({"sections": data}, tables.structure_view(sections))


async def section(box: Box, arguments: argparse.Namespace) -> Outcome:
    """All fields of a section."""
    fields = await box.client.section(arguments.key)
    data = {"section": arguments.key, "fields": [field_data(field) for field in fields]}
    return Outcome(data, tables.fields_view(fields) if fields else tables.line(f"{arguments.key} has no fields"))


async def get(box: Box, arguments: argparse.Namespace) -> Outcome:
    """One field."""
    field = await box.client.field(arguments.field, arguments.section)
    return Outcome(field_data(field), tables.line(tables.shown(field.value, field.unit)))


def field_data(field: ReportedField) -> dict[str, Any]:
    """A field for --json."""
    return {
        "key": field.key,
        "value": field.value,
        "unit": field.unit,
        "label": field.label,
        "section": field.section,
        "group": field.group,
        "type": field.type.value,
        "writable": field.writable,
        "min": field.min,
        "max": field.max,
        "values": list(field.values),
        "known": field.known,
    }
