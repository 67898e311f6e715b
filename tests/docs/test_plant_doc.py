"""docs/plant.md lists every option of the plant, with default and range as they are."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from annotated_types import Ge, Le
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from controller.simulation.plant import PlantOptions

TEXT = (Path(__file__).parents[2] / "docs" / "plant.md").read_text()
ROWS = {
    cells[0].strip("`"): cells[1:]
    for line in TEXT.splitlines()
    if line.startswith("| `plant.")
    for cells in [[cell.strip() for cell in line.strip("|").split("|")]]
}
IN_WORDS = {"plant.car.phases": ("as the box", "1..3"), "plant.car.away_h": ("[]", "0..8784")}


def options(model: type[BaseModel], path: str) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from options(inner, f"{path}.{name}")
        else:
            yield f"{path}.{name}", field


def told(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if math.isfinite(value) else "inf"


def bound(field: FieldInfo, kind: type[Ge | Le], name: str) -> str:
    found = [getattr(limit, name) for limit in field.metadata if isinstance(limit, kind)]
    return format(found[0], "g") if found and found[0] < 1e5 else f"{found[0]:.0f}" if found else ""


def test_every_key_stands_in_the_table_and_no_other() -> None:
    assert list(ROWS) == [key for key, _ in options(PlantOptions, "plant")]


def test_defaults_and_ranges_are_those_of_the_code() -> None:
    for key, field in options(PlantOptions, "plant"):
        low, high = bound(field, Ge, "ge"), bound(field, Le, "le")
        shown = IN_WORDS.get(key) or (told(field.default), f"{low}..{high}" if low else "")
        assert tuple(ROWS[key][1:3]) == shown, key


def test_units_are_those_of_the_names() -> None:
    units = {"s": "s", "a": "A", "v": "V", "w": "W", "kwh": "kWh", "pct": "%", "h": "h", "per_s": "A/s"}
    for key, cells in ROWS.items():
        ending = "per_s" if key.endswith("_per_s") else key.rpartition("_")[2]
        assert cells[0] == units.get(ending, ""), key


def test_the_examples_are_options() -> None:
    used = set(re.findall(r"--set (plant\.[a-z_.]+)=", TEXT))
    assert used
    assert used <= set(ROWS)
