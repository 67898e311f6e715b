"""By price: limit, cheapest hours, what sun is worth, prices that end; and a year with its clock changes."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from controller.domain.calendar import Span, instant
from controller.domain.cheap_hours import cheapest
from controller.domain.demand import Defer, Demand, Situation
from controller.domain.horizon import Expected, Forecast, Horizon
from controller.domain.prices import Price, PriceTable
from controller.domain.readings import House
from controller.domain.reasons import ReasonCode
from strategies.price import ByPrice, PriceSettings

BERLIN = ZoneInfo("Europe/Berlin")
HOUR, QUARTER, DAY = timedelta(hours=1), timedelta(minutes=15), timedelta(days=1)
MIDNIGHT = datetime(2026, 11, 22, 23, tzinfo=UTC)  # in Berlin, the night to a Monday
NIGHT = [0.30, 0.28, 0.22, 0.20, 0.21, 0.24, 0.28]
WORKDAY = [*NIGHT, *[0.35] * 5, 0.25, 0.26, *[0.38] * 8, 0.31, 0.30]  # hourly, from midnight


def table(*hourly: float, stale: bool = False, begin: datetime = MIDNIGHT) -> PriceTable:
    steps = enumerate(hourly)
    return PriceTable(tuple(Price(begin + n * HOUR, begin + (n + 1) * HOUR, p) for n, p in steps), stale)


def make(**settings: Any) -> ByPrice:
    return ByPrice.from_settings(PriceSettings.model_validate(settings))


def ask(
    strategy: ByPrice,
    prices: PriceTable | None,
    hour: float | datetime,
    *,
    feed_in: float | None = None,
    zone: ZoneInfo = BERLIN,
) -> Demand | Defer:
    horizon = Horizon(prices=prices, feed_in_price=feed_in)
    return strategy.demand(situation_at(hour, horizon, zone))


def situation_at(hour: float | datetime, horizon: Horizon, zone: ZoneInfo = BERLIN) -> Situation:
    return Situation(
        local_time=(hour if isinstance(hour, datetime) else MIDNIGHT + hour * HOUR).astimezone(zone),
        house=House(grid_w=0, grid_age_s=0),
        grid_w=0,
        ev_w=0,
        charging=False,
        min_current_a=6,
        max_current_a=20,
        phases=3,
        voltage_v=230,
        horizon=horizon,
    )


def charging_hours(strategy: ByPrice, prices: PriceTable, hours: int, **more: Any) -> list[float]:
    """The quarter hours, told in hours since the beginning, in which it wants to charge."""
    asked = [(quarter / 4, ask(strategy, prices, quarter / 4, **more)) for quarter in range(4 * hours)]
    return [hour for hour, answer in asked if isinstance(answer, Demand) and answer.current_a > 0]


def span(first: float, end: float) -> list[float]:
    return [quarter / 4 for quarter in range(int(4 * first), int(4 * end))]


def said(answer: Demand | Defer) -> str:
    assert isinstance(answer, Demand)
    return str(answer.reason)


def test_below_a_limit() -> None:
    strategy = make(limit_per_kwh=0.25, current_a=13)
    assert charging_hours(strategy, table(*WORKDAY), 24) == [*span(2, 6), *span(12, 13)]
    assert ask(strategy, table(*WORKDAY), 6.5) == Defer(to="surplus")
    answer = ask(strategy, table(*WORKDAY), 2.5)
    assert isinstance(answer, Demand)
    assert answer.current_a == 13
    assert answer.battery_spared
    assert said(answer) == "cheap until Mon 06:00: a kWh costs 0.220 (limit 0.250)"


def test_a_dear_moment_is_gone_through_where_a_start_costs_more() -> None:
    prices = table(0.2, 0.202, 0.2, 0.3)
    assert charging_hours(make(limit_per_kwh=0.2, start_costs_kwh=0.2), prices, 4) == span(0, 3)
    assert charging_hours(make(limit_per_kwh=0.2, start_costs_kwh=0.1), prices, 4) == [*span(0, 1), *span(2, 3)]
    answer = ask(make(limit_per_kwh=0.2, start_costs_kwh=0.2), prices, 1.5)
    assert said(answer) == "a kWh costs 0.202 (limit 0.200), but going on is cheaper than another start"


def test_the_cheapest_hours_before_a_time_stay_chosen_as_they_pass() -> None:
    two_days = table(*WORKDAY, *WORKDAY)
    asked_all_along = charging_hours(make(cheapest_hours=3.5), two_days, 31)
    assert asked_all_along == [*span(2, 5.5), *span(26, 29.5)]
    asked_anew = [hour for hour in span(0, 31) if isinstance(ask(make(cheapest_hours=3.5), two_days, hour), Demand)]
    assert asked_anew == asked_all_along
    answer = ask(make(cheapest_hours=3.5), two_days, 27)
    assert said(answer) == "in the 3.5 cheapest hours before 07:00, until Tue 05:30: a kWh costs 0.200"


def test_after_narrows_where_they_are_looked_for() -> None:
    prices = table(*WORKDAY, *WORKDAY)
    assert charging_hours(make(cheapest_hours=2, after="12:00", before="20:00"), prices, 24) == span(12, 14)
    assert charging_hours(make(cheapest_hours=1, after="22:00", before="02:00"), prices, 24) == span(1, 2)


def test_in_one_piece() -> None:
    prices = table(0.2, 0.3, 0.1, 0.3, 0.3, 0.15, 0.15, 0.9)
    assert charging_hours(make(cheapest_hours=2, contiguous=True, start_costs_kwh=0.001), prices, 7) == span(5, 7)
    assert charging_hours(make(cheapest_hours=2, start_costs_kwh=0.001), prices, 7) == [*span(2, 3), *span(6, 7)]


def test_hours_of_which_the_price_is_about_to_be_known_are_waited_for() -> None:
    strategy, morning = make(cheapest_hours=4, then="off"), table(*WORKDAY)
    assert charging_hours(strategy, morning, 24) == span(2, 6)  # before 07:00; nothing afterwards
    answer = ask(strategy, morning, 8)
    assert said(answer) == "too dear: a kWh costs 0.350; the next cheap hour: not known yet"
    noon = table(*WORKDAY, *WORKDAY)
    assert said(ask(strategy, noon, 13)).endswith("the next cheap hour: Tue 02:00")
    assert said(ask(strategy, noon, 6)).endswith("the next cheap hour: Tue 02:00")


def test_old_prices_are_used_as_far_as_they_reach_and_said() -> None:
    strategy, old = make(cheapest_hours=4, then="off"), table(*WORKDAY, stale=True)
    assert charging_hours(strategy, old, 31) == [*span(2, 6), *span(12, 14), *span(22, 24)]
    assert said(ask(strategy, old, 12)).endswith("a kWh costs 0.250; newer prices could not be had")
    assert said(ask(strategy, old, 9)).endswith("Mon 12:00; newer prices could not be had")
    assert said(ask(strategy, old, 24)) == "the price of the grid's energy is not known"
    assert ask(make(cheapest_hours=4), old, 24) == Defer(to="surplus")


@pytest.mark.parametrize("prices", [None, PriceTable(()), table(0.1, begin=MIDNIGHT + 5 * HOUR)])
def test_without_a_price_somebody_else_is_to_say(prices: PriceTable | None) -> None:
    assert ask(make(limit_per_kwh=1), prices, 1) == Defer(to="surplus")
    assert ask(make(limit_per_kwh=1, then="minimum"), prices, 1) == Defer(to="minimum")
    answer = ask(make(limit_per_kwh=1, then="off"), prices, 1)
    assert isinstance(answer, Demand)
    assert (answer.current_a, answer.reason.code) == (0, ReasonCode.PRICE_UNKNOWN)


def test_who_is_paid_takes_all_there_is() -> None:
    prices = table(0.3, -0.01, 0.0, 0.05, 0.3)
    strategy = make(cheapest_hours=1, current_a=10)
    amps = [a.current_a if isinstance(a := ask(strategy, prices, hour), Demand) else None for hour in range(5)]
    assert amps == [None, 20, 20, None, None]
    assert said(ask(strategy, prices, 1)) == "cheap until Mon 03:00: a kWh costs -0.010 (free up to 0.000)"
    assert charging_hours(make(limit_per_kwh=-0.05), prices, 5) == []


def test_below_what_sold_sun_earns_the_grid_is_cheaper_than_sun() -> None:
    prices = table(0.3, 0.07, 0.08, 0.09, 0.3)
    assert charging_hours(make(), prices, 5, feed_in=0.08) == span(1, 3)
    assert said(ask(make(), prices, 1, feed_in=0.08)).endswith("a kWh costs 0.070 (feed-in earns 0.080)")
    assert charging_hours(make(), prices, 5) == []
    assert charging_hours(make(limit_per_kwh=0.05), prices, 5, feed_in=0.08) == []  # what is set counts
    assert charging_hours(make(), prices, 5, feed_in=0.4) == []  # an old contract: then the grid would always do


def test_it_is_worked_out_when_something_changes_only() -> None:
    strategy, prices = make(cheapest_hours=4), table(*WORKDAY, *WORKDAY)
    ask(strategy, prices, 8)
    made = strategy._made
    ask(strategy, prices, 20)
    assert strategy._made is made
    ask(strategy, prices, 31)  # a new period
    assert strategy._made is not made
    ask(strategy, prices, 8)  # the clock was set back
    assert strategy._made == made
    made = strategy._made
    ask(strategy, table(*WORKDAY, *WORKDAY), 8)
    assert strategy._made is not made


@pytest.mark.parametrize(
    ("settings", "text"),
    [
        ({"cheapest_hours": 2.3}, "must be whole quarter hours"),
        ({"cheapest_hours": 0}, "greater than 0"),
        ({"cheapest_hours": 9, "after": "22:00", "before": "06:00"}, "from 22:00 to 06:00 is 8 h"),
        ({"contiguous": True}, "cheapest_hours, which is missing"),
        ({"after": "22:00"}, "cheapest_hours, which is missing"),
        ({"before": "7"}, "a time of day"),
        ({"then": "price"}, "names itself"),
        ({"limit": 0.1}, "Extra inputs"),
    ],
)
def test_settings_that_are_refused(settings: dict[str, Any], text: str) -> None:
    with pytest.raises(ValidationError, match=text):
        make(**settings)


@pytest.mark.parametrize(
    ("name", "months"),
    [("Europe/Berlin", range(1, 13)), ("America/New_York", (3, 11)), ("Australia/Lord_Howe", (4, 10))],
)
def test_a_year_with_its_clock_changes(name: str, months: Collection[int]) -> None:
    """Each day so many hours, no more and no less, between seven and seven, and no dearer than they can be had."""
    zone, random = ZoneInfo(name), Random(7)
    first = date(2026, 1, 1)
    hours = [random.choice([0.1, 0.2, 0.25, 0.3, 0.4]) + 0.05 * (hour % 24 > 16) for hour in range(366 * 24)]
    begin = instant(first, time(), zone)
    strategy = make(cheapest_hours=2.5, start_costs_kwh=0.001)
    for number in range(364):
        day = first + number * DAY
        if day.month not in months:
            continue
        known = table(*hours[24 * number : 24 * number + 35], begin=begin + number * DAY)
        period = Span(instant(day, time(7), zone), instant(day + DAY, time(7), zone))
        quarters = [period.start + quarter * QUARTER for quarter in range(round(4 * period.hours))]
        charged = [q for q in quarters if isinstance(ask(strategy, known, q, zone=zone), Demand)]
        assert len(charged) == 10
        paid = [price.per_kwh for price in map(known.at, charged) if price is not None]
        least = sorted(price.per_kwh for price in map(known.at, quarters) if price is not None)[:10]
        assert sum(paid) == pytest.approx(sum(least), abs=0.01)


def test_it_chooses_what_the_domain_calls_cheapest() -> None:
    random = Random(3)
    for _ in range(20):
        prices = table(*[round(random.uniform(-0.05, 0.4), 3) for _ in range(31)])
        strategy = make(cheapest_hours=5, limit_per_kwh=-1, current_a=10, start_costs_kwh=0.5)
        period = Span(MIDNIGHT + 7 * HOUR, MIDNIGHT + 31 * HOUR)
        expected = cheapest(prices, period, 5, 0.5 * 1000 / (10 * 3 * 230))
        asked = [hour for hour in charging_hours(strategy, prices, 31) if hour >= 7]
        assert asked == [h for h in span(7, 31) if any(one.holds(MIDNIGHT + h * HOUR) for one in expected)]


def sunny(*watts: float) -> Forecast:
    """So much surplus in each hour of Tuesday from ten o'clock on."""
    ten = MIDNIGHT + timedelta(hours=34)
    steps = (Expected(ten + n * HOUR, ten + (n + 1) * HOUR, pv_w + 400, 400.0) for n, pv_w in enumerate(watts))
    return Forecast(tuple(steps), MIDNIGHT, "made up")


def night(
    forecast: Forecast | None, leave_kwh: float, measured_w: float | None = None, **more: Any
) -> tuple[list[float], set[str]]:
    """The hours of the night to Tuesday that are bought, and what is said of it."""
    strategy = make(cheapest_hours=4.0, after="22:00", then="off", leave_for_sun_kwh=leave_kwh, **more)
    known = Horizon(prices=table(*WORKDAY, *NIGHT, 0.35), forecast=forecast, full_power_w=measured_w)
    bought, told = [], set()
    for quarter in range(22 * 4, 31 * 4):
        answer = strategy.demand(situation_at(quarter / 4, known))
        assert isinstance(answer, Demand)
        bought += [quarter / 4 - 24] if answer.current_a else []
        told.add(str(answer.reason).rpartition("; ")[2])
    return bought, told


def test_some_of_the_cheapest_hours_are_left_to_tomorrows_sun() -> None:
    four, told = night(sunny(9000, 9000), 0)
    assert four == [2 + n / 4 for n in range(16)]
    assert not any("left to the sun" in said for said in told)
    assert night(None, 20)[0] == four  # of what nobody expects nothing is left
    assert night(sunny(4000, 4000, 4000), 20)[0] == four  # less than the least that the car takes
    two, told = night(sunny(20000, 9000, 4000), 20)  # 11.04 and 9 kWh of it, of which 20 are wanted: 1.75 hours
    assert two == [2.75 + n / 4 for n in range(9)]
    assert told == {"19.3 kWh are left to the sun to come"}
    assert len(night(sunny(20000, 20000), 8)[0]) == 16 - 2  # no more than is allowed
    assert night(sunny(*[12000] * 6), 60)[0] == []
    assert night(sunny(*[12000] * 6), 60, sun_days=["tue"])[0] == []
    assert night(sunny(*[12000] * 6), 60, sun_days=["mon", "wed"])[0] == four
    assert len(night(sunny(9000), 20, 4600)[0]) == 16 - 4  # what the car really takes: an hour of 4.6 kW


def test_a_newer_forecast_counts() -> None:
    strategy = make(cheapest_hours=4.0, after="22:00", then="off", leave_for_sun_kwh=60)
    prices = table(*WORKDAY, *NIGHT, 0.35)
    skies = [(sunny(*[12000] * 6), False), (None, True), (sunny(*[12000] * 6), False), (sunny(9000), True)]
    for forecast, charges in skies:
        answer = strategy.demand(situation_at(27.25, Horizon(prices=prices, forecast=forecast)))
        assert isinstance(answer, Demand)
        assert (answer.current_a > 0) is charges


def test_what_the_car_turns_out_to_draw_counts() -> None:
    strategy = make(cheapest_hours=4.0, after="22:00", then="off", leave_for_sun_kwh=8)
    known = Horizon(prices=table(*WORKDAY, *NIGHT, 0.35), forecast=sunny(20000))
    for measured_w, left_kwh in ((None, "5.5"), (4600.0, "4.6"), (4700.0, "4.6"), (5000.0, "5.0"), (None, "5.5")):
        answer = strategy.demand(situation_at(22, replace(known, full_power_w=measured_w)))
        assert isinstance(answer, Demand)
        assert str(answer.reason).endswith(f"; {left_kwh} kWh are left to the sun to come")


@pytest.mark.parametrize(("day", "left"), [("mon", False), ("tue", True), ("wed", False)])
def test_the_day_that_counts_is_that_of_the_sun(day: str, left: bool) -> None:
    """Whose cheapest hours are those of Monday's evening; the sun is Tuesday's."""
    keys = {"cheapest_hours": 2.0, "after": "18:00", "before": "23:00", "then": "off"}
    strategy = make(**keys, leave_for_sun_kwh=60, sun_days=[day])
    known = Horizon(prices=table(*WORKDAY, *NIGHT), forecast=sunny(*[12000] * 6))
    asked = [strategy.demand(situation_at(quarter / 4, known)) for quarter in range(18 * 4, 23 * 4)]
    assert any(isinstance(answer, Demand) and answer.current_a for answer in asked) is not left


@pytest.mark.parametrize("keys", [{"contiguous": True}, {"start_costs_kwh": 3.0}])
def test_no_more_is_bought_than_without_the_sun_however_the_forecast_changes(keys: dict[str, Any]) -> None:
    random = Random(7)
    for _ in range(20):
        dear = [round(random.uniform(0.3, 0.4), 3) for _ in range(22)]
        prices = table(*dear, *(round(random.uniform(0.2, 0.3), 3) for _ in range(9)))
        settings = {"cheapest_hours": 4.0, "after": "22:00", "then": "off", **keys}
        all_of_it = set(charging_hours(make(**settings), prices, 31))
        strategy = make(**settings, leave_for_sun_kwh=60)
        for hour in range(22, 31):
            sky = Horizon(prices=prices, forecast=sunny(*[random.uniform(3000, 12000)] * 4))
            asked = [(hour + n / 4, strategy.demand(situation_at(hour + n / 4, sky))) for n in range(4)]
            assert {at for at, answer in asked if isinstance(answer, Demand) and answer.current_a} <= all_of_it
