"""A decision that stands is not asked for again: the outcome is the same as with a look at every step."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.control.plugins import installed_strategies
from controller.control.settings import CoreSettings
from controller.domain.decision import Command
from controller.simulation.backtest.box import ReferenceBox
from controller.simulation.backtest.core import CorePilot
from controller.simulation.backtest.play import Look, play
from controller.simulation.backtest.score import Outcome
from controller.simulation.days.day import Day, generate
from controller.simulation.days.kind import DayKind
from controller.simulation.plant import Plant, PlantSettings
from controller.simulation.trace import Trace

REFERENCE = PlantSettings(step_s=5.0)


def site(phases: int = 3, active: str = "surplus", **tables: dict[str, object]) -> CoreSettings:
    made = {
        name: kind.from_settings(kind.Settings(**tables.get(name, {}))) for name, kind in installed_strategies().items()
    }
    return CoreSettings(strategies=made, active=active, timezone=UTC, phases=phases)


def counted(trace: Trace, core: CoreSettings, *, stepping: bool) -> tuple[Outcome, int]:
    """What came of it, and how often the core was asked."""
    looks = 0

    class Counting(CorePilot):
        def look(self, plant: Plant, box: ReferenceBox) -> Look:
            nonlocal looks
            looks += 1
            return super().look(plant, box)

    plant = REFERENCE.model_copy(update={"phases": core.phases})
    pilot = Counting(core, trace.times_s[0])
    outcome = play(trace, plant, pilot, watch=(lambda *_: None) if stepping else None)
    return replace(outcome, wall_s=0.0), looks


def near(one: Outcome, other: Outcome) -> bool:
    return (one.starts, one.commands, one.limit_writes, one.steps) == (
        other.starts,
        other.commands,
        other.limit_writes,
        other.steps,
    ) and one.solar_kwh + one.grid_kwh == pytest.approx(other.solar_kwh + other.grid_kwh, abs=1e-9)


skies = st.lists(
    st.tuples(st.sampled_from([10.0, 60.0, 300.0, 900.0]), st.floats(0, 13_000), st.floats(0, 3000)),
    min_size=2,
    max_size=40,
)


def trace_of(points: list[tuple[float, float, float]], start_s: float) -> Trace:
    at_s, rows = start_s, []
    for lasts_s, pv_w, load_w in points:
        rows.append((at_s, pv_w, load_w))
        at_s += lasts_s
    return Trace.of(rows)


@given(
    skies,
    st.sampled_from([1_781_992_800.0, 1_781_992_817.5]),
    st.sampled_from([1, 3]),
    st.sampled_from([0.3, 0.5, 0.8, 1.0]),
    st.sampled_from(
        [{}, {"start_delay_s": 0, "min_off_s": 0}, {"stop_delay_s": 20, "min_on_s": 47}, {"keep_minimum": True}]
    ),
    st.sampled_from([0, 300, -150]),
)
@settings(max_examples=60)
def test_coasting_is_stepping(
    points: list[tuple[float, float, float]],
    start_s: float,
    phases: int,
    share: float,
    delays: dict[str, object],
    bias_w: int,
) -> None:
    core = site(phases, surplus={"solar_share": share, "grid_bias_w": bias_w, **delays})
    trace = trace_of(points, start_s)
    coasted, _ = counted(trace, core, stepping=False)
    stepped, looks = counted(trace, core, stepping=True)
    assert near(coasted, stepped)
    assert looks == stepped.steps


@pytest.mark.parametrize("phases", [1, 3])
def test_a_day_needs_few_looks(phases: int) -> None:
    trace = generate(Day(kind=DayKind.SUNNY, seed=5))
    coasted, looks = counted(trace, site(phases), stepping=False)
    stepped, steps = counted(trace, site(phases), stepping=True)
    assert near(coasted, stepped)
    assert coasted.starts > 0
    assert looks < steps / 4


@pytest.mark.parametrize("then", ["surplus", "off"])
def test_windows_are_met_to_the_minute(then: str) -> None:
    """No decision of off-peak, or of the sun that it defers to, stands for longer than to the next minute."""
    windows = [{"start": "11:07", "end": "11:31"}, {"start": "15:59", "end": "16:02", "current_a": 8}]
    core = site(active="off_peak", off_peak={"windows": windows, "then": then})
    trace = generate(Day(kind=DayKind.SUNNY, seed=2))
    coasted, looks = counted(trace, core, stepping=False)
    stepped, steps = counted(trace, core, stepping=True)
    assert near(coasted, stepped)
    assert looks < steps


@pytest.mark.parametrize("budget", [4, 12, 60])
@given(seed=st.integers(0, 999))
@settings(max_examples=6)
def test_coasting_is_stepping_while_the_write_budget_is_spent(budget: int, seed: int) -> None:
    """What is saved up in many small parts buys a write at the same step as what is saved up in one."""
    core = replace(site(1, surplus={"solar_share": 0.5}), writes_per_hour=float(budget))
    random = Random(seed)
    points = [(float(random.choice((10, 20, 60))), random.uniform(0, 5000), 300.0) for _ in range(240)]
    trace = trace_of(points, 1_781_992_800.0)
    coasted, _ = counted(trace, core, stepping=False)
    stepped, _ = counted(trace, core, stepping=True)
    assert near(coasted, stepped)
    assert stepped.commands > budget


@given(seed=st.integers(0, 999))
@settings(max_examples=6)
def test_coasting_is_stepping_while_a_days_starts_are_spent(seed: int) -> None:
    """Also over midnight, when there are new ones."""
    hasty: dict[str, object] = {"start_delay_s": 0, "stop_delay_s": 0, "min_on_s": 0, "min_off_s": 60}
    core = replace(site(1, surplus=hasty), starts_per_day=3)
    random = Random(seed)
    points = [(float(random.choice((60, 120, 300))), random.choice((0.0, 4000.0)), 300.0) for _ in range(120)]
    trace = trace_of(points, 1_781_992_800.0)
    coasted, _ = counted(trace, core, stepping=False)
    stepped, _ = counted(trace, core, stepping=True)
    assert near(coasted, stepped)
    assert 3 <= stepped.starts <= 6


def test_a_fixed_current_needs_hardly_a_look() -> None:
    core = site(active="fixed", fixed={"current_a": 10})
    trace = generate(Day(kind=DayKind.SUNNY, seed=2))
    coasted, looks = counted(trace, core, stepping=False)
    stepped, steps = counted(trace, core, stepping=True)
    assert near(coasted, stepped)
    assert looks < steps / 8


class _Hasty:
    """Commands something else at every look."""

    def __init__(self) -> None:
        self.taken: list[tuple[float, Command]] = []

    def look(self, plant: Plant, box: ReferenceBox) -> Look:
        command = Command(6 if box.command.limit_a == 16 else 16, True)
        if box.tell(command):
            self.taken.append((plant.now_s, command))
        return Look("hasty")


def test_no_two_commands_come_within_half_a_minute() -> None:
    pilot = _Hasty()
    outcome = play(trace_of([(600.0, 9000.0, 300.0), (1.0, 9000.0, 300.0)], 0.0), REFERENCE, pilot)
    moments_s = [at_s for at_s, _ in pilot.taken]
    assert moments_s == [30.0 * number for number in range(21)]
    assert outcome.commands == outcome.limit_writes == 21
    assert outcome.starts == 1


def test_what_has_been_told_already_is_no_command() -> None:
    plant = Plant(trace_of([(60.0, 0.0, 0.0), (1.0, 0.0, 0.0)], 0.0), 0.0, REFERENCE)
    box = ReferenceBox(plant)
    assert box.tell(Command(16, False))
    assert (box.commands, box.limit_writes) == (0, 0)
    assert box.tell(Command(6, True))
    assert box.tell(Command(6, True))
    assert not box.tell(Command(7, True))
    assert (box.commands, box.limit_writes, box.command) == (1, 1, Command(6, True))


def test_progress_is_told_in_shares() -> None:
    shares: list[float] = []
    trace = generate(Day(kind=DayKind.SUNNY, seed=1))
    play(trace, REFERENCE, CorePilot(site(), trace.times_s[0]), watch=lambda *_: None, progress=shares.append)
    assert shares == sorted(shares)
    assert 0 < shares[0] < shares[-1] < 1
