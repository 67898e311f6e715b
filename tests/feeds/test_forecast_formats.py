"""The shapes of forecasts, as the services document them; the replies are made by hand."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.domain.errors import FeedError
from controller.domain.horizon import Expected
from controller.feeds.forecast_formats import from_forecast_solar, from_open_meteo, together

DAWN = datetime(2026, 6, 22, 3, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def solar(**result: Any) -> dict[str, Any]:
    return {
        "result": result,
        "message": {"code": 0, "type": "success", "text": "", "info": {"timezone": "Europe/Berlin"}},
    }


PERIODS = {
    "2026-06-22T03:12:00+00:00": 0,
    "2026-06-22T04:00:00+00:00": 120,
    "2026-06-22T05:00:00+00:00": 700,
    "2026-06-22T19:20:00+00:00": 0,
    "2026-06-23T03:12:00+00:00": 0,
    "2026-06-23T04:00:00+00:00": 80,
}


def test_energies_are_those_since_the_moment_before() -> None:
    steps = from_forecast_solar(solar(watt_hours_period=PERIODS, watts={}))
    assert steps[0][:2] == (DAWN, DAWN.replace(hour=4, minute=0))
    assert steps[0].pv_w == pytest.approx(150)
    assert steps[1] == Expected(DAWN.replace(hour=4, minute=0), DAWN.replace(hour=5, minute=0), 700)
    assert [step.start.day for step in steps] == [22, 22, 23]  # a gap is no energy of hours


def test_powers_alone_are_taken_to_rise_and_fall_evenly() -> None:
    watts = {"2026-06-22T04:00:00+00:00": 100, "2026-06-22T05:00:00+00:00": 900}
    (step,) = from_forecast_solar(solar(watts=watts))
    assert step.pv_w == 500


def test_times_without_offset_are_in_the_zone_that_the_reply_names() -> None:
    (step,) = from_forecast_solar(solar(watt_hours_period={"2026-06-22 06:00:00": 0, "2026-06-22 07:00:00": 400}))
    assert step == Expected(DAWN.replace(hour=4, minute=0), DAWN.replace(hour=5, minute=0), 400)


def test_over_the_change_of_clocks_no_hour_is_doubled() -> None:
    """At 3 o'clock on 29 March 2026 in Berlin, which the clock shows an hour after 1:00."""
    local = {f"2026-03-29 {hour:02}:00:00": 100 for hour in (1, 3, 4)}
    steps = from_forecast_solar(solar(watt_hours_period=local))
    assert [step.start.hour for step in steps] == [0, 1]
    assert all(step.end - step.start == HOUR for step in steps)


def meteo(name: str = "minutely_15", key: str = "global_tilted_irradiance", **over: Any) -> dict[str, Any]:
    times = [int(DAWN.replace(hour=hour, minute=0).timestamp()) for hour in (9, 10, 11)]
    return {
        "latitude": 48.1,
        "utc_offset_seconds": 0,
        f"{name}_units": {"time": "unixtime", key: "W/m²"},
        name: {"time": times, key: [400.0, None, -3.0], **over},
    }


def test_irradiance_is_the_mean_before_its_moment() -> None:
    first, last = from_open_meteo(meteo(), kwp=10.0, performance_ratio=0.85)
    at = DAWN.replace(hour=9, minute=0)
    assert first == Expected(at - timedelta(minutes=15), at, 400 * 10 * 0.85)
    assert last.pv_w == 0.0  # some models tell less than no sun


@pytest.mark.parametrize("key", ["global_tilted_irradiance", "shortwave_radiation"])
def test_hours_do_as_well(key: str) -> None:
    first, _ = from_open_meteo(meteo("hourly", key), kwp=5.0, performance_ratio=1.0)
    assert (first.end - first.start, first.pv_w) == (HOUR, 2000.0)


def test_local_times_are_brought_to_utc() -> None:
    reply = meteo(time=["2026-06-22T11:00", "2026-06-22T12:00", "2026-06-22T13:00"])
    reply["utc_offset_seconds"] = 7200
    first, _ = from_open_meteo(reply, kwp=5.0, performance_ratio=1.0)
    assert first.end == DAWN.replace(hour=9, minute=0)


def test_a_time_with_its_own_offset_counts_as_it_says() -> None:
    reply = meteo(time=["2026-06-22T11:00+02:00", "2026-06-22T12:00+02:00", "2026-06-22T13:00+02:00"])
    first, _ = from_open_meteo(reply, kwp=5.0, performance_ratio=1.0)
    assert first.end == DAWN.replace(hour=9, minute=0)


@pytest.mark.parametrize(
    "reply",
    [
        None,
        [],
        {"error": True, "reason": "no"},
        {"result": 3},
        solar(),
        solar(watt_hours_period={"yesterday": 3}),
        solar(watt_hours_period={"2026-06-22T03:12:00+00:00": "3"}),
        solar(watt_hours_period={"2026-06-22T03:12:00+00:00": 1e30}),
        solar(watt_hours_period={"2026-06-22T03:12:00+00:00": True}),
        solar(watts={"0001-01-01 00:00:00": 1}),
        solar(watt_hours_period={"2026-06-22T03:12:00+00:00": 10**400}),
        solar(watt_hours_period={"2026-06-22T03:12:00+00:00": 1, "2026-06-22T05:12:00+02:00": 2}),
    ],
)
def test_what_is_no_forecast_of_forecast_solar_is_refused(reply: Any) -> None:
    with pytest.raises(FeedError, match="forecast"):
        from_forecast_solar(reply)


@pytest.mark.parametrize(
    "reply",
    [
        None,
        {"error": True, "reason": "no"},
        {"minutely_15": {"time": [1]}},
        meteo(time=[1, 2]),
        meteo(time=[10**30, 2, 3]),
        meteo(time=["now", "then", "never"]),
        meteo(time=[None, 2, 3]),
        meteo(time=[100, 200, 100]),
        meteo(time=["0001-01-01T00:00", "2026-06-22T12:00", "2026-06-22T13:00"]),
        meteo(global_tilted_irradiance=[10**400, 1, 2]),
        {**meteo(), "utc_offset_seconds": 10**15},
        meteo(global_tilted_irradiance=["a", 1, 2]),
        meteo(global_tilted_irradiance=[1e9, 1, 2]),
        meteo(global_tilted_irradiance=[float("nan"), 1, 2]),
    ],
)
def test_what_is_no_forecast_of_open_meteo_is_refused(reply: Any) -> None:
    with pytest.raises(FeedError, match="forecast"):
        from_open_meteo(reply, kwp=1.0, performance_ratio=1.0)


def test_planes_are_added_where_all_are_known() -> None:
    east = [Expected(DAWN, DAWN + 2 * HOUR, 1000.0)]
    west = [Expected(DAWN + HOUR, DAWN + 1.5 * HOUR, 200.0), Expected(DAWN + 1.5 * HOUR, DAWN + 3 * HOUR, 400.0)]
    assert together([east]) == east
    assert together([east, west]) == [
        Expected(DAWN + HOUR, DAWN + 1.5 * HOUR, 1200.0),
        Expected(DAWN + 1.5 * HOUR, DAWN + 2 * HOUR, 1400.0),
    ]


json_values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=True) | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "result",
                    "watts",
                    "watt_hours_period",
                    "hourly",
                    "time",
                    "global_tilted_irradiance",
                    "2026-06-22T03:12",
                ]
            ),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


@given(json_values)
@settings(max_examples=40)
def test_whatever_comes_is_steps_or_refused(reply: Any) -> None:
    steps: list[Expected] = []
    for read in (from_forecast_solar, lambda it: from_open_meteo(it, kwp=1.0, performance_ratio=1.0)):
        with suppress(FeedError):
            steps += read(reply)
    assert all(step.start < step.end for step in steps)
