"""Wall time on ordinary days and on those of a clock change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from controller.domain.calendar import Span, Window, instant, joined, wall_time

# the clock goes forward on the first, and back on the second of each
CHANGES = {
    "Europe/Berlin": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Australia/Lord_Howe": (date(2026, 10, 4), date(2026, 4, 5)),
}


@pytest.mark.parametrize(
    ("zone", "day", "wall", "expected"),
    [
        ("Europe/Berlin", date(2026, 6, 21), "22:00", "2026-06-21T20:00:00+00:00"),
        ("Europe/Berlin", date(2026, 3, 29), "01:59", "2026-03-29T00:59:00+00:00"),
        ("Europe/Berlin", date(2026, 3, 29), "02:00", "2026-03-29T01:00:00+00:00"),  # never shown: it is put forward
        ("Europe/Berlin", date(2026, 3, 29), "02:30", "2026-03-29T01:00:00+00:00"),
        ("Europe/Berlin", date(2026, 3, 29), "03:00", "2026-03-29T01:00:00+00:00"),
        ("Europe/Berlin", date(2026, 10, 25), "02:30", "2026-10-25T00:30:00+00:00"),  # shown twice: the first time
        ("Europe/Berlin", date(2026, 10, 25), "03:00", "2026-10-25T02:00:00+00:00"),
        ("America/New_York", date(2026, 3, 8), "02:30", "2026-03-08T07:00:00+00:00"),
        ("America/New_York", date(2026, 11, 1), "01:30", "2026-11-01T05:30:00+00:00"),
        ("Australia/Lord_Howe", date(2026, 10, 4), "02:15", "2026-10-03T15:30:00+00:00"),  # half an hour only
        ("Australia/Lord_Howe", date(2026, 4, 5), "01:45", "2026-04-04T14:45:00+00:00"),
        ("Australia/Lord_Howe", date(2026, 4, 5), "02:00", "2026-04-04T15:30:00+00:00"),
    ],
)
def test_when_a_clock_shows_it(zone: str, day: date, wall: str, expected: str) -> None:
    assert instant(day, wall_time(wall), ZoneInfo(zone)) == datetime.fromisoformat(expected)


@pytest.mark.parametrize("zone", CHANGES)
@pytest.mark.parametrize("start", ["00:00", "01:30", "02:00", "02:15", "03:00", "22:00"])
@pytest.mark.parametrize("lasts_min", [60, 240, 480, 1439])
def test_a_year_has_as_many_windows_as_days(zone: str, start: str, lasts_min: int) -> None:
    place = ZoneInfo(zone)
    begins = wall_time(start)
    ends = (datetime.combine(date(2026, 1, 1), begins) + timedelta(minutes=lasts_min)).time()
    year = Span(instant(date(2026, 1, 1), time(0), place), instant(date(2027, 1, 1), time(0), place))
    spans = [span for span in Window(begins, ends).spans(year, place) if year.holds(span.start)]
    skipped = 1 if start == "02:00" and lasts_min == 60 and zone != "Australia/Lord_Howe" else 0  # an hour that is not
    assert len(spans) == 365 - skipped
    assert len({span.start.astimezone(place).date() for span in spans}) == len(spans)
    usual = [span for span in spans if span.hours == lasts_min / 60]
    assert len(usual) >= len(spans) - 4
    for before, after in pairwise(spans):
        assert before.end <= after.start


@pytest.mark.parametrize("zone", CHANGES)
def test_a_night_is_shorter_in_spring_and_longer_in_autumn(zone: str) -> None:
    place, (spring, autumn) = ZoneInfo(zone), CHANGES[zone]
    night = Window(time(0), time(6))
    moved_h = 0.5 if zone == "Australia/Lord_Howe" else 1.0
    assert night.span(spring, place).hours == 6 - moved_h
    assert night.span(autumn, place).hours == 6 + moved_h


def test_days_dates_and_exceptions() -> None:
    holiday, monday = date(2026, 12, 25), date(2026, 12, 28)  # a Friday, and a Monday
    window = Window(time(8), time(12), days={0}, dates={holiday}, but_not={monday})
    assert window.starts_on(holiday)
    assert not window.starts_on(monday)
    assert window.starts_on(date(2026, 12, 21))
    assert not window.starts_on(date(2026, 12, 22))


def test_windows_that_meet_are_one() -> None:
    within = Span(datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 6, 2, tzinfo=UTC))
    windows = [Window(time(22), time(0)), Window(time(0), time(6)), Window(time(12), time(13))]
    spans = joined(windows, within, UTC)
    assert [(f"{start:%d %H}", f"{end:%d %H}") for start, end in spans] == [
        ("01 00", "01 06"),
        ("01 12", "01 13"),
        ("01 22", "02 00"),
    ]


@pytest.mark.parametrize("text", ["24:00", "7", "", "22.00", "ten"])
def test_no_time_of_day(text: str) -> None:
    with pytest.raises(ValueError, match="22:00"):
        wall_time(text)
