"""What is believed of the car while the surplus is regulated by it: a wrong belief must not feed itself."""

from __future__ import annotations

from typing import Any

import pytest

from controller.domain.charger import OcppState
from controller.domain.demand import Dwell
from tests.support.houses import Wants, surplus
from tests.support.lab import ALL, L1, Lab, OnPhases

SUN_W = 11_500.0


def sunny(on: OnPhases = ALL, **lab: Any) -> Lab:
    """Ten minutes of more sun than the car can take."""
    found = Lab(on, strategy=surplus(), **lab)
    found.pv_w = SUN_W
    found.passes(600)
    return found


class TestRest:
    @pytest.mark.parametrize("on", [L1, ALL])
    @pytest.mark.parametrize("view", [{}, {"currents": False}, {"counter": True}])
    def test_after_a_pause_the_car_is_charged_as_before(self, on: OnPhases, view: dict[str, Any]) -> None:
        lab = sunny(on, **view)
        lab.takes = lambda _: 0.0
        lab.passes(300)
        assert lab.estimate.current_a == 0
        lab.takes = float
        told = len(lab.run.told)
        lab.passes(1800)
        assert len(lab.run.told) - told <= 4
        assert lab.car_a == 16
        assert lab.believed_w == pytest.approx(lab.ev_w)
        assert lab.phases == sum(on)

    def test_its_return_is_seen_though_the_offer_moves_each_half_minute(self) -> None:
        lab = sunny()
        lab.takes = lambda _: 0.0
        lab.passes(300)
        lab.takes = float
        for _ in range(30):
            lab.passes(1)
            if lab.estimate.current_a > 0:
                break
        assert lab.estimate.current_a > 0

    def test_its_return_is_no_answer_to_a_step(self) -> None:
        lab = Lab(currents=False)
        for wanted_a in (0, 10, 8):
            lab.wants(wanted_a, 100)
        lab.takes = lambda _: 0.0
        lab.passes(120)
        belief = lab.run.state.car.belief
        lab.wants(9, 5)
        lab.takes = float
        lab.passes(60)
        assert lab.estimate.current_a == 9
        assert lab.run.state.car.belief is belief

    @pytest.mark.parametrize("ends", [False, True])
    def test_what_lasts_a_few_seconds_does_not_end_it(self, ends: bool) -> None:
        lab = sunny()
        lab.takes = lambda _: 0.0
        lab.passes(300)
        lab.load_w = 3400.0
        lab.passes(30 if ends else 6)
        lab.load_w = 400.0
        lab.passes(1)
        assert (lab.estimate.current_a > 0) is ends

    def test_a_house_that_follows_our_step_ends_it(self) -> None:
        lab = Lab(pv=False, counter=True)
        for wanted_a in (0, 10, 8):
            lab.wants(wanted_a, 100)
        lab.counts = False
        lab.passes(120)
        assert lab.estimate.current_a == 0  # a still counter is believed, until the house contradicts it
        lab.wants(14, 60)
        assert lab.estimate.current_a == 14
        lab.passes(300)
        assert lab.estimate.current_a == 14

    def test_a_cloud_does_not(self) -> None:
        lab = Lab(pv=False, counter=True)
        for wanted_a in (0, 10, 8):
            lab.wants(wanted_a, 100)
        lab.takes = lambda _: 0.0
        lab.passes(150)
        lab.pv_w = 2000.0
        lab.strategy.current_a = 14
        for _ in range(100):
            lab.passes(1)
            assert lab.estimate.current_a == 0

    def test_nor_does_what_is_as_large_as_a_small_step(self) -> None:
        lab = Lab(pv=False, counter=True)
        for wanted_a in (0, 10, 8):
            lab.wants(wanted_a, 100)
        lab.takes = lambda _: 0.0
        lab.passes(150)
        lab.strategy.current_a = 9
        for _ in range(100):
            lab.load_w = 400.0 if lab.offered_a < 9 else 1090.0
            lab.passes(1)
            assert lab.estimate.current_a == 0


class TestCounter:
    """A counter that froze for good."""

    @pytest.mark.parametrize("view", [{}, {"pv": False, "currents": False}])
    def test_it_costs_no_sun(self, view: dict[str, Any]) -> None:
        lab = sunny(counter=True, **view)
        lab.counts = False
        told = len(lab.run.told)
        lab.passes(1800)
        assert len(lab.run.told) - told <= 6
        assert lab.car_a == 16
        assert lab.believed_w == pytest.approx(lab.ev_w)

    def test_after_a_start_that_the_house_answered_it_says_nothing_by_standing_still(self) -> None:
        lab = Lab(pv=False, currents=False, counter=True)
        for wanted_a in (0, 8, 0):
            lab.wants(wanted_a, 100)
        lab.counts = False
        lab.strategy.current_a = 8
        for second in range(400):
            lab.passes(1)
            assert second < 60 or lab.estimate.current_a == 8

    def test_a_live_one_goes_on_telling_of_a_full_car(self) -> None:
        lab = Lab(pv=False, currents=False, counter=True)
        for wanted_a in (0, 8, 0, 8):
            lab.wants(wanted_a, 100)
        lab.takes = lambda _: 0.0
        lab.passes(150)
        assert lab.estimate.current_a == 0


class TestFuse:
    """The main fuse watched without phase currents: all of the house is taken to sit on one phase."""

    @pytest.mark.parametrize("fuse_a", [20, 25, 35])
    def test_the_cars_own_rise_stops_nothing(self, fuse_a: float) -> None:
        lab = Lab(strategy=surplus(), currents=False, main_fuse_a=fuse_a)
        lab.pv_w = SUN_W
        lab.passes(1800)
        assert [order for order in lab.run.told if "start" in order or "stop" in order] == ["start"]
        assert lab.car_a == 16

    def test_a_load_larger_than_the_rise_stops_it_at_once(self) -> None:
        lab = Lab(strategy=Wants(0, Dwell(min_off_s=0)), currents=False, main_fuse_a=20)
        lab.passes(10)
        lab.wants(10, 5)
        assert lab.run.charging
        lab.load_w = 12_000.0
        lab.passes(2)
        assert not lab.run.charging


@pytest.mark.parametrize("on", [L1, ALL])
def test_a_box_that_tells_no_state_is_regulated_all_the_same(on: OnPhases) -> None:
    lab = Lab(on, strategy=surplus())
    lab.tells_state = False
    lab.pv_w = 6000.0
    lab.passes(1800)
    assert lab.phases == sum(on)
    assert lab.estimate.certainty > 0.9
    assert lab.believed_w == pytest.approx(lab.ev_w)
    assert lab.car_a == (8 if on == ALL else 16)
    assert len(lab.run.told) <= 8


class TestLowest:
    """What feeds in where no meter shows it, here 3 kW beside the metered PV."""

    HIDDEN_W = 3000.0

    def hidden(self, lab: Lab, seconds: int) -> None:
        for _ in range(seconds):
            lab.passes(1, grid_w=lab.load_w + lab.ev_w - lab.pv_w - self.HIDDEN_W, grid_current_a=None)

    def test_a_car_in_its_shadow_does_not_rest(self) -> None:
        lab = Lab(L1)
        self.hidden(lab, 100)
        lab.strategy.current_a = 10
        self.hidden(lab, 300)
        assert lab.estimate.current_a == 10
        assert lab.phases == 1

    def test_and_one_that_rests_is_seen_to_return(self) -> None:
        lab = Lab(L1)
        self.hidden(lab, 100)
        lab.strategy.current_a = 10
        self.hidden(lab, 100)
        lab.takes = lambda _: 0.0
        while lab.run.state.car.rest_w is None:
            self.hidden(lab, 1)
        assert lab.run.state.car.rest_w == pytest.approx(lab.load_w - self.HIDDEN_W)
        lab.takes = float
        self.hidden(lab, 30)
        assert lab.estimate.current_a == 10

    def test_it_is_forgotten_within_hours(self) -> None:
        lab = Lab()
        self.hidden(lab, 100)
        assert lab.run.state.car.lowest_w == pytest.approx(lab.load_w - self.HIDDEN_W)
        lab.passes(3600)
        assert -0.2 * self.HIDDEN_W < lab.run.state.car.lowest_w < 0

    @pytest.mark.parametrize(("swing_w", "learned"), [(100.0, True), (2000.0, False)])
    def test_meters_that_tell_of_different_moments_teach_nothing(self, swing_w: float, learned: bool) -> None:
        lab = Lab()
        for second in range(100):
            lab.passes(1, grid_w=-9500.0 + swing_w * (1 if second // 2 % 2 else -1), grid_current_a=None)
        assert (lab.run.state.car.lowest_w < 0) is learned


def test_a_house_that_swings_shows_no_rest() -> None:
    lab = Lab(L1)
    for wanted_a in (0, 10, 8):
        lab.wants(wanted_a, 100)
    for second in range(200):
        lab.passes(1, grid_w=-8000.0 + 1000.0 * (1 if second // 2 % 2 else -1), grid_current_a=None)
        assert lab.estimate.current_a == 8


@pytest.mark.parametrize("odd", [float("nan"), float("inf"), -float("inf")])
@pytest.mark.parametrize("pv", [True, False])
def test_a_reading_that_is_no_number_when_pv_comes_or_goes(odd: float, pv: bool) -> None:
    lab = Lab(pv=pv)
    lab.wants(8, 60)
    lab.pv = not pv
    lab.passes(1, grid_w=odd)
    lab.passes(60)
    assert lab.run.box_state is OcppState.CHARGING
