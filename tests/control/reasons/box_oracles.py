"""What the reasons of car, box and meters claim, reckoned anew from what was seen."""

from __future__ import annotations

import pytest

from controller.control.settings import Fallback
from controller.domain.charger import OcppState
from controller.domain.reasons import Reason, ReasonCode
from tests.control.reasons.lives import Look
from tests.control.reasons.oracles import command, demand, gap_s, oracle, outermost


@oracle(ReasonCode.NO_CAR)
def no_car(look: Look, reason: Reason) -> None:
    assert _box_state(look).plugged is False


@oracle(ReasonCode.CAR_PAUSED)
def car_paused(look: Look, reason: Reason) -> None:
    assert _box_state(look) is OcppState.SUSPENDED_EV


@oracle(ReasonCode.CAR_ASLEEP, ReasonCode.CAR_WAKING, ReasonCode.CAR_WONT_WAKE)
def sleeps(look: Look, reason: Reason) -> None:
    sleep, now_s = look.state.conduct.sleep, look.snapshot.now_s
    assert demand(look).current_a >= look.settings.min_current_a
    assert not look.state.conduct.pauses.harm
    if reason.code is ReasonCode.CAR_ASLEEP:
        gap_left_s = gap_s(look) - (now_s - look.state.told_at_s)
        assert reason.values["in_s"] == pytest.approx(max(gap_left_s, 600 - (now_s - sleep.tried_s)))
        assert sleep.tries < 2
    elif reason.code is ReasonCode.CAR_WAKING:
        assert reason.values["tries"] == sleep.tries
        assert 1 <= sleep.tries <= 2
        assert now_s - sleep.tried_s <= 301 + 400  # the longest step
    else:
        assert (reason.values["tries"], reason.values["wakes"]) == (sleep.tries, sleep.wakes)
        assert sleep.tries == 2 or sleep.wakes == 8


@oracle(ReasonCode.LIMIT_IGNORED, ReasonCode.LIMIT_IGNORED_SOON, ReasonCode.LIMIT_IGNORED_HELD)
def ignored(look: Look, reason: Reason) -> None:
    flows(look, reason)
    assert look.charging
    if outermost(look, reason):
        assert command(look).charging is (reason.code is not ReasonCode.LIMIT_IGNORED)
    if reason.code is ReasonCode.LIMIT_IGNORED_SOON:
        assert 0 < reason.values["in_s"] <= 150 + gap_s(look)
    if reason.code is ReasonCode.LIMIT_IGNORED_HELD:
        assert look.settings.fallback is Fallback.HOLD


@oracle(ReasonCode.LIMIT_IGNORED_OFF, ReasonCode.LIMIT_IGNORED_CAPPED)
def ignored_and_off(look: Look, reason: Reason) -> None:
    flows(look, reason)
    assert not look.charging
    assert not command(look).charging
    if reason.code is ReasonCode.LIMIT_IGNORED_OFF:
        assert reason.values["in_s"] >= look.state.conduct.obedience.retry_s - look.snapshot.now_s > 0


def flows(look: Look, reason: Reason) -> None:
    """The figures of a box that does not follow: less is wanted than flows."""
    assert reason.values["flows_a"] == look.state.conduct.obedience.flows_a
    assert look.settings.min_current_a <= reason.values["limit_a"] < reason.values["flows_a"]


def _box_state(look: Look) -> OcppState:
    assert look.snapshot.status is not None
    return look.snapshot.status.state


@oracle(ReasonCode.METER_STALE)
def meter_stale(look: Look, reason: Reason) -> None:
    assert reason.values["age_s"] == look.house.grid_age_s > look.settings.stale_after_s
    _falls_back(look, reason, look.house.grid_age_s - look.settings.stale_after_s)


@oracle(ReasonCode.STRATEGY_FAILED)
def strategy_failed(look: Look, reason: Reason) -> None:
    assert look.failed_for_s is not None
    assert (reason.values["strategy"], reason.values["what"]) == ("it", "too hot")
    _falls_back(look, reason, look.failed_for_s)


def _falls_back(look: Look, reason: Reason, since_s: float) -> None:
    settings = look.settings
    overdue = 0 < settings.fallback_stop_after_s <= since_s
    expected = Fallback.STOP if overdue else settings.fallback
    assert reason.values["fallback"] == expected
    if outermost(look, reason) and look.charging:
        assert command(look).charging is (expected is not Fallback.STOP)
        assert expected is not Fallback.MINIMUM or command(look).limit_a <= settings.min_current_a


@oracle(ReasonCode.METER_AWAITED)
def meter_awaited(look: Look, reason: Reason) -> None:
    assert look.house.grid_w is None
    assert look.house.grid_age_s <= look.settings.stale_after_s


@oracle(ReasonCode.BOX_AWAITED)
def box_awaited(look: Look, reason: Reason) -> None:
    assert look.snapshot.status is None or look.snapshot.power is None


@oracle(ReasonCode.BOX_FAULT)
def box_fault(look: Look, reason: Reason) -> None:
    assert _box_state(look) in (OcppState.FAULTED, OcppState.UNAVAILABLE)
    assert reason.values["state"] == _box_state(look).value


@oracle(ReasonCode.BOX_DOWN, ReasonCode.BOX_LOCKED)
def box_down(look: Look, reason: Reason) -> None:
    assert look.snapshot.box_down == reason
