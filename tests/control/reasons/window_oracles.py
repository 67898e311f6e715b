"""What the reasons of off-peak windows claim, counted on a clock on the wall."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, time
from functools import cache

from controller.domain.calendar import Window
from controller.domain.moment import Moment
from controller.domain.reasons import Reason, ReasonCode
from strategies.off_peak import OffPeak, OffPeakSettings
from tests.control.reasons.lives import ZONE, Look
from tests.control.reasons.oracles import command, oracle, outermost
from tests.support.wall import Minutes, WallClock

_WEEK_MIN = 7 * 1440
Table = list[tuple[Window, float]]
"""Windows with the energy of each, Wh; 0 is without an end."""


@cache
def clock() -> WallClock:
    return WallClock(ZONE, date(2026, 10, 20), 30)


def off_peak(look: Look) -> OffPeakSettings:
    strategy = look.settings.strategies["it"]
    assert isinstance(strategy, OffPeak)
    return strategy._settings


def table(settings: OffPeakSettings) -> Table:
    """The windows as they are written, days and holidays by name."""
    found: Table = []
    for one in settings.windows:
        holidays = set(settings.holidays) if one.days is not None else set()
        week = {
            ("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(day) for day in one.days or () if day != "holiday"
        }
        free = one.days is not None and "holiday" in one.days
        window = Window(
            time.fromisoformat(one.start),
            time.fromisoformat(one.end),
            range(7) if one.days is None else week,
            holidays if free else (),
            () if free else holidays,
        )
        energy_kwh = settings.energy_kwh if one.energy_kwh is None else one.energy_kwh
        found.append((window, energy_kwh * 1000))
    return found


def covering(windows: Iterable[Window], index: int) -> list[Minutes]:
    found = (one for window in windows for one in clock().occurrences(window, index))
    return [(since, before) for since, before in found if since <= index < before]


def end_of(windows: list[Window], index: int) -> int | None:
    """When the last of those that meet or overlap is over; None where a week does not bring it."""
    end = index
    while ends := [before for _, before in covering(windows, end)]:
        end = max(ends)
        if end - index >= _WEEK_MIN:
            return None
    return end


def tells(moment: object, look: Look, index: int) -> None:
    """The moment is that minute, told as exactly as it takes."""
    assert isinstance(moment, Moment)
    assert clock().index(moment.at) == index
    assert moment.at.timestamp() % 60 == 0
    now = look.snapshot.now.astimezone(ZONE)
    assert moment.within_a_day is (moment.at.timestamp() - now.timestamp() <= 86_400)
    assert moment.near is (moment.at.toordinal() - now.toordinal() <= 1)


def is_next(look: Look, reason: Reason, windows: list[Window]) -> None:
    now = clock().index(look.snapshot.now)
    starts = [since for window in windows for since, _ in clock().occurrences(window, now, days=9) if since > now]
    tells(reason.values["next"], look, min(starts))
    assert not outermost(look, reason) or not command(look).charging


def got_wh(look: Look, since: int) -> float:
    """Of a log with two marks."""
    (begun, _), (ended, whole_wh) = look.snapshot.horizon.charged.marks
    gone = (clock().at(since) - begun) / (ended - begun)
    return whole_wh * (1 - min(1.0, max(0.0, gone)))


@oracle(ReasonCode.WINDOW)
def window(look: Look, reason: Reason) -> None:
    now = clock().index(look.snapshot.now)
    endless = [window for window, energy_wh in table(off_peak(look)) if energy_wh == 0]
    assert covering(endless, now)
    if (end := end_of(endless, now)) is None:
        assert reason.values["until"] == "always"
    else:
        tells(reason.values["until"], look, end)


@oracle(ReasonCode.OUTSIDE_WINDOW)
def outside_window(look: Look, reason: Reason) -> None:
    windows = [window for window, _ in table(off_peak(look))]
    assert not covering(windows, clock().index(look.snapshot.now))
    is_next(look, reason, windows)


@oracle(ReasonCode.WINDOW_ENERGY, ReasonCode.WINDOW_SPENT)
def window_energy(look: Look, reason: Reason) -> None:
    now, energy_wh = clock().index(look.snapshot.now), reason.values["energy_wh"]
    running = [(one, held) for one, held in table(off_peak(look)) if covering([one], now)]
    ours = [minutes for one, held in running if held == energy_wh for minutes in covering([one], now)]
    if reason.code is ReasonCode.WINDOW_SPENT:
        assert any(got_wh(look, since) >= energy_wh - 1e-6 for since, _ in ours)
        assert all(got_wh(look, covering([one], now)[0][0]) >= held - 1e-6 > 0 for one, held in running)
        is_next(look, reason, [window for window, _ in table(off_peak(look))])
        return
    before = next(end for _, end in ours if end == clock().index(reason.values["until"].at))
    tells(reason.values["until"], look, before)
    shares = [got_wh(look, since) for since, end in ours if end == before]
    assert any(abs(reason.values["got_wh"] - share) < 1e-6 for share in shares)
    assert reason.values["got_wh"] < energy_wh
