"""Sunpace's own core in front of every other plant: what must always hold does."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest

from controller.domain.charger import OcppState
from controller.simulation.backtest.box import COMMAND_GAP_S, ReferenceBox
from controller.simulation.backtest.core import CorePilot
from controller.simulation.backtest.play import Look, play
from controller.simulation.backtest.score import Outcome
from controller.simulation.days.day import Day, generate
from controller.simulation.days.kind import DayKind
from controller.simulation.plant import Plant, PlantSettings
from controller.simulation.trace import Trace
from tests.support.houses import Wants, core, surplus

MAX_A = 13
_DAY = generate(Day(kind=DayKind.BROKEN, seed=4))
SPELL = Trace.of(
    (time_s, *_DAY.at(time_s)) for time_s in (_DAY.times_s[0] + 9.5 * 3600 + 60 * minute for minute in range(150))
)
"""Two and a half hours of clouds before noon."""


class Watch:
    """Sees every step: what was commanded when, what the box showed, and what flowed."""

    def __init__(self) -> None:
        self.told_at_s: list[float] = []
        self.states: set[OcppState] = set()
        self.limits_a: set[int] = set()
        self.reasons: set[str] = set()
        self.highest_a = 0.0
        self.worst_phase_a: list[float] = []

    def __call__(self, plant: Plant, box: ReferenceBox, look: Look) -> None:
        if box.commands > len(self.told_at_s):
            self.told_at_s.append(plant.now_s)
        self.limits_a.add(box.command.limit_a)
        self.states.add(box.state)
        self.reasons.add(str(look.reason))
        self.highest_a = max(self.highest_a, plant.current_a)
        self.worst_phase_a.append(max(watts / plant.voltage_v for watts in plant.grid_phase_w))


def driven(site: dict[str, Any] | None = None, **options: Any) -> tuple[Outcome, Watch]:
    settings = PlantSettings.model_validate({"step_s": 5.0, **options})
    watch = Watch()
    asked = core(surplus(), max_current_a=MAX_A, phases=settings.phases, **(site or {}))
    return play(SPELL, settings, CorePilot(asked, SPELL.times_s[0]), watch=watch), watch


@pytest.mark.parametrize(
    "options",
    [
        {"voltage_v": 245.0},
        {"voltage_swing_v": 10.0},
        {"dead_time_s": 30.0},
        {"waking_s": 90.0},
        {"car": {"phases": 1}},
        {"car": {"phases": 2, "max_a": 10.0}},
        {"car": {"leaves_a": 1.0}},
        {"car": {"overdraw_a": 1.0}},
        {"car": {"capacity_kwh": 10.0, "soc_pct": 70.0, "taper_from_pct": 80.0}},
        {"car": {"sleeps_after_s": 600.0}},
        {"car": {"away_h": [[0.5, 1.0]]}, "box": {"starts_at_plug_in": True}},
        {"battery": {"capacity_kwh": 5.0, "lag_s": 20.0}},
        {"battery": {"capacity_kwh": 5.0, "metered": False}},
        {"feed_in": {"limit_w": 0.0}},
        {"feed_in": {"limit_w": 6000.0}},
        {"meter": {"noise_w": 150.0, "quantum_w": 10.0}},
        {"meter": {"noise_pct": 3.0, "poll_s": 10.0, "lag_s": 5.0, "average_s": 20.0}},
        {"meter": {"drop_every_s": 600.0, "drop_s": 90.0}},
        {"meter": {"ev": False}},
        {"meter": {"pv": False}},
        {"box": {"fault_after_pause_s": 60.0, "fault_lasts_s": 300.0}},
        {"box": {"lost_pct": 30.0}},
    ],
    ids=str,
)
def test_the_promises_hold_in_front_of_every_plant(options: dict[str, Any]) -> None:
    outcome, watch = driven(**options)
    assert outcome.commands == len(watch.told_at_s)
    gaps_s = [b - a for a, b in pairwise(watch.told_at_s)]
    assert all(gap_s >= COMMAND_GAP_S for gap_s in gaps_s)
    assert watch.limits_a - {16} <= set(range(6, MAX_A + 1))  # 16 is what is found
    car = options.get("car", {})
    found_a = 16 if "lost_pct" in options.get("box", {}) else MAX_A  # a box may forget the limit and keep the start
    assert watch.highest_a <= found_a + car.get("overdraw_a", 0.0)
    if options != {"feed_in": {"limit_w": 0.0}}:
        assert outcome.ev_kwh > 0.2


def test_with_zero_feed_in_no_surplus_is_ever_seen() -> None:
    """What users complain of: the meter shows 0 W whatever the sun would give."""
    outcome, _ = driven(feed_in={"limit_w": 0.0})
    assert (outcome.ev_kwh, outcome.commands) == (0, 0)


def test_what_a_limit_of_export_throttles_is_counted() -> None:
    nothing, _ = driven(feed_in={"limit_w": 0.0})
    assert nothing.house is not None
    assert nothing.house.exported_kwh == 0
    assert nothing.house.curtailed_kwh > 5


@pytest.mark.parametrize(
    ("meter", "stale_after_s", "share"),
    [
        ({"poll_s": 60.0}, 15.0, 8 / 12),  # of an answer at 0 s the looks from 20 to 55 s make nothing
        ({"poll_s": 60.0}, 60.0, 0.0),
        ({"drop_every_s": 1.0, "drop_s": 86400.0}, 15.0, 1.0),
        ({"lag_s": 600.0}, 15.0, 0.0),  # which nobody can know
    ],
    ids=str,
)
def test_steps_without_a_fresh_reading_are_counted(meter: dict[str, float], stale_after_s: float, share: float) -> None:
    outcome, _ = driven({"stale_after_s": stale_after_s}, meter=meter)
    assert outcome.blind_steps / outcome.steps == pytest.approx(share, abs=0.005)
    assert (outcome.ev_kwh > 0) == (share < 1)


def test_in_front_of_the_reference_plant_nobody_is_blind() -> None:
    asked = core(surplus(), stale_after_s=1.0)
    assert play(SPELL, PlantSettings(step_s=5.0), CorePilot(asked, SPELL.times_s[0])).blind_steps == 0


def test_lost_commands_are_given_again() -> None:
    well, _ = driven()
    lossy, _ = driven(box={"lost_pct": 30.0})
    assert lossy.ev_kwh > 0.8 * well.ev_kwh
    nothing, watch = driven(box={"lost_pct": 100.0})
    assert nothing.ev_kwh == 0
    assert nothing.commands > 2
    assert watch.limits_a == {16}


def test_a_box_that_fails_after_a_pause_shows_it_until_somebody_restarts_it() -> None:
    for_good, watch = driven(box={"fault_after_pause_s": 60.0})
    mended, _ = driven(box={"fault_after_pause_s": 60.0, "fault_lasts_s": 300.0})
    assert OcppState.FAULTED in watch.states
    assert any("Faulted" in reason for reason in watch.reasons)
    assert mended.ev_kwh > for_good.ev_kwh


def test_a_car_that_comes_and_goes_is_shown() -> None:
    _, watch = driven(car={"away_h": [[0.5, 1.0]]})
    away = {OcppState.AVAILABLE, OcppState.FINISHING}
    assert watch.states >= {OcppState.PREPARING, OcppState.CHARGING, OcppState.SUSPENDED_EVSE} | away


@pytest.mark.parametrize(("unasked", "limits_a"), [(True, {6}), (False, {16})])
def test_what_the_box_does_by_itself_at_plug_in(unasked: bool, limits_a: set[int]) -> None:
    """In the dark nobody asks for anything: what flows is the box's own 6 A, until the core stops it."""
    night = Trace(times_s=(0.0, 3600.0), pv_w=(0.0, 0.0), load_w=(300.0, 300.0))
    box = {"starts_at_plug_in": unasked}
    car = {"away_h": [[0.0, 0.5]]}
    settings = PlantSettings.model_validate(
        {"step_s": 5.0, "dead_time_s": 0.0, "waking_s": 0.0, "car": car, "box": box}
    )
    watch = Watch()
    outcome = play(night, settings, CorePilot(core(surplus()), 0.0), watch=watch)
    assert outcome.starts == unasked
    assert watch.highest_a == (6 if unasked else 0)
    assert outcome.ev_kwh < 0.2  # stopped after the dwell time at the latest
    assert watch.limits_a - {16} == limits_a - {16}


def test_a_full_car_is_shown_as_suspended_by_itself() -> None:
    outcome, watch = driven(car={"capacity_kwh": 2.0, "soc_pct": 75.0})
    assert OcppState.SUSPENDED_EV in watch.states
    assert outcome.ev_kwh == pytest.approx(0.5, abs=0.02)


def test_the_main_fuse_is_watched_by_the_phases_of_the_grid() -> None:
    night = Trace(times_s=(0.0, 3600.0), pv_w=(0.0, 0.0), load_w=(6000.0, 6000.0))
    asked = core(Wants(16.0), main_fuse_a=25.0)
    watch = Watch()
    outcome = play(night, PlantSettings(step_s=5.0), CorePilot(asked, 0.0), watch=watch)
    assert outcome.ev_kwh > 3
    assert max(watch.worst_phase_a) <= 25
    assert max(watch.limits_a - {16}) == 11  # 3000 W on L1 are 13 A
