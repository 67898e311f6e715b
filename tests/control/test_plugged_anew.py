"""After a plug-in what is known of the last car is dropped, and what holds for the box is kept."""

from __future__ import annotations

from typing import Any

import pytest

from controller.control.pauses import Pauses
from controller.domain.charger import ChargerStatus, OcppState, plugged_anew
from controller.domain.demand import Dwell
from tests.support.houses import Run, Wants, core

ON, OFF, AWAY, ARRIVED = OcppState.CHARGING, OcppState.SUSPENDED_EVSE, OcppState.AVAILABLE, OcppState.PREPARING


@pytest.mark.parametrize(
    ("state", "plugged_before", "wh", "before_wh", "anew"),
    [
        (ARRIVED, False, None, None, True),
        (ON, False, 0.0, 4000.0, True),
        (ON, True, 10.0, 4000.0, True),
        (OcppState.UNKNOWN, None, 0.0, 4000.0, True),
        (ON, True, 4010.0, 4000.0, False),
        (ON, True, 3990.0, 4000.0, False),  # a counter that trembles
        (ON, True, 900.0, 4000.0, False),  # too much for a new one
        (ON, True, None, 4000.0, False),
        (ON, None, 0.0, None, False),
        (AWAY, True, 0.0, 4000.0, False),
        (AWAY, False, 0.0, 0.0, False),
    ],
)
def test_it_is_known_by_state_or_counter(
    state: OcppState, plugged_before: bool | None, wh: float | None, before_wh: float | None, anew: bool
) -> None:
    status = ChargerStatus(taken_at_s=1.0, state=state, session_energy_wh=wh)
    assert plugged_anew(status, plugged_before, before_wh) is anew


def charging(**settings: Any) -> tuple[Run, Wants]:
    """A car that has charged for ten minutes, and got 1 kWh."""
    strategy = Wants(10, Dwell(min_off_s=300, min_on_s=300))
    run = Run(core(strategy, **settings))
    run.session_energy_wh = 0.0
    for second in range(600):
        run.session_energy_wh = float(second * 2)
        run.step(1.0, ev_w=6900.0 if run.charging else 0.0)
    assert run.charging
    return run, strategy


def test_what_the_last_car_was_is_forgotten() -> None:
    run, _ = charging()
    assert run.state.car.belief is not None
    sleep = run.state.conduct.sleep._replace(tries=2, wakes=2, sated=True)
    pauses = Pauses(harm=True)
    ceiling = run.state.conduct.ceiling._replace(cap_a=8.0)
    run.state = run.state._replace(
        repeat_after_s=1800.0,
        conduct=run.state.conduct._replace(sleep=sleep, pauses=pauses, ceiling=ceiling),
    )
    run.session_energy_wh = 0.0
    run.step(1.0, ev_w=0.0)
    conduct = run.state.conduct
    assert run.state.car.belief is None
    assert run.state.repeat_after_s < 60
    assert (conduct.sleep.tries, conduct.sleep.sated) == (0, False)
    assert conduct.sleep.wakes == 2  # nobody has seen the plug: the bound stays
    assert conduct.ceiling.most_a > 32
    assert conduct.pauses.harm
    assert conduct.arrivals == 1


def test_a_counter_that_begins_anew_with_our_start_is_no_other_car() -> None:
    run, strategy = charging()
    strategy.current_a = 0
    run.steps(400)
    strategy.current_a = 10
    while not run.charging:
        run.step(1.0)
    run.session_energy_wh = 0.0
    run.steps(30, ev_w=0.0)
    assert run.state.conduct.arrivals == 0
    assert run.state.car.belief is not None


@pytest.mark.parametrize("seen", [True, False])
def test_unwanted_charging_is_stopped_at_once_whatever_the_box_was_told_before(seen: bool) -> None:
    run, strategy = charging()
    strategy.current_a = 0
    run.steps(400)
    assert not run.charging
    run.state = run.state._replace(repeat_after_s=1800.0, charging_told_at_s=run.now_s - 70)
    told = len(run.told)
    if seen:
        run.box_state = AWAY
        run.steps(5)
        run.box_state = ARRIVED
        run.steps(5)
    run.box_state, run.session_energy_wh, run.limit_a = ON, 0.0, 6
    run.steps(3, ev_w=4140.0)
    assert run.told[told:] == ["stop"]


def test_one_that_is_wanted_starts_without_the_minimum_time_off() -> None:
    run, _ = charging()
    run.box_state, run.session_energy_wh = ARRIVED, 0.0  # unplugged and plugged between two looks
    run.steps(50)
    assert run.charging
