"""The box's own hours, under both readings, beside ours."""

from __future__ import annotations

from datetime import date, time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.domain.box_times import BoxTimes, Period, Reading, conflicts, hours, periods_for
from controller.domain.calendar import DAYS, Window

WORKDAYS = DAYS[:5]


def period(text: str) -> Period:
    start, end = map(time.fromisoformat, text.split("-"))
    return Period(start, end)


def window(text: str, days: tuple[str, ...] | None = None, holidays: tuple[date, ...] = ()) -> Window:
    return Window.on(*period(text), days, holidays)


def times(*periods: str, weekends: bool | None = True, enabled: bool | None = True) -> BoxTimes:
    return BoxTimes(enabled=enabled, weekends=weekends, periods=tuple(map(period, periods)))


@pytest.mark.parametrize(
    ("box", "ours", "expected"),
    [
        # the box's hours are ours: that is as it should be, or just the reverse
        (times("22:00-06:00"), "22:00-06:00", ("nothing", "56.0 h of ours a week are held back, such as Mon 00")),
        (times("06:00-22:00"), "22:00-06:00", ("56.0 h of ours a week are held back, such as Mon 00", "nothing")),
        (times("22:00-04:00"), "22:00-06:00", ("14.0 h of ours a week are held back, such as Mon 04", "42.0 h")),
        (times("08:00-11:00", "16:00-22:00"), "21:00-23:00", ("7.0 h", "7.0 h")),
        (times("08:00-11:00", "10:00-12:00"), "09:00-13:00", ("7.0 h", "21.0 h")),
        # Saturday and Sunday are free under either reading
        (times("22:00-06:00", weekends=False), "22:00-06:00", ("nothing", "40.0 h")),
        (times("06:00-22:00", weekends=False), "22:00-06:00", ("40.0 h", "nothing")),
    ],
)  # fmt: skip
def test_periods_in_our_way(box: BoxTimes, ours: str, expected: tuple[str, str]) -> None:
    (found,) = conflicts(box, (window(ours),))
    within, outside = found.what.split(": ", 1)[1].split("; ")
    assert within.startswith(f"if it charges only within them, {expected[0]}")
    assert outside.startswith(f"if it does not charge within them, {expected[1]}")
    assert "--off --yes" in found.remedy


@pytest.mark.parametrize(
    ("box", "sense", "what"),
    [
        ("22:00-06:00", Reading.HELD, "and does not charge within them: 56.0 h of ours a week are held back"),
        ("06:00-22:00", Reading.ALLOWED, "and charges only within them: 56.0 h of ours a week are held back"),
        ("22:00-06:00", Reading.ALLOWED, None),
        ("06:00-22:00", Reading.HELD, None),
    ],
)
def test_once_the_sense_is_known_only_that_counts(box: str, sense: Reading, what: str | None) -> None:
    ours = (window("22:00-06:00"),)
    (doubtful,) = conflicts(times(box), ours)
    assert "off_peak_sense" in doubtful.remedy
    found = conflicts(times(box), ours, sense)
    assert [what in one.what for one in found if what] == [True] * len(found)
    assert bool(found) is (what is not None)
    assert not any("off_peak_sense" in one.remedy for one in found)


def test_who_charges_at_any_time_is_held_back_by_any_period() -> None:
    (found,) = conflicts(times("08:00-11:00"), None)
    assert "147.0 h of ours a week are held back, such as Mon 00:00-08:00" in found.what
    assert "21.0 h of ours a week are held back, such as Mon 08:00-11:00" in found.what
    assert "08:00-11:00 daily" in found.what
    assert "off_peak_sense" not in found.remedy  # whatever it is, it is in the way


@pytest.mark.parametrize(
    "box", [None, BoxTimes(), times("08:00-11:00", enabled=False), times("08:00-08:00"), times(), BoxTimes(delay_s=0)]
)
def test_what_is_in_nobodys_way(box: BoxTimes | None) -> None:
    assert conflicts(box, None) == ()


def test_windows_that_no_period_touches_under_either_reading() -> None:
    weekend = window("10:00-12:00", ("sat", "sun"))
    assert conflicts(times("08:00-11:00", weekends=False), (weekend,)) == ()
    assert len(conflicts(times("08:00-11:00", weekends=True), (weekend,))) == 1


def test_a_holidays_window_counts_on_its_day_of_the_week() -> None:
    friday = window("10:00-12:00", ("holiday",), (date(2026, 12, 25),))
    (found,) = conflicts(times("08:00-11:00"), (friday,))
    assert "1.0 h of ours a week are held back, such as Fri 10:00-11:00" in found.what


def test_the_randomised_delay_is_told() -> None:
    (found,) = conflicts(BoxTimes(delay_s=600), (window("22:00-06:00"),))
    assert found.what == "the wallbox holds every start back, at random, by up to 600 s"


@pytest.mark.parametrize(
    ("box", "within", "outside"),
    [
        (times("22:00-06:00"), ["22:00-06:00"], ["06:00-22:00"]),
        (times("08:00-11:00", "16:00-22:00"), ["08:00-11:00", "16:00-22:00"], ["11:00-16:00", "22:00-08:00"]),
        (times("08:00-12:00", "11:00-13:00"), ["08:00-13:00"], ["13:00-08:00"]),
        (times("00:00-12:00", "12:00-00:00"), ["00:00-00:00"], []),
    ],
)
def test_hours(box: BoxTimes, within: list[str], outside: list[str]) -> None:
    assert list(map(str, hours(box, Reading.ALLOWED))) == within
    assert list(map(str, hours(box, Reading.HELD))) == outside


@pytest.mark.parametrize(
    ("windows", "allowed", "held", "weekends"),
    [
        ([window("22:00-06:00")], ["22:00-06:00"] * 2, ["06:00-22:00"] * 2, True),
        ([window("22:00-06:00", WORKDAYS)], ["22:00-06:00"] * 2, ["06:00-22:00"] * 2, False),
        (
            [window("12:00-14:00"), window("22:00-06:00", DAYS)],
            ["12:00-14:00", "22:00-06:00"],
            ["06:00-12:00", "14:00-22:00"],
            True,
        ),
        # those that meet or overlap are one
        (
            [window("12:00-14:00"), window("13:00-15:00"), window("15:00-16:00"), window("01:00-02:00")],
            ["01:00-02:00", "12:00-16:00"],
            ["02:00-12:00", "16:00-01:00"],
            True,
        ),
    ],
)
def test_periods_for_our_windows(windows: list[Window], allowed: list[str], held: list[str], weekends: bool) -> None:
    for reading, expected in ((Reading.ALLOWED, allowed), (Reading.HELD, held)):
        periods, at_weekends = periods_for(windows, reading)
        assert (list(map(str, periods)), at_weekends) == (expected, weekends)


@pytest.mark.parametrize(
    ("windows", "complaint"),
    [
        ([window("01:00-02:00"), window("03:00-04:00"), window("05:00-06:00")], "take 3 periods of a day"),
        ([window("01:00-02:00", ("sat", "sun"))], "and no other days"),
        ([window("01:00-02:00", ("holiday",), (date(2026, 12, 25),))], "and no other days"),
        ([window("01:00-02:00"), window("03:00-04:00", WORKDAYS)], "one of both"),
        ([window("00:00-00:00")], "the whole day"),
        ([window("00:00-12:00"), window("12:00-00:00")], "the whole day"),
        ([], "no other days"),
    ],
)
def test_what_the_box_cannot_be_told(windows: list[Window], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        periods_for(windows, Reading.ALLOWED)


_QUARTERS = st.builds(time, st.integers(0, 23), st.sampled_from([0, 15, 59]))


@given(st.lists(st.builds(Period, _QUARTERS, _QUARTERS), min_size=1, max_size=3), st.booleans())
@settings(max_examples=25)
def test_what_is_written_is_in_nobodys_way_as_it_is_read(ours: list[Period], daily: bool) -> None:
    windows = [Window.on(start, end, None if daily else WORKDAYS) for start, end in ours]
    for reading, clause in (
        (Reading.ALLOWED, "if it charges only within them, nothing of ours is held back"),
        (Reading.HELD, "if it does not charge within them, nothing of ours is held back"),
    ):
        try:
            periods, weekends = periods_for(windows, reading)
        except ValueError:
            continue
        (found,) = conflicts(BoxTimes(enabled=True, weekends=weekends, periods=periods), windows)
        assert clause in found.what
        assert conflicts(BoxTimes(enabled=True, weekends=weekends, periods=periods), windows, reading) == ()
