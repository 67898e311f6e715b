"""What each reason claims, reckoned anew from what was seen: an oracle a code, none of them asks the core.

Where no meter shows the car, what it is believed to draw is bounded by what it is offered.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime

import pytest

from controller.control.car import ANSWER_S, KNOWN
from controller.domain.decision import Command
from controller.domain.demand import Demand
from controller.domain.readings import House
from controller.domain.reasons import Reason, ReasonCode
from strategies.fixed import Fixed
from strategies.surplus import Surplus, SurplusSettings
from tests.control.reasons.lives import Look
from tests.support.houses import Wants

Oracle = Callable[[Look, Reason], None]
ORACLES: dict[ReasonCode, Oracle] = {}
_EPS = 1e-6


def oracle(*codes: ReasonCode) -> Callable[[Oracle], Oracle]:
    def enter(judge: Oracle) -> Oracle:
        ORACLES.update(dict.fromkeys(codes, judge))
        return judge

    return enter


def chain(reason: Reason) -> list[Reason]:
    """A reason and those that it rests on, the outermost first."""
    found = [reason]
    while isinstance(inner := found[-1].values.get("why"), Reason):
        found.append(inner)
    return found


def judge(look: Look) -> None:
    """Every ground of a decision is right."""
    for ground in chain(look.decision.reason):
        ORACLES[ground.code](look, ground)


def command(look: Look) -> Command:
    assert look.decision.command is not None
    return look.decision.command


def outermost(look: Look, reason: Reason) -> bool:
    return look.decision.reason is reason


def demand(look: Look) -> Demand:
    assert look.decision.demand is not None
    return look.decision.demand


# --- the sun -------------------------------------------------------------------------------------------------------


def surplus_settings(look: Look) -> SurplusSettings:
    strategies = look.settings.strategies
    strategy = strategies["it"] if isinstance(strategies["it"], Surplus) else strategies["surplus"]
    assert isinstance(strategy, Surplus)
    return strategy._settings


def watts_per_amp(look: Look, house: House | None = None) -> list[float]:
    """On the configured phases, or on fewer once the car has shown anything; at the voltage of now, or of `house`."""
    volts = (house or look.house).voltage_v
    voltage_v = sum(volts) / 3 if volts is not None else look.settings.voltage_v
    most = look.settings.phases
    return [phases * voltage_v for phases in range(1 if look.state.car.belief is not None else most, most + 1)]


def offered_a(look: Look) -> int:
    """The most that the car may draw; it has half a minute to follow what it was told."""
    follows = look.snapshot.now_s - look.state.told_at_s < look.settings.follow_s
    commands = (look.state.told, look.state.before if follows else None)
    return max((told.limit_a for told in commands if told is not None and told.charging), default=0)


def metered_w(look: Look) -> float | None:
    """The car's power where a meter tells it: nothing, whatever that says, once the box has been off for a while."""
    status, off_s = look.snapshot.status, look.snapshot.now_s - look.state.switched_at_s
    off = not look.charging and off_s >= look.settings.follow_s
    if off and status is not None and status.state.enabled is False and look.house.ev_w is not None:
        return 0.0
    return look.house.ev_w


def surplus_bounds_w(look: Look) -> tuple[float, float]:
    """What would be exported without the car, less what the home battery gives or keeps, and the bias."""
    keys, house = surplus_settings(look), look.house
    battery_w = house.battery_w or 0.0
    house_first = keys.battery == "house-first" and (
        house.battery_soc_pct is None or house.battery_soc_pct < keys.battery_priority_soc_pct
    )
    if house_first and battery_w < 0:
        battery_w = 0.0
    assert house.grid_w is not None
    without_w = -house.grid_w - battery_w - keys.grid_bias_w
    if (ev_w := metered_w(look)) is not None:
        return without_w + ev_w, without_w + ev_w
    return without_w, without_w + offered_a(look) * max(watts_per_amp(look))


@oracle(ReasonCode.SUN, ReasonCode.CLOUD, ReasonCode.NO_SUN)
def sun(look: Look, reason: Reason) -> None:
    surplus_w, need_w = reason.values["surplus_w"], reason.values["need_w"]
    least_w, most_w = surplus_bounds_w(look)
    assert least_w - _EPS <= surplus_w <= most_w + _EPS
    share = surplus_settings(look).solar_share
    needs_w = [share * look.settings.min_current_a * watts for watts in watts_per_amp(look)]
    assert any(need_w == pytest.approx(one) for one in needs_w)
    if reason.code is ReasonCode.SUN:
        assert surplus_w >= need_w
    else:
        assert surplus_w < need_w
        assert look.charging is (reason.code is ReasonCode.CLOUD)


@oracle(ReasonCode.BATTERY_UNKNOWN)
def battery(look: Look, reason: Reason) -> None:
    assert look.house.battery_missing
    assert not outermost(look, reason) or not command(look).charging


# --- plans ---------------------------------------------------------------------------------------------------------


@oracle(ReasonCode.FIXED)
def fixed(look: Look, reason: Reason) -> None:
    strategy = look.settings.strategies["it"]
    assert isinstance(strategy, Fixed | Wants)
    wanted_a = strategy._current_a if isinstance(strategy, Fixed) else strategy.current_a
    assert reason.values["current_a"] == wanted_a


@oracle(ReasonCode.PLUGIN)
def plugin(look: Look, reason: Reason) -> None:
    strategy = look.settings.strategies["it"]
    assert isinstance(strategy, Wants)
    assert reason.values == {"strategy": "it", "says": strategy.says}


def local_time(look: Look) -> datetime:
    return look.snapshot.now.astimezone(look.settings.timezone)


# --- calm ----------------------------------------------------------------------------------------------------------


def wanted(look: Look) -> bool:
    """Whether charging is: who follows the sun weighs it against what the sky is about to do, unless it always is."""
    sun = demand(look).sun
    if sun is not None and not sun.always:
        return look.state.scales.worth_kw > 0
    return demand(look).current_a >= look.settings.min_current_a


@oracle(ReasonCode.STARTS_SOON, ReasonCode.MIN_OFF)
def starts(look: Look, reason: Reason) -> None:
    assert not look.charging
    assert wanted(look)
    dwell, off_s = demand(look).dwell, look.snapshot.now_s - look.state.switched_at_s
    longest_s = dwell.start_delay_s if reason.code is ReasonCode.STARTS_SOON else dwell.min_off_s
    assert 0 < reason.values["in_s"] <= longest_s
    assert reason.code is ReasonCode.STARTS_SOON or off_s < dwell.min_off_s
    assert not outermost(look, reason) or not command(look).charging


@oracle(ReasonCode.STOPS_SOON, ReasonCode.MIN_ON)
def stops(look: Look, reason: Reason) -> None:
    assert look.charging
    assert not wanted(look)
    dwell, on_s = demand(look).dwell, look.snapshot.now_s - look.state.switched_at_s
    keep_s = demand(look).keep_s
    longest_s = max(keep_s, dwell.stop_delay_s) if reason.code is ReasonCode.STOPS_SOON else dwell.min_on_s
    assert (
        0 < reason.values["in_s"] <= max(longest_s, max(keep_s, gap_s(look)) + gap_s(look))
    )  # a reduction comes first
    assert reason.code is ReasonCode.STOPS_SOON or on_s < dwell.min_on_s
    assert not outermost(look, reason) or command(look).charging


def gap_s(look: Look) -> float:
    """Between two commands: without a meter of the car's own, not before it has followed, and its phases are known."""
    if look.house.ev_w is not None:
        return look.settings.limit_change_s
    belief = look.state.car.belief
    certain = belief is not None and belief.certainty >= KNOWN
    return max(look.settings.limit_change_s, look.settings.follow_s + (0.0 if certain else ANSWER_S))


@oracle(ReasonCode.WEIGHS_START, ReasonCode.WEIGHS_STOP)
def weighs(look: Look, reason: Reason) -> None:
    assert demand(look).sun is not None
    assert look.charging is (reason.code is ReasonCode.WEIGHS_STOP)
    assert 0 < reason.values["in_s"] <= 3600  # nothing stays so for longer
    if outermost(look, reason):
        assert command(look).charging is look.charging


@oracle(ReasonCode.EXPECTED)
def expected(look: Look, reason: Reason) -> None:
    """Said only where the sky is about to be on the other side of the need than it is."""
    sun = demand(look).sun
    assert sun is not None
    assert reason.values["expected_w"] == look.state.scales.expected_w
    assert look.weighed is not None
    need_w = [sun.solar_share * look.settings.min_current_a * watts for watts in watts_per_amp(look, look.weighed)]
    if look.state.scales.worth_kw > 0:
        assert reason.values["expected_w"] > min(need_w) - 1 > sun.surplus_w - 2 * max(need_w)
        assert demand(look).current_a == 0
    else:
        assert reason.values["expected_w"] <= max(need_w) + 1
        assert demand(look).current_a > 0


@oracle(ReasonCode.DARK)
def dark(look: Look, reason: Reason) -> None:
    assert demand(look).sun is not None
    assert demand(look).current_a > 0
    assert look.house.pv_w is not None
    assert look.house.pv_w < 20
    if outermost(look, reason):
        assert not command(look).charging


@oracle(ReasonCode.CALM)
def calm(look: Look, reason: Reason) -> None:
    assert look.charging
    assert look.state.told is not None
    assert reason.values["current_a"] != look.state.told.limit_a
    assert look.settings.min_current_a <= reason.values["current_a"] <= look.settings.max_current_a


@oracle(ReasonCode.PACING)
def pacing(look: Look, reason: Reason) -> None:
    since_s = look.snapshot.now_s - look.state.told_at_s
    assert reason.values["in_s"] == pytest.approx(gap_s(look) - since_s)
    assert reason.values["in_s"] > 0


@oracle(ReasonCode.BUDGET)
def budget(look: Look, reason: Reason) -> None:
    an_hour = look.settings.writes_per_hour
    tokens = look.state.timers.write_tokens
    assert tokens is not None
    needed = [1 + tokens_kept for tokens_kept in (0.0, 0.25 * an_hour)]
    assert any(reason.values["in_s"] == pytest.approx((one - tokens) * 3600 / an_hour) for one in needed)
    assert reason.values["in_s"] > 0


@oracle(ReasonCode.BOX_REFUSES)
def refuses(look: Look, reason: Reason) -> None:
    waits_s = [one.until_s - look.snapshot.now_s for one in look.state.refusals]
    assert any(reason.values["in_s"] == pytest.approx(one) for one in waits_s)
    assert reason.values["in_s"] > 0


# --- limits --------------------------------------------------------------------------------------------------------


@oracle(ReasonCode.FUSE)
def fuse(look: Look, reason: Reason) -> None:
    house_a, fuse_a = reason.values["house_a"], reason.values["fuse_a"]
    assert fuse_a == look.settings.main_fuse_a > 0
    assert reason.values["current_a"] == math.floor(fuse_a - house_a)
    house = look.house
    if house.grid_current_a is not None and house.ev_w is not None:
        loads_a = [
            max(house.grid_current_a) - min(house.ev_w / watts, offered_a(look)) for watts in watts_per_amp(look)
        ]
        assert any(house_a == pytest.approx(max(0.0, one)) for one in loads_a)
    _binds(look, reason)


def _binds(look: Look, reason: Reason) -> None:
    if outermost(look, reason):
        told, limit_a, given = look.state.told, reason.values["current_a"], command(look)
        begun = told is not None and not told.charging and given == Command(told.limit_a, True)  # and is finished first
        calm = told is not None and told.limit_a < limit_a  # on its way up, which takes ten seconds
        assert given in (Command(limit_a, True), told if calm else None) or (begun and given.limit_a < limit_a)


@oracle(ReasonCode.FUSE_HELD)
def fuse_held(look: Look, reason: Reason) -> None:
    assert look.settings.main_fuse_a > 0
    assert reason.values["current_a"] == look.state.fuse.cap_a
    assert reason.values["for_s"] == 60
    _binds(look, reason)


@oracle(ReasonCode.FUSE_UNWATCHED)
def fuse_unwatched(look: Look, reason: Reason) -> None:
    assert look.settings.main_fuse_a > 0
    assert look.house.grid_current_a is None
    missing = {"grid_phases": look.house.grid_phases_missing, "pv_power": look.house.pv_missing}
    assert missing[reason.values["missing"]]
    assert reason.values["current_a"] <= look.settings.min_current_a
    _binds(look, reason)


@oracle(ReasonCode.NO_HEADROOM)
def no_headroom(look: Look, reason: Reason) -> None:
    least_a, limit_by = reason.values["min_a"], reason.values["limit_by"]
    assert least_a == look.settings.min_current_a
    assert reason.values["current_a"] < least_a
    if limit_by == "box_maximum":
        assert look.snapshot.power is not None
        assert reason.values["current_a"] == look.snapshot.power.limit_max_a
    else:
        assert limit_by == "main_fuse"
        assert reason.values["current_a"] == look.state.fuse.cap_a
    assert not outermost(look, reason) or not command(look).charging
