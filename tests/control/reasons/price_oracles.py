"""What the reasons of prices claim, reckoned anew from the table that was shown."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from controller.domain.prices import PriceTable
from controller.domain.reasons import Reason, ReasonCode
from strategies.price import ByPrice, PriceSettings
from tests.control.reasons.lives import Look
from tests.control.reasons.oracles import chain, command, local_time, oracle, outermost

LEAVES_ROOM = ReasonCode.PRICE_LEAVES_ROOM
_MINUTE = timedelta(minutes=1)


def settings_of(look: Look) -> PriceSettings:
    strategy = look.settings.strategies["it"]
    assert isinstance(strategy, ByPrice)
    return strategy._settings


def table_of(look: Look) -> PriceTable:
    table = look.snapshot.horizon.prices
    assert table is not None
    return table


def limit(look: Look) -> float:
    """Up to which price charging always pays."""
    own, feed_in = settings_of(look).limit_per_kwh, look.snapshot.horizon.feed_in_price
    if own is not None:
        return own
    dear = [price for price in table_of(look).prices if price.per_kwh > (feed_in or 0)]
    return feed_in if feed_in is not None and dear else 0.0


def now_costs(look: Look, reason: Reason) -> float:
    """The price of now, which is what is said, and of which it is said when nothing newer could be had."""
    price = table_of(look).at(look.snapshot.now)
    assert price is not None
    assert reason.values["price_per_kwh"] == price.per_kwh
    codes = [ground.code for ground in chain(look.decision.reason)]
    assert table_of(look).stale is (ReasonCode.PRICE_STALE in codes)
    return price.per_kwh


def lasts(look: Look, reason: Reason) -> datetime:
    """Until when it is said to last: all that comes before is known, and on a full quarter hour."""
    until: datetime = reason.values["until"]
    now = look.snapshot.now
    assert until.timestamp() > now.timestamp()
    assert (until.minute % 15, until.second) == (0, 0)
    assert until.utcoffset() == until.astimezone(local_time(look).tzinfo).utcoffset()
    while now.timestamp() < until.timestamp():
        assert table_of(look).at(now) is not None
        now += 5 * _MINUTE
    return until


@oracle(ReasonCode.PRICE_LOW)
def low(look: Look, reason: Reason) -> None:
    assert now_costs(look, reason) <= reason.values["than_per_kwh"]
    lasts(look, reason)
    if reason.values["than"] == "price_zero":
        assert reason.values["than_per_kwh"] == 0 == (settings_of(look).limit_per_kwh or 0)
    else:
        assert reason.values["than_per_kwh"] == limit(look)
        assert (reason.values["than"] == "price_limit") is (settings_of(look).limit_per_kwh is not None)


@oracle(ReasonCode.PRICE_CHEAPEST)
def cheapest(look: Look, reason: Reason) -> None:
    keys = settings_of(look)
    assert reason.values["before"] == keys.before
    assert keys.cheapest_hours is not None
    told_kwh = [ground.values["left_kwh"] for ground in chain(look.decision.reason) if ground.code is LEAVES_ROOM]
    left_h = sum(told_kwh) * 1000 / full_w(look)
    assert reason.values["hours"] == pytest.approx(keys.cheapest_hours - left_h)
    now_costs(look, reason)
    lasts(look, reason)


@oracle(ReasonCode.PRICE_BRIDGED)
def bridged(look: Look, reason: Reason) -> None:
    assert now_costs(look, reason) > reason.values["than_per_kwh"]
    until = lasts(look, reason).timestamp()
    later = [price.per_kwh for price in table_of(look).prices if price.start.timestamp() < until]
    assert min(later) <= reason.values["than_per_kwh"]


@oracle(ReasonCode.PRICE_HIGH)
def high(look: Look, reason: Reason) -> None:
    own = settings_of(look).limit_per_kwh
    assert now_costs(look, reason) > (0.0 if own is None else own)
    upcoming = reason.values["next"]
    if upcoming == "not_known":
        rest = [price for price in table_of(look).prices if price.start > look.snapshot.now]
        assert all(price.per_kwh > (0.0 if own is None else own) for price in rest)
    else:
        assert upcoming.timestamp() > look.snapshot.now.timestamp()
        assert table_of(look).at(upcoming) is not None
    assert settings_of(look).then == "off"
    assert not outermost(look, reason) or not command(look).charging


@oracle(ReasonCode.PRICE_UNKNOWN)
def unknown(look: Look, reason: Reason) -> None:
    table = look.snapshot.horizon.prices
    assert table is None or table.at(look.snapshot.now) is None
    assert settings_of(look).then == "off"
    assert not outermost(look, reason) or not command(look).charging


def full_w(look: Look) -> float:
    """With which the cheapest hours are reckoned, W."""
    nominal_w = settings_of(look).current_a * look.settings.phases * 230
    measured_w = look.snapshot.horizon.full_power_w
    return nominal_w if measured_w is None else min(measured_w, nominal_w)


@oracle(LEAVES_ROOM)
def leaves_room(look: Look, reason: Reason) -> None:
    """No more than was asked for, than all hours would bring, and than the sun that is expected, whenever."""
    keys, forecast = settings_of(look), look.snapshot.horizon.forecast
    assert reason.values["why"].code in (ReasonCode.PRICE_CHEAPEST, ReasonCode.PRICE_HIGH)
    assert forecast is not None
    least_w = look.settings.min_current_a * look.settings.phases * 230
    useful = [step for step in forecast.steps if step.surplus_w >= least_w]
    hours = [(step.end.timestamp() - step.start.timestamp()) / 3600 for step in useful]
    sun_kwh = sum(step.surplus_w / 1000 * length for step, length in zip(useful, hours, strict=True))
    all_kwh = (keys.cheapest_hours or 0) * full_w(look) / 1000
    assert 0 < reason.values["left_kwh"] <= min(keys.leave_for_sun_kwh, sun_kwh, all_kwh) + 1e-9


@oracle(ReasonCode.PRICE_STALE)
def stale(look: Look, reason: Reason) -> None:
    assert table_of(look).stale
    assert str(reason.values["why"].code).startswith("price_")
