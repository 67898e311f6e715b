"""Our table of SunSpec models against the definitions that the SunSpec Alliance's own library comes with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from sunspec2 import device, mb

from controller.meter.formula import Point
from controller.meter.profile_files import Shelf
from controller.meter.registers import RegisterType
from controller.meter.sunspec.models import Place, shapes
from tests.support.sunspec import LENGTHS

UNITS = {"Pct": "%", "% AhrRtg": "%", "%WHRtg": "%"}
KINDS = {
    "int16": (RegisterType.INT16, {0x8000}),
    "uint16": (RegisterType.UINT16, {0xFFFF}),
    "uint32": (RegisterType.UINT32, {0xFFFF_FFFF}),
    "uint64": (RegisterType.UINT64, {0xFFFF_FFFF_FFFF_FFFF}),
    "acc32": (RegisterType.UINT32, {0xFFFF_FFFF}),
    "float32": (RegisterType.FLOAT32, None),
}


def group(number: int) -> dict[str, Any]:
    found: dict[str, Any] = device.get_model_def(number)["group"]
    return found


def offsets(points: list[dict[str, Any]], start: int = 0) -> dict[str, tuple[int, dict[str, Any]]]:
    found = {}
    for point in points:
        found[point["name"]] = (start, point)
        start += point["size"]
    return found


def ours() -> Iterator[Any]:
    for number, shape in shapes().items():
        for name, place in shape.points.items():
            yield pytest.param(number, name, place, False, id=f"{number}-{name}")
        for name, place in shape.module_points.items():
            yield pytest.param(number, name, place, True, id=f"{number}-module-{name}")


@pytest.mark.parametrize(("number", "name", "place", "in_module"), list(ours()))
def test_each_point_lies_where_the_model_says(number: int, name: str, place: Place, in_module: bool) -> None:
    model = group(number)
    fixed = offsets(model["points"])
    points = offsets(model["groups"][0]["points"]) if in_module else fixed
    offset, definition = points[name]
    kind, not_available = KINDS[definition["type"]]
    assert place.offset == offset
    assert (place.kind, place.not_available) == (kind, not_available)
    assert place.kind.registers == definition["size"]
    assert place.unit == UNITS.get(definition["units"], definition["units"])
    scale = definition.get("sf")
    assert place.exponent_offset == (None if scale is None else fixed[scale][0])
    if scale is not None:
        assert fixed[scale][1]["type"] == "sunssf"
    phase = re.search(r"(?:ph([ABC])|L([123]))$", name)
    assert place.phase == (0 if phase is None else "ABC123".index(phase[1] or phase[2]) % 3 + 1)


@pytest.mark.parametrize("number", [n for n in shapes() if n in LENGTHS])
def test_the_length_of_a_model_and_of_our_test_images(number: int) -> None:
    points = group(number)["points"]
    assert sum(point["size"] for point in points) == LENGTHS[number] + 2
    assert max(p.offset + p.kind.registers for p in shapes()[number].points.values()) <= LENGTHS[number] + 2


def test_modules_of_model_160() -> None:
    shape = shapes()[160]
    fixed = sum(point["size"] for point in group(160)["points"])
    module = sum(point["size"] for point in group(160)["groups"][0]["points"])
    assert (shape.first_module_offset, shape.module_length) == (fixed, module)
    assert [shape.modules(length) for length in (0, 8, 27, 28, 88, 108)] == [0, 0, 0, 1, 4, 5]


def test_wiring_of_model_701() -> None:
    offset, wiring = offsets(group(701)["points"])["ACType"]
    assert shapes()[701].wiring_offset == offset
    meaning = {"SINGLE_PHASE": 1, "SPLIT_PHASE": 2, "THREE_PHASE": 3}
    assert shapes()[701].wiring_phases == tuple(
        meaning[s["name"]] for s in sorted(wiring["symbols"], key=lambda s: s["value"])
    )


@pytest.mark.parametrize(
    ("numbers", "phases"), [((101, 111, 201, 211), 1), ((102, 112, 202, 212), 2), ((103, 113, 203, 204, 213, 214), 3)]
)
def test_phases_by_model(numbers: tuple[int, ...], phases: int) -> None:
    assert {shapes()[number].phases for number in numbers} == {phases}


@pytest.mark.parametrize("kind", ["int16", "uint16", "uint32", "uint64"])
def test_the_patterns_for_not_implemented_are_the_librarys(kind: str) -> None:
    pattern = int.from_bytes(mb.create_unimpl_value(kind), "big")
    assert KINDS[kind][1] == {pattern}


def points_of(point: Point | None) -> Iterator[Point]:
    while point is not None:
        yield point
        point = point.otherwise


@pytest.mark.parametrize("key", Shelf().known)
def test_profiles_ask_only_for_points_that_exist(key: str) -> None:
    for formula in Shelf().load(key).formulas():
        for point in (p for first in formula.points() for p in points_of(first)):
            for number in point.models:
                shape = shapes()[number]
                assert point.name in (shape.module_points if point.module else shape.points)
