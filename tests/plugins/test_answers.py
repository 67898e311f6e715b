"""What a strategy of somebody else's may answer: whatever it is, a sound demand or one clear error comes of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from math import inf, isfinite, nan
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.domain.demand import Defer, Demand, Dwell, Sun
from controller.domain.errors import StrategyError
from controller.domain.reasons import Reason, ReasonCode, because
from controller.plugins.answers import MOST_A, SAYABLE, Nonsense, as_plain, from_plain

KNOWN = {"kettle", "surplus"}
TEA = because(ReasonCode.PLUGIN, says="tea is ready")
GOOD = Demand(current_a=10, reason=TEA)


class Odd:
    """Like a number of numpy's."""

    def __init__(self, value: float) -> None:
        self.value = value

    def __float__(self) -> float:
        return self.value


def through(answer: Any) -> Demand | Defer:
    """As it crosses from process to process."""
    return from_plain(json.loads(json.dumps(as_plain(answer))), "kettle", KNOWN)


@pytest.mark.parametrize(
    "answer",
    [
        GOOD,
        GOOD._replace(current_a=0),
        GOOD._replace(current_a=3.7, battery_spared=True, keep_s=60, dwell=Dwell(1, 2, 3, 4)),
        GOOD._replace(steady_w=(-inf, inf)),
        GOOD._replace(sun=Sun(-300.0, 0.8, 0.1, True)),
        GOOD._replace(reason=because(ReasonCode.CLOUD, surplus_w=1900.0, need_w=3312.0)),
        GOOD._replace(reason=because(ReasonCode.FIXED, current_a=10)),
        GOOD._replace(reason=because(ReasonCode.OUTSIDE_WINDOW, next=datetime(2026, 6, 22, 22, tzinfo=UTC))),
    ],
)
def test_a_sound_demand_arrives_as_it_was(answer: Demand) -> None:
    figures = dict(answer.reason.values) | ({"strategy": "kettle"} if answer.reason.code is ReasonCode.PLUGIN else {})
    got = through(answer)
    assert str(got.reason) == str(Reason(answer.reason.code, figures)) if isinstance(got, Demand) else False
    assert got == answer._replace(reason=Reason(answer.reason.code, figures))
    assert isinstance(got, Demand)
    assert isinstance(got.reason.code, ReasonCode)


def test_a_number_of_another_kind_is_a_number() -> None:
    assert through(GOOD._replace(current_a=Odd(9.5))) == through(GOOD._replace(current_a=9.5))  # type: ignore[arg-type]


def test_it_may_defer_to_whom_there_is() -> None:
    assert through(Defer(to="surplus")) == Defer(to="surplus")


def test_its_words_are_made_fit_for_a_line() -> None:
    got = through(GOOD._replace(reason=because(ReasonCode.PLUGIN, says="tea\n\x1b[31m is {ready} " + "!" * 900)))
    assert isinstance(got, Demand)
    assert str(got.reason).startswith("kettle: tea [31m is {ready} !!!")
    assert len(str(got.reason)) == len("kettle: ") + 160


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "answered None, neither a Demand nor a Defer"),
        ((10, TEA), "neither a Demand nor a Defer"),
        (Defer(to="nobody"), "defers to 'nobody', which there is not; known are: surplus"),
        (Defer(to=7), "defers to 7"),  # type: ignore[arg-type]
        (Defer(to="kettle"), "defers to itself"),
        (GOOD._replace(current_a=nan), "current_a is nan, not between 0 and 200"),
        (GOOD._replace(current_a=-0.1), "current_a is -0.1"),
        (GOOD._replace(current_a=10**400), "current_a"),
        (GOOD._replace(current_a=True), "current_a is True, no number"),
        (GOOD._replace(current_a="10"), "current_a is '10', no number"),  # type: ignore[arg-type]
        (GOOD._replace(reason=None), "gives None for a reason"),  # type: ignore[arg-type]
        (GOOD._replace(reason=because(ReasonCode.PLUGIN, says=" \n")), "gives a reason that says nothing"),
        (GOOD._replace(reason=because(ReasonCode.PLUGIN)), "gives a reason that says nothing"),
        (GOOD._replace(reason=because(ReasonCode.METER_STALE)), "gives the reason 'meter_stale'"),
        (GOOD._replace(reason=Reason("tea", {})), "gives the reason 'tea'"),  # type: ignore[arg-type]
        (GOOD._replace(reason=because(ReasonCode.SUN, surplus_w=nan, need_w=1)), "a figure of its reason is nan"),
        (GOOD._replace(reason=because(ReasonCode.STARTS_SOON, why=TEA, in_s=3)), "a figure of its reason is Reason"),
        (GOOD._replace(reason=because(ReasonCode.FIXED, in_s="soon")), "gives a reason with in_s or why"),
        (GOOD._replace(dwell=Dwell(min_on_s=-1)), "a time of dwell is -1.0, not between 0 and 86400"),
        (GOOD._replace(keep_s=inf), "keep_s is inf"),
        (GOOD._replace(steady_w=(nan, 1.0)), "steady_w is nan"),
        (GOOD._replace(sun=Sun(100.0, 0.0, 0.1)), "sun.solar_share is 0: it is above 0"),
        (GOOD._replace(sun=Sun(100.0, 0.5, 0.0)), "sun.start_costs_kwh is 0.0, not between 0.001 and 5"),
    ],
)
def test_nonsense_is_named(answer: Any, words: str) -> None:
    with pytest.raises((StrategyError, Nonsense)) as caught:
        through(answer)
    assert words in str(caught.value)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
_PLAIN = as_plain(GOOD._replace(sun=Sun(1.0, 0.5, 0.1), steady_w=(0.0, 1.0)))


def understood(plain: Any) -> Demand | Defer | StrategyError:
    try:
        return from_plain(plain, "kettle", KNOWN)
    except StrategyError as error:
        return error


@given(st.sampled_from(sorted(_PLAIN)), _JSON, st.sampled_from(sorted({*SAYABLE, "box_locked"})), _JSON)
def test_whatever_arrives_is_sound_or_refused(key: str, value: Any, code: str, all_of_it: Any) -> None:
    for plain in ({**_PLAIN, "code": code, key: value}, {**_PLAIN, "figures": {"says": value}}, all_of_it):
        got = understood(plain)
        if isinstance(got, StrategyError):
            assert str(got).startswith("strategy kettle failed: ")
            assert "\n" not in str(got)
            continue
        assert isinstance(got, Demand)
        assert 0 <= got.current_a <= MOST_A
        assert all(isfinite(value) and value >= 0 for value in (*got.dwell, got.keep_s))
        assert got.reason.code in SAYABLE
        assert got.reason.in_s is None
        assert str(got.reason).isprintable()
