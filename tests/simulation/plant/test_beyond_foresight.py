"""What perfect foresight does not know of a plant: asked of every option that there is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from pydantic import BaseModel

from controller.simulation.plant import PlantOptions

CAPACITY = {"capacity_kwh": 40.0}


@pytest.mark.parametrize(
    ("options", "keys"),
    [
        ({}, ()),
        ({"voltage_v": 238.0, "car": {"phases": 1}}, ()),  # which it knows
        ({"dead_time_s": 30.0, "waking_s": 60.0, "ramp_a_per_s": 2.0, "seed": 7}, ()),  # which it is spared
        ({"meter": {"noise_w": 50.0, "poll_s": 60.0, "pv": False}}, ()),
        ({"voltage_swing_v": 5.0}, ("plant.voltage_swing_v",)),
        ({"car": {"max_a": 13.0, "leaves_a": 1.0}}, ("plant.car.max_a", "plant.car.leaves_a")),
        ({"car": {"overdraw_a": 1.0, "sleeps_after_s": 9.0}}, ("plant.car.overdraw_a", "plant.car.sleeps_after_s")),
        ({"car": {**CAPACITY, "soc_pct": 40.0, "taper_from_pct": 80.0}}, ("plant.car.capacity_kwh",)),
        ({"car": {"away_h": [[8, 17]]}}, ("plant.car.away_h",)),
        ({"battery": {**CAPACITY, "soc_pct": 20.0}}, ("plant.battery.capacity_kwh",)),
        ({"battery": {"soc_pct": 20.0}, "feed_in": {"lag_s": 1.0}}, ()),  # of what is not there
        ({"feed_in": {"limit_w": 0.0}}, ("plant.feed_in.limit_w",)),
        ({"box": {"fault_after_pause_s": 60.0, "fault_lasts_s": 9.0}}, ("plant.box.fault_after_pause_s",)),
        ({"box": {"starts_at_plug_in": True, "lost_pct": 3.0}}, ("plant.box.starts_at_plug_in", "plant.box.lost_pct")),
    ],
    ids=str,
)
def test_it_is_named(options: dict[str, Any], keys: tuple[str, ...]) -> None:
    assert PlantOptions.model_validate(options).beyond_foresight == keys


def test_every_option_is_known_spared_or_named() -> None:
    """A new one has to be put somewhere."""
    known = {"voltage_v", "car.phases"}
    spared = {"dead_time_s", "waking_s", "ramp_a_per_s", "seed"}
    only_shape = {"car.soc_pct", "car.taper_from_pct", "car.taper_end_w", "box.fault_lasts_s", "feed_in.lag_s"}
    changed = PlantOptions.model_validate(
        {
            "voltage_swing_v": 1.0,
            "car": {"max_a": 9.0, "leaves_a": 1.0, "overdraw_a": 1.0, "sleeps_after_s": 9.0, "away_h": [[1, 2]]}
            | CAPACITY,
            "battery": CAPACITY,
            "feed_in": {"limit_w": 0.0},
            "box": {"fault_after_pause_s": 9.0, "starts_at_plug_in": True, "lost_pct": 1.0},
        }
    )
    named = {key.removeprefix("plant.") for key in changed.beyond_foresight}
    every = {key for key in _keys(PlantOptions) if not key.startswith("meter.")}
    shapes_battery = {key for key in every if key.startswith("battery.")} - named
    assert every == known | spared | only_shape | shapes_battery | named


def _keys(model: type[BaseModel], path: str = "") -> Iterator[str]:
    for name, field in model.model_fields.items():
        inner = field.annotation
        if isinstance(inner, type) and issubclass(inner, BaseModel):
            yield from _keys(inner, f"{path}{name}.")
        else:
            yield f"{path}{name}"
