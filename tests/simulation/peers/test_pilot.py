"""How a rule steers the plant: when it is asked, what is held back, and that coasting changes nothing."""

from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.domain.decision import Command
from controller.simulation.backtest.box import ReferenceBox
from controller.simulation.backtest.play import STEP_S, Look, play
from controller.simulation.backtest.score import Outcome
from controller.simulation.peers.pilot import RulePilot
from controller.simulation.peers.rule import CurrentRange, Rule, View
from controller.simulation.plant import CarOptions, Plant, PlantSettings
from controller.simulation.trace import Trace
from tests.simulation.peers.test_rules import RULES

FLAT = Trace.of([(0.0, 5000.0, 300.0), (120.0, 5000.0, 300.0)])


class Scripted:
    """Wishes what is written: from each second on, so many amps; remembers what it was shown."""

    name = "scripted"

    def __init__(self, script: dict[float, int], interval_s: float) -> None:
        self.interval_s = interval_s
        self._script = script
        self.views: list[View] = []

    def wish(self, view: View) -> int:
        self.views.append(view)
        return next(wish_a for since_s, wish_a in reversed(self._script.items()) if view.now_s >= since_s)


class Recorded:
    """A rule and what it was shown and wished."""

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self.name = rule.name
        self.interval_s = rule.interval_s
        self.seen: list[tuple[View, int]] = []

    def wish(self, view: View) -> int:
        wish_a = self._rule.wish(view)
        self.seen.append((view, wish_a))
        return wish_a


class Counted(RulePilot):
    """Counts its looks."""

    looks = 0

    def look(self, plant: Plant, box: ReferenceBox) -> Look:
        self.looks += 1
        return super().look(plant, box)


def watched(rule: Rule, trace: Trace = FLAT) -> list[tuple[float, Command, str]]:
    """What the box was told and why, at every step at which one of them changed."""
    rows: list[tuple[float, Command, str]] = []

    def watch(plant: Plant, box: ReferenceBox, look: Look) -> None:
        row = (plant.now_s, box.command, str(look.reason))
        if not rows or rows[-1][1:] != row[1:]:
            rows.append(row)

    play(trace, PlantSettings(phases=1, step_s=STEP_S), RulePilot(rule), watch=watch)
    return rows


def test_a_short_loop_is_asked_several_times_a_step_with_the_same_sample() -> None:
    rule = Scripted({0.0: 0}, interval_s=2.0)
    trace = Trace.of([(0.0, 0.0, 100.0), (15.0, 0.0, 250.0)])
    play(trace, PlantSettings(phases=1, step_s=STEP_S), RulePilot(rule))
    shown = [(view.now_s, view.grid_w) for view in rule.views]
    assert shown == [(0, 100), (2, 150), (4, 150), (6, 200), (8, 200), (10, 200), (12, 250), (14, 250)]


def test_a_long_loop_is_asked_once_an_interval() -> None:
    rule = Scripted({0.0: 0}, interval_s=30.0)
    play(FLAT, PlantSettings(phases=1, step_s=STEP_S), RulePilot(rule))
    assert [view.now_s for view in rule.views] == [0, 30, 60, 90, 120]


def test_a_wish_within_half_a_minute_is_held_back_and_its_newest_form_given() -> None:
    rule = Scripted({0.0: 6, 5.0: 8, 20.0: 10, 25.0: 9, 45.0: 0, 50.0: 9, 60.0: 0}, interval_s=5.0)
    assert watched(rule) == [
        (0, Command(6, True), "scripted: 6 A"),
        (5, Command(6, True), "scripted: 8 A, held back"),
        (20, Command(6, True), "scripted: 10 A, held back"),
        (25, Command(6, True), "scripted: 9 A, held back"),
        (30, Command(9, True), "scripted: 9 A"),
        (45, Command(9, True), "scripted: off, held back"),
        (50, Command(9, True), "scripted: 9 A"),
        (60, Command(9, False), "scripted: off"),
    ]


def test_a_wish_that_is_taken_back_in_time_costs_no_command() -> None:
    rule = Scripted({0.0: 6, 10.0: 0, 20.0: 6}, interval_s=5.0)
    outcome = play(FLAT, PlantSettings(phases=1, step_s=STEP_S), RulePilot(rule))
    assert (outcome.commands, outcome.starts) == (1, 1)


def test_off_leaves_the_limit_alone() -> None:
    rule = Scripted({0.0: 0, 30.0: 7, 60.0: 0}, interval_s=30.0)
    assert [command for _, command, _ in watched(rule)] == [Command(16, False), Command(7, True), Command(7, False)]
    outcome = play(FLAT, PlantSettings(phases=1, step_s=STEP_S), RulePilot(rule))
    assert (outcome.limit_writes, outcome.commands, outcome.starts) == (1, 2, 1)


def test_a_rule_sees_offer_and_current_of_the_car() -> None:
    rule = Scripted({0.0: 9}, interval_s=5.0)
    play(FLAT, PlantSettings(phases=3, car=CarOptions(phases=1), voltage_v=235, step_s=STEP_S), RulePilot(rule))
    # told at 0 s, on at 10 s, the first current at 20 s, 9 A within the next step
    shown = [(view.now_s, view.offered_a, view.current_a, view.charging) for view in rule.views[:6]]
    assert shown == [
        (0, 0, 0, False),
        (5, 9, 0, False),
        (10, 9, 0, False),
        (15, 9, 0, False),
        (20, 9, 6, True),
        (25, 9, 9, True),
    ]
    last = rule.views[-1]
    assert (last.phases, last.voltage_v, last.pv_w, last.ev_w) == (1, 235, 5000, 2115)
    assert last.grid_w == 300 + 2115 - 5000


def test_a_rule_that_is_asked_seldom_is_looked_at_seldom() -> None:
    pilot = Counted(Scripted({0.0: 0}, interval_s=30.0))
    hour = Trace.of([(0.0, 5000.0, 300.0), (3600.0, 5000.0, 300.0)])
    outcome = play(hour, PlantSettings(phases=1, step_s=STEP_S), pilot)
    assert (pilot.looks, outcome.steps) == (121, 721)


def test_a_held_wish_is_given_in_time_though_nobody_is_asked_then() -> None:
    # held at 20 s; the box takes it at 30 s, and it works at 40 s, when the rule is asked again
    rule = Scripted({0.0: 6, 20.0: 16, 60.0: 0}, interval_s=20.0)
    play(FLAT, PlantSettings(phases=1, step_s=STEP_S), RulePilot(rule))
    assert [(view.now_s, view.offered_a, view.current_a) for view in rule.views[1:5]] == [
        (20, 6, 6),
        (40, 16, 11),
        (60, 16, 16),
        (80, 0, 0),
    ]


def outcomes(
    trace: Trace, plant: PlantSettings, make: Callable[[], Rule]
) -> tuple[Outcome, Outcome, Recorded, Recorded]:
    """The same day coasting and stepping."""
    coasting, stepping = Recorded(make()), Recorded(make())
    fast = play(trace, plant, RulePilot(coasting))
    slow = play(trace, plant, RulePilot(stepping), watch=lambda _plant, _box, _look: None)
    return fast, slow, coasting, stepping


powers = st.lists(
    st.tuples(st.sampled_from([0, 900, 1800, 3000, 6000, 9000]), st.integers(0, 3000)), min_size=8, max_size=20
)


def assert_alike(trace: Trace, plant: PlantSettings, make: Callable[[], Rule]) -> None:
    fast, slow, coasting, stepping = outcomes(trace, plant, make)
    assert coasting.seen == stepping.seen
    assert (fast.commands, fast.limit_writes, fast.starts) == (slow.commands, slow.limit_writes, slow.starts)
    assert fast.solar_kwh == pytest.approx(slow.solar_kwh, abs=1e-9)
    assert fast.grid_kwh == pytest.approx(slow.grid_kwh, abs=1e-9)


def day(points_w: Sequence[tuple[int, int]]) -> Trace:
    """A point every two minutes."""
    return Trace.of((120.0 * index, float(pv_w), float(load_w)) for index, (pv_w, load_w) in enumerate(points_w))


@pytest.mark.parametrize("make", RULES)
@settings(max_examples=15)
@given(points_w=powers, phases=st.sampled_from([1, 3]))
def test_coasting_is_stepping(
    make: Callable[[CurrentRange], Rule], points_w: list[tuple[int, int]], phases: int
) -> None:
    assert_alike(day(points_w), PlantSettings(phases=phases, step_s=STEP_S), lambda: make(CurrentRange()))


@settings(max_examples=40)
@given(
    wishes_a=st.lists(st.sampled_from([0, 6, 7, 10, 16]), min_size=20, max_size=60),
    interval_s=st.sampled_from([2.0, 7.0, 10.0, 12.0, 30.0, 45.0]),
    step_s=st.sampled_from([1.0, 5.0]),
)
def test_coasting_is_stepping_whatever_is_wished(wishes_a: list[int], interval_s: float, step_s: float) -> None:
    script = {index * interval_s: wish_a for index, wish_a in enumerate(wishes_a)}
    plant = PlantSettings(phases=1, step_s=step_s)
    assert_alike(day([(3000, 500)] * 5), plant, lambda: Scripted(script, interval_s))
