"""The box's own hours as it shows them, and what would be written."""

from __future__ import annotations

from datetime import time
from typing import Any

import pytest

from controller.domain.box_times import BoxTimes, Period
from controller.domain.errors import DeviceRejected
from controller.wallbox.catalogue import load_catalogue
from controller.wallbox.off_peak import box_times, to_keep, to_switch_off
from controller.wallbox.sections import ReportedField, parse_fields

NIGHT = Period(time(22), time(6))
SHOWN: dict[str, Any] = {
    "randomised-delay-range": 0,
    "enable-off-peak": False,
    "enable-off-peak-weekend": True,
    "off-peak-period1-start": "22:00",
    "off-peak-period1-stop": "06:00",
    "off-peak-period2-start": "16:00",
    "off-peak-period2-stop": "22:00",
}


def fields(dialect: str = "next", **changed: Any) -> tuple[ReportedField, ...]:
    rows = (
        {**SHOWN, **{key.replace("_", "-"): value for key, value in changed.items()}} if dialect == "next" else changed
    )
    body = [{"fieldKey": key, "value": value} for key, value in rows.items()]
    return parse_fields(body, "power" if dialect == "next" else "", load_catalogue(dialect))


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, {"enabled": False, "weekends": True, "delay_s": 0.0}),
        ({"enable_off_peak": "true", "randomised_delay_range": "600"}, {"enabled": True, "delay_s": 600.0}),
        ({"enable_off_peak": "an", "enable_off_peak_weekend": "aus"}, {"enabled": True, "weekends": False}),
        ({"enable_off_peak": None, "enable_off_peak_weekend": "?"}, {"enabled": None, "weekends": None}),
        ({"off_peak_period1_start": "22:00:00"}, {"periods": (NIGHT, Period(time(16), time(22)))}),
        ({"off_peak_period2_stop": ""}, {"periods": (NIGHT,)}),
        ({"off_peak_period1_stop": None, "off_peak_period2_stop": "25:00"}, {"periods": ()}),
        ({"randomised_delay_range": "soon"}, {"delay_s": None}),
    ],
)
def test_what_it_shows(changed: dict[str, Any], expected: dict[str, Any]) -> None:
    found = box_times(fields(**changed), load_catalogue("next"))
    assert found is not None
    assert {key: getattr(found, key) for key in expected} == expected


def test_a_unite_has_a_delay_and_no_periods() -> None:
    catalogue = load_catalogue("unite")
    shown = fields("unite", **{"generalSettings.randomisedDelayMaximumDuration": "60"})
    assert box_times(shown, catalogue) == BoxTimes(delay_s=60)
    assert box_times((), catalogue) is None
    with pytest.raises(DeviceRejected, match="shows no off-peak periods"):
        to_keep(shown, (NIGHT, NIGHT), weekends=True)
    with pytest.raises(DeviceRejected, match="shows no off-peak periods"):
        to_switch_off(shown)


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, {"enable-off-peak": True, "off-peak-period2-start": "22:00", "off-peak-period2-stop": "06:00"}),
        (
            {"enable_off_peak": True, "off_peak_period2_start": "22:00:00", "off_peak_period2_stop": "06:00"},
            {},
        ),
        (
            {"enable_off_peak": True, "off_peak_period1_start": None, "off_peak_period2_start": "",
             "off_peak_period2_stop": "06:00"},
            {"off-peak-period1-start": "22:00", "off-peak-period2-start": "22:00"},
        ),
    ],
)  # fmt: skip
def test_only_what_differs_is_written(changed: dict[str, Any], expected: dict[str, Any]) -> None:
    assert to_keep(fields(**changed), (NIGHT, NIGHT), weekends=True) == expected


def test_switching_off_writes_one_field() -> None:
    assert to_switch_off(fields()) == {}
    assert to_switch_off(fields(enable_off_peak=True)) == {"enable-off-peak": False}
