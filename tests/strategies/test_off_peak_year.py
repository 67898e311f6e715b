"""A year of off-peak windows on the clocks of three places, beside a clock on the wall watched minute by minute."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, time, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.domain.calendar import Window
from controller.domain.demand import Demand
from controller.domain.horizon import EnergyLog, Horizon, Mark
from strategies.off_peak import OffPeak, OffPeakSettings
from tests.strategies.test_off_peak import situation
from tests.support.wall import Minutes, WallClock, named

# the clock goes forward on the first, and back on the second of each
CHANGES = {
    "Europe/Berlin": (date(2026, 3, 29), date(2026, 10, 25)),
    "America/New_York": (date(2026, 3, 8), date(2026, 11, 1)),
    "Australia/Lord_Howe": (date(2026, 10, 4), date(2026, 4, 5)),
}
EVERYWHERE = pytest.mark.parametrize("zone", CHANGES)
FREE = [date(2026, 1, 1), date(2026, 5, 1), date(2026, 12, 25)]
NEW_YEAR = date(2026, 1, 1)


@cache
def watched(zone: str, since: date, days: int) -> WallClock:
    return WallClock(ZoneInfo(zone), since - timedelta(days=3), days + 6)


def charging(clock: WallClock, windows: list[Window], since: date, days: int) -> list[Minutes]:
    """When a window is there, those that meet or overlap in one."""
    found: list[Minutes] = []
    for window in windows:
        for day in (since + timedelta(days=ahead) for ahead in range(days)):
            end_day = day if window.end > window.start else day + timedelta(days=1)
            if named(window, day) and (begun := clock.first(day, window.start)) < (
                ended := clock.first(end_day, window.end)
            ):
                found.append((begun, ended))
    joined: list[Minutes] = []
    for begun, ended in sorted(found):
        if joined and begun <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(ended, joined[-1][1]))
        else:
            joined.append((begun, ended))
    return joined


def is_as_watched(zone: str, windows: list[Window], since: date, days: int) -> int:
    """The strategy wants to charge when the clock says so, before, at and after each edge; returns how often.

    The first day is not judged: nobody has counted what reaches into it.
    """
    clock = watched(zone, since, days)
    spans = charging(clock, windows, since, days)
    begins = [begun for begun, _ in spans]
    table = {"then": "off", "windows": written(*windows), "holidays": FREE}
    strategy = OffPeak.from_settings(OffPeakSettings.model_validate(table))
    edges = {edge for span in spans for edge in span} | {clock.first(since, time()) + 720}
    judged = range(clock.first(since + timedelta(days=1), time()), clock.first(since + timedelta(days=days), time()))
    for index in sorted({edge + off for edge in edges for off in (-1, 0, 1, 45) if edge + off in judged}):
        at = bisect_right(begins, index) - 1
        expected = at >= 0 and index < spans[at][1]
        answer = strategy.demand(situation(clock.at(index).astimezone(clock.zone)))
        assert isinstance(answer, Demand)
        assert (answer.current_a == 16) is expected, clock.at(index)
    return len(spans)


def written(*windows: Window) -> list[dict[str, Any]]:
    """As `[strategy.off_peak]` has them; days by their names."""
    names = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    rows: list[dict[str, Any]] = []
    for one in windows:
        days = [names[day] for day in sorted(one.days)] + (["holiday"] if one.dates else [])
        always = len(days) == 7 and not one.but_not
        rows.append({"start": f"{one.start:%H:%M}", "end": f"{one.end:%H:%M}", **({} if always else {"days": days})})
    return rows


@EVERYWHERE
@pytest.mark.parametrize(
    ("windows", "times"),
    [
        ([Window(time(22), time(6))], 365),
        ([Window(time(2, 30), time(5))], 365),
        ([Window(time(1), time(2, 15)), Window(time(2, 15), time(4))], 365),
        ([Window(time(12), time(14), {5, 6}, (), FREE), Window(time(1), time(5), {0, 1, 2, 3, 4}, (), FREE)], 362),
        ([Window(time(0), time(0), (), FREE)], 3),
    ],
)  # fmt: skip
def test_in_a_year_no_window_is_missed_or_doubled(zone: str, windows: list[Window], times: int) -> None:
    found = is_as_watched(zone, windows, NEW_YEAR, 365)
    assert found == times


_CLOCK = st.builds(time, st.sampled_from([0, 1, 2, 3, 4, 12, 23]), st.sampled_from([0, 1, 15, 29, 30, 31, 59]))
_ONE = st.builds(
    Window,
    _CLOCK,
    _CLOCK,
    st.just(range(7)) | st.sets(st.integers(0, 6), min_size=1, max_size=5),
    st.just(()),
    st.just(FREE),
)


@EVERYWHERE
@pytest.mark.parametrize("change", [0, 1], ids=["forward", "back"])
@given(windows=st.lists(_ONE, min_size=1, max_size=3))
@settings(max_examples=20)
def test_on_the_days_around_a_clock_change(zone: str, change: int, windows: list[Window]) -> None:
    since = CHANGES[zone][change] - timedelta(days=3)
    is_as_watched(zone, windows, since, 6)


_TERMS = st.fixed_dictionaries({}, optional={"current_a": st.sampled_from([8, 12]), "energy_kwh": st.just(5.0)})
_OF_AN_EDGE = st.sampled_from([-1440, -1, 0, 1, 60])


@EVERYWHERE
@pytest.mark.parametrize("change", [0, 1], ids=["forward", "back"])
@given(
    windows=st.lists(_ONE, min_size=1, max_size=3),
    terms=st.tuples(_TERMS, _TERMS, _TERMS),
    looks=st.lists(st.tuples(st.integers(0, 12), _OF_AN_EDGE), min_size=3, max_size=20),
    got_wh=st.sampled_from([0.0, 9000.0]),
)
@settings(max_examples=15)
def test_what_was_looked_up_before_changes_no_answer(
    zone: str,
    change: int,
    windows: list[Window],
    terms: tuple[dict[str, Any], ...],
    looks: list[tuple[int, int]],
    got_wh: float,
) -> None:
    """Asked again and again, forward and back, it says what one says that was never asked before."""
    rows = [row | more for row, more in zip(written(*windows), terms, strict=False)]
    table = OffPeakSettings.model_validate({"then": "off", "windows": rows, "holidays": FREE})
    since = CHANGES[zone][change] - timedelta(days=3)
    clock = watched(zone, since, 6)
    edges = [edge for window in windows for span in charging(clock, [window], since, 6) for edge in span] or [1440]
    marks = (Mark(clock.at(0), 0.0), Mark(clock.at(8000), got_wh))
    strategy = OffPeak.from_settings(table)
    for number, minutes in looks:
        at = clock.at(edges[number % len(edges)] + minutes).astimezone(clock.zone)
        house = situation(at, Horizon(charged=EnergyLog(marks)))
        assert strategy.demand(house) == OffPeak.from_settings(table).demand(house)
