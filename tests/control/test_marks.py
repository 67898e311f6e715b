"""The marks of the car's energy: in order, never falling, whatever the clock does."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.control.marks import KEPT, Marks, first_mark, mark, marks_of
from controller.domain.horizon import EnergyLog
from controller.domain.quarter_hours import QUARTER, QuarterHour

NOON = datetime(2026, 6, 21, 12, tzinfo=UTC)
SECOND, HOUR = timedelta(seconds=1), timedelta(hours=1)


def charged(marks: Marks, since: datetime, seconds: int, power_w: float, wh: float = 0.0) -> tuple[Marks, float]:
    """Some seconds at a power, looked at every one of them."""
    for second in range(seconds):
        wh += power_w / 3600
        marks = mark(marks, since + second * SECOND, wh)
    return marks, wh


def test_energy_is_told_since_any_moment() -> None:
    marks, _ = charged(first_mark(NOON), NOON, 2 * 3600, 3600.0)
    log = marks.log
    assert log.since_wh(NOON) == pytest.approx(7200, abs=70)
    assert log.since_wh(NOON + HOUR) == pytest.approx(3600, abs=70)
    assert log.since_wh(NOON + 1.4 * HOUR) == pytest.approx(0.6 * 3600, abs=70)


def test_the_object_changes_once_a_minute_and_not_while_nothing_flows() -> None:
    marks, logs = first_mark(NOON), [EnergyLog()]
    for second in range(600):
        marks = mark(marks, NOON + second * SECOND, second * 2.0)
        if logs[-1] is not marks.log:
            logs.append(marks.log)
    assert len(logs) == 11
    idle = marks
    for minute in range(600):
        idle = mark(idle, NOON + timedelta(minutes=11 + minute), marks.log.marks[-1].wh)
    assert idle.log is marks.log


def test_a_quiet_night_is_not_smeared_over() -> None:
    marks, wh = charged(first_mark(NOON), NOON, 1800, 3600.0)
    marks, _ = charged(marks, NOON + 12 * HOUR, 1800, 3600.0, wh)
    assert marks.log.since_wh(NOON + 11.9 * HOUR) == pytest.approx(1800, abs=70)
    assert marks.log.since_wh(NOON + HOUR) == pytest.approx(1800, abs=130)


def test_a_clock_that_is_set_back_keeps_the_energy() -> None:
    marks, wh = charged(first_mark(NOON), NOON, 3600, 3600.0)
    marks, wh = charged(marks, NOON, 3600, 3600.0, wh)
    at = [one.at for one in marks.log.marks]
    assert at == sorted(set(at))
    assert marks.log.since_wh(NOON - HOUR) == pytest.approx(7200, abs=70)
    assert wh == pytest.approx(7200)


def test_a_clock_that_is_set_forward_a_day_and_back_again_keeps_the_energy() -> None:
    day = 24 * HOUR
    marks, wh = charged(first_mark(NOON), NOON, 1800, 3600.0)
    marks, wh = charged(marks, NOON + day, 1800, 3600.0, wh)
    assert marks.log.since_wh(NOON + day - HOUR) == pytest.approx(1800, abs=70)
    marks, wh = charged(marks, NOON + HOUR, 1800, 3600.0, wh)
    assert marks.log.marks[-1].at < NOON + 2 * HOUR
    assert marks.log.since_wh(NOON - HOUR) == pytest.approx(5400, abs=70)


def test_what_is_on_record_is_gone_on_with() -> None:
    past = [QuarterHour(NOON + index * QUARTER, 900.0, ev_wh=wh) for index, wh in enumerate((500.0, 0.0, 250.0))]
    now = NOON + 2.5 * QUARTER
    log = marks_of(past, now).log
    assert log.since_wh(NOON) == 750.0
    assert log.since_wh(NOON + QUARTER) == 250.0
    assert log.marks[-1].at == now


def test_marks_are_kept_for_nine_days() -> None:
    marks, wh = first_mark(NOON), 0.0
    for quarter in range(96 * 12):
        wh += 100
        marks = mark(marks, NOON + quarter * QUARTER, wh)
    assert len(marks.log.marks) <= 96 * 9 + 2
    assert marks.log.marks[0].at >= marks.log.marks[-1].at - KEPT - QUARTER
    old = [QuarterHour(NOON - KEPT - index * QUARTER, 900.0, ev_wh=9.0) for index in range(1, 50)]
    assert len(marks_of(old, NOON).log.marks) == 1


@given(
    st.lists(
        st.tuples(st.integers(-100_000, 100_000), st.integers(0, 200), st.floats(0, 22_000)), min_size=1, max_size=6
    )
)
@settings(max_examples=50)
def test_whatever_the_clock_does_marks_rise_and_nothing_is_lost(spells: list[tuple[int, int, float]]) -> None:
    now, marks, wh = NOON, first_mark(NOON), 0.0
    for jump_s, looks, power_w in spells:
        now += timedelta(seconds=jump_s)
        for _ in range(looks):
            now += timedelta(seconds=7)
            wh += power_w * 7 / 3600
            marks = mark(marks, now, wh)
            for before, after in pairwise(marks.log.marks[-4:]):
                assert before.at < after.at
                assert before.wh <= after.wh
    assert marks.log.marks[-1].wh <= wh + 1e-6
    assert wh - marks.log.marks[-1].wh <= 22_000 / 60 * 1.2
