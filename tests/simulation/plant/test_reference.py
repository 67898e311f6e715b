"""Without options the plant is the reference plant, to the last bit, and coasts."""

from __future__ import annotations

import math
from typing import Any

import pytest

from controller.control.standing import Standing
from controller.domain.decision import Command
from controller.simulation.backtest.box import ReferenceBox
from controller.simulation.backtest.core import CorePilot
from controller.simulation.backtest.play import Look, Pilot, play
from controller.simulation.days.day import Day, generate
from controller.simulation.days.kind import DayKind
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
from controller.simulation.trace import Trace
from tests.support.houses import core, surplus

DAY = generate(Day(kind=DayKind.SUNNY, seed=7))
BEFORE = {
    1: (24.350827847222227, 23.243519374999988, 102, 509, 509),
    3: (45.64628541666655, 97.13675625000013, 102, 509, 509),
}
"""(solar_kwh, grid_kwh, starts, limit_writes, commands), by the plant as it was before there were options."""


class Script:
    """Commands something else every 170 s, and looks at nothing."""

    def look(self, plant: Plant, box: ReferenceBox) -> Look:
        turn = int(plant.now_s // 170)
        box.tell(Command(6 + turn * 7 % 11, turn % 5 != 0))
        return Look("script", Standing(-math.inf, math.inf, (turn + 1) * 170.0))


def morning() -> Trace:
    """The day from six to eleven."""
    first, last = 6 * 360, 11 * 360 + 1
    return Trace(times_s=DAY.times_s[first:last], pv_w=DAY.pv_w[first:last], load_w=DAY.load_w[first:last])


def played(
    settings: PlantSettings, pilot: Pilot, monkeypatch: pytest.MonkeyPatch, trace: Trace = DAY
) -> tuple[tuple[float, ...], int]:
    """The figures, and how often it coasted."""
    coasts = 0
    coast = Plant.coast

    def counted(plant: Plant, *waits: Any) -> None:
        nonlocal coasts
        coasts += 1
        coast(plant, *waits)

    monkeypatch.setattr(Plant, "coast", counted)
    came = play(trace, settings, pilot)
    assert came.steps == round(trace.duration_s / 5) + 1
    return (came.solar_kwh, came.grid_kwh, came.starts, came.limit_writes, came.commands), coasts


@pytest.mark.parametrize("phases", [1, 3])
def test_the_reference_plant_is_what_it_was(phases: int, monkeypatch: pytest.MonkeyPatch) -> None:
    figures, coasts = played(PlantSettings(phases=phases, step_s=5.0), Script(), monkeypatch)
    assert figures == BEFORE[phases]
    assert 500 < coasts < 1000


def test_stepping_through_every_step_gives_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """The slow way, in front of a plant that differs in nothing that shows."""

    trace = morning()

    def ours() -> CorePilot:
        return CorePilot(core(surplus(solar_share=0.5)), trace.times_s[0])

    fast, coasts = played(PlantSettings(step_s=5.0), ours(), monkeypatch, trace)
    slow, none = played(PlantSettings(step_s=5.0, meter=MeterOptions(drop_s=1.0)), ours(), monkeypatch, trace)
    own, _ = played(PlantSettings(step_s=5.0, box=BoxOptions(starts_at_plug_in=True)), ours(), monkeypatch, trace)
    assert fast[2] > 0
    assert coasts > 0 == none
    assert slow == own == pytest.approx(fast, abs=1e-9)
    assert slow[2:] == fast[2:]


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
