"""Without options the plant is the reference plant, to the last bit, and coasts."""

from __future__ import annotations

import pytest

from controller.simulation.backtest.core import CorePilot
from controller.simulation.backtest.play import play
from controller.simulation.backtest.score import Outcome
from controller.simulation.plant import (
    BatteryOptions,
    BoxOptions,
    CarOptions,
    FeedInOptions,
    MeterOptions,
    Plant,
    PlantOptions,
    PlantSettings,
)
from controller.simulation.weather import sunny_with_clouds
from tests.support.houses import core, surplus

BEFORE = {
    1: (37.73443562496303, 1.5591477083702767, 7, 187, 197),
    3: (52.218104594829484, 6.958020405170291, 11, 136, 155),
}
"""(solar_kwh, grid_kwh, starts, limit_writes, commands) of the generated day 7, as before there were options."""


def played(settings: PlantSettings, monkeypatch: pytest.MonkeyPatch) -> tuple[Outcome, int]:
    """What came of it, and how often it coasted."""
    coasts = 0
    coast = Plant.coast

    def counted(plant: Plant, to_s: float, from_w: float, below_w: float) -> None:
        nonlocal coasts
        coasts += 1
        coast(plant, to_s, from_w, below_w)

    monkeypatch.setattr(Plant, "coast", counted)
    trace = sunny_with_clouds(7)
    pilot = CorePilot(core(surplus(solar_share=0.5), phases=settings.phases), trace.times_s[0])
    return play(trace, settings, pilot), coasts


@pytest.mark.parametrize("phases", [1, 3])
def test_the_reference_plant_is_what_it_was(phases: int, monkeypatch: pytest.MonkeyPatch) -> None:
    outcome, coasts = played(PlantSettings(phases=phases, step_s=5.0), monkeypatch)
    figures = (outcome.solar_kwh, outcome.grid_kwh, outcome.starts, outcome.limit_writes, outcome.commands)
    assert figures == BEFORE[phases]
    assert outcome.steps > 4 * coasts > 0


def test_stepping_through_every_step_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """The slow way, with meters that are right: no other figures."""
    settings = PlantSettings(step_s=5.0, meter=MeterOptions(drop_s=1.0))
    outcome, coasts = played(settings, monkeypatch)
    assert coasts == 0
    figures = (outcome.starts, outcome.limit_writes, outcome.commands)
    assert figures == BEFORE[3][2:]
    assert (outcome.solar_kwh, outcome.grid_kwh) == pytest.approx(BEFORE[3][:2], abs=1e-9)


def test_options_that_say_what_is_so_anyway_are_the_reference_plant() -> None:
    car, battery = CarOptions(leaves_a=0.0), BatteryOptions(capacity_kwh=0.0)
    assert PlantSettings(phases=1, step_s=5.0, dead_time_s=10.0, car=car, battery=battery).reference


@pytest.mark.parametrize(
    "options",
    [
        PlantOptions(voltage_v=240.0),
        PlantOptions(dead_time_s=30.0),
        PlantOptions(car=CarOptions(phases=1)),
        PlantOptions(battery=BatteryOptions(capacity_kwh=10.0)),
        PlantOptions(feed_in=FeedInOptions(limit_w=0.0)),
        PlantOptions(meter=MeterOptions(ev=False)),
        PlantOptions(box=BoxOptions(lost_pct=1.0)),
    ],
    ids=str,
)
def test_any_option_makes_another_plant(options: PlantOptions) -> None:
    assert not options.reference
    assert not PlantSettings(phases=3, step_s=5.0, **dict(options)).reference
