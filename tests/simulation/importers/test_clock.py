"""Times: with offset, without, as numbers; both days of a clock change in two zones."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.simulation.importers import Reading
from controller.simulation.importers.clock import Clock
from controller.simulation.trace import TraceError

NOON_S = datetime(2026, 6, 21, 12, tzinfo=UTC).timestamp()
AUTUMN = {"Europe/Berlin": datetime(2026, 10, 25, tzinfo=UTC), "America/New_York": datetime(2026, 11, 1, 5, tzinfo=UTC)}
SPRING = {
    "Europe/Berlin": ("2026-03-29 01:59", "2026-03-29 03:00", "2026-03-29 02:30"),
    "America/New_York": ("2026-03-08 01:59", "2026-03-08 03:00", "2026-03-08 02:30"),
}


@pytest.mark.parametrize(
    "text",
    [
        "2026-06-21T12:00:00Z",
        "2026-06-21T14:00:00+02:00",
        "2026-06-21 14:00:00.000+02:00",
        "2026-06-21T12:00:00.000000000Z",
        f"{NOON_S:.0f}",
        f"{NOON_S:.3f}",
        f"{NOON_S * 1e3:.0f}",
        f"{NOON_S * 1e6:.0f}",
        f"{int(NOON_S) * 10**9}",
    ],
)
def test_instants(text: str) -> None:
    assert Clock(Reading()).seconds(text, "F.csv:2") == NOON_S


@pytest.mark.parametrize("text", ["2026-06-21 14:00", "2026-06-21T14:00:00", "21.06.2026 14:00", "21.6.2026, 14:00:00"])
def test_local_times(text: str) -> None:
    assert Clock(Reading(timezone="Europe/Berlin")).seconds(text, "F.csv:2") == NOON_S
    with pytest.raises(TraceError, match=r"F.csv:2: time .* has no offset; say --timezone"):
        Clock(Reading()).seconds(text, "F.csv:2")


def test_a_format_of_its_own() -> None:
    american = Reading(timezone="Europe/Berlin", time_format="%m/%d/%Y %I:%M %p")
    assert Clock(american).seconds("06/21/2026 02:00 PM", "F.csv:2") == NOON_S
    assert Clock(Reading(timezone="Europe/Berlin"), day_first=True).seconds("21/06/2026 14:00:00", "F.csv:2") == NOON_S


@pytest.mark.parametrize(
    "text", ["yesterday", "06/21/2026 14:00", "2026-13-01T00:00Z", "", "0001-01-01T00:00:00Z", "9999-01-01T00:00Z"]
)
def test_no_times(text: str) -> None:
    with pytest.raises(TraceError, match=r"^F.csv:2: "):
        Clock(Reading(timezone="Europe/Berlin")).seconds(text, "F.csv:2")


def test_hours_go_on_after_midnight() -> None:
    clock = Clock(Reading(timezone="UTC", date=date(2026, 6, 21)))
    assert clock.hours("23:59:50", "F.csv:1") + 20 == clock.hours("00:00:10", "F.csv:2")
    with pytest.raises(TraceError, match="say --date"):
        Clock(Reading(timezone="UTC")).hours("1205", "F.csv:1")
    with pytest.raises(TraceError, match="none like 1205"):
        clock.hours("2561", "F.csv:3")


@pytest.mark.parametrize("zone", AUTUMN)
@given(step_min=st.sampled_from([1, 5, 15, 30, 60]), down=st.booleans(), shift_min=st.integers(0, 14))
def test_the_order_tells_the_repeated_hour(zone: str, step_min: int, down: bool, shift_min: int) -> None:
    start = AUTUMN[zone] - timedelta(hours=3) + timedelta(minutes=shift_min)
    instants = [start + timedelta(minutes=step_min * index) for index in range(8 * 60 // step_min)]
    clock = Clock(Reading(timezone=zone))
    for instant in reversed(instants) if down else instants:
        wall = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        assert clock.seconds(f"{wall:%Y-%m-%d %H:%M}", "F.csv:2") == instant.timestamp()
    assert clock.doubled_hours == {start.date() if zone == "Europe/Berlin" else date(2026, 11, 1)} or start.hour > 20


@pytest.mark.parametrize("step_min", [1, 5, 10, 15])
def test_backwards_from_within_the_repeated_hour(step_min: int) -> None:
    start = AUTUMN["Europe/Berlin"] + timedelta(minutes=30)  # 02:30, the first time
    clock = Clock(Reading(timezone="Europe/Berlin"))
    for index in range(90 // step_min):
        instant = start - timedelta(minutes=step_min * index)
        wall = instant.astimezone(ZoneInfo("Europe/Berlin")).replace(tzinfo=None)
        assert clock.seconds(f"{wall:%Y-%m-%d %H:%M}", "F.csv:2") == instant.timestamp()
    assert clock.doubled_hours == set()


@pytest.mark.parametrize("minutes_after", [1, 30, 59])
def test_backwards_from_just_after_the_repeated_hour(minutes_after: int) -> None:
    start = AUTUMN["Europe/Berlin"] + timedelta(hours=2, minutes=minutes_after)
    clock = Clock(Reading(timezone="Europe/Berlin"))
    for index in range(12):
        instant = start - timedelta(minutes=15 * index)
        wall = instant.astimezone(ZoneInfo("Europe/Berlin")).replace(tzinfo=None)
        assert clock.seconds(f"{wall:%Y-%m-%d %H:%M}", "F.csv:2") == instant.timestamp()


@pytest.mark.parametrize("zone", SPRING)
def test_the_hour_that_spring_leaves_out(zone: str) -> None:
    before, after, never = SPRING[zone]
    clock = Clock(Reading(timezone=zone))
    assert clock.seconds(after, "F.csv:3") - clock.seconds(before, "F.csv:2") == 60
    with pytest.raises(TraceError, match=f"F.csv:4: '{never}' does not exist in {zone}: .* --timezone Etc/GMT-1"):
        clock.seconds(never, "F.csv:4")


def test_a_repeated_hour_out_of_order_is_refused() -> None:
    clock = Clock(Reading(timezone="Europe/Berlin"))
    for minute in (0, 20, 10, 30):
        clock.seconds(f"2026-10-25 02:{minute:02}", "F.csv:2")
    with pytest.raises(TraceError, match=r"F.csv:6: the rows of the hour that the clock repeats are not in order"):
        clock.seconds("2026-10-25 02:20", "F.csv:6")
