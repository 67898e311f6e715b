"""What is found out of the car, by table: a house whose load is known, and a car that follows late."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from controller.control.car import KNOWN, CarEstimate, known_phases
from controller.control.car_belief import Belief, cast_for
from controller.control.car_memory import Car
from controller.domain.charger import OcppState
from controller.domain.demand import Demand, Dwell, Situation
from tests.support.houses import Wants, core, surplus
from tests.support.lab import ALL, L1, L2, L12, Lab, OnPhases


@pytest.mark.parametrize("pv", [True, False])
@pytest.mark.parametrize("currents", [True, False])
@pytest.mark.parametrize("on", [L1, L2, L12, ALL])
def test_the_first_start_and_stop_show_the_phases(on: OnPhases, currents: bool, pv: bool) -> None:
    lab = Lab(on, pv=pv, currents=currents)
    lab.passes(60)
    assert lab.phases == 3
    lab.wants(8, 100)
    lab.wants(0, 100)
    assert lab.phases == sum(on)
    assert lab.estimate.certainty >= KNOWN
    lab.wants(10, 100)
    assert lab.believed_w == pytest.approx(lab.ev_w)


def test_before_anything_was_seen_the_car_draws_its_offer_on_all_phases() -> None:
    lab = Lab(L1)
    lab.passes(20)
    lab.wants(8, 29)
    assert lab.estimate == CarEstimate(8.0, 3, 0.0, None)


def test_the_phase_currents_tell_a_car_from_a_cloud() -> None:
    lab = Lab(L2, pv=False)
    lab.passes(60)
    for second in range(200):
        lab.strategy.current_a = 8 if second < 100 else 0
        lab.pv_w = 8000.0 - 20.0 * second  # on all three phases alike
        lab.passes(1)
    assert lab.phases == 1


@pytest.mark.parametrize("on", [L1, L12, ALL])
def test_an_answer_counts_for_less_where_clouds_could_have_given_it(on: OnPhases) -> None:
    certainties = []
    for pv in (True, False):
        lab = Lab(on, pv=pv, currents=False)
        lab.wants(0)
        lab.wants(8, 60)
        certainties.append(lab.estimate.certainty)
    assert certainties[0] > certainties[1] + 0.005


@pytest.mark.parametrize(("currents", "certain"), [(True, True), (False, False)])
def test_two_phases_show_in_the_currents_at_the_first_start(currents: bool, certain: bool) -> None:
    lab = Lab(L12, pv=False, currents=currents)
    lab.wants(0)
    lab.wants(8, 60)
    assert (lab.estimate.certainty >= KNOWN) is certain


def test_what_the_pv_meter_tells_of_a_cloud_is_no_answer_of_the_car() -> None:
    lab = Lab(L1, currents=False)
    lab.passes(60)
    lab.strategy.current_a = 8
    for second in range(60):
        lab.pv_w = 8000.0 - 80.0 * second
        lab.passes(1)
    assert lab.phases == 1
    assert lab.believed_w == pytest.approx(lab.ev_w)


@pytest.mark.parametrize(("certainty", "phases"), [(0.9, 3), (0.94, 3), (0.96, 1)])
def test_a_strategy_counts_on_fewer_phases_only_beyond_doubt(certainty: float, phases: int) -> None:
    one_phase = cast_for(3, 16).candidates[0]
    assert one_phase.phases == 1
    assert known_phases(Car(belief=Belief((), one_phase, certainty)), core()) == phases


def test_currents_without_a_sign_are_not_believed() -> None:
    lab = Lab(L1, pv=False)
    for seconds, wanted_a in ((60, 0), (100, 8), (100, 0)):
        lab.strategy.current_a = wanted_a
        for _ in range(seconds):
            house = lab.house()
            a, b, c = (abs(amps) for amps in house["grid_current_a"])
            lab.passes(1, grid_current_a=(a, b, c))
    assert all(sample.phase_a is None for sample in lab.run.state.car.recent)
    assert lab.phases == 1  # the total told it


@pytest.mark.parametrize(
    ("takes", "offered_a", "current_a", "max_current_a"),
    [
        (lambda offer_a: min(offer_a, 10.0), 14, 10.0, 10.0),
        (lambda offer_a: min(offer_a, 10.0), 8, 8.0, 10.0),
        (lambda offer_a: offer_a - 1.0, 12, 11.0, None),
        (float, 16, 16.0, None),
    ],
)
def test_a_car_that_draws_less_than_it_is_offered(
    takes: Callable[[float], float], offered_a: int, current_a: float, max_current_a: float | None
) -> None:
    lab = Lab(takes=takes)
    for wanted_a in (0, 8, 12, 16, 9, 15, 7, 14, offered_a):
        lab.wants(wanted_a, 100)
    assert (lab.estimate.current_a, lab.estimate.max_current_a) == (current_a, max_current_a)
    assert lab.believed_w == pytest.approx(lab.ev_w)


def test_another_limit_of_the_cars_own_is_followed() -> None:
    lab = Lab()
    for wanted_a in (0, 8, 16, 8, 16):
        lab.wants(wanted_a)
    assert lab.estimate.current_a == 16
    lab.takes = lambda offer_a: min(offer_a, 11.0)  # its owner turned it down
    for wanted_a in (8, 16, 8, 16, 8, 16):
        lab.wants(wanted_a)
    assert lab.estimate.current_a == 11


def test_a_known_one_phase_car_gets_eight_amps_from_two_kilowatts() -> None:
    lab = Lab(L1, strategy=surplus(solar_share=1, start_delay_s=5, stop_delay_s=5, min_on_s=0, min_off_s=0))
    lab.pv_w = 2300.0
    lab.passes(120)
    assert lab.run.told == []  # three phases would need 4.1 kW
    lab.pv_w = 8000.0
    lab.passes(120)
    assert lab.run.charging
    lab.pv_w = 0.0
    lab.passes(120)
    assert not lab.run.charging
    lab.pv_w = 2300.0
    lab.passes(420)
    assert (lab.run.charging, lab.run.limit_a) == (True, 8)


def test_the_strategy_is_shown_the_phases() -> None:
    seen: list[Situation] = []

    class Looks(Wants):
        def demand(self, situation: Situation) -> Demand:
            seen.append(situation)
            return super().demand(situation)

    lab = Lab(L1, strategy=Looks(0, Dwell(min_off_s=0)))
    lab.wants(0)
    lab.wants(8, 90)
    assert [seen[0].phases, seen[-1].phases] == [3, 1]
    assert seen[-1].ev_w == pytest.approx(1840)
    assert seen[-1].watts_per_amp == pytest.approx(230)


def test_unplugged_the_car_is_forgotten() -> None:
    lab = Lab(L1)
    for wanted_a in (0, 8, 12):
        lab.wants(wanted_a)
    assert lab.phases == 1
    lab.run.box_state = OcppState.AVAILABLE
    lab.passes(1)
    assert lab.run.state.car.belief is None
    assert lab.phases == 3
    assert lab.estimate.certainty == 0


def test_a_meter_of_the_cars_own_wins_and_teaches() -> None:
    lab = Lab(L1, lambda offer_a: offer_a - 1.0)
    lab.ev_meter = True
    for wanted_a in (0, 8, 12):
        lab.wants(wanted_a, 200)
        assert lab.run.decision.surplus_w == pytest.approx(7600)
    lab.ev_meter = False
    lab.passes(1)
    assert lab.run.decision.surplus_w == pytest.approx(7600, abs=20)
    assert lab.phases == 1


class TestRest:
    """A car that is full while the box goes on saying "Charging"."""

    def full(self, **lab: Any) -> Lab:
        found = Lab(**lab)
        for wanted_a in (0, 10, 8):
            found.wants(wanted_a, 100)
        found.takes = lambda _: 0.0
        return found

    @pytest.mark.parametrize("on", [L1, ALL])
    def test_it_is_noticed_within_two_minutes_where_pv_is_metered(self, on: OnPhases) -> None:
        lab = self.full(on=on)
        lab.passes(20)
        assert lab.estimate.current_a == 8
        lab.passes(100)
        assert lab.estimate.current_a == 0
        assert lab.run.decision.surplus_w == pytest.approx(7600)
        assert lab.phases == sum(on)

    def test_and_so_is_its_return(self) -> None:
        lab = self.full()
        lab.passes(120)
        assert lab.estimate.current_a == 0
        lab.takes = float
        lab.passes(60)
        assert lab.estimate.current_a == 8

    def test_a_kettle_that_ends_is_no_full_car(self) -> None:
        lab = Lab(L1)
        lab.wants(0)
        lab.wants(8, 100)
        lab.load_w = 2400.0
        lab.passes(180)
        lab.load_w = 400.0
        lab.passes(180)
        assert lab.estimate.current_a == 8

    def test_without_a_meter_of_the_pv_a_cloud_that_leaves_is_no_full_car(self) -> None:
        lab = Lab(pv=False)
        lab.pv_w = 2000.0
        lab.wants(0)
        lab.wants(8, 100)
        lab.pv_w = 8000.0
        lab.passes(180)
        assert lab.estimate.current_a == 8

    def test_nor_is_a_cloud_its_return_when_the_counter_stands_still(self) -> None:
        lab = Lab(pv=False, counter=True)
        for wanted_a in (0, 10, 8):
            lab.wants(wanted_a, 100)
        lab.takes = lambda _: 0.0
        lab.passes(150)
        assert lab.estimate.current_a == 0
        lab.pv_w = 2000.0
        lab.passes(100)
        assert lab.estimate.current_a == 0
        lab.takes = float
        lab.passes(40)
        assert lab.estimate.current_a == 8

    def test_half_a_minute_of_too_little_is_no_full_car(self) -> None:
        lab = Lab()
        for wanted_a in (0, 10, 8):
            lab.wants(wanted_a, 100)
        for _ in range(4):
            for _ in range(32):
                lab.passes(1, grid_w=-7900.0, grid_current_a=None)
                assert lab.estimate.current_a == 8
            lab.passes(60)

    def test_nor_is_a_car_that_follows_a_minute_late(self) -> None:
        lab = Lab()
        lab.late_s = 70
        lab.wants(0)
        lab.strategy.current_a = 8
        for _ in range(120):
            lab.passes(1)
            assert lab.run.state.car.rest_w is None
        assert lab.phases == 3

    def test_paused_by_its_own_word_it_draws_nothing(self) -> None:
        lab = Lab()
        lab.wants(8, 100)
        lab.run.box_state = OcppState.SUSPENDED_EV
        lab.passes(1, grid_w=-7600.0)
        assert lab.run.decision.surplus_w == pytest.approx(7600)

    @pytest.mark.parametrize("on", [L1, ALL])
    def test_a_car_that_wakes_slowly_is_seen_all_the_same(self, on: OnPhases) -> None:
        lab = Lab(on, pv=False)
        lab.takes = lambda _: 0.0
        lab.wants(0)
        lab.wants(8, 70)
        lab.takes = float
        lab.passes(100)
        assert lab.estimate.current_a == 8
        assert lab.estimate.certainty >= KNOWN
        assert lab.phases == sum(on)


def test_a_limit_that_somebody_else_changed_is_no_step_of_ours() -> None:
    lab = Lab(pv=False)
    lab.wants(0)
    lab.wants(8, 100)
    belief = lab.run.state.car.belief
    lab.run.limit_a = 16
    lab.strategy.current_a = 16
    lab.passes(100, grid_w=-2000.0, grid_current_a=None)
    assert lab.run.state.told is not None
    assert lab.run.state.told.limit_a == 16
    assert lab.run.state.car.belief == belief


def test_a_pv_meter_that_falls_silent_is_no_answer_of_the_car() -> None:
    lab = Lab()
    lab.wants(0)
    lab.strategy.current_a = 8
    lab.passes(20)
    lab.pv = False
    lab.passes(60)
    assert lab.run.state.car.belief is None


def test_a_pv_meter_that_shows_nothing_from_one_look_to_the_next_is_no_car_at_rest() -> None:
    lab = Lab()
    lab.wants(0)
    lab.wants(8, 100)
    lab.passes(300, pv_w=0.0)
    assert lab.run.state.car.rest_w is None
    assert lab.believed_w == pytest.approx(lab.ev_w)
    lab.passes(10)
    assert lab.run.state.car.metered == (True, False)


def test_a_pv_that_sets_is_known_all_night() -> None:
    lab = Lab()
    for lab.pv_w in (400.0, 200.0, 10.0, 0.0):
        lab.passes(60)
    assert lab.run.state.car.metered == (True, False)


def test_a_silent_battery_makes_every_answer_worthless() -> None:
    lab = Lab(L1)
    lab.passes(60, battery_missing=True)
    lab.strategy.current_a = 8
    lab.passes(100, battery_missing=True)
    assert lab.run.state.car.belief is None


def test_what_a_metered_battery_takes_over_is_no_load() -> None:
    lab = Lab(L1)
    lab.passes(60, battery_w=0.0)
    lab.strategy.current_a = 8
    for _ in range(100):
        lab.passes(1, grid_w=lab.load_w - lab.pv_w, battery_w=lab.ev_w, grid_current_a=None)
    assert lab.phases == 1
    assert lab.believed_w == pytest.approx(lab.ev_w)


def test_at_a_one_phase_box_one_phase_is_all_there_is() -> None:
    lab = Lab(L1, phases=1)
    lab.wants(0)
    lab.wants(8, 100)
    assert lab.estimate == CarEstimate(8.0, 1, lab.estimate.certainty, None)
    assert lab.estimate.certainty == pytest.approx(1.0)
