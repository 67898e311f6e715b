"""What is done while the grid's meter is silent or the strategy fails."""

import pytest

from controller.control.settings import Fallback
from controller.domain.demand import Defer
from controller.domain.errors import StrategyError
from controller.domain.reasons import ReasonCode
from tests.support.houses import Run, Wants, core, surplus

W6 = 6 * 3 * 230.0  # the minimum on three phases: 4140 W


def code(run: Run) -> ReasonCode:
    return run.decision.reason.code


class TestStaleMeter:
    def stale(self, fallback: Fallback, **settings: float) -> Run:
        run = Run(core(Wants(16), fallback=fallback, **settings), charging=True)
        run.steps(3)
        run.step(1, grid_w=None, grid_age_s=16)
        return run

    def test_minimum(self) -> None:
        run = self.stale(Fallback.MINIMUM)
        assert run.told == ["set_limit 6 A"]
        assert str(run.decision.reason) == "no grid reading for 16 s: fallback minimum"

    def test_stop(self) -> None:
        assert self.stale(Fallback.STOP).told == ["stop"]

    def test_hold(self) -> None:
        assert self.stale(Fallback.HOLD).told == []

    @pytest.mark.parametrize("fallback", [Fallback.MINIMUM, Fallback.HOLD])
    def test_stops_after_a_while(self, fallback: Fallback) -> None:
        run = self.stale(fallback, fallback_stop_after_s=600)
        run.step(1, grid_w=None, grid_age_s=614)
        assert run.charging
        run.step(1, grid_w=None, grid_age_s=616)
        assert not run.charging

    def test_the_minimum_never_raises_a_lower_limit(self) -> None:
        run = Run(core(Wants(16), min_current_a=8), limit_a=6, charging=True)
        run.step(1, grid_w=None, grid_age_s=16)
        assert run.told == []

    def test_never_is_a_time_to_stop_too(self) -> None:
        run = self.stale(Fallback.MINIMUM, fallback_stop_after_s=0)
        run.steps(20, grid_w=None, grid_age_s=90_000)
        assert run.charging

    def test_the_delay_begins_anew_after_the_silence(self) -> None:
        run = Run(core(surplus(start_delay_s=60)))
        run.steps(55, grid_w=-8000)
        run.step(1, grid_w=None, grid_age_s=16)
        run.steps(30, grid_w=-8000)
        assert run.told == []

    @pytest.mark.parametrize("fallback", list(Fallback))
    def test_never_up(self, fallback: Fallback) -> None:
        run = Run(core(Wants(16), fallback=fallback), limit_a=8)
        run.steps(3, grid_w=None, grid_age_s=100)
        assert run.told == []

    def test_a_limit_is_waited_for_no_gap(self) -> None:
        run = Run(core(Wants(16)), charging=True, limit_a=10)
        run.steps(12)
        assert run.told == ["set_limit 16 A"]
        run.step(1, grid_w=None, grid_age_s=16)
        assert run.told[-1] == "set_limit 6 A"

    def test_before_the_first_reading_the_box_is_left_alone(self) -> None:
        run = Run(core(Wants(16)), charging=True)
        run.step(1, grid_w=None, grid_age_s=3)
        assert run.told == []
        assert code(run) is ReasonCode.METER_AWAITED

    def test_an_old_reading_is_not_used_even_if_it_is_shown(self) -> None:
        run = Run(core(Wants(16)))
        run.step(1, grid_w=-9000, grid_age_s=15.1)
        assert run.told == []
        assert code(run) is ReasonCode.METER_STALE

    def test_charging_comes_back_with_the_meter(self) -> None:
        run = self.stale(Fallback.STOP)
        run.steps(100)
        assert run.charging


class TestStrategyFailure:
    def test_the_fallback_holds(self) -> None:
        run = Run(core(Wants(16)), charging=True)
        run.step(1, failed_for_s=0.0)
        assert run.told == ["set_limit 6 A"]
        assert code(run) is ReasonCode.STRATEGY_FAILED

    @pytest.mark.parametrize("wanted_a", [float("nan"), float("inf")])
    def test_nonsense_is_refused(self, wanted_a: float) -> None:
        with pytest.raises(ValueError, match="asks for"):
            Run(core(Wants(wanted_a))).step()

    def test_deferring_in_a_circle_is_refused(self) -> None:
        class Circle(Wants):
            def demand(self, situation: object) -> Defer:  # type: ignore[override]
                return Defer(to="it")

        with pytest.raises(StrategyError, match="deferred in a circle"):
            Run(core(Circle(0))).step()
