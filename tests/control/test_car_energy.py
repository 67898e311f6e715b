"""What the box's counter of the session's energy tells."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from controller.control.car_energy import observe_counter, without_frozen_counter
from controller.control.car_memory import Car, Sample
from controller.domain.charger import ChargerStatus, OcppState
from tests.support.houses import core

SETTINGS = core()
CHARGING = OcppState.CHARGING


class Counted:
    """A car whose box is asked every 15 s; its offer has held for long."""

    def __init__(self, offered_a: float = 8.0, grain_wh: float = 1.0) -> None:
        self.car = Car(offers=((0.0, offered_a),), recent=(Sample(900.0, 5000.0, None),))
        self.now_s, self.grain_wh, self.true_wh = 1000.0, grain_wh, 3.0

    def shows(self, energy_wh: float | None, state: OcppState = CHARGING) -> None:
        status = ChargerStatus(taken_at_s=self.now_s, state=state, session_energy_wh=energy_wh)
        self.car = observe_counter(self.car, status, SETTINGS, 230.0)
        self.now_s += 15

    def charges(self, watts: float, seconds: int, state: OcppState = CHARGING) -> None:
        for _ in range(seconds // 15):
            self.shows(self.true_wh // self.grain_wh * self.grain_wh, state)
            self.true_wh += watts * 15 / 3600

    @property
    def phases(self) -> int | None:
        return None if self.car.belief is None else self.car.belief.likeliest.phases

    @property
    def drawn_a(self) -> float | None:
        return None if self.car.belief is None else self.car.belief.likeliest.drawn_a(self.car.offered_a)


@pytest.mark.parametrize("phases", [1, 2, 3])
@pytest.mark.parametrize(("grain_wh", "seconds"), [(0.1, 180), (1.0, 180), (10.0, 600), (100.0, 7200)])
def test_a_span_tells_the_phases_once_it_is_long_against_the_grain(phases: int, grain_wh: float, seconds: int) -> None:
    box = Counted(grain_wh=grain_wh)
    box.charges(phases * 8 * 230, seconds)
    assert box.phases == phases
    assert box.drawn_a == 8


def test_a_coarse_counter_says_nothing_soon() -> None:
    box = Counted(grain_wh=100.0)
    box.charges(1840, 1800)
    assert box.car.counter is not None
    assert box.car.counter.grain_wh == 100
    assert box.car.belief is None


def test_a_limit_of_the_cars_own_shows() -> None:
    box = Counted(offered_a=16.0)
    box.charges(10 * 690, 1200)
    assert (box.phases, box.drawn_a) == (3, 10)


def test_offers_that_change_meanwhile_are_counted_in() -> None:
    box = Counted(offered_a=6.0)
    for offered_a in (6.0, 16.0, 8.0, 12.0):
        box.car = box.car._replace(offers=(*box.car.offers, (box.now_s, offered_a)))
        box.charges(offered_a * 230, 60)
    box.charges(12 * 230, 120)
    assert box.phases == 1


@pytest.mark.parametrize(
    "begin",
    [
        lambda box: box.shows(None),
        lambda box: box.shows(float("nan")),
        lambda box: box.shows(0.0),  # another session
        lambda box: box.shows(box.true_wh, OcppState.SUSPENDED_EV),
        lambda box: box.shows(box.true_wh, OcppState.SUSPENDED_EVSE),
    ],
)
def test_no_span_reaches_across(begin: Callable[[Counted], None]) -> None:
    box = Counted()
    box.charges(5520, 90)
    begin(box)
    assert box.car.counter is None or box.car.counter.span is None
    assert box.car.belief is None


def test_the_same_dashboard_is_not_counted_twice() -> None:
    box = Counted()
    box.charges(5520, 60)
    before = box.car
    box.now_s -= 15
    box.shows(9999.0)
    assert box.car is before


class TestStandingStill:
    def test_after_moving_it_shows_a_car_that_draws_nothing(self) -> None:
        box = Counted()
        box.charges(5520, 120)
        box.charges(0, 60)
        assert box.car.rest_w is None
        box.charges(0, 45)
        assert box.car.rest_w == 5000

    def test_a_move_ends_it_and_its_span_does_not_count(self) -> None:
        box = Counted()
        box.charges(5520, 120)
        box.charges(0, 300)
        belief = box.car.belief
        box.charges(5520, 60)
        assert box.car.rest_w is None
        assert box.car.belief == belief
        box.charges(5520, 180)
        assert (box.phases, box.drawn_a) == (3, 8)

    def test_a_counter_that_never_moved_says_nothing(self) -> None:
        box = Counted()
        box.charges(0, 900)
        assert box.car.rest_w is None

    def test_nor_does_one_that_counts_every_five_minutes(self) -> None:
        box = Counted()
        for minute in range(40):
            shown_wh = box.true_wh + 5520 * 5 * (minute // 5) / 60
            for _ in range(4):
                box.shows(float(round(shown_wh)))
                assert box.car.rest_w is None
        assert (box.phases, box.drawn_a) == (3, 8)
        for _ in range(4 * 11):
            box.shows(float(round(shown_wh)))
        assert box.car.rest_w is not None

    def test_nor_does_one_that_has_not_had_the_time(self) -> None:
        box = Counted(grain_wh=100.0)
        box.charges(5520, 900)
        box.charges(0, 300)  # at 5.5 kW four grains
        assert box.car.rest_w is None
        box.charges(0, 400)
        assert box.car.rest_w is not None

    @pytest.mark.parametrize(("drew_for_s", "moves"), [(100, 7), (20, 7), (-1, 0)])
    def test_nor_does_one_that_did_not_move_while_the_house_saw_the_car_draw(self, drew_for_s: int, moves: int) -> None:
        box = Counted()
        box.charges(5520, 120)
        assert box.car.counter is not None
        car = without_frozen_counter(box.car, box.car.counter.changed_at_s - drew_for_s)
        assert car.counter is not None
        assert car.counter.moves == moves

    @pytest.mark.parametrize("state", [OcppState.SUSPENDED_EVSE, OcppState.PREPARING])
    def test_nor_does_a_box_that_is_off(self, state: OcppState) -> None:
        box = Counted()
        box.charges(5520, 120)
        box.charges(0, 300, state)
        assert box.car.rest_w is None
