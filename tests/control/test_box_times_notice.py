"""The box's own hours, told once a change."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest
from structlog.testing import capture_logs

from controller.control.box_times_notice import BoxTimesNotice, charging_windows
from controller.domain.box_times import BoxTimes, Period, Reading
from controller.domain.charger import PowerSettings
from strategies.off_peak import OffPeak, OffPeakSettings
from tests.support.houses import Wants, core

NIGHT = OffPeak(OffPeakSettings(then="off"))
HELD = BoxTimes(enabled=True, weekends=True, periods=(Period(time(8), time(11)),))


def test_once_a_change() -> None:
    notice = BoxTimesNotice(core(NIGHT))
    power = PowerSettings(taken_at_s=1.0, limit_a=16, times=HELD)
    later = replace(HELD, delay_s=60)
    with capture_logs() as logs:
        for look in (None, power, power, replace(power, limit_a=10), None, replace(power, times=later)):
            notice.look(look)
        assert [entry["event"] for entry in logs] == ["box_keeps_its_own_hours"] * 3
        notice.look(replace(power, times=BoxTimes(enabled=False)))
        notice.look(replace(power, times=None))
    assert [entry["event"] for entry in logs[3:]] == ["box_keeps_no_hours_in_the_way"]
    assert {entry["log_level"] for entry in logs} == {"warning", "info"}


@pytest.mark.parametrize(("sense", "told"), [(None, 1), (Reading.ALLOWED, 0), (Reading.HELD, 1)])
def test_once_the_sense_is_known_what_is_right_is_not_warned_of(sense: Reading | None, told: int) -> None:
    as_ours = BoxTimes(enabled=True, weekends=True, periods=(Period(time(22), time(6)),))
    with capture_logs() as logs:
        BoxTimesNotice(core(NIGHT, off_peak_sense=sense)).look(PowerSettings(taken_at_s=1.0, limit_a=16, times=as_ours))
    assert len(logs) == told


def test_nothing_is_told_of_a_box_that_keeps_none() -> None:
    with capture_logs() as logs:
        BoxTimesNotice(core(NIGHT)).look(PowerSettings(taken_at_s=1.0, limit_a=16, times=replace(HELD, enabled=False)))
    assert logs == []


class Broken(Wants):
    """A third party's, whose windows cannot be had."""

    windows_only = True

    @property
    def windows(self) -> object:
        raise ZeroDivisionError


def test_whose_windows_count() -> None:
    assert charging_windows(NIGHT) == NIGHT.windows
    assert charging_windows(OffPeak(OffPeakSettings())) is None  # the sun may shine at any time
    assert charging_windows(Wants(6)) is None
    with capture_logs() as logs:
        assert charging_windows(Broken(6)) is None
    assert [entry["event"] for entry in logs] == ["strategy_windows_not_told"]


@pytest.mark.parametrize("strategy", [Wants(6), NIGHT])
def test_a_site_of_any_strategy_has_one(strategy: Wants | OffPeak) -> None:
    with capture_logs() as logs:
        BoxTimesNotice(core(strategy)).look(PowerSettings(taken_at_s=1.0, limit_a=16, times=HELD))
    assert [entry["event"] for entry in logs] == ["box_keeps_its_own_hours"]


def test_another_strategy_is_compared_anew() -> None:
    notice, power = BoxTimesNotice(core(NIGHT)), PowerSettings(taken_at_s=1.0, limit_a=16, times=HELD)
    with capture_logs() as logs:
        notice.look(power)
        notice.follow(core(NIGHT))
        notice.look(power)
        told = len(logs)
        notice.follow(core(Wants(0)))
        notice.look(power)
    assert told == len([entry for entry in logs[:told] if entry["event"] == "box_keeps_its_own_hours"]) > 0
    assert len(logs) > told
