"""What the reasons of the simple strategies claim, reckoned anew from what was seen."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest

from controller.domain.demand import Demand, Situation
from controller.domain.level import Level
from controller.domain.reasons import Reason, ReasonCode
from strategies.fixed import Fixed
from strategies.minimum import Minimum
from strategies.off import Off
from tests.control.reasons.lives import Look
from tests.control.reasons.oracles import (
    _EPS,
    chain,
    command,
    local_time,
    metered_w,
    offered_a,
    oracle,
    outermost,
    watts_per_amp,
)


@oracle(ReasonCode.OFF)
def off(look: Look, reason: Reason) -> None:
    assert isinstance(look.settings.strategies["it"], Off)
    assert not outermost(look, reason) or not command(look).charging


def minimum_of(look: Look) -> Minimum:
    strategy = look.settings.strategies["it"]
    assert isinstance(strategy, Minimum)
    return strategy


@oracle(ReasonCode.MINIMUM)
def minimum(look: Look, reason: Reason) -> None:
    house, bias_w = look.house, minimum_of(look)._bias_w
    assert reason.values["min_a"] == look.settings.min_current_a
    assert house.grid_w is not None
    without_w = -house.grid_w - max(0.0, house.battery_w or 0.0) - bias_w
    ev_w = metered_w(look)
    most_w = ev_w if ev_w is not None else offered_a(look) * max(watts_per_amp(look))
    least_w = ev_w if ev_w is not None else 0.0
    assert without_w + least_w - _EPS <= reason.values["surplus_w"] <= without_w + most_w + _EPS
    assert not outermost(look, reason) or command(look).charging


@oracle(ReasonCode.MINIMUM_ONLY)
def minimum_only(look: Look, reason: Reason) -> None:
    assert minimum_of(look) is not None
    assert look.house.battery_missing
    assert reason.values["min_a"] == look.settings.min_current_a


def fixed_of(look: Look) -> Fixed:
    strategy = look.settings.strategies["it"]
    assert isinstance(strategy, Fixed)
    return strategy


@oracle(ReasonCode.FIXED_POWER, ReasonCode.FIXED_POWER_LOW)
def fixed_power(look: Look, reason: Reason) -> None:
    power_w = fixed_of(look)._power_w
    assert reason.values["power_w"] == power_w
    assert 1 <= reason.values["phases"] <= look.settings.phases
    if reason.code is ReasonCode.FIXED_POWER_LOW:
        needs_w = [look.settings.min_current_a * watts for watts in watts_per_amp(look)]
        assert any(reason.values["need_w"] == pytest.approx(one) for one in needs_w)
        assert power_w < reason.values["need_w"]
        assert not outermost(look, reason) or not command(look).charging


@oracle(ReasonCode.FIXED_UNTIL)
def fixed_until(look: Look, reason: Reason) -> None:
    """A time of day is searched for minute by minute from midnight, since nobody knows when the car came."""
    until, local, said = fixed_of(look)._until, local_time(look), reason.values["until"]
    if isinstance(until, time):
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0).timestamp()
        minutes = (datetime.fromtimestamp(midnight + 60 * count, local.tzinfo) for count in range(1, 26 * 60 + 1))
        end = next(minute for minute in minutes if (minute.hour, minute.minute) == (until.hour, until.minute))
    else:
        assert until is not None
        end = until.astimezone(local.tzinfo)
    assert look.snapshot.now.timestamp() < end.timestamp()
    if isinstance(said, datetime):
        assert said.timestamp() == end.timestamp()
        assert said.utcoffset() == end.utcoffset()
        assert said.timestamp() - look.snapshot.now.timestamp() < timedelta(days=7).total_seconds()
    else:
        assert said == f"{end:%Y-%m-%d %H:%M}"


@oracle(ReasonCode.FIXED_ENERGY)
def fixed_energy(look: Look, reason: Reason) -> None:
    """What the car has got since midnight: all of it, as far as there are marks."""
    local, energy_kwh = local_time(look), fixed_of(look)._energy_kwh
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    marks = look.snapshot.horizon.charged.marks
    got_wh = marks[-1].wh if midnight.timestamp() <= marks[0].at.timestamp() else None
    assert energy_kwh is not None
    assert 0 < reason.values["left_kwh"] <= energy_kwh
    if got_wh is not None:
        assert reason.values["left_kwh"] == pytest.approx(energy_kwh - got_wh / 1000)
    assert chain(reason)[1].code is not ReasonCode.FIXED_ENERGY


def wanted_in(look: Look, seconds: float) -> bool:
    """Whether the plan itself would charge then; asked anew, without the core."""
    later = (look.snapshot.now + timedelta(seconds=seconds)).astimezone(look.settings.timezone)
    situation = Situation(
        local_time=later,
        house=look.house,
        grid_w=look.house.grid_w or 0.0,
        ev_w=0.0,
        charging=look.charging,
        min_current_a=look.settings.min_current_a,
        max_current_a=look.settings.max_current_a,
        phases=1,
        voltage_v=230.0,
        horizon=look.snapshot.horizon,
    )
    answer = look.settings.strategies["it"].demand(situation)
    return isinstance(answer, Demand) and answer.current_a >= look.settings.min_current_a


@oracle(ReasonCode.WANTED_SOON)
def wanted_soon(look: Look, reason: Reason) -> None:
    assert look.charging
    assert look.decision.wished in (Level.PLAN, Level.BASE)
    assert 0 < reason.values["in_s"] <= 600
    assert (look.snapshot.now + timedelta(seconds=reason.values["in_s"])).second == 0
    assert not wanted_in(look, 0)
    assert wanted_in(look, reason.values["in_s"])
    assert not outermost(look, reason) or command(look).charging


@oracle(ReasonCode.ENDS_SOON)
def ends_soon(look: Look, reason: Reason) -> None:
    assert not look.charging
    assert 0 < reason.values["in_s"] <= 360_000 / (6 * 225)  # at 6 A on one phase a start's price lasts for so long
    assert wanted_in(look, 0)
    assert not wanted_in(look, reason.values["in_s"])
    assert not outermost(look, reason) or not command(look).charging
