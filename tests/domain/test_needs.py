"""What has to be there by when, and what counts for it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from controller.domain.horizon import EnergyLog, Mark
from controller.domain.needs import Need, due, in_order, shortfall

MONDAY = datetime(2026, 11, 23, 6, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = 24 * HOUR
FULL_W = 10_000.0
WEEK = [Need(MONDAY + n * DAY, 12_000) for n in range(-3, 4)]


def log(*charged: tuple[datetime, float]) -> EnergyLog:
    """Of energies (Wh) in the hour that follows each moment."""
    marks, wh = [], 0.0
    for start, more_wh in charged:
        marks += [Mark(start, wh), Mark(start + HOUR, wh + more_wh)]
        wh += more_wh
    return EnergyLog(tuple(marks))


def test_what_counts_is_charged_since_the_deadline_before() -> None:
    charged = log((MONDAY - 30 * HOUR, 9_000), (MONDAY - 5 * HOUR, 4_000))
    found = due(WEEK, MONDAY - HOUR, charged, None, FULL_W)
    assert found is not None
    assert found == (MONDAY, 12_000, 4_000, 0)
    assert found.missing_wh == 8_000


def test_a_car_that_has_come_back_since_starts_anew() -> None:
    charged = log((MONDAY - 9 * HOUR, 4_000), (MONDAY - 5 * HOUR, 1_000))
    found = due(WEEK, MONDAY - HOUR, charged, MONDAY - 7 * HOUR, FULL_W)
    assert found is not None
    assert found.got_wh == 1_000
    long_there = due(WEEK, MONDAY - HOUR, charged, MONDAY - 7 * DAY, FULL_W)
    assert long_there is not None
    assert long_there.got_wh == 5_000


def test_at_the_deadline_the_next_one_begins() -> None:
    found = due(WEEK, MONDAY, log((MONDAY - 5 * HOUR, 30_000)), None, FULL_W)
    assert found == (MONDAY + DAY, 12_000, 0, 0)


def test_a_later_deadline_that_has_too_little_time_binds_the_earlier_one() -> None:
    close = [Need(MONDAY, 12_000), Need(MONDAY + HOUR, 30_000)]
    before = due(close, MONDAY - 9 * HOUR, EnergyLog(), None, FULL_W)
    assert before is not None
    assert before == (MONDAY, 12_000, 0, 20_000)
    assert before.missing_wh == 32_000
    charged = log(*((MONDAY - n * HOUR, 8_000) for n in (4, 3, 2, 1)))
    after = due(close, MONDAY + timedelta(minutes=1), charged, None, FULL_W)
    assert after == (MONDAY + HOUR, 30_000, 20_000, 0)


def test_no_more_is_carried_over_than_was_meant_to_be() -> None:
    close = [Need(MONDAY, 12_000), Need(MONDAY + HOUR, 30_000)]
    charged = log(*((MONDAY - n * HOUR, 10_000) for n in (5, 4, 3, 2, 1)))
    found = due(close, MONDAY + timedelta(minutes=1), charged, None, FULL_W)
    assert found is not None
    assert found.got_wh == 20_000


def test_a_first_deadline_counts_from_a_day_before() -> None:
    charged = log((MONDAY - 40 * HOUR, 9_000), (MONDAY - 20 * HOUR, 2_000))
    found = due([Need(MONDAY, 12_000)], MONDAY - HOUR, charged, None, FULL_W)
    assert found is not None
    assert found.got_wh == 2_000


def test_a_first_deadline_counts_from_when_the_car_came_where_that_is_known() -> None:
    charged = log((MONDAY - 40 * HOUR, 9_000), (MONDAY - 20 * HOUR, 2_000))
    found = due([Need(MONDAY, 12_000)], MONDAY - HOUR, charged, MONDAY - 50 * HOUR, FULL_W)
    assert found is not None
    assert found.got_wh == 11_000


def test_after_the_last_deadline_there_is_none() -> None:
    assert due([Need(MONDAY, 12_000)], MONDAY, EnergyLog(), None, FULL_W) is None


@pytest.mark.parametrize(
    ("hours_left", "got_wh", "lacks_wh"), [(2, 0, None), (1, 0, 2_000), (1, 5_000, None), (0.5, 5_000, 2_000)]
)
def test_what_cannot_be_made_is_known(hours_left: float, got_wh: float, lacks_wh: float | None) -> None:
    found = shortfall([Need(MONDAY, 12_000)], MONDAY - hours_left * HOUR, got_wh, FULL_W)
    assert found == (None if lacks_wh is None else (Need(MONDAY, 12_000), lacks_wh))


def test_a_later_deadline_that_cannot_be_made_is_known_as_early() -> None:
    close = [Need(MONDAY, 12_000), Need(MONDAY + HOUR, 30_000)]
    assert shortfall(close, MONDAY - 4 * HOUR, 0, FULL_W) is None
    assert shortfall(close, MONDAY - 3 * HOUR, 0, FULL_W) == (close[1], 2_000)
    assert shortfall(close, MONDAY - 3 * HOUR, 12_000, FULL_W) is None


def test_energy_that_is_not_carried_over_does_not_count_later() -> None:
    apart = [Need(MONDAY, 5_000), Need(MONDAY + 2 * HOUR, 25_000)]
    assert shortfall(apart, MONDAY - timedelta(minutes=6), 60_000, FULL_W) is None
    assert shortfall(apart, MONDAY - timedelta(minutes=6), 5_000, FULL_W) == (apart[1], 4_000)


def test_where_what_is_left_counts_it_is_there_for_the_next() -> None:
    def got(charged: EnergyLog) -> float:
        before = Need(MONDAY - 4 * DAY, 12_000)
        found = due([before, *WEEK], MONDAY - HOUR, charged, MONDAY - 2 * HOUR, FULL_W, leftover_counts=True)
        assert found is not None
        return found.got_wh

    friday, saturday, sunday = (MONDAY - n * DAY - 5 * HOUR for n in (3, 2, 1))
    assert got(log((friday, 30_000))) == 0  # three times 12 kWh have been driven since
    assert got(log((friday, 50_000))) == 50_000 - 3 * 12_000
    assert got(log((saturday, 50_000))) == 50_000 - 2 * 12_000
    assert got(log((friday, 5_000), (sunday, 14_000))) == 2_000  # what a drive lacked nobody owes
    assert got(log((sunday, 20_000), (MONDAY - 5 * HOUR, 1_000))) == 9_000


def test_what_one_that_is_forgotten_has_taken_is_not_left() -> None:
    morning, evening = Need(MONDAY, 10_000), Need(MONDAY + 10 * HOUR, 5_000)
    following = Need(MONDAY + DAY, 10_000)
    charged = log((MONDAY - 5 * HOUR, 10_000), (MONDAY + 5 * HOUR, 5_000))
    for known in ([morning, evening, following], [evening, following]):
        found = due(known, MONDAY + 12 * HOUR, charged, None, FULL_W, leftover_counts=True)
        assert found is not None
        assert found.got_wh == 0


def test_what_is_left_is_no_shortfall_of_the_next() -> None:
    apart = [Need(MONDAY, 5_000), Need(MONDAY + 2 * HOUR, 25_000)]
    assert shortfall(apart, MONDAY - timedelta(minutes=6), 9_000, FULL_W, leftover_counts=True) is None
    assert shortfall(apart, MONDAY, 0, FULL_W, leftover_counts=True) == (apart[1], 5_000)


def test_of_two_for_the_same_moment_the_larger_counts() -> None:
    assert in_order([Need(MONDAY + DAY, 5.0), Need(MONDAY, 8.0), Need(MONDAY, 30.0), Need(MONDAY, 9.0)]) == [
        Need(MONDAY, 30.0),
        Need(MONDAY + DAY, 5.0),
    ]
