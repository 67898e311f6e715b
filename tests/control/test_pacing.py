"""Delays and minimum times, for strategies that wait for seconds and not for worth."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from controller.domain.demand import Strategy
from controller.domain.reasons import ReasonCode
from tests.support.houses import Run, core, surplus, timed

W6 = 6 * 3 * 230.0  # the minimum on three phases: 4140 W


@pytest.mark.parametrize("strategy", [timed, surplus])
def test_starts_after_the_delay_at_the_amps_wanted(strategy: Callable[..., Strategy]) -> None:
    run = Run(core(strategy(solar_share=1, start_delay_s=60)))
    run.steps(60, grid_w=-7000)
    assert run.told == []
    assert run.decision.reason.code is ReasonCode.STARTS_SOON
    run.steps(2, grid_w=-7000)
    assert run.told == ["set_limit 10 A", "start"]


@pytest.mark.parametrize("strategy", [timed, surplus])
def test_one_bad_sample_does_not_begin_the_delay_anew(strategy: Callable[..., Strategy]) -> None:
    run = Run(core(strategy(solar_share=1, start_delay_s=60)))
    run.steps(50, grid_w=-7000)
    run.step(1, grid_w=3000)
    run.steps(25, grid_w=-7000)
    assert "start" in run.told


class TestByDelays:
    """A plug-in that tells amps and delays, and nothing of the sun."""

    def test_follows_down_at_the_next_gap_and_up_after_ten_seconds(self) -> None:
        run = Run(core(timed(solar_share=1)), limit_a=10, charging=True)
        run.steps(40, grid_w=0, ev_w=6900)
        run.step(1, grid_w=1500, ev_w=6900)
        assert run.told == ["set_limit 7 A"]
        run.steps(29, grid_w=-3000, ev_w=4830)
        assert run.told == ["set_limit 7 A"]
        run.step(1, grid_w=-3000, ev_w=4830)
        assert run.told == ["set_limit 7 A", "set_limit 11 A"]

    def test_a_moment_of_more_sun_is_not_raised_for(self) -> None:
        run = Run(core(timed(solar_share=1)), limit_a=8, charging=True)
        run.steps(100, grid_w=0, ev_w=8 * 690)
        for _ in range(20):
            run.steps(8, grid_w=-1400, ev_w=8 * 690)
            run.steps(8, grid_w=-100, ev_w=8 * 690)
        assert run.told == []

    def test_an_amp_in_force_is_not_taken_for_a_little_less(self) -> None:
        run = Run(core(timed(solar_share=1)), limit_a=8, charging=True)
        for second in range(600):
            watts = 8 * 690 + (60 if second % 2 else -60)  # 0.09 A around 8 A
            run.step(1, grid_w=8 * 690 - watts, ev_w=8 * 690)
        assert run.told == []

    def test_one_good_sample_does_not_keep_the_car_on(self) -> None:
        run = Run(core(timed(stop_delay_s=180)), limit_a=6, charging=True)
        run.steps(170, grid_w=3500, ev_w=W6)
        run.step(1, grid_w=-3000, ev_w=W6)
        run.steps(13, grid_w=3500, ev_w=W6)
        assert not run.charging

    def test_a_cloud_holds_the_minimum_then_stops(self) -> None:
        run = Run(core(timed(stop_delay_s=180)), limit_a=10, charging=True)
        run.steps(5, grid_w=0, ev_w=6900)
        run.steps(2, grid_w=6000, ev_w=6900)
        assert run.told == ["set_limit 6 A"]
        run.steps(170, grid_w=3500, ev_w=W6)
        assert run.charging
        assert str(run.decision.reason).startswith("cloud: 0.6 kW surplus, need 3.3 kW, stops in ")
        run.steps(10, grid_w=3500, ev_w=W6)
        assert run.told == ["set_limit 6 A", "stop"]

    def test_a_stall_counts_as_a_minute_at_the_most(self) -> None:
        run = Run(core(timed(stop_delay_s=180)), limit_a=6, charging=True)
        run.step(1, grid_w=0, ev_w=W6)
        run.step(5000, grid_w=3500, ev_w=W6)
        assert run.charging

    def test_minimum_times_hold(self) -> None:
        run = Run(core(timed(min_on_s=300, min_off_s=300)))
        minimum_times(run)


class TestOnTopOfWorth:
    """Delays and minimum times that a user of `surplus` asks for."""

    def test_a_cloud_holds_the_minimum_for_the_delay(self) -> None:
        run = Run(core(surplus(stop_delay_s=180)), limit_a=10, charging=True)
        run.steps(30, grid_w=0, ev_w=6900)
        run.steps(160, grid_w=run.limit_a * 690 - 640, ev_w=run.limit_a * 690)
        assert run.charging
        assert run.limit_a == 6
        assert str(run.decision.reason).startswith("cloud: 0.6 kW surplus, need 3.3 kW, stops in ")
        run.steps(30, grid_w=3500, ev_w=W6)
        assert run.told[-1] == "stop"
        assert "start" not in run.told

    def test_a_stall_counts_as_a_minute_at_the_most(self) -> None:
        run = Run(core(surplus(stop_delay_s=180)), limit_a=6, charging=True)
        run.step(1, grid_w=0, ev_w=W6)
        run.step(5000, grid_w=3500, ev_w=W6)
        run.steps(20, grid_w=3500, ev_w=W6)
        assert run.charging

    def test_minimum_times_hold(self) -> None:
        minimum_times(Run(core(surplus(min_on_s=300, min_off_s=300))))


def minimum_times(run: Run) -> None:
    """Sun, none, and sun again: neither time is cut short, and each is told."""
    run.step(1, grid_w=-8000)
    assert run.charging
    run.steps(298, grid_w=8000, ev_w=W6)
    assert run.charging
    assert run.decision.reason.code is ReasonCode.MIN_ON
    run.steps(5, grid_w=8000, ev_w=W6)
    assert not run.charging
    run.steps(295, grid_w=-8000)
    assert not run.charging
    assert run.decision.reason.code is ReasonCode.MIN_OFF
    run.steps(10, grid_w=-8000)
    assert run.charging
