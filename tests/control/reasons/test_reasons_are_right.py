"""No reason is wrong: its figures are those of the house, and what it promises comes when it says so."""

from __future__ import annotations

from copy import copy
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.domain.decision import ActionKind, Command
from controller.domain.demand import Strategy
from controller.domain.explanation import explain
from controller.domain.reasons import ReasonCode
from controller.domain.sentences import Language, changes_when, sentence
from strategies.off import Off
from tests.control.reasons import box_oracles, guard_oracles, price_oracles, simple_oracles, window_oracles
from tests.control.reasons.lives import (
    Life,
    Look,
    Moment,
    by_price,
    fixed,
    lives,
    minimum,
    off_peak,
    surplus,
    wants,
)
from tests.control.reasons.oracles import ORACLES, chain, command, judge
from tests.control.reasons.ready_oracles import ready_by

_STARTS = (ReasonCode.STARTS_SOON, ReasonCode.MIN_OFF)
_STOPS = (ReasonCode.STOPS_SOON, ReasonCode.MIN_ON)
_PROMISES = (*_STARTS, *_STOPS, ReasonCode.PACING, ReasonCode.BUDGET, ReasonCode.BOX_REFUSES)


def test_every_reason_has_an_oracle() -> None:
    oracles = {guard_oracles.cap, box_oracles.no_car, price_oracles.unknown, simple_oracles.off, window_oracles.window}
    assert oracles <= set(ORACLES.values())
    assert set(ORACLES) == set(ReasonCode)


_EVERY = {
    "surplus": surplus,
    "fixed": fixed,
    "off_peak": off_peak,
    "minimum": minimum,
    "off": st.builds(Off),
    "by_price": by_price,
    "ready_by": ready_by,
    "wants": wants,
}


@pytest.mark.parametrize("strategies", _EVERY.values(), ids=_EVERY)
def test_what_a_reason_says_is_so(strategies: st.SearchStrategy[Strategy]) -> None:
    @given(lives(strategies, charged=strategies is not ready_by))
    @settings(max_examples=40)
    def right(story: tuple[Life, list[Moment]]) -> None:
        life, moments = story
        for moment in moments:
            look = life.step(moment)
            judge(look)
            for language in Language:
                assert "?" not in sentence(look.decision.reason, language)
                assert "?" not in changes_when(look.decision.reason, language)

    right()


@given(lives(wants))
@settings(max_examples=150)
def test_what_a_reason_promises_comes_when_it_says_so(story: tuple[Life, list[Moment]]) -> None:
    life, moments = story
    promising: tuple[Life, Look, Moment] | None = None
    for moment in moments:
        look = life.step(moment)
        if look.decision.reason.code in _PROMISES and not look.decision.actions and look.house.ev_w is not None:
            promising = copy(life), look, moment
    if promising is not None:
        keeps_its_promise(*promising)


def keeps_its_promise(life: Life, first: Look, moment: Moment) -> None:
    """While nothing else changes, nothing is told before the time is up, and then it is."""
    still = replace(moment, box_state=None, away=None, down=None, answer="obeys", failed_for_s=None)
    reason = first.decision.reason
    in_s = reason.in_s
    assert in_s is not None
    earliest_s = min(
        one.in_s for one in chain(reason) if one.in_s is not None
    )  # what is refused, another may forestall
    tick_s = min(60.0, max(1.0, in_s / 30))  # the timers count no single step for more than a minute
    passed_s = 0.0
    while passed_s <= in_s + tick_s:
        passed_s += tick_s
        look = life.step(replace(still, seconds=tick_s))
        if unlike(first, look):
            return
        if passed_s < earliest_s - 1e-6:
            assert not look.decision.actions or no_longer_kept(look), (passed_s, in_s)
        elif look.decision.actions:
            assert passed_s >= in_s - 1e-6 or reason.code is ReasonCode.BOX_REFUSES
            kinds = [action.kind for action in look.decision.actions]
            assert reason.code not in _STARTS or ActionKind.START in kinds
            assert reason.code not in _STOPS or ActionKind.STOP in kinds
            return
        elif passed_s >= in_s - 1e-6:
            assert passed_s <= in_s + tick_s, (str(look.decision.reason), str(reason))


def no_longer_kept(look: Look) -> bool:
    """Whether what was kept as it is for a moment now waits for its stop at the minimum."""
    told = look.decision.demand
    return told is not None and told.keep_s > 0 and command(look) == Command(look.settings.min_current_a, True)


def unlike(first: Look, look: Look) -> bool:
    """Whether something has changed after all: what is believed of box or car, or what the fuse leaves."""
    told, other = first.decision.demand, look.decision.demand
    if told is None or other is None or (told.current_a, told.dwell) != (other.current_a, other.dwell):
        return True
    conduct, other_conduct = first.state.conduct, look.state.conduct
    if conduct.ceiling != other_conduct.ceiling or conduct.obedience.flows_a != other_conduct.obedience.flows_a:
        return True
    return first.state.told != look.state.told or first.state.fuse.cap_a != look.state.fuse.cap_a


@given(lives(surplus))
@settings(max_examples=25)
def test_an_explanation_tells_what_was_seen(story: tuple[Life, list[Moment]]) -> None:
    life, moments = story
    for moment in moments:
        look = life.step(moment)
    told = explain(look.decision, look.house)
    assert [rule.code for rule in told.rules] == [ground.code for ground in chain(look.decision.reason)]
    assert (told.seen.grid_w, told.seen.pv_w, told.seen.ev_w) == (look.house.grid_w, look.house.pv_w, look.house.ev_w)
    assert told.seen.surplus_w == look.decision.surplus_w
    if look.decision.command is not None:
        assert (told.seen.limit_a, told.seen.charging) == (
            look.decision.command.limit_a,
            look.decision.command.charging,
        )
