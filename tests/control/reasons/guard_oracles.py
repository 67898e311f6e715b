"""What the safeguards' reasons claim, reckoned anew from what was seen."""

from __future__ import annotations

import math
from datetime import datetime, time, timedelta

import pytest

from controller.domain.cap import Cap
from controller.domain.decision import Command
from controller.domain.level import Level
from controller.domain.override import Override, OverrideKind
from controller.domain.reasons import Reason, ReasonCode
from tests.control.reasons.lives import Look
from tests.control.reasons.oracles import (
    _EPS,
    command,
    demand,
    local_time,
    metered_w,
    offered_a,
    oracle,
    outermost,
    watts_per_amp,
)


def cap_of(look: Look) -> Cap:
    assert look.snapshot.cap is not None
    return look.snapshot.cap


def allowed_a(look: Look) -> list[int]:
    """On as many phases as the car may be known to use, at the nominal voltage."""
    cap, nominal_v = cap_of(look), look.settings.voltage_v
    if cap.current_a is not None:
        return [math.floor(cap.current_a)]
    assert cap.power_w is not None
    least = 1 if look.state.car.belief is not None else look.settings.phases
    return [math.floor(cap.power_w / (phases * nominal_v)) for phases in range(least, look.settings.phases + 1)]


def says_the_end(look: Look, reason: Reason) -> None:
    until, said = cap_of(look).until, reason.values["until"]
    assert reason.values["by"] == cap_of(look).source
    if until is None:
        assert said == "always"
    elif isinstance(said, datetime):
        assert said == until
        assert said.utcoffset() == until.astimezone(look.settings.timezone).utcoffset()
        assert until - look.snapshot.now < timedelta(days=7)
    else:
        assert said == f"{until.astimezone(look.settings.timezone):%Y-%m-%d %H:%M}"


@oracle(ReasonCode.CAP)
def cap(look: Look, reason: Reason) -> None:
    says_the_end(look, reason)
    assert reason.values["current_a"] in allowed_a(look)
    if outermost(look, reason):
        assert command(look) == Command(reason.values["current_a"], True)


@oracle(ReasonCode.CAP_STOPS)
def cap_stops(look: Look, reason: Reason) -> None:
    says_the_end(look, reason)
    assert reason.values["current_a"] in allowed_a(look)
    assert reason.values["current_a"] < reason.values["min_a"] == look.settings.min_current_a
    assert not outermost(look, reason) or not command(look).charging


@oracle(ReasonCode.CAP_KEPT)
def cap_kept(look: Look, reason: Reason) -> None:
    assert cap_of(look).kept


@oracle(ReasonCode.CAP_UNREADABLE)
def cap_unreadable(look: Look, reason: Reason) -> None:
    assert cap_of(look) == Cap()
    assert reason.values["current_a"] == look.settings.min_current_a
    assert not outermost(look, reason) or command(look).limit_a == look.settings.min_current_a


@oracle(ReasonCode.STARTS_SPENT)
def starts_spent(look: Look, reason: Reason) -> None:
    assert reason.values["starts"] == look.state.guards.starts.told >= look.settings.starts_per_day > 0
    moment = (look.snapshot.now + timedelta(seconds=reason.values["in_s"])).astimezone(look.settings.timezone)
    assert moment.time() == time()
    assert 0 < reason.values["in_s"] <= 25 * 3600
    assert moment.date() == local_time(look).date() + timedelta(days=1)
    assert not look.decision.actions
    assert look.decision.command == look.state.told


def left_is_right(look: Look, reason: Reason) -> None:
    house = look.house
    assert demand(look).battery_spared
    if house.battery_missing or house.battery_w is None:
        return  # as it was seen last
    assert house.grid_w is not None
    without_w = -house.grid_w - house.battery_w
    ev_w = metered_w(look)
    most_w = ev_w if ev_w is not None else offered_a(look) * max(watts_per_amp(look))
    least_w = ev_w if ev_w is not None else 0.0
    assert without_w + least_w - _EPS <= reason.values["left_w"] <= without_w + most_w + _EPS


@oracle(ReasonCode.BATTERY_SPARED)
def battery_spared(look: Look, reason: Reason) -> None:
    left_is_right(look, reason)
    needs_a = [reason.values["left_w"] / watts for watts in watts_per_amp(look)]
    assert any(demand(look).current_a == pytest.approx(one) for one in needs_a)


@oracle(ReasonCode.BATTERY_HELD)
def battery_held(look: Look, reason: Reason) -> None:
    left_is_right(look, reason)
    assert reason.values["left_w"] < reason.values["need_w"]
    needs_w = [look.settings.min_current_a * watts for watts in watts_per_amp(look)]
    assert any(reason.values["need_w"] == pytest.approx(one) for one in needs_w)
    assert demand(look).current_a == 0


@oracle(ReasonCode.CURTAILED)
def curtailed(look: Look, reason: Reason) -> None:
    assert reason.values["limit_w"] == look.settings.feed_in_limit_w
    assert reason.values["current_a"] == int(demand(look).current_a) >= look.settings.min_current_a


def override_of(look: Look, kind: OverrideKind) -> Override:
    override = look.snapshot.override
    assert override is not None
    assert override.kind is kind
    assert override.until is not None
    assert look.snapshot.now < override.until
    assert look.decision.wished is Level(kind.value)
    return override


def says_when(look: Look, said: datetime | str, until: datetime | None) -> None:
    assert until is not None
    local = until.astimezone(look.settings.timezone)
    if isinstance(said, datetime):
        assert said == until
        assert said.utcoffset() == local.utcoffset()
        assert until - look.snapshot.now < timedelta(days=7)
    else:
        assert said == f"{local:%Y-%m-%d %H:%M}"


@oracle(ReasonCode.PAUSED)
def paused(look: Look, reason: Reason) -> None:
    says_when(look, reason.values["until"], override_of(look, OverrideKind.PAUSE).until)
    assert not outermost(look, reason) or not command(look).charging


@oracle(ReasonCode.BOOST, ReasonCode.BOOST_ENERGY)
def boost(look: Look, reason: Reason) -> None:
    override, current_a = override_of(look, OverrideKind.BOOST), reason.values["current_a"]
    says_when(look, reason.values["until"], override.until)
    assert look.settings.min_current_a <= current_a <= max(look.settings.min_current_a, look.settings.max_current_a)
    assert override.current_a is None or current_a <= max(override.current_a, look.settings.min_current_a)
    assert (override.energy_wh is not None) is (reason.code is ReasonCode.BOOST_ENERGY)
    if override.energy_wh is not None:
        got_wh = look.snapshot.horizon.charged.since_wh(override.set_at)
        assert reason.values["left_kwh"] == pytest.approx((override.energy_wh - got_wh) / 1000)
        assert reason.values["left_kwh"] > 0
    if outermost(look, reason) and command(look).charging and look.charging:
        told = look.state.told
        assert told is not None
        assert command(look).limit_a in (current_a, told.limit_a)  # which takes ten seconds upwards
