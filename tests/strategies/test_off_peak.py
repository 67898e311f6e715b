"""Off-peak: windows across midnight, weekdays, both days of a clock change."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from controller.domain.demand import Defer, Demand, Situation
from controller.domain.readings import House
from strategies.off_peak import OffPeak, OffPeakSettings

BERLIN = ZoneInfo("Europe/Berlin")


def ask(local: datetime, **settings: Any) -> Demand | Defer:
    situation = Situation(
        local_time=local,
        house=House(grid_w=0, grid_age_s=0),
        grid_w=0,
        ev_w=0,
        charging=False,
        min_current_a=6,
        max_current_a=16,
        phases=3,
        voltage_v=230,
    )
    return OffPeak.from_settings(OffPeakSettings.model_validate(settings)).demand(situation)


def charges(local: datetime, **window: Any) -> bool:
    answer = ask(local, windows=[window], then="off", current_a=13)
    assert isinstance(answer, Demand)
    assert answer.current_a in (0, 13)
    return answer.current_a == 13


@pytest.mark.parametrize(
    ("day", "clock", "inside"),
    [
        (23, "21:59", False),
        (23, "22:00", True),
        (23, "23:59", True),
        (24, "00:00", True),
        (24, "05:59", True),
        (24, "06:00", False),
        (24, "12:00", False),
    ],
)
def test_across_midnight(day: int, clock: str, inside: bool) -> None:
    hour, minute = map(int, clock.split(":"))
    local = datetime(2026, 11, day, hour, minute, tzinfo=BERLIN)
    assert charges(local, start="22:00", end="06:00") is inside


@pytest.mark.parametrize(
    ("day", "hour", "inside"),
    [(27, 23, True), (28, 5, True), (28, 23, False), (29, 5, False), (27, 5, False)],  # the 27th is a Friday
)
def test_a_window_belongs_to_the_day_it_starts_on(day: int, hour: int, inside: bool) -> None:
    local = datetime(2026, 11, day, hour, tzinfo=BERLIN)
    assert charges(local, start="22:00", end="06:00", days=["fri"]) is inside


@pytest.mark.parametrize("clock", [(0, 0), (12, 0), (23, 59)])
def test_the_same_start_and_end_are_the_whole_day(clock: tuple[int, int]) -> None:
    assert charges(datetime(2026, 11, 24, *clock, tzinfo=BERLIN), start="00:00", end="00:00")


@pytest.mark.parametrize(
    ("utc", "inside"),
    [
        # 29 March 2026: 02:00 to 03:00 does not exist; the window 01:30 to 03:30 lasts one hour
        (datetime(2026, 3, 29, 0, 29, tzinfo=UTC), False),
        (datetime(2026, 3, 29, 0, 30, tzinfo=UTC), True),
        (datetime(2026, 3, 29, 1, 0, tzinfo=UTC), True),
        (datetime(2026, 3, 29, 1, 29, tzinfo=UTC), True),
        (datetime(2026, 3, 29, 1, 30, tzinfo=UTC), False),
        # 25 October 2026: 02:00 to 03:00 comes twice; the same window lasts three hours
        (datetime(2026, 10, 24, 23, 29, tzinfo=UTC), False),
        (datetime(2026, 10, 24, 23, 30, tzinfo=UTC), True),
        (datetime(2026, 10, 25, 0, 30, tzinfo=UTC), True),
        (datetime(2026, 10, 25, 1, 30, tzinfo=UTC), True),
        (datetime(2026, 10, 25, 2, 29, tzinfo=UTC), True),
        (datetime(2026, 10, 25, 2, 30, tzinfo=UTC), False),
    ],
)
def test_both_days_of_a_clock_change(utc: datetime, inside: bool) -> None:
    assert charges(utc.astimezone(BERLIN), start="01:30", end="03:30") is inside


def test_outside_it_defers_to_the_sun_or_names_the_next_window() -> None:
    noon = datetime(2026, 11, 24, 12, tzinfo=BERLIN)
    assert ask(noon) == Defer(to="surplus")
    answer = ask(noon, then="off", windows=[{"start": "22:00", "end": "06:00", "days": ["mon"]}])
    assert isinstance(answer, Demand)
    assert str(answer.reason) == "outside the off-peak windows, next one Mon 22:00"


def test_inside_it_names_the_end() -> None:
    answer = ask(datetime(2026, 11, 24, 23, tzinfo=BERLIN))
    assert isinstance(answer, Demand)
    assert str(answer.reason) == "off-peak window until 06:00"
    assert answer.current_a == 16


def test_the_next_start_today_counts_only_if_it_is_still_to_come() -> None:
    window = OffPeakSettings().windows[0]
    before = datetime(2026, 11, 24, 21, tzinfo=BERLIN)
    after = datetime(2026, 11, 24, 22, 1, tzinfo=BERLIN)
    assert window.next_start(before) == datetime(2026, 11, 24, 22, tzinfo=BERLIN)
    assert window.next_start(after) == datetime(2026, 11, 25, 22, tzinfo=BERLIN)
