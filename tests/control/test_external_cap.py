"""A limit from outside: in amps by table, and over whatever a house does."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.control.external_cap import cap_a, under_cap
from controller.control.settings import Fallback
from controller.domain.cap import Cap
from controller.domain.decision import ActionKind, Command
from controller.domain.reasons import ReasonCode, because
from tests.support.houses import NOON, Run, Wants, core

SUN = because(ReasonCode.SUN, surplus_w=9000.0)
EVENING = datetime(2026, 6, 21, 18, tzinfo=UTC)
DIMMED = Cap(power_w=4200, until=EVENING, source="grid operator")


@pytest.mark.parametrize(
    ("cap", "phases", "voltage_v", "amps"),
    [
        (DIMMED, 3, 230, 6),
        (DIMMED, 1, 230, 18),
        (DIMMED, 2, 230, 9),
        (Cap(power_w=4140), 3, 230, 6),
        (Cap(power_w=4139), 3, 230, 5),
        (DIMMED, 3, 240, 5),
        (Cap(power_w=0), 3, 230, 0),
        (Cap(current_a=8.9), 3, 230, 8),
        (Cap(), 3, 230, 6),
    ],
)
def test_amps(cap: Cap, phases: int, voltage_v: float, amps: int) -> None:
    assert cap_a(cap, core(voltage_v=voltage_v), phases) == amps


@pytest.mark.parametrize(
    ("target", "cap", "command", "code"),
    [
        (Command(16, True), DIMMED, Command(6, True), ReasonCode.CAP),
        (Command(6, True), DIMMED, Command(6, True), ReasonCode.SUN),
        (Command(16, False), DIMMED, Command(16, False), ReasonCode.SUN),
        (Command(16, True), Cap(power_w=4000), Command(16, False), ReasonCode.CAP_STOPS),
        (Command(16, True), Cap(), Command(6, True), ReasonCode.CAP_UNREADABLE),
        (Command(16, True), DIMMED._replace(kept=True), Command(6, True), ReasonCode.CAP_KEPT),
    ],
)
def test_commands(target: Command, cap: Cap, command: Command, code: ReasonCode) -> None:
    told, reason = under_cap(target, SUN, cap, core(), phases=3, wanted_a=0.0, now=NOON)
    assert (told, reason.code) == (command, code)


@pytest.mark.parametrize(
    ("target", "wanted_a", "current_a", "code"),
    [
        (Command(16, False), 16.0, 5, ReasonCode.CAP_STOPS),
        (Command(16, False), 0.0, 5, ReasonCode.SUN),
        (Command(8, True), 16.0, 8, ReasonCode.CAP),
        (Command(8, True), 8.9, 8, ReasonCode.SUN),
        (Command(7, True), 16.0, 8, ReasonCode.SUN),
    ],
)
def test_it_is_the_reason_as_long_as_more_is_wanted(
    target: Command, wanted_a: float, current_a: int, code: ReasonCode
) -> None:
    told, reason = under_cap(target, SUN, Cap(current_a=current_a), core(), phases=3, wanted_a=wanted_a, now=NOON)
    assert (told, reason.code) == (target, code)


def test_it_waits_for_no_gap_and_its_end_brings_the_current_back() -> None:
    run = Run(core(Wants(16)), charging=True)
    run.steps(60)
    assert run.limit_a == 16
    run.step()
    run.cap = DIMMED
    decision = run.step()
    assert run.limit_a == 6
    assert str(decision.reason) == "limited by grid operator until Sun 18:00: at most 6 A"
    run.cap = Cap(power_w=2000, until=EVENING)
    decision = run.step()
    assert not run.charging
    assert "2 A, less than the 6 A a car needs" in str(decision.reason)
    run.steps(600)
    assert not run.charging
    run.cap = None
    run.steps(90)
    assert run.charging
    assert run.limit_a == 16


@pytest.mark.parametrize(
    ("until", "said"),
    [
        (EVENING, "Sun 18:00"),
        (datetime(2026, 7, 1, 4, 30, tzinfo=UTC), "2026-07-01 04:30"),
        (None, "further notice"),
    ],
)
def test_its_end_is_said_so_that_it_can_mean_one_day_only(until: datetime | None, said: str) -> None:
    cap = Cap(current_a=8, until=until)
    _, reason = under_cap(Command(16, True), SUN, cap, core(), phases=3, wanted_a=16.0, now=NOON)
    assert str(reason) == f"limited by somebody outside until {said}: at most 8 A"


@pytest.mark.parametrize("fallback", list(Fallback))
def test_it_holds_in_the_fallback_too(fallback: Fallback) -> None:
    run = Run(core(Wants(16), fallback=fallback), charging=True)
    run.steps(60)
    run.cap = Cap(current_a=8)
    run.step(grid_w=None, grid_age_s=60.0)
    assert run.limit_a <= 8 or not run.charging


by_current = st.floats(0, 20).map(lambda amps: Cap(current_a=amps, until=EVENING))
by_power = st.floats(0, 15_000).map(lambda watts: Cap(power_w=watts, kept=True))
caps = st.none() | by_current | by_power | st.just(Cap())
looks = st.tuples(st.floats(0.5, 60), caps, st.none() | st.floats(-15_000, 15_000), st.booleans())


@given(st.floats(0, 32), st.sampled_from([1, 3]), st.booleans(), st.lists(looks, min_size=1, max_size=40))
@settings(max_examples=200)
def test_the_box_is_never_told_more_than_the_cap(
    wanted_a: float, phases: int, charging: bool, life: list[tuple[float, Cap | None, float | None, bool]]
) -> None:
    run = Run(core(Wants(wanted_a), phases=phases, max_current_a=32), charging=charging)
    run.limit_max_a = None
    for seconds, cap, grid_w, obey in life:
        run.cap = cap
        decision = run.step(seconds, grid_w=grid_w, obey=obey)
        if cap is None or decision.command is None:
            continue
        allowed_a = cap_a(cap, run.settings, phases)
        assert not decision.command.charging or 6 <= decision.command.limit_a <= allowed_a
        for action in decision.actions:
            assert action.kind is not ActionKind.START or allowed_a >= 6
            assert action.limit_a is None or 6 <= action.limit_a <= allowed_a
        if obey and run.charging:
            assert run.limit_a <= allowed_a
