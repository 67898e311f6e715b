"""Off-peak: windows across midnight, days and holidays, energy, both days of a clock change."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from controller.domain.calendar import Window
from controller.domain.demand import Defer, Demand, Scheduled, Situation
from controller.domain.horizon import NOTHING_KNOWN, EnergyLog, Horizon, Mark
from controller.domain.readings import House
from strategies.off_peak import OffPeak, OffPeakSettings

BERLIN = ZoneInfo("Europe/Berlin")


def situation(local: datetime, horizon: Horizon = NOTHING_KNOWN) -> Situation:
    return Situation(
        local_time=local,
        house=House(grid_w=0, grid_age_s=0),
        grid_w=0,
        ev_w=0,
        charging=False,
        min_current_a=6,
        max_current_a=16,
        phases=3,
        voltage_v=230,
        horizon=horizon,
    )


def ask(local: datetime, horizon: Horizon = NOTHING_KNOWN, **settings: Any) -> Demand | Defer:
    return OffPeak.from_settings(OffPeakSettings.model_validate(settings)).demand(situation(local, horizon))


def says(local: datetime, **settings: Any) -> str:
    answer = ask(local, **settings)
    assert isinstance(answer, Demand)
    return str(answer.reason)


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
    assert ask(noon, then="fixed") == Defer(to="fixed")
    assert says(noon, then="off", windows=[{"start": "22:00", "end": "06:00"}]) == (
        "outside the off-peak windows, next one Tue 22:00"
    )
    assert says(noon, then="off", windows=[{"start": "22:00", "end": "06:00", "days": ["mon"]}]) == (
        "outside the off-peak windows, next one Mon 2026-11-30 22:00"
    )


def test_inside_it_names_the_end() -> None:
    answer = ask(datetime(2026, 11, 24, 23, tzinfo=BERLIN))
    assert isinstance(answer, Demand)
    assert str(answer.reason) == "off-peak window until 06:00"
    assert answer.current_a == 16


@pytest.mark.parametrize(
    ("local", "window", "sentence"),
    [
        # from Friday to Sunday without a gap; 25 October 2026 has 02:00 to 03:00 twice
        ((2026, 10, 23, 12), {"start": "00:00", "end": "00:00", "days": ["fri", "sat"]},
         "window until Sun 2026-10-25 00:00"),
        ((2026, 10, 24, 12), {"start": "00:00", "end": "00:00", "days": ["fri", "sat"]}, "window until 00:00"),
        ((2026, 10, 25, 1), {"start": "22:00", "end": "02:30"}, "window until 02:30 CEST"),
        ((2026, 10, 25, 1), {"start": "02:30", "end": "05:00"}, "windows, next one Sun 02:30 CEST"),
        ((2026, 10, 25, 1), {"start": "23:00", "end": "00:30"}, "windows, next one Sun 23:00"),
        ((2026, 3, 29, 1), {"start": "02:30", "end": "05:00"}, "windows, next one Sun 03:00"),  # never shown
        ((2026, 3, 29, 1), {"start": "00:30", "end": "02:30"}, "window until 03:00"),
        ((2026, 3, 28, 23), {"start": "02:00", "end": "03:00"}, "windows, next one Mon 2026-03-30 02:00"),
    ],
)  # fmt: skip
def test_the_moments_it_names(local: tuple[int, int, int, int], window: dict[str, Any], sentence: str) -> None:
    assert says(datetime(*local, tzinfo=BERLIN), then="off", windows=[window]).endswith(sentence)


def test_the_second_pass_of_an_hour_is_another_hour() -> None:
    table: dict[str, Any] = {"then": "off", "windows": [{"start": "02:10", "end": "02:40"}]}
    first = datetime(2026, 10, 25, 2, 20, tzinfo=BERLIN)
    assert says(first, **table) == "off-peak window until 02:40 CEST"
    assert says(first.replace(fold=1), **table) == "outside the off-peak windows, next one Mon 02:10"
    strategy = OffPeak.from_settings(OffPeakSettings.model_validate(table))
    told = [strategy.demand(situation(local)) for local in (first, first.replace(fold=1), first)]
    assert [one.current_a for one in told if isinstance(one, Demand)] == [16, 0, 16]


def test_in_the_second_pass_a_window_that_began_in_the_first_goes_on() -> None:
    second = datetime(2026, 10, 25, 2, 40, fold=1, tzinfo=BERLIN)
    assert charges(second, start="02:45", end="05:00")
    assert not charges(second.replace(fold=0), start="02:45", end="05:00")


HOLIDAYS: dict[str, Any] = {"holidays": ["2026-12-25", "2026-12-26"], "then": "off"}  # a Friday and a Saturday


@pytest.mark.parametrize(
    ("days", "inside"),
    [
        (None, [True] * 5),
        (["fri", "sat", "sun"], [False, False, False, True, False]),
        (["fri", "holiday"], [False, True, True, False, False]),
        (["holiday"], [False, True, True, False, False]),
        (["mon", "tue", "wed", "thu"], [True, False, False, False, True]),
    ],
)
def test_a_holiday_is_a_day_of_its_own_kind(days: list[str] | None, inside: list[bool]) -> None:
    """From Thursday the 24th to Monday the 28th."""
    window = {"start": "10:00", "end": "14:00", **({} if days is None else {"days": days})}
    noons = [datetime(2026, 12, day, 12, tzinfo=BERLIN) for day in range(24, 29)]
    found = [ask(noon, windows=[window], **HOLIDAYS) for noon in noons]
    assert [isinstance(one, Demand) and one.current_a == 16 for one in found] == inside


def test_a_holidays_night_belongs_to_it() -> None:
    table = {**HOLIDAYS, "windows": [{"start": "22:00", "end": "06:00", "days": ["holiday"]}]}
    assert says(datetime(2026, 12, 27, 5, tzinfo=BERLIN), **table) == "off-peak window until 06:00"
    assert "next one Fri 22:00" in says(datetime(2026, 12, 25, 5, tzinfo=BERLIN), **table)
    assert "next one Fri 2026-12-25 22:00" in says(datetime(2026, 5, 1, 5, tzinfo=BERLIN), **table)
    assert "next one not within a year" in says(datetime(2026, 12, 27, 6, tzinfo=BERLIN), **table)


def test_where_windows_overlap_the_highest_current_counts() -> None:
    windows = [{"start": "22:00", "end": "06:00"}, {"start": "01:00", "end": "03:00", "current_a": 13}]
    table: dict[str, Any] = {"windows": windows, "current_a": 8}
    for hour, expected in ((0, 8), (1, 13), (2, 13), (3, 8), (5, 8)):
        answer = ask(datetime(2026, 11, 24, hour, tzinfo=BERLIN), **table)
        assert isinstance(answer, Demand)
        assert (answer.current_a, str(answer.reason)) == (expected, "off-peak window until 06:00")


def charged(since: datetime, wh: float) -> Horizon:
    """The car got nothing before `since`, and `wh` afterwards."""
    marks = (Mark(since - timedelta(hours=9), 0.0), Mark(since, 0.0), Mark(since + timedelta(hours=1), wh))
    return Horizon(charged=EnergyLog(marks))


@pytest.mark.parametrize(
    ("got_wh", "then", "expected"),
    [
        (0.0, "off", "off-peak window until 06:00, 0.0 kWh of 10.0 kWh"),
        (9400.0, "off", "off-peak window until 06:00, 9.4 kWh of 10.0 kWh"),
        (10_000.0, "off", "the car has got the 10.0 kWh of this off-peak window, next one Tue 22:00"),
        (10_000.0, "surplus", Defer(to="surplus")),
        (9999.0, "surplus", "off-peak window until 06:00, 10.0 kWh of 10.0 kWh"),
    ],
)
def test_a_window_ends_with_its_energy(got_wh: float, then: str, expected: object) -> None:
    begun = datetime(2026, 11, 23, 22, tzinfo=BERLIN)
    now = datetime(2026, 11, 24, 0, 30, tzinfo=BERLIN)
    table: dict[str, Any] = {"windows": [{"start": "22:00", "end": "06:00"}], "energy_kwh": 10, "then": then}
    answer = ask(now, horizon=charged(begun, got_wh), **table)
    assert (str(answer.reason) if isinstance(answer, Demand) else answer) == expected


def test_an_occurrence_counts_from_its_own_start() -> None:
    """What the last night brought is no part of this one; two windows that meet are two."""
    windows = [{"start": "22:00", "end": "02:00", "energy_kwh": 5}, {"start": "02:00", "end": "06:00", "energy_kwh": 3}]
    horizon = charged(datetime(2026, 11, 24, 0, tzinfo=BERLIN), 5000.0)
    told = {
        hour: says(datetime(2026, 11, 24, hour, 30, tzinfo=BERLIN), windows=windows, then="off", horizon=horizon)
        for hour in (1, 2, 22)
    }
    assert told == {
        1: "the car has got the 5.0 kWh of this off-peak window, next one Tue 02:00",
        2: "off-peak window until 06:00, 0.0 kWh of 3.0 kWh",
        22: "off-peak window until 02:00, 0.0 kWh of 5.0 kWh",
    }


def test_a_slower_window_without_an_end_goes_on_when_the_energy_is_reached() -> None:
    """And `energy_kwh = 0` takes the table's limit from a window."""
    windows = [
        {"start": "22:00", "end": "04:00", "current_a": 16},
        {"start": "23:00", "end": "06:00", "current_a": 8, "energy_kwh": 0},
    ]
    begun, now = datetime(2026, 11, 23, 22, tzinfo=BERLIN), datetime(2026, 11, 24, 1, tzinfo=BERLIN)
    for got_wh, current_a, sentence in (
        (5000.0, 16, "off-peak window until 04:00, 5.0 kWh of 7.0 kWh"),
        (7000.0, 8, "off-peak window until 06:00"),
    ):
        answer = ask(now, horizon=charged(begun, got_wh), windows=windows, energy_kwh=7)
        assert isinstance(answer, Demand)
        assert (answer.current_a, str(answer.reason)) == (current_a, sentence)


@pytest.mark.parametrize(("limited_a", "says"), [(8, "until 06:00"), (13, "until 06:00"), (16, "0.0 kWh of 5.0 kWh")])
def test_a_slower_window_with_a_limit_is_no_reason_where_a_faster_one_has_none(limited_a: int, says: str) -> None:
    windows = [
        {"start": "22:00", "end": "05:00", "current_a": limited_a, "energy_kwh": 5},
        {"start": "22:00", "end": "06:00", "current_a": 13},
    ]
    answer = ask(datetime(2026, 11, 24, 1, tzinfo=BERLIN), windows=windows)
    assert isinstance(answer, Demand)
    assert answer.current_a == max(13, limited_a)
    assert str(answer.reason).endswith(says)


def test_the_same_stretch_is_looked_up_once(monkeypatch: pytest.MonkeyPatch) -> None:
    looked_up: list[datetime] = []
    look_up = OffPeak._look_up

    def count(self: OffPeak, local: datetime) -> Any:
        looked_up.append(local)
        return look_up(self, local)

    monkeypatch.setattr(OffPeak, "_look_up", count)
    strategy = OffPeak.from_settings(OffPeakSettings())
    start = datetime(2026, 11, 24, 12, tzinfo=UTC)
    for second in range(0, 86_400, 10):
        strategy.demand(situation((start + timedelta(seconds=second)).astimezone(BERLIN)))
    assert [f"{local:%H:%M}" for local in looked_up] == ["13:00", "22:00", "00:00", "06:00"]


def test_a_moment_is_told_anew_when_it_comes_nearer() -> None:
    windows = [{"start": "00:00", "end": "00:00", "days": ["fri", "sat"]}, {"start": "00:00", "end": "06:00"}]
    strategy = OffPeak.from_settings(OffPeakSettings.model_validate({"windows": windows}))
    told = []
    for day, hour in ((27, 23), (28, 5), (28, 6), (28, 7)):  # from Friday on
        answer = strategy.demand(situation(datetime(2026, 11, day, hour, tzinfo=BERLIN)))
        assert isinstance(answer, Demand)
        told.append(str(answer.reason).removeprefix("off-peak window until "))
    assert told == ["Sun 2026-11-29 06:00", "Sun 06:00", "06:00", "06:00"]


def test_what_it_tells_of_its_windows() -> None:
    assert isinstance(OffPeak(OffPeakSettings()), Scheduled)
    for then, only in (("off", True), ("surplus", False)):
        strategy = OffPeak.from_settings(OffPeakSettings(then=then))
        assert strategy.windows == (Window(time(22), time(6)),)
        assert strategy.windows_only is only


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"holidays": ["25.12.2026"]}, 'a date like "2026-12-25" is expected'),
        ({"holidays": ["2026-W52-5"]}, 'a date like "2026-12-25" is expected'),
        ({"holidays": [datetime(2026, 12, 25, tzinfo=UTC)]}, 'a date like "2026-12-25" is expected'),
        ({"windows": [{"start": "1:00", "end": "2:00", "days": ["holiday"]}]}, "holidays names none"),
        ({"windows": [{"start": "1:00", "end": "2:00", "days": []}]}, "at least 1"),
        ({"windows": [{"start": "1:00", "end": "2:00", "current_a": 5}]}, "greater than or equal to 6"),
        ({"energy_kwh": -1}, "greater than or equal to 0"),
        ({"then": ""}, "at least 1"),
    ],
)
def test_what_is_refused(settings: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValidationError, match=complaint):
        OffPeakSettings.model_validate(settings)


def test_a_holiday_may_be_a_date_of_toml() -> None:
    assert OffPeakSettings.model_validate({"holidays": [date(2026, 12, 25)]}) == OffPeakSettings.model_validate(
        {"holidays": ["2026-12-25"]}
    )
