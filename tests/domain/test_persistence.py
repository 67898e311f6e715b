"""The next days as the last ones: the sun by UTC, the load by the clock on the wall, and what is odd counts little."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.domain.calendar import Span
from controller.domain.horizon import Expected, Forecast
from controller.domain.persistence import persistence, robust_mean, with_load
from controller.domain.quarter_hours import QUARTER, QuarterHour, quarter_of

BERLIN = ZoneInfo("Europe/Berlin")
MONDAY = datetime(2026, 6, 22, tzinfo=UTC)


def past(
    days: float,
    until: datetime,
    pv_w: Callable[[datetime], float | None] = lambda at: 4000.0 if 8 <= at.hour < 16 else 0.0,
    load_w: Callable[[datetime], float | None] = lambda at: 300.0,
) -> list[QuarterHour]:
    """Quarters until a moment."""
    starts = [until - (index + 1) * QUARTER for index in range(int(days * 96))]
    return [QuarterHour(at, 900.0, pv_w(at), load_w(at)) for at in reversed(starts)]


def made(quarters: list[QuarterHour], now: datetime = MONDAY) -> Forecast:
    forecast = persistence(quarters, now, BERLIN)
    assert forecast is not None
    return forecast


def at(forecast: Forecast, moment: datetime) -> Expected:
    (step,) = forecast.within(Span(moment, moment + QUARTER))
    return step


@pytest.mark.parametrize("days", [0, 0.5, 0.9])
def test_with_less_than_a_day_on_record_nothing_is_expected(days: float) -> None:
    assert persistence(past(days, MONDAY), MONDAY, BERLIN) is None


def test_after_a_day_the_next_three_are_like_it() -> None:
    now = MONDAY + timedelta(minutes=7)
    forecast = made(past(1, MONDAY), now)
    assert forecast.steps[0].start == MONDAY
    assert forecast.steps[-1].end == MONDAY + timedelta(days=3)
    assert forecast.made == now
    assert at(forecast, MONDAY + timedelta(hours=8))[2:] == (4000.0, 300.0)
    assert at(forecast, MONDAY + timedelta(hours=40)).pv_w == 0.0


def test_the_quarter_that_goes_on_and_the_future_do_not_count() -> None:
    """As where the clock was ahead for a while."""
    odd = [QuarterHour(MONDAY + index * QUARTER, 900.0, 99_000.0, 99_000.0) for index in range(96)]
    assert made(past(2, MONDAY)).steps == made(past(2, MONDAY) + odd).steps


def test_yesterday_weighs_more_than_last_week() -> None:
    new = past(1, MONDAY, lambda _: 1000.0)
    forecast = made([*past(7, MONDAY - timedelta(days=1), lambda _: 5000.0), *new])
    noon = at(forecast, MONDAY + timedelta(hours=12)).pv_w
    assert 1000 < noon < 3000 + 1100
    older = made([*past(1, MONDAY - timedelta(days=7), lambda _: 1000.0), *past(7, MONDAY, lambda _: 5000.0)])
    assert at(older, MONDAY + timedelta(hours=12)).pv_w > noon


def test_a_sauna_is_not_expected_every_day() -> None:
    sauna = MONDAY - timedelta(days=3, hours=4)
    quarters = past(14, MONDAY, load_w=lambda at: 9000.0 if at == sauna else 300.0)
    assert at(made(quarters), MONDAY + timedelta(hours=20)).load_w == pytest.approx(300.0)


def test_the_weekend_has_a_load_of_its_own() -> None:
    def load_w(at: datetime) -> float:
        return 800.0 if at.astimezone(BERLIN).weekday() >= 5 else 200.0

    forecast = made(past(14, MONDAY + timedelta(days=4), load_w=load_w), MONDAY + timedelta(days=4))
    friday, saturday = (at(forecast, MONDAY + timedelta(days=day, hours=10)).load_w for day in (4, 5))
    assert (friday, saturday) == (200.0, 800.0)


def test_without_a_weekend_on_record_any_day_stands_for_it() -> None:
    friday = MONDAY + timedelta(days=4)
    assert at(made(past(3, friday), friday), friday + timedelta(hours=34)).load_w == 300.0


def test_over_the_change_of_clocks_the_sun_stays_and_people_shift() -> None:
    """Up to Sunday, 25 October 2026, 01:00 UTC the clock in Berlin is two hours ahead, from then on one."""
    change = datetime(2026, 10, 25, 1, tzinfo=UTC)
    quarters = past(
        14,
        change,
        pv_w=lambda at: 3000.0 if at.hour == 10 else 0.0,
        load_w=lambda at: 2000.0 if at.astimezone(BERLIN).hour == 7 else 100.0,
    )
    forecast = made(quarters, change)
    monday = datetime(2026, 10, 26, tzinfo=UTC)
    assert [hour for hour in range(24) if at(forecast, monday + timedelta(hours=hour)).pv_w > 1000] == [10]
    assert [hour for hour in range(24) if at(forecast, monday + timedelta(hours=hour)).load_w > 1000] == [6]


def test_where_no_meter_shows_the_pv_the_surplus_is_expected() -> None:
    quarters = past(2, MONDAY, lambda _: None, lambda at: -2500.0 if at.hour == 12 else 400.0)
    noon, night = (at(made(quarters), MONDAY + timedelta(hours=hour)) for hour in (12, 3))
    assert (noon.pv_w, noon.load_w, noon.surplus_w) == (2500.0, 0.0, 2500.0)
    assert (night.pv_w, night.load_w) == (0.0, 400.0)


def test_a_quarter_that_was_hardly_seen_does_not_stand_for_it() -> None:
    quarters = [q if q.start.hour != 9 else q._replace(seconds=120.0, pv_w=9e9) for q in past(3, MONDAY)]
    assert persistence(quarters, MONDAY, BERLIN) is not None
    assert made(quarters).within(Span(MONDAY + timedelta(hours=9), MONDAY + timedelta(hours=10))) == []


@given(st.lists(st.tuples(st.floats(0, 1e5), st.floats(1e-6, 1.0)), min_size=1, max_size=30))
def test_a_robust_mean_lies_within_what_it_is_of(samples: list[tuple[float, float]]) -> None:
    values = [value for value, _ in samples]
    assert min(values) - 1e-6 <= robust_mean(samples) <= max(values) + 1e-6


def test_the_outermost_fifths_count_as_what_lies_next_to_them() -> None:
    assert robust_mean([(float(value), 1.0) for value in range(10)]) == pytest.approx(4.5)
    assert robust_mean([(0.0, 1.0)] * 9 + [(1e6, 1.0)]) == 0.0


def test_somebody_elses_sun_gets_our_load_and_goes_on_with_our_sun() -> None:
    own = made(past(3, MONDAY))
    hours = [MONDAY + timedelta(hours=hour) for hour in range(9, 12)]
    sun = Forecast(tuple(Expected(hour, hour + timedelta(hours=1), 700.0) for hour in hours), MONDAY, "theirs")
    blended = with_load(sun, own)
    assert (blended.source, blended.made) == ("theirs", MONDAY)
    assert at(blended, MONDAY + timedelta(hours=9, minutes=30))[2:] == (700.0, 300.0)
    assert at(blended, MONDAY + timedelta(hours=12))[2:] == (4000.0, 300.0)
    assert len(blended.steps) == len(own.steps)
    assert with_load(sun, None) is sun


def test_steps_of_any_length_are_brought_to_quarters_without_loss() -> None:
    own = made(past(3, MONDAY))
    begin = MONDAY + timedelta(hours=5, minutes=7)
    parts = [(begin, 20, 600.0), (begin + timedelta(minutes=20), 18, 1200.0)]
    sun = Forecast(
        tuple(Expected(start, start + timedelta(minutes=lasts), watts) for start, lasts, watts in parts), MONDAY, ""
    )
    blended = with_load(sun, own)
    assert at(blended, begin.replace(minute=15)).pv_w == pytest.approx((12 * 600 + 3 * 1200) / 15)
    assert at(blended, begin.replace(minute=0)).pv_w == 600.0


@given(st.integers(0, 4_000_000_000), st.sampled_from(["Europe/Berlin", "Australia/Lord_Howe"]))
def test_a_quarter_holds_its_moment_in_any_zone(at_s: int, zone: str) -> None:
    now = datetime.fromtimestamp(at_s, ZoneInfo(zone))
    start = quarter_of(now)
    assert start.tzinfo is UTC
    assert start <= now < start + QUARTER
    assert start.timestamp() % 900 == 0
