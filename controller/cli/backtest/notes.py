"""What has to be known of the figures, beside the figures."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from controller.cli.backtest.runs import Run
from controller.simulation.plant import CarOptions, PlantSettings


def notes_of(runs: Sequence[Run]) -> list[str]:
    """One line each, for below a table and for `--json`."""
    return _of_foresight(runs)


def _of_foresight(runs: Sequence[Run]) -> list[str]:
    measured = [run.case.scene.plant for run in runs if run.perfect is not None]
    unknown = dict.fromkeys(table for plant in measured for table in _unknown_to_foresight(plant))
    if not unknown:
        return []
    keys = ", ".join(f"plant.{table}" for table in unknown)
    return [f"perfect foresight reckons with the reference car and house, without {keys}: a measure, not a bound"]


def _unknown_to_foresight(plant: PlantSettings) -> list[str]:
    """Options of house, car and box that `perfect` does not reckon with; meters change nothing that can be had."""
    usual = PlantSettings(phases=plant.phases)
    changed = {
        "voltage_swing_v": plant.voltage_swing_v > 0,
        "car": plant.car.model_copy(update={"phases": None}) != CarOptions(),
        "battery": plant.battery.capacity_kwh > 0,
        "feed_in": plant.feed_in.limit_w < inf,
        "box": plant.box != usual.box,
    }
    return [table for table, is_so in changed.items() if is_so]
