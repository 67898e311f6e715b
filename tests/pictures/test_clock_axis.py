"""Ticks on local time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.pictures.clock_axis import clock_changes, dates_text, ticks, zone_text

ZURICH = ZoneInfo("Europe/Zurich")
ZONES = [ZURICH, UTC, ZoneInfo("Asia/Kolkata"), ZoneInfo("Australia/Lord_Howe"), ZoneInfo("America/St_Johns")]


def _s(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def test_a_day_is_marked_every_two_hours_without_dates() -> None:
    marks = ticks(_s("2026-06-21T00:00+02:00"), _s("2026-06-22T00:00+02:00"), ZURICH)
    assert [mark.label for mark in marks] == [f"{hour:02d}:00" for hour in (*range(0, 24, 2), 0)]


def test_the_hour_that_comes_twice_is_marked_twice_and_the_one_that_never_comes_never() -> None:
    autumn = ticks(_s("2026-10-25T00:00+02:00"), _s("2026-10-25T06:00+01:00"), ZURICH)
    assert [mark.label for mark in autumn] == ["00:00", "01:00", "02:00", "02:00", "03:00", "04:00", "05:00", "06:00"]
    assert autumn[3].at_s - autumn[2].at_s == 3600
    spring = ticks(_s("2026-03-29T00:00+01:00"), _s("2026-03-29T06:00+02:00"), ZURICH)
    full = [mark.label for mark in spring if mark.label.endswith(":00")]
    assert full == ["00:00", "01:00", "03:00", "04:00", "05:00", "06:00"]


def test_several_days_are_dated_at_midnight_and_at_the_first_mark() -> None:
    marks = ticks(_s("2026-06-20T02:00+02:00"), _s("2026-06-22T23:00+02:00"), ZURICH)
    dated = [mark.label for mark in marks if "\n" in mark.label]
    assert dated == ["06:00\n2026-06-20", "00:00\n2026-06-21", "00:00\n2026-06-22"]


@pytest.mark.parametrize(
    ("start", "end", "moves"),
    [
        ("2026-10-25T00:00+02:00", "2026-10-26T00:00+01:00", [(_s("2026-10-25T01:00+00:00"), timedelta(hours=-1))]),
        ("2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00", [(_s("2026-03-29T01:00+00:00"), timedelta(hours=1))]),
        ("2026-06-21T00:00+02:00", "2026-06-22T00:00+02:00", []),
    ],
)
def test_moves_of_the_clock_are_found(start: str, end: str, moves: list[tuple[float, timedelta]]) -> None:
    assert clock_changes(_s(start), _s(end), ZURICH) == moves


def test_dates_and_zone_are_told_in_words() -> None:
    start, end = _s("2026-10-25T00:00+02:00"), _s("2026-10-26T00:00+01:00")
    assert dates_text(start, end, ZURICH) == "2026-10-25"
    assert dates_text(start, end + 3600, ZURICH) == "2026-10-25 to 2026-10-26"
    assert zone_text(start, end, ZURICH) == "Europe/Zurich, UTC+02:00, then UTC+01:00"
    assert zone_text(start, end, UTC) == "UTC"


@given(
    start_s=st.integers(1_500_000_000, 1_900_000_000),
    span_s=st.integers(1800, 40 * 86400),
    zone=st.sampled_from(ZONES),
)
def test_marks_rise_lie_inside_are_few_and_tell_the_local_time(start_s: int, span_s: int, zone: ZoneInfo) -> None:
    marks = ticks(start_s, start_s + span_s, zone)
    times_s = [mark.at_s for mark in marks]
    assert times_s == sorted(set(times_s))
    assert 1 <= len(marks) <= 16
    for mark in marks:
        assert start_s <= mark.at_s <= start_s + span_s
        assert mark.label.startswith(f"{datetime.fromtimestamp(mark.at_s, zone):%H:%M}")
