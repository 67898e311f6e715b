"""What flows while the car follows, and how long a command waits for the answer to the one before."""

from __future__ import annotations

import pytest

from controller.control.car_follow import flowing_a, is_found_other, settles_s
from controller.control.car_memory import Car, Level, Step
from controller.control.sky import NIGHT, Sky, Track, rebase
from controller.control.weigh import Scales
from controller.domain.readings import House
from tests.support.houses import core, surplus
from tests.support.lab import L1, Lab

SITE = core()


def on_its_way(from_a: float, to_a: float, w_per_s: float = 0.0) -> Car:
    step = Step(began_s=100.0, at_s=100.0, from_a=from_a, before=Level(500.0, 0.0, None), w_per_s=w_per_s)
    return Car(offers=((0.0, from_a), (100.0, to_a)), step=step)


def flows_a(car: Car, load_w: float, at_s: float = 105.0) -> float | None:
    return flowing_a(car, House(grid_w=load_w, grid_age_s=0.0), at_s, SITE, 230.0)


@pytest.mark.parametrize(
    ("from_a", "to_a", "load_w", "flows"),
    [
        (0, 10, 500, 0),
        (0, 10, 500 + 5 * 690, 5),
        (0, 10, 500 + 30 * 690, 10),
        (0, 10, -9000, 0),
        (10, 6, 500, 10),
        (10, 6, 500 - 2 * 690, 8),
        (10, 6, 500 - 9 * 690, 6),
        (10, 6, 5000, 10),
    ],
)
def test_the_cars_is_what_lies_on_its_way(from_a: float, to_a: float, load_w: float, flows: float) -> None:
    assert flows_a(on_its_way(from_a, to_a), load_w) == pytest.approx(flows)


def test_a_house_that_goes_on_as_it_went_is_no_car() -> None:
    car = on_its_way(0, 10, w_per_s=-50.0)
    assert flows_a(car, 500 - 50 * 5) == pytest.approx(0)
    assert flows_a(car, 500 - 50 * 20 + 6 * 690, at_s=130.0) == pytest.approx(6)  # a slope goes on for 20 s


def test_where_no_answer_is_awaited_nothing_is_told() -> None:
    assert flows_a(on_its_way(0, 10)._replace(step=None), 500) is None
    assert flows_a(on_its_way(0, 10)._replace(rest_w=500.0), 500) is None


def test_a_command_waits_for_the_answer_while_the_phases_are_unknown() -> None:
    lab = Lab(L1)
    assert settles_s(lab.run.state.car, SITE) > SITE.follow_s
    for wanted_a in (0, 10, 8):
        lab.wants(wanted_a, 100)
    assert lab.phases == 1
    assert settles_s(lab.run.state.car, SITE) == SITE.follow_s


def test_an_answer_that_changes_the_belief_is_noticed() -> None:
    lab = Lab(L1)
    lab.wants(0, 100)
    before = lab.run.state.car
    assert not is_found_other(before, before)
    lab.wants(10, 100)
    after = lab.run.state.car
    assert is_found_other(before, after)
    assert is_found_other(after, after._replace(rest_w=400.0))
    assert after.belief is not None
    assert not is_found_other(after, after._replace(belief=after.belief._replace(certainty=1.0)))


def test_a_car_asleep_after_its_start_is_not_believed_to_draw() -> None:
    lab = Lab(L1)
    for wanted_a in (0, 10, 0):
        lab.wants(wanted_a, 100)
    lab.late_s = 60
    lab.strategy.current_a = 10
    for second in range(85):
        lab.passes(1)
        if 35 <= second < 60:
            assert lab.run.decisions[-1].surplus_w == pytest.approx(7600.0)  # as without a car
    assert lab.ev_w == 2300.0


def test_another_belief_is_no_slope() -> None:
    sky = Sky(looked_at_s=10.0, load=Track(raw_w=400.0, level_w=420.0, w_per_s=3.0), usual_w=5000.0, expected_w=5100.0)
    moved = rebase(sky, House(grid_w=-6000.0, grid_age_s=0.0), 7000.0)
    assert moved.load.w_per_s == 3.0
    assert moved.load.raw_w == -7000.0
    assert moved.load.level_w == pytest.approx(420.0 - 7400.0)
    assert moved.expected_w == pytest.approx(5100.0 + 7400.0)
    assert rebase(NIGHT, House(grid_w=0.0, grid_age_s=0.0), 0.0) is NIGHT


@pytest.mark.parametrize("pv", [True, False])
def test_the_first_start_at_first_contact_is_an_answer(pv: bool) -> None:
    lab = Lab(L1, pv=pv, strategy=surplus())
    lab.passes(60)
    assert lab.phases == 1


def test_until_the_sky_is_looked_at_again_no_endless_wait_is_told() -> None:
    weighed = Scales(worth_kw=-2.0, switch_lacks_kwh=0.0)
    assert weighed.told(switched=True).worth_kw == 0.0
