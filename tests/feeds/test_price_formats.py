"""What services for prices answer: replies made by hand in the shapes of their documentation."""

from __future__ import annotations

import copy
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.domain.errors import FeedError
from controller.domain.prices import Price
from controller.feeds.price_formats import Reader, read_awattar, read_energy_charts, read_octopus, read_tibber

MIDNIGHT = datetime(2026, 11, 23, tzinfo=UTC)
HOUR, QUARTER = timedelta(hours=1), timedelta(minutes=15)
UNTIL = MIDNIGHT + 48 * HOUR
NOON_S = int((MIDNIGHT + 12 * HOUR).timestamp())

AWATTAR = {
    "object": "list",
    "data": [
        {
            "start_timestamp": (NOON_S + 3600 * hour) * 1000,
            "end_timestamp": (NOON_S + 3600 * (hour + 1)) * 1000,
            "marketprice": price,
            "unit": "Eur/MWh",
        }
        for hour, price in enumerate([81.2, -5.5, 0])
    ],
    "url": "/de/v1/marketdata",
}
ENERGY_CHARTS = {
    "license_info": "CC BY 4.0",
    "unix_seconds": [NOON_S, NOON_S + 900, NOON_S + 1800, NOON_S + 2700],
    "price": [81.2, None, -5.5, 12],
    "unit": "EUR / MWh",
    "deprecated": False,
}
TIBBER = {
    "data": {
        "viewer": {
            "homes": [
                {"currentSubscription": None},
                {
                    "currentSubscription": {
                        "priceInfo": {
                            "today": [
                                {"total": 0.3012, "startsAt": "2026-10-25T01:00:00.000+02:00"},
                                {"total": 0.29, "startsAt": "2026-10-25T02:00:00.000+02:00"},
                                {"total": 0.28, "startsAt": "2026-10-25T02:00:00.000+01:00"},
                                {"total": -0.01, "startsAt": "2026-10-25T03:00:00.000+01:00"},
                            ],
                            "tomorrow": [],
                        }
                    }
                },
            ]
        }
    }
}
OCTOPUS = {
    "count": 3,
    "next": None,
    "previous": None,
    "results": [
        {"value_exc_vat": 20, "value_inc_vat": 21.0, "valid_from": "2026-11-23T13:00:00Z", "valid_to": None},
        {
            "value_exc_vat": -2,
            "value_inc_vat": -2.1,
            "valid_from": "2026-11-23T12:30:00Z",
            "valid_to": "2026-11-23T13:00:00Z",
            "payment_method": "DIRECT_DEBIT",
        },
        {
            "value_exc_vat": 9,
            "value_inc_vat": 9.9,
            "valid_from": "2026-11-23T12:30:00Z",
            "valid_to": "2026-11-23T13:00:00Z",
            "payment_method": "NON_DIRECT_DEBIT",
        },
        {"value_inc_vat": 14.1, "valid_from": "2026-11-23T12:00:00Z", "valid_to": None},
    ],
}


def at(hours: float, lasts_h: float, per_kwh: float) -> Price:
    return Price(MIDNIGHT + hours * HOUR, MIDNIGHT + (hours + lasts_h) * HOUR, per_kwh)


def test_awattar() -> None:
    assert read_awattar(AWATTAR, UNTIL) == (at(12, 1, 0.0812), at(13, 1, -0.0055), at(14, 1, 0))


def test_energy_charts() -> None:
    assert read_energy_charts(ENERGY_CHARTS, UNTIL) == (
        at(12, 0.25, 0.0812),
        at(12.5, 0.25, -0.0055),
        at(12.75, 0.25, 0.012),
    )


def test_tibber_on_the_day_of_25_hours() -> None:
    begin = datetime(2026, 10, 24, 23, tzinfo=UTC)
    assert read_tibber(TIBBER, UNTIL) == tuple(
        Price(begin + hour * HOUR, begin + (hour + 1) * HOUR, total)
        for hour, total in enumerate([0.3012, 0.29, 0.28, -0.01])
    )


def test_octopus_in_pence_newest_first_with_open_ends() -> None:
    assert read_octopus(OCTOPUS, UNTIL) == (at(12, 0.5, 0.141), at(12.5, 0.5, -0.021), at(13, 35, 0.21))


@pytest.mark.parametrize(
    ("read", "answer"),
    [
        (read_awattar, {"data": []}),
        (read_energy_charts, {"unix_seconds": [], "price": []}),
        (read_octopus, {"results": []}),
    ],
)
def test_nothing_yet(read: Reader, answer: Any) -> None:
    assert read(answer, UNTIL) == ()


def changed(answer: Any, change: Callable[[Any], None]) -> Any:
    other = copy.deepcopy(answer)
    change(other)
    return other


@pytest.mark.parametrize(
    ("read", "answer", "said"),
    [
        (read_awattar, [], "data is missing"),
        (read_awattar, {"data": {}}, "data is no list"),
        (read_awattar, {"data": [3]}, "unit is not Eur/MWh"),
        (read_awattar, {"data": 10_001 * [{}]}, "10001 rows"),
        (read_awattar, changed(AWATTAR, lambda a: a["data"][0].update(unit="ct/kWh")), "unit is not Eur/MWh"),
        (read_awattar, changed(AWATTAR, lambda a: a["data"][0].update(marketprice="81")), "marketprice is no number"),
        (read_awattar, changed(AWATTAR, lambda a: a["data"][0].update(marketprice=True)), "marketprice is no number"),
        (
            read_awattar,
            changed(AWATTAR, lambda a: a["data"][0].update(marketprice=10**400)),
            "marketprice is no number",
        ),
        (read_awattar, changed(AWATTAR, lambda a: a["data"][0].update(start_timestamp=10**400)), "of all calendars"),
        (read_awattar, changed(AWATTAR, lambda a: a["data"][0].update(marketprice=2e5)), "is not believed"),
        (read_awattar, changed(AWATTAR, lambda a: a["data"][0].update(start_timestamp=10**30)), "all calendars"),
        (read_awattar, changed(AWATTAR, lambda a: a["data"][0].update(start_timestamp=NOON_S)), "all calendars"),
        (read_awattar, changed(AWATTAR, lambda a: a["data"][0].update(end_timestamp=NOON_S * 1000)), "ends before"),
        (read_awattar, changed(AWATTAR, lambda a: a["data"].append(a["data"][0])), "two prices are given"),
        (read_energy_charts, {**ENERGY_CHARTS, "price": [1]}, "not of the same length"),
        (read_energy_charts, {**ENERGY_CHARTS, "unit": "GBP/MWh"}, "unit is not EUR/MWh"),
        (read_energy_charts, {**ENERGY_CHARTS, "unix_seconds": [4 * [NOON_S]][0]}, "do not rise"),
        (read_energy_charts, {**ENERGY_CHARTS, "unix_seconds": [NOON_S + 1, *range(NOON_S + 2, NOON_S + 5)]}, "minute"),
        (read_tibber, {"errors": [{"message": "no"}], "data": None}, "check the token"),
        (read_tibber, {"data": {"viewer": {"homes": [{"currentSubscription": None}]}}}, "no home has a contract"),
        (read_tibber, {"data": {"viewer": {"homes": []}}}, "no home has a contract"),
        (read_octopus, {"detail": "not found"}, "results is missing"),
        (read_octopus, {"results": [{"valid_from": "2026-11-23T12:00:00"}]}, "has no offset"),
        (read_octopus, {"results": [{"valid_from": "noon"}]}, "valid_from is no time"),
        (read_octopus, {"results": [{"valid_from": 3}]}, "valid_from is no time"),
    ],
)
def test_another_shape_is_one_clear_line(read: Reader, answer: Any, said: str) -> None:
    with pytest.raises(FeedError, match=said) as caught:
        read(answer, UNTIL)
    assert "\n" not in str(caught.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@settings(max_examples=60)
@given(value=JSON, key=st.sampled_from(["data", "start_timestamp", "marketprice", "unit", "end_timestamp"]))
def test_nothing_else_is_ever_raised(value: Any, key: str) -> None:
    answer: Any = {"data": value} if key == "data" else changed(AWATTAR, lambda a: a["data"][1].update({key: value}))
    for read in (read_awattar, read_energy_charts, read_tibber, read_octopus):
        try:
            prices = read(answer, UNTIL)
        except FeedError:
            continue
        assert all(price.end > price.start and abs(price.per_kwh) <= 100 for price in prices)
