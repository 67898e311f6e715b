"""The decision by table: what happens when."""

import pytest

from controller.control.reconcile import acknowledge, refuse
from controller.domain.charger import OcppState
from controller.domain.demand import Dwell
from controller.domain.reasons import ReasonCode
from tests.support.houses import Run, Wants, core, surplus

W6 = 6 * 3 * 230.0  # the minimum on three phases: 4140 W


def code(run: Run) -> ReasonCode:
    return run.decision.reason.code


class TestLimits:
    def test_the_smallest_maximum_counts(self) -> None:
        run = Run(core(Wants(32), max_current_a=20))
        run.limit_max_a = 13
        run.step()
        assert run.told == ["set_limit 13 A", "start"]

    def test_a_box_found_above_the_maximum_is_lowered_at_once(self) -> None:
        run = Run(core(Wants(32), max_current_a=10), limit_a=16, charging=True)
        run.step()
        assert run.told == ["set_limit 10 A"]

    @pytest.mark.parametrize("wanted_a", [0.5, 1, 5, 5.99])
    def test_less_than_six_is_nothing(self, wanted_a: float) -> None:
        run = Run(core(Wants(wanted_a)))
        run.steps(120)
        assert run.told == []

    def test_a_box_with_a_maximum_below_six_is_never_started(self) -> None:
        run = Run(core(Wants(16)))
        run.limit_max_a = 5
        run.steps(120)
        assert run.told == []
        assert code(run) is ReasonCode.NO_HEADROOM


class TestFuse:
    def test_down_at_once_without_waiting_for_the_gap(self) -> None:
        run = Run(core(Wants(16), main_fuse_a=25))
        run.step(1, grid_current_a=(2, 2, 2), ev_w=0.0)
        assert run.told == ["start"]
        run.steps(5, grid_current_a=(18, 18, 18), ev_w=16 * 690)
        run.told.clear()
        run.step(1, grid_current_a=(30, 18, 18), ev_w=16 * 690)
        assert run.told == ["set_limit 11 A"]
        assert code(run) is ReasonCode.FUSE

    def test_stops_at_once_when_nothing_is_left(self) -> None:
        run = Run(core(Wants(16, Dwell(min_on_s=3600)), main_fuse_a=25), charging=True)
        run.step(1, grid_current_a=(40, 18, 18), ev_w=16 * 690)
        assert run.told == ["stop"]
        assert "main fuse allows 1 A" in str(run.decision.reason)

    def test_up_only_after_a_minute(self) -> None:
        run = Run(core(Wants(16), main_fuse_a=25), charging=True)
        run.step(1, grid_current_a=(31, 18, 18), ev_w=16 * 690)
        assert run.told == ["set_limit 10 A"]
        run.steps(59, grid_current_a=(12, 12, 12), ev_w=10 * 690)
        assert run.told == ["set_limit 10 A"]
        run.steps(20, grid_current_a=(12, 12, 12), ev_w=10 * 690)
        assert run.told == ["set_limit 10 A", "set_limit 16 A"]

    def test_without_phase_currents_the_house_is_taken_to_sit_on_one_phase(self) -> None:
        run = Run(core(Wants(16), main_fuse_a=25), charging=True)
        run.step(1, grid_w=16 * 690 + 2990, ev_w=16 * 690)  # the house draws 13 A if it is all on one phase
        assert run.told == ["set_limit 12 A"]

    def test_a_reduction_on_its_way_is_not_asked_for_again(self) -> None:
        run = Run(core(Wants(16), main_fuse_a=25, follow_s=30), charging=True)
        run.steps(3, grid_current_a=(31, 18, 18))
        assert run.told == ["set_limit 10 A"]

    def test_a_car_on_more_phases_than_told_does_not_make_the_house_look_smaller(self) -> None:
        run = Run(core(Wants(16), main_fuse_a=25, phases=1), charging=True)
        run.step(1, grid_current_a=(30, 20, 20), ev_w=16 * 690)  # three phases, though phases = 1
        assert run.told == ["set_limit 11 A"]

    def test_pv_does_not_hide_a_phase_where_no_phase_is_measured(self) -> None:
        run = Run(core(Wants(16), main_fuse_a=25), charging=True)
        run.step(1, grid_w=16 * 690 - 3000, pv_w=9000.0, ev_w=16 * 690)  # 6 kW of house, maybe on one phase
        assert run.told == ["stop"]

    def test_without_the_cars_own_meter_its_rise_is_no_load_of_the_house(self) -> None:
        """Reference timing: the car follows after ten seconds; the house draws 8.5 A, the fuse is 25 A."""
        run = Run(core(Wants(16), main_fuse_a=25))
        drawn: list[float] = []
        for second in range(1800):
            offered_a = run.limit_a if run.charging else 0
            drawn.append(offered_a)
            car_a = drawn[max(0, second - 15)]
            run.step(1, grid_current_a=(8.5 + car_a, 3, 3), grid_w=(8.5 + 3 * car_a) * 230)
        assert run.told == ["start"]

    def test_an_overload_while_the_car_rises_is_seen(self) -> None:
        run = Run(core(Wants(16), main_fuse_a=25))
        run.step(1, grid_current_a=(8.5, 3, 3))
        assert run.told == ["start"]
        run.steps(5, grid_current_a=(20, 15, 15))
        assert run.told == ["start"]
        run.step(1, grid_current_a=(30, 22, 22))
        assert run.told == ["start", "stop"]


class TestRefusals:
    def refusing(self, run: Run, kind: str, seconds: int, **house: float) -> list[str]:
        """A box that rejects every order that begins with `kind`."""
        tried: list[str] = []
        for _ in range(seconds):
            decision = run.step(1, obey=False, **house)
            for action in decision.actions:
                if str(action).startswith(kind):
                    tried.append(str(action))
                    run.state = refuse(run.state, action, run.now_s)
                    break
                run.state = acknowledge(run.state, action, run.now_s)
                run.limit_a = action.limit_a or run.limit_a
        return tried

    def test_a_refused_start_is_tried_ever_more_rarely(self) -> None:
        run = Run(core(Wants(12)), limit_a=12)
        assert 4 <= len(self.refusing(run, "start", 4 * 3600)) <= 11

    def test_a_refused_raise_bars_no_reduction(self) -> None:
        strategy = Wants(16)
        run = Run(core(strategy), limit_a=10, charging=True)
        assert 5 <= len(self.refusing(run, "set_limit", 3600)) <= 8
        assert code(run) is ReasonCode.BOX_REFUSES
        run.step(1, grid_w=None, grid_age_s=20)
        assert run.told == ["set_limit 6 A"]

    @pytest.mark.parametrize(("found_a", "wanted_a", "most"), [(8, 16, 9), (16, 8, 75)])
    def test_a_limit_that_is_accepted_and_ignored_is_no_endless_loop(
        self, found_a: int, wanted_a: int, most: int
    ) -> None:
        run = Run(core(Wants(wanted_a)), limit_a=found_a, charging=True)
        tried = 0
        for _ in range(3600):
            decision = run.step(1, obey=False)
            for action in decision.actions:
                run.state = acknowledge(run.state, action, run.now_s)
                tried += 1
        assert 5 <= tried <= most  # what protects is tried every minute, what does not ever more rarely

    def test_a_box_left_below_six_amps_is_not_started_there(self) -> None:
        run = Run(core(Wants(12)), limit_a=0)
        self.refusing(run, "set_limit", 300)
        assert "start" not in run.told
        assert not run.charging
        assert not any("start" in str(action) for decision in run.decisions[1:] for action in decision.actions[:1])

    def test_a_refused_reduction_is_tried_every_minute(self) -> None:
        run = Run(core(Wants(9)), limit_a=10, charging=True)
        assert 55 <= len(self.refusing(run, "set_limit", 3600)) <= 62

    def test_success_is_forgiven(self) -> None:
        run = Run(core(Wants(12)), limit_a=12)
        self.refusing(run, "start", 200)
        run.steps(600)
        assert run.charging
        assert run.state.refusals.starting.patience_s == 0


class TestHalfDone:
    def half_done(self) -> Run:
        """The limit of a start is written, the start itself still to come."""
        run = Run(core(surplus(solar_share=1, start_delay_s=0)))
        decision = run.step(1, grid_w=-7000, obey=False)
        assert [str(action) for action in decision.actions] == ["set_limit 10 A", "start"]
        run.state = acknowledge(run.state, decision.actions[0], run.now_s)
        run.limit_a = 10
        return run

    def test_it_is_finished_though_the_sun_has_moved(self) -> None:
        run = self.half_done()
        decision = run.step(1, grid_w=-8000)
        assert [str(action) for action in decision.actions] == ["start"]

    def test_a_start_that_is_no_longer_wanted_is_withdrawn(self) -> None:
        run = self.half_done()
        assert run.step(5, grid_w=3000).actions == ()  # by the next look at the sky

    def test_a_stop_that_is_no_longer_wanted_is_withdrawn(self) -> None:
        strategy = Wants(0)
        run = Run(core(strategy), limit_a=10, charging=True)
        assert [str(action) for action in run.step(1, obey=False).actions] == ["stop"]
        strategy.current_a = 12
        assert not any(str(action) == "stop" for action in run.step(1).actions)

    def test_a_start_on_a_stale_reading_is_withdrawn(self) -> None:
        run = self.half_done()
        assert run.step(1, grid_w=None, grid_age_s=16).actions == ()


class TestBox:
    def test_a_new_car_waits_for_no_minimum_time(self) -> None:
        run = Run(core(Wants(16, Dwell(min_off_s=3600))), charging=True)
        run.step()
        run.box_state = OcppState.AVAILABLE
        run.steps(5)
        run.box_state = OcppState.PREPARING
        run.steps(35)
        assert run.told == ["start"]

    def test_unplugged_is_left_alone(self) -> None:
        run = Run(core(Wants(16)))
        run.box_state = OcppState.AVAILABLE
        run.steps(100)
        assert run.told == []
        assert code(run) is ReasonCode.NO_CAR

    @pytest.mark.parametrize("state", [OcppState.FAULTED, OcppState.UNAVAILABLE])
    def test_faulted_is_left_alone_and_said_so(self, state: OcppState) -> None:
        run = Run(core(Wants(16)), charging=True)
        run.step()
        run.box_state = state
        run.steps(100)
        assert run.told == []
        assert state.value in str(run.decision.reason)

    def test_a_box_that_tells_no_state_is_steered_by_what_it_was_told(self) -> None:
        run = Run(core(surplus(min_on_s=0, min_off_s=0, stop_delay_s=60)))
        for grid_w, ev_w in ((-9000, 0), (5000, 4000), (-9000, 0)):
            for _ in range(110):  # a car that draws nothing for longer would be woken
                run.box_state = OcppState.UNKNOWN
                run.step(grid_w=grid_w, ev_w=ev_w)
        assert [told for told in run.told if "limit" not in told] == ["start", "stop", "start"]

    def test_a_box_that_tells_no_state_gets_its_fallback(self) -> None:
        run = Run(core(surplus()))
        run.box_state = OcppState.UNKNOWN
        run.step(grid_w=0, ev_w=4000)
        for _ in range(40):
            run.box_state = OcppState.UNKNOWN
            run.step(grid_w=None, grid_age_s=60)
        assert run.told == ["set_limit 6 A"]

    def test_a_box_that_begins_by_itself_is_stopped_without_its_minimum_time(self) -> None:
        run = Run(core(surplus(min_on_s=600)))
        run.steps(100, grid_w=500)
        run.box_state = OcppState.CHARGING
        run.steps(3, grid_w=4000, ev_w=4000)
        assert run.told == ["stop"]

    def test_a_car_that_pauses_by_itself_is_not_raised(self) -> None:
        run = Run(core(surplus()), limit_a=6, charging=True)
        run.steps(5, grid_w=0, ev_w=W6)
        run.box_state = OcppState.SUSPENDED_EV
        run.steps(100, grid_w=-9000, ev_w=0)
        assert run.told == []
        assert code(run) is ReasonCode.CAR_PAUSED

    def test_what_was_told_is_not_told_again(self) -> None:
        run = Run(core(Wants(12)), limit_a=12)
        run.steps(3600)
        assert run.told == ["start"]

    def test_a_box_that_does_not_follow_is_told_again_ever_more_rarely(self) -> None:
        run = Run(core(Wants(12)), limit_a=12)
        for _ in range(1800):
            run.step()
            run.box_state = OcppState.PREPARING
        assert run.told[0] == "start"
        assert 3 <= run.told.count("start") <= 6
        assert set(run.told) == {"start"}


def test_without_the_cars_own_meter_amps_change_only_after_the_car_has_followed() -> None:
    run = Run(core(surplus(solar_share=1), limit_change_s=5, follow_s=30), limit_a=10, charging=True)
    drawn: list[int] = []
    for second in range(900):
        drawn.append(run.limit_a)
        car_w = drawn[max(0, second - 12)] * 690.0
        run.step(1, grid_w=car_w - 9100)  # constant sun: 13.2 A
    assert run.told == ["set_limit 13 A"]


class TestWriteBudget:
    def test_writes_an_hour_are_bounded_and_the_wait_is_said(self) -> None:
        strategy = Wants(6)
        run = Run(core(strategy, writes_per_hour=8, limit_change_s=5), limit_a=6, charging=True)
        waits = 0
        for second in range(3600):
            strategy.current_a = 6 if second // 30 % 2 else 16
            waits += run.step().reason.code is ReasonCode.BUDGET
        assert 8 <= len(run.told) <= 16  # an hour's worth at the start, and one that grows back
        assert waits > 0

    def test_raising_leaves_a_reserve_for_reducing(self) -> None:
        strategy = Wants(6)
        run = Run(core(strategy, writes_per_hour=8, limit_change_s=5), limit_a=6, charging=True)
        while run.decisions == [] or code(run) is not ReasonCode.BUDGET:
            strategy.current_a = 16 if run.limit_a == 6 else 6
            run.step(12)
        assert run.limit_a == 6  # it was a raise that had to wait
        assert (run.state.timers.write_tokens or 0) >= 1

    def test_protection_is_never_refused_for_the_budget(self) -> None:
        strategy = Wants(6)
        run = Run(core(strategy, writes_per_hour=4, limit_change_s=5), limit_a=6, charging=True)
        for second in range(300):
            strategy.current_a = 6 if second // 30 % 2 else 16
            run.step()
        strategy.current_a = 16
        while run.limit_a == 6:
            run.steps(60)
        run.step(1, grid_w=None, grid_age_s=20)
        assert run.told[-1] == "set_limit 6 A"
