"""What holds for every rule, and what they are made of."""

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.simulation.peers.dextro86 import Dextro86
from controller.simulation.peers.evcc import Evcc, Thresholds
from controller.simulation.peers.openevse import OpenEvse
from controller.simulation.peers.openwb import OpenWb
from controller.simulation.peers.pv_control import PvControl
from controller.simulation.peers.rule import CurrentRange, Delay, Rule, View
from controller.simulation.peers.smartevse import SmartEvse
from controller.simulation.peers.twcmanager import TwcManager
from tests.simulation.peers.seen import seen

RULES: list[Callable[[CurrentRange], Rule]] = [
    lambda currents: Evcc(currents, Thresholds()),
    lambda currents: Evcc(currents, Thresholds.tuned(0.5, 1380)),
    PvControl,
    TwcManager,
    OpenWb,
    OpenEvse,
    SmartEvse,
    Dextro86,
]

watts = st.floats(-20_000, 40_000)
samples = st.lists(st.tuples(watts, st.integers(0, 32), st.floats(0, 33), st.integers(1, 60)), min_size=5, max_size=25)


@pytest.mark.parametrize("make", RULES)
@settings(max_examples=40)
@given(samples=samples, min_a=st.integers(6, 8), span_a=st.integers(0, 24), phases=st.integers(1, 3))
def test_never_one_to_five_amps_and_never_above_the_maximum(
    make: Callable[[CurrentRange], Rule],
    samples: list[tuple[float, int, float, int]],
    min_a: int,
    span_a: int,
    phases: int,
) -> None:
    currents = CurrentRange(min_a=min_a, max_a=min_a + span_a)
    rule, asked = make(currents), 0
    for surplus_w, offered_a, current_a, times in samples:
        for _ in range(times):
            wish = rule.wish(seen(asked * rule.interval_s, surplus_w, offered_a, phases, current_a))
            asked += 1
            assert wish == 0 or currents.min_a <= wish <= currents.max_a


@pytest.mark.parametrize("make", RULES)
def test_no_sun_no_charge_and_much_sun_the_maximum(make: Callable[[CurrentRange], Rule]) -> None:
    rule, offered_a = make(CurrentRange()), 0
    for asked in range(1000):
        assert rule.wish(seen(asked * rule.interval_s, -300)) == 0
    for asked in range(1000, 2000):
        offered_a = rule.wish(seen(asked * rule.interval_s, 20_000, offered_a))
    assert offered_a == 16
    for asked in range(2000, 4000):
        offered_a = rule.wish(seen(asked * rule.interval_s, -300, offered_a))
    assert offered_a == 0


def test_a_view_reckons_the_surplus_without_the_car() -> None:
    view: View = seen(0, 4140, 10, phases=3)
    assert view.grid_w == 2760
    assert (view.surplus_w, view.surplus_a) == (4140, 6)


@pytest.mark.parametrize(
    ("current_a", "whole_a"), [(-3, 6), (0, 6), (5.9, 6), (6.99, 6), (7 - 1e-9, 7), (15.9, 15), (16, 16), (90, 16)]
)
def test_whole_amps(current_a: float, whole_a: int) -> None:
    assert CurrentRange().whole(current_a) == whole_a


def test_a_delay_begins_anew_after_a_sample_without_it_and_once_it_is_over() -> None:
    delay = Delay(60)
    held = [(0, True), (30, True), (60, False), (90, True), (120, True), (150, True), (180, True), (240, True)]
    assert [delay.over(now_s, holds=holds) for now_s, holds in held] == [False] * 5 + [True, False, True]


def test_no_delay_is_over_at_once() -> None:
    assert Delay(0).over(10, holds=True)
