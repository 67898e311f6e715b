"""Minimum: 6 A always, and the sun on top."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from pydantic import ValidationError

from controller.domain.decision import ActionKind
from controller.domain.reasons import ReasonCode
from strategies.minimum import Minimum, MinimumSettings
from tests.support.houses import Run, core


def run_of(*, charging: bool = False, limit_a: int = 16, **keys: float | bool) -> Run:
    return Run(core(Minimum(MinimumSettings.model_validate(keys)), min_current_a=6), charging=charging, limit_a=limit_a)


def lit(run: Run, seconds: float, *, surplus_w: float, pv_w: float = 5000.0) -> None:
    """A house with so much surplus, whose meter shows the car."""
    for _ in range(int(seconds / 5)):
        ev_w = 690.0 * run.limit_a if run.charging else 0.0
        run.step(5, ev_w=ev_w, grid_w=ev_w - surplus_w, pv_w=pv_w)


@pytest.mark.parametrize("pv_w", [0.0, 300.0])
def test_it_starts_at_once_at_the_minimum_by_day_and_by_night(pv_w: float) -> None:
    run = run_of()
    lit(run, 5, surplus_w=-400, pv_w=pv_w)
    assert run.told == ["set_limit 6 A", "start"]
    assert run.decision.reason.code is ReasonCode.MINIMUM


def test_the_sun_comes_on_top_and_goes_again() -> None:
    run = run_of()
    lit(run, 60, surplus_w=-400)
    assert run.limit_a == 6
    lit(run, 300, surplus_w=10 * 690.0)
    assert run.limit_a == 10
    lit(run, 300, surplus_w=0)
    assert (run.charging, run.limit_a) == (True, 6)


def test_what_charged_with_the_sun_goes_down_to_the_minimum_in_the_dark() -> None:
    run = run_of(charging=True, limit_a=12)
    lit(run, 900, surplus_w=-400, pv_w=0)
    assert (run.charging, run.limit_a) == (True, 6)
    assert run.told == ["set_limit 6 A"]


@hypothesis_settings(max_examples=20)
@given(st.lists(st.floats(-5000, 12_000), min_size=1, max_size=30), st.floats(0.1, 1))
def test_no_cloud_stops_it(surpluses_w: list[float], share: float) -> None:
    run = run_of(solar_share=share)
    for surplus_w in surpluses_w:
        lit(run, 60, surplus_w=surplus_w)
        assert run.charging
    assert run.told.count("start") == 1
    assert not [action for decision in run.decisions for action in decision.actions if action.kind is ActionKind.STOP]


def test_the_last_amp_is_given_when_its_solar_share_is_sun() -> None:
    for share, limit_a in ((0.5, 9), (1.0, 8)):
        run = run_of(solar_share=share)
        lit(run, 600, surplus_w=8.6 * 690)
        assert run.limit_a == limit_a


def test_the_bias_is_left_to_the_grid() -> None:
    run = run_of(solar_share=1.0, grid_bias_w=690.0)
    lit(run, 600, surplus_w=9.2 * 690)
    assert run.limit_a == 8


def test_what_the_home_battery_gives_or_keeps_is_no_sun() -> None:
    for battery_w in (3000.0, -3000.0):
        run = run_of()
        for _ in range(120):
            ev_w = 690.0 * run.limit_a if run.charging else 0.0
            run.step(5, ev_w=ev_w, grid_w=ev_w - battery_w, battery_w=battery_w, pv_w=3000.0)
        assert (run.charging, run.limit_a) == (True, 6)


def test_while_the_batterys_meter_is_silent_it_is_the_minimum() -> None:
    run = run_of(charging=True, limit_a=12)
    run.steps(60, 5.0, ev_w=8280.0, grid_w=-8000.0, battery_missing=True)
    assert (run.charging, run.limit_a) == (True, 6)
    assert run.decision.reason.code is ReasonCode.MINIMUM_ONLY


@pytest.mark.parametrize("use_battery", [True, False])
def test_the_battery_is_spared_where_that_is_said(use_battery: bool) -> None:
    run = run_of(use_battery=use_battery)
    for _ in range(60):
        ev_w = 690.0 * run.limit_a if run.charging else 0.0
        run.step(5, ev_w=ev_w, grid_w=0.0, battery_w=ev_w + 300, battery_soc_pct=60.0, pv_w=0.0)
    assert run.charging is use_battery


@pytest.mark.parametrize("keys", [{"solar_share": 0}, {"grid_bias_w": 9000}, {"current_a": 8}])
def test_settings_are_checked(keys: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        MinimumSettings.model_validate(keys)
