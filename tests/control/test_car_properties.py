"""What always holds of the estimate, whatever is read: it is finite, within the offer, and the car's own meter wins."""

from __future__ import annotations

from dataclasses import replace
from math import isfinite

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.control.car import estimate_car
from controller.domain.charger import OcppState
from tests.control.test_decide_properties import Moment, live, lives, moments
from tests.support.houses import Run

energies = st.none() | st.floats(0, 50_000) | st.sampled_from([0.0, 13.0, 100.0, float("inf")])


@given(lives(), st.lists(st.tuples(energies, st.none() | st.floats(-20_000, 20_000), st.booleans()), min_size=40))
@settings(max_examples=60)
def test_the_estimate_is_always_finite_and_within_the_offer(
    life: tuple[Run, list[Moment]], extras: list[tuple[float | None, float | None, bool]]
) -> None:
    run, moments_ = life
    for moment, (energy_wh, pv_w, missing) in zip(moments_, extras, strict=False):
        run.session_energy_wh = energy_wh
        if moment.box_state is not None:
            run.box_state = moment.box_state
        house = {
            name: getattr(moment, name) for name in ("grid_w", "grid_age_s", "grid_current_a", "voltage_v", "ev_w")
        }
        box = run.box_state
        run.step(moment.seconds, obey=moment.obey, pv_w=pv_w, battery_missing=missing, **house)
        told = run.state.told
        offered_a = float(told.limit_a) if told is not None and told.charging else 0.0
        estimate = estimate_car(run.state.car, offered_a, run.settings)
        assert 0 <= estimate.current_a <= offered_a
        assert 1 <= estimate.phases <= run.settings.phases
        assert 0 <= estimate.certainty <= 1.001
        assert isfinite(run.state.car.noise_w)
        if run.box_state is OcppState.AVAILABLE:
            assert run.state.car.belief is None
        if moment.ev_w is not None and run.decision.surplus_w is not None and moment.grid_w is not None:
            drawn_w = run.decision.surplus_w + moment.grid_w
            nothing = box.enabled is False and drawn_w == 0  # a meter that contradicts the box
            assert nothing or drawn_w == pytest.approx(moment.ev_w, abs=1e-6)


@given(lives(), st.lists(moments, max_size=5))
@settings(max_examples=50)
def test_readings_that_are_no_numbers_change_no_belief(life: tuple[Run, list[Moment]], odd: list[Moment]) -> None:
    run, moments_ = life
    for moment in moments_:
        live(run, moment)
    belief = run.state.car.belief
    for moment in odd:
        told = run.state.told
        live(run, replace(moment, grid_w=float("nan"), box_state=None, ev_w=None, obey=False))
        assert run.state.car.belief == belief or run.state.told != told
