"""What must always hold, whatever the readings: arbitrary houses, boxes and silences."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from controller.control.settings import Fallback
from controller.domain.charger import OcppState
from controller.domain.decision import ActionKind, Decision
from controller.domain.demand import Dwell, Strategy
from controller.domain.reasons import ReasonCode
from tests.support.houses import Run, Wants, core, surplus

PROTECTING = {ReasonCode.FUSE, ReasonCode.NO_HEADROOM, ReasonCode.METER_STALE, ReasonCode.STRATEGY_FAILED}


@dataclass(frozen=True)
class Moment:
    """One step of an arbitrary life."""

    seconds: float
    grid_w: float | None
    grid_age_s: float
    grid_current_a: tuple[float, float, float] | None
    voltage_v: tuple[float, float, float] | None
    ev_w: float | None
    box_state: OcppState | None
    obey: bool


currents = st.floats(-60, 60)
volts = st.floats(0, 260)
moments = st.builds(
    Moment,
    seconds=st.floats(0.5, 120),
    grid_w=st.none() | st.floats(-30_000, 30_000),
    grid_age_s=st.floats(0, 40),
    grid_current_a=st.none() | st.tuples(currents, currents, currents),
    voltage_v=st.none() | st.tuples(volts, volts, volts),
    ev_w=st.none() | st.floats(0, 12_000),
    box_state=st.none() | st.sampled_from(OcppState),
    obey=st.booleans(),
)
strategies = st.one_of(
    st.builds(surplus, solar_share=st.floats(0.1, 1), min_on_s=st.floats(0, 300), min_off_s=st.floats(0, 300)),
    st.builds(Wants, st.floats(0, 40)),
)


@st.composite
def lives(draw: st.DrawFn) -> tuple[Run, list[Moment]]:
    strategy: Strategy = draw(strategies)
    run = Run(
        core(
            strategy,
            max_current_a=draw(st.integers(6, 32)),
            main_fuse_a=draw(st.sampled_from([0, 16, 25, 35])),
            fallback=draw(st.sampled_from(Fallback)),
            phases=draw(st.sampled_from([1, 3])),
            writes_per_hour=draw(st.integers(4, 120)),
        ),
        limit_a=draw(st.integers(0, 32)),
        charging=draw(st.booleans()),
    )
    run.limit_max_a = draw(st.none() | st.integers(0, 32))
    return run, draw(st.lists(moments, min_size=1, max_size=40))


def live(run: Run, moment: Moment) -> Decision:
    if moment.box_state is not None:
        run.box_state = moment.box_state
    return run.step(
        moment.seconds,
        obey=moment.obey,
        grid_w=moment.grid_w,
        grid_age_s=moment.grid_age_s,
        grid_current_a=moment.grid_current_a,
        voltage_v=moment.voltage_v,
        ev_w=moment.ev_w,
    )


@given(lives())
@settings(max_examples=180)
def test_no_limit_is_ever_outside_what_configuration_box_and_fuse_allow(life: tuple[Run, list[Moment]]) -> None:
    run, moments_ = life
    for moment in moments_:
        decision = live(run, moment)
        highest_a = min(run.settings.max_current_a, run.limit_max_a if run.limit_max_a is not None else 99)
        if run.state.fuse.cap_a is not None:
            highest_a = min(highest_a, run.state.fuse.cap_a)
        for action in decision.actions:
            if action.kind is ActionKind.SET_LIMIT:
                assert type(action.limit_a) is int
                assert 6 <= action.limit_a <= highest_a
            if action.kind is ActionKind.START:
                assert decision.command is not None
                assert 6 <= decision.command.limit_a <= highest_a


@given(lives())
@settings(max_examples=180)
def test_the_fuse_cap_leaves_room_for_the_worst_phase(life: tuple[Run, list[Moment]]) -> None:
    run, moments_ = life
    for moment in moments_:
        before = run.state.fuse
        live(run, moment)
        cap_a = run.state.fuse.cap_a
        fresh = moment.grid_w is not None and moment.grid_age_s <= run.settings.stale_after_s
        if cap_a is None or not fresh or moment.grid_current_a is None or moment.ev_w is None:
            continue
        if run.state.fuse is before:
            continue  # the box was not to be spoken to: nothing was reckoned
        volts_ = [v for v in moment.voltage_v or () if v > 115]
        mean_v = sum(volts_) / len(volts_) if volts_ else 230.0
        house_a = max(moment.grid_current_a) - moment.ev_w / (run.settings.phases * mean_v)
        assert cap_a <= max(0.0, run.settings.main_fuse_a - house_a)


@given(lives())
@settings(max_examples=180)
def test_without_a_fresh_reading_nothing_ever_goes_up(life: tuple[Run, list[Moment]]) -> None:
    run, moments_ = life
    for moment in moments_:
        limit_before_a = run.limit_a
        decision = live(run, moment)
        if moment.grid_w is not None and moment.grid_age_s <= run.settings.stale_after_s:
            continue
        assert all(action.kind is not ActionKind.START for action in decision.actions)
        assert all((action.limit_a or 0) <= limit_before_a for action in decision.actions)


@given(lives())
@settings(max_examples=130)
def test_every_decision_has_a_sentence_and_nothing_is_told_twice(life: tuple[Run, list[Moment]]) -> None:
    run, moments_ = life
    for moment in moments_:
        told = run.state.told
        limit_before_a = run.limit_a
        decision = live(run, moment)
        sentence = str(decision.reason)
        assert sentence
        assert "{" not in sentence
        for action in decision.actions:
            if action.kind is ActionKind.SET_LIMIT:
                assert action.limit_a != limit_before_a
        if told is not None and decision.command == run.state.told and not decision.actions:
            continue
        assert len(decision.actions) <= 2


@given(
    st.lists(st.tuples(st.floats(1, 40), st.floats(-12_000, 12_000)), min_size=5, max_size=80),
    st.floats(0, 400),
    st.floats(0, 400),
)
@settings(max_examples=130)
def test_minimum_times_and_gaps_hold(houses: list[tuple[float, float]], min_on_s: float, min_off_s: float) -> None:
    run = Run(core(surplus(start_delay_s=5, stop_delay_s=5, min_on_s=min_on_s, min_off_s=min_off_s)))
    switches: list[tuple[float, bool]] = []
    commands_s: list[float] = []
    for seconds, surplus_w in houses:
        ev_w = run.limit_a * 690.0 if run.charging else 0.0
        was_charging = run.charging
        decision = run.step(seconds, grid_w=ev_w - surplus_w, ev_w=ev_w)
        if decision.actions:
            commands_s.append(run.now_s)
        if run.charging != was_charging:
            switches.append((run.now_s, run.charging))
    for (earlier_s, charging), (later_s, _) in pairwise(switches):
        assert later_s - earlier_s >= (min_on_s if charging else min_off_s)
    for earlier_s, later_s in pairwise(commands_s):
        assert later_s - earlier_s >= run.settings.limit_change_s


@given(st.lists(st.floats(0, 40), min_size=1, max_size=200))
@settings(max_examples=100)
def test_the_write_budget_holds(wanted: list[float]) -> None:
    strategy = Wants(0, Dwell(min_off_s=0))
    run = Run(core(strategy, writes_per_hour=6, limit_change_s=5))
    for wanted_a in wanted:
        strategy.current_a = wanted_a
        run.step(10)
    hours = run.now_s / 3600
    assert sum(told.startswith("set_limit") for told in run.told) <= 6 + 6 * hours
