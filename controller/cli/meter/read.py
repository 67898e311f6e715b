"""`sunpace meter read`: one look, all quantities."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from rich.console import Group, RenderableType

from controller.cli.loop import run_on_loop
from controller.cli.meter.device import opened
from controller.cli.meter.sentences import explained
from controller.cli.meter.values import RawTerm, Value, address_of, public_values, raw_terms, with_unit
from controller.cli.meter.way_in import Target, find_target
from controller.cli.outcome import Outcome
from controller.cli.tables import line, table
from controller.control.clock import WallClock
from controller.domain.errors import DeviceRejected
from controller.domain.readings import Reading
from controller.meter.device import Look
from controller.meter.quantities import Role


def read(arguments: argparse.Namespace) -> Outcome:
    """Reads a device once. Raises SunpaceError."""
    target = find_target(arguments)
    try:
        looks = run_on_loop(_look, target)
    except DeviceRejected as error:
        raise DeviceRejected(f"{error}; `sunpace meter scan` tries other profiles and unit ids") from error
    readings = {role: look.reading for role, look in looks.items()}
    raw = [term for role, look in looks.items() for term in raw_terms(role, look, turned=target.turned(role))]
    there = [role for role, look in looks.items() if look.memory]  # the device has nothing of the others
    data = told(target, readings)
    if arguments.raw:
        data["raw"] = [asdict(term) for term in raw]
    values, refused = public_values(readings)
    sentences = explained(readings, line_meter=target.is_line_meter, invert=target.entry.invert)
    view: list[RenderableType] = [
        line(f"{target.profile.name} ({target.profile.key}) at {target.endpoint} unit {target.unit_id}"),
        _raw_view(raw, values, refused) if arguments.raw else _view(values, refused),
        *(line(sentence) for sentence in sentences),
    ]
    return Outcome(data, Group(*view), exit_code=0 if has_powers({role: looks[role].reading for role in there}) else 1)


def told(target: Target, readings: Mapping[Role, Reading]) -> dict[str, Any]:
    """For programs: values by public name, what was refused, and where it is."""
    values, refused = public_values(readings)
    return {
        "profile": target.profile.key,
        "roles": [role.value for role in target.roles],
        "address": address_of(target.endpoint, target.unit_id),
        **values,
        "refused": refused,
    }


def has_powers(readings: Mapping[Role, Reading]) -> bool:
    """Whether every role's power is known."""
    return all(reading.power_w is not None for reading in readings.values())


async def _look(target: Target) -> dict[Role, Look]:
    async with opened(target, WallClock()) as device:
        return await device.look()


def _view(values: Mapping[str, Value], refused: Mapping[str, str]) -> RenderableType:
    return table(["quantity", "value"], ((name, _shown(name, value, refused)) for name, value in values.items()))


def _shown(name: str, value: Value, refused: Mapping[str, str]) -> str:
    return f"refused: {refused[name]}" if name in refused else with_unit(name, value)


def _raw_view(raw: list[RawTerm], values: Mapping[str, Value], refused: Mapping[str, str]) -> RenderableType:
    """The registers beside the values; what belongs to one quantity stands together."""
    rows: list[tuple[str, ...]] = []
    before = ""
    for term in raw:
        first = term.name != before
        rows.append(
            (
                term.name if first else "",
                "" if term.phase is None else f"L{term.phase}",
                str(term.function),
                str(term.address),
                term.type,
                " ".join(term.words) or "-",
                "-" if term.number is None else f"{term.number:.10g}",
                _shown(term.name, values.get(term.name), refused) if first else "",
            )
        )
        before = term.name
    columns = ["quantity", "", "function", "address", "type", "words", "number", "value"]
    return table(columns, rows)
