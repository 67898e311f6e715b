"""The account of what flows: whose word counts for the car's power, what a restart finds, which car it is."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from controller.control.energy_book import EnergyBook
from controller.domain.charger import OcppState
from controller.domain.decision import Decision
from controller.domain.errors import StorageError
from controller.domain.horizon import EnergyLog
from controller.domain.quarter_hours import QUARTER, CarNote, QuarterHour
from tests.support.houses import NOON
from tests.support.lab import ALL, L1, Lab


class Shelf:
    """A store in memory."""

    def __init__(self) -> None:
        self.quarters: dict[datetime, QuarterHour] = {}
        self.note: CarNote | None = None
        self.kept = 0
        self.closed = self.broken = False

    def load(self, since: datetime) -> tuple[list[QuarterHour], CarNote | None]:
        if self.broken:
            raise StorageError("broken")
        return sorted(quarter for start, quarter in self.quarters.items() if start >= since), self.note

    def keep(self, quarter: QuarterHour, note: CarNote) -> None:
        self.kept += 1
        self.quarters[quarter.start], self.note = quarter, note

    def close(self) -> None:
        self.closed = True


class Accounted(Lab):
    """The lab, with a book that is shown every look."""

    def __init__(self, *arguments: Any, shelf: Shelf | None = None, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.shelf = shelf or Shelf()
        self.book = EnergyBook(self.shelf, self.run.settings)
        self.flowed_wh = 0.0
        step = self.run.step

        def look(*positional: Any, **named: Any) -> Decision:
            decision = step(*positional, **named)
            assert self.run.snapshot is not None
            self.book.meet(self.run.snapshot.status, self.run.snapshot.now)
            self.book.look(self.run.snapshot, decision, self.run.state)
            self.flowed_wh += self.ev_w / 3600
            return decision

        self.run.step = look  # type: ignore[method-assign]

    def lingers(self, seconds: int) -> None:
        """As `passes`, in steps of ten seconds: for a car that follows no new offer meanwhile."""
        for _ in range(seconds // 10):
            self.car_a = self.takes(self.offered_a) if self.offered_a else 0.0
            self.flowed_wh += self.ev_w / 3600 * 9
            self.run.step(10.0, **self.house())

    @property
    def now(self) -> datetime:
        return NOON + timedelta(seconds=self.run.now_s)

    @property
    def wh(self) -> float:
        log: EnergyLog = self.book.charged
        return log.since_wh(NOON - timedelta(days=1))

    def restarted(self, after_s: float) -> Accounted:
        """The service once more, a while later; box and car have gone on by themselves."""
        new = Accounted(self.on, self.takes, shelf=self.shelf, counter=self.energy_wh is not None)
        new.ev_meter, new.energy_wh = self.ev_meter, self.energy_wh
        new.run.now_s, new.run.limit_a, new.run.box_state = (
            self.run.now_s + after_s,
            self.run.limit_a,
            self.run.box_state,
        )
        new.strategy.current_a = self.strategy.current_a
        if new.energy_wh is not None:
            new.energy_wh += self.ev_w * after_s / 3600
        return new


def metered(**options: Any) -> Accounted:
    lab = Accounted(**options)
    lab.ev_meter = True
    return lab


def test_a_meter_of_the_cars_own_is_believed() -> None:
    lab = metered()
    lab.wants(10, 1500)
    assert lab.flowed_wh > 2000
    assert lab.wh == pytest.approx(lab.flowed_wh, abs=130)


def test_without_one_what_the_car_is_believed_to_draw_counts() -> None:
    lab = Accounted(L1)
    lab.wants(10, 1200)
    assert lab.wh == pytest.approx(lab.flowed_wh, rel=0.1)


def test_the_boxs_counter_puts_right_what_was_estimated() -> None:
    """The car draws half of what it is offered from the first second on: at first nobody knows that."""
    lab = Accounted(ALL, lambda offered_a: offered_a * 0.4, counter=True, pv=False, currents=False)
    lab.wants(16, 1200)
    assert lab.energy_wh is not None
    assert lab.wh == pytest.approx(lab.energy_wh, abs=90)
    assert [mark.wh for mark in lab.book.charged.marks] == sorted(mark.wh for mark in lab.book.charged.marks)


def test_quarters_tell_what_flowed_in_the_house() -> None:
    lab = metered()
    lab.wants(10, 2 * 900 + 5)
    assert lab.shelf.kept == 6
    first, second = lab.shelf.load(NOON)[0]
    assert (first.start, second.start) == (NOON, NOON + QUARTER)
    assert second.seconds == pytest.approx(900)
    assert second.pv_w == pytest.approx(8000)
    assert second.load_w == pytest.approx(400, abs=1)
    assert second.grid_w == pytest.approx(400 + 6900 - 8000)
    assert second.battery_w is None
    assert second.ev_wh == pytest.approx(6900 / 4, abs=3)
    assert second.solar_wh == pytest.approx(second.ev_wh)
    assert [quarter.start for quarter in lab.book.past] == [NOON, NOON + QUARTER]


def test_the_home_battery_is_no_sun() -> None:
    lab = metered()
    lab.wants(10, 60)
    lab.passes(900, battery_w=7000.0, grid_w=400.0 + 6900 - 8000)
    quarter = lab.shelf.quarters[NOON]
    assert quarter.battery_w == pytest.approx(7000)
    assert quarter.solar_wh < 0.15 * quarter.ev_wh


def test_a_meter_that_fails_leaves_its_quantity_unknown() -> None:
    lab = metered()
    lab.wants(10, 30)
    lab.passes(600, pv_w=None, pv_missing=True)
    lab.passes(300)
    quarter = lab.shelf.quarters[NOON]
    assert quarter.pv_w == pytest.approx(8000)
    assert quarter.load_w == pytest.approx(400, abs=1)
    assert quarter.ev_wh > 1500


def test_what_was_not_seen_is_not_counted() -> None:
    lab = metered()
    lab.wants(10, 300)
    before_wh = lab.flowed_wh
    lab.run.step(3600.0, **lab.house())
    lab.passes(61)
    assert lab.wh == pytest.approx(before_wh + 6900 / 60 * 2, abs=130)


def test_a_car_that_comes_is_noted() -> None:
    lab = metered()
    lab.run.box_state = OcppState.AVAILABLE
    lab.passes(30)
    assert lab.book.plugged_since is None
    lab.run.box_state = OcppState.PREPARING
    lab.passes(1)
    came = lab.now
    lab.wants(8, 600)
    assert lab.book.plugged_since == came
    lab.run.box_state = OcppState.AVAILABLE
    lab.passes(5)
    assert lab.book.plugged_since is None


def test_nobody_knows_when_a_car_came_that_was_there_before() -> None:
    lab = metered()
    lab.wants(8, 60)
    assert lab.book.plugged_since is None


def arrived(**options: Any) -> Accounted:
    """A car that came a while ago, and charges."""
    lab = metered(**options)
    lab.run.box_state = OcppState.AVAILABLE
    lab.passes(30)
    lab.run.box_state = OcppState.PREPARING
    lab.wants(10, 1400)
    return lab


def test_after_a_crash_the_account_goes_on_and_the_counter_tells_what_was_missed() -> None:
    lab = arrived(counter=True)
    before_wh = lab.flowed_wh
    new = lab.restarted(3600.0)
    new.passes(61)
    assert new.book.plugged_since == lab.book.plugged_since is not None
    assert new.wh == pytest.approx(before_wh + 6900 + new.flowed_wh, abs=250)
    since = NOON + timedelta(seconds=1430 + 1800)
    assert new.book.charged.since_wh(since) == pytest.approx(3450, abs=700)


def test_of_what_was_missed_as_much_is_sun_as_of_what_was_seen() -> None:
    lab = arrived(counter=True)
    before = lab.shelf.quarters[NOON + QUARTER]
    new = lab.restarted(120.0)
    new.passes(240)
    new.book.leave(new.now)
    after = new.shelf.quarters[NOON + QUARTER]
    assert after.ev_wh - before.ev_wh == pytest.approx(6900 * (230 + 120 + 240) / 3600, rel=0.2)
    assert before.solar_wh == pytest.approx(before.ev_wh)
    assert after.solar_wh == pytest.approx(after.ev_wh, rel=0.01)


def test_a_counter_that_has_fallen_is_another_car() -> None:
    lab = arrived(counter=True)
    lab.energy_wh = 12.0
    new = lab.restarted(0.0)
    new.passes(30)
    assert new.book.plugged_since is None
    assert new.wh == pytest.approx(lab.flowed_wh, rel=0.25)


def test_more_than_any_box_gives_was_counted_for_another_car() -> None:
    lab = arrived(counter=True)
    assert lab.energy_wh is not None
    lab.energy_wh += 40_000
    new = lab.restarted(60.0)
    new.passes(30)
    assert new.book.plugged_since is None
    assert new.wh < 3500


def test_without_a_counter_the_car_is_the_same_only_shortly_after() -> None:
    lab = arrived()
    lab.book.leave(lab.now)
    lab.book.close()
    assert lab.shelf.closed
    soon, late = lab.restarted(120.0), lab.restarted(3600.0)
    soon.passes(30)
    late.passes(30)
    assert soon.book.plugged_since == lab.book.plugged_since is not None
    assert late.book.plugged_since is None


def test_a_restart_in_the_middle_of_a_quarter_goes_on_with_it() -> None:
    lab = metered()
    lab.wants(10, 400)
    lab.book.leave(lab.now)
    lab.book.close()
    new = lab.restarted(100.0)
    new.passes(390)
    new.book.leave(new.now)
    new.book.close()
    quarter = new.shelf.quarters[NOON]
    assert quarter.seconds == pytest.approx(790, abs=5)
    assert quarter.ev_wh == pytest.approx(lab.flowed_wh + new.flowed_wh, rel=0.1)
    assert quarter.load_w == pytest.approx(400, abs=1)


def test_what_the_car_got_meanwhile_is_known_before_the_first_decision() -> None:
    lab = arrived(counter=True)
    lab.wants(16, 600)
    assert lab.run.snapshot is not None
    status = lab.run.snapshot.status
    assert status is not None
    assert status.session_energy_wh is not None
    lab.book.leave(lab.now)
    book, later = EnergyBook(lab.shelf, lab.run.settings), lab.now + timedelta(minutes=2)
    book.open(0.0, later)
    book.meet(None, later)
    assert book.plugged_since is None
    assert book.charged.since_wh(NOON) == pytest.approx(lab.wh, abs=200)
    book.meet(replace(status, session_energy_wh=status.session_energy_wh + 300), later + timedelta(seconds=5))
    assert book.plugged_since == lab.book.plugged_since is not None
    assert book.charged.since_wh(NOON) == pytest.approx(lab.flowed_wh + 300, abs=30)


def test_a_note_outlives_a_service_that_never_saw_the_box() -> None:
    lab = arrived(counter=True)
    lab.book.leave(lab.now)
    lab.book.close()
    noted = lab.shelf.note
    blind = lab.restarted(10.0)
    blind.book.open(blind.run.now_s, blind.now)
    blind.book.leave(blind.now)
    blind.book.close()
    assert lab.shelf.note == noted
    assert noted is not None
    assert noted.plugged_since == lab.book.plugged_since


def test_a_clock_set_back_an_hour_adds_to_what_is_on_record() -> None:
    lab = metered()
    lab.wants(10, 60)
    lab.lingers(3540)
    lab.run.now_s -= 3600.0
    lab.lingers(900)
    twice = lab.shelf.quarters[NOON + 0 * QUARTER]
    assert twice.seconds > 1700
    assert sum(quarter.ev_wh for quarter in lab.shelf.quarters.values()) == pytest.approx(lab.flowed_wh, abs=130)


def test_a_record_that_cannot_be_read_keeps_nobody_from_counting() -> None:
    shelf = Shelf()
    shelf.broken = True
    with capture_logs() as logs:
        lab = metered(shelf=shelf)
        lab.wants(10, 300)
    assert [entry["error"] for entry in logs if entry["event"] == "history_not_read"] == ["broken"]
    assert lab.wh > 0


def test_the_last_weeks_stay_in_memory_and_no_more() -> None:
    shelf = Shelf()
    for index in range(96 * 40):
        start = NOON - (index + 1) * QUARTER
        shelf.quarters[start] = QuarterHour(start, 900.0, 1.0, 1.0)
    lab = metered(shelf=shelf)
    lab.passes(2)
    assert 28 * 96 < len(lab.book.past) <= 29 * 96
    assert lab.book.past == sorted(lab.book.past)
