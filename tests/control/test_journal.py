"""The record of a session: what flowed, why it ended, and what a crash leaves of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from controller.control.journal import Journal
from controller.control.state import Snapshot
from controller.domain.charger import ChargerStatus, OcppState, PowerSettings
from controller.domain.errors import StorageError
from controller.domain.readings import House
from controller.domain.session import Begun, Ended, Session
from tests.support.houses import NOON, Run, Wants, core


class Shelf:
    """A store in memory; it may be full."""

    def __init__(self) -> None:
        self.left: Session | None = None
        self.closed: list[tuple[Session, Ended]] = []
        self.kept = 0
        self.full = False

    def running(self) -> Session | None:
        return self.left

    def keep(self, session: Session) -> None:
        if self.full:
            raise StorageError("full")
        self.kept += 1
        self.left = session

    def close(self, session: Session, because: Ended) -> None:
        if self.full:
            raise StorageError("full")
        self.left = None
        self.closed.append((session, because))


class Life(Run):
    """A core whose looks go to a journal; the car draws what it is offered on three phases."""

    def __init__(self, shelf: Shelf | None = None, *, counts: bool = True, metered: bool = True) -> None:
        super().__init__(core(Wants(10)))
        self.shelf = shelf or Shelf()
        self.journal = Journal(self.shelf)
        self.counts, self.metered = counts, metered
        self.roof_w, self.battery_w, self.wh = 3000.0, 0.0, 0.0

    def passes(self, seconds: int) -> None:
        for _ in range(seconds):
            ev_w = 690.0 * self.limit_a if self.charging else 0.0
            self.wh += ev_w / 3600
            self.session_energy_wh = round(self.wh, 3) if self.counts else None
            house: dict[str, Any] = {
                "grid_w": ev_w - self.roof_w - self.battery_w,
                "battery_w": self.battery_w or None,
                "ev_w": ev_w if self.metered else None,
            }
            told = len(self.told)
            state = self.box_state
            decision = self.step(1.0, **house)
            snapshot = Snapshot(
                now_s=self.now_s,
                now=NOON + timedelta(seconds=self.now_s),
                house=House(grid_age_s=0.5, **house),
                status=ChargerStatus(taken_at_s=self.now_s, state=state, session_energy_wh=self.session_energy_wh),
                power=PowerSettings(taken_at_s=self.now_s, limit_a=self.limit_a),
            )
            self.journal.look(snapshot, decision, self.state)
            for action in decision.actions[: len(self.told) - told]:
                self.journal.accepted(action)

    def leaves(self) -> None:
        self.box_state, self.wh = OcppState.AVAILABLE, 0.0
        self.passes(30)

    def comes(self) -> None:
        self.box_state = OcppState.PREPARING
        self.passes(1)

    @property
    def last(self) -> Session:
        return self.shelf.closed[-1][0]


@pytest.mark.parametrize("counts", [True, False])
@pytest.mark.parametrize("metered", [True, False])
def test_from_plug_in_to_unplugging(counts: bool, metered: bool) -> None:
    life = Life(counts=counts, metered=metered)
    life.leaves()
    life.comes()
    life.passes(1800)
    drawn_wh = life.wh
    life.leaves()
    (session, because), *more = life.shelf.closed
    assert not more
    assert because is Ended.UNPLUGGED
    assert session.begun_by is Begun.PLUGGED_IN
    assert session.begun == NOON + timedelta(seconds=31)
    assert session.ended == NOON + timedelta(seconds=31 + 1801)
    assert session.energy_wh == pytest.approx(drawn_wh, rel=0.02)  # an estimate begins when the car has followed
    assert session.solar_wh == pytest.approx(session.energy_wh * 3000 / 6900, rel=0.01)
    assert session.grid_wh == pytest.approx(session.energy_wh - session.solar_wh)
    assert (session.starts, session.limit_writes) == (1, 1)
    assert session.highest_w == pytest.approx(6900)
    assert session.mean_w == pytest.approx(6900, rel=0.02)


def test_what_the_home_battery_gives_is_not_the_roofs() -> None:
    life = Life()
    life.battery_w = 2000.0
    life.passes(600)
    life.leaves()
    assert life.last.solar_wh == pytest.approx(life.last.energy_wh * 3000 / 6900, rel=0.01)


def test_a_car_that_was_there_before_is_recorded_from_the_first_look() -> None:
    life = Life()
    life.wh = 5000.0
    life.passes(600)
    life.leaves()
    assert life.last.begun_by is Begun.FIRST_SEEN
    assert life.last.energy_wh < 1200


def test_a_car_exchanged_between_two_looks_gets_a_record_of_its_own() -> None:
    life = Life()
    life.passes(600)
    life.wh = 0.0
    life.passes(600)
    life.leaves()
    assert [because for _, because in life.shelf.closed] == [Ended.EXCHANGED, Ended.UNPLUGGED]
    assert all(1000 < session.energy_wh < 1200 for session, _ in life.shelf.closed)


def test_the_service_ends_and_so_does_the_record() -> None:
    life = Life()
    life.passes(600)
    life.journal.leave(NOON + timedelta(seconds=601))
    life.journal.leave(NOON + timedelta(seconds=602))
    assert [because for _, because in life.shelf.closed] == [Ended.SERVICE_STOPPED]


def crashed(*, counts: bool = True) -> Life:
    """A life after a crash that came two minutes after the record was kept."""
    before = Life(counts=counts)
    before.passes(420)
    after = Life(before.shelf, counts=counts)
    after.now_s, after.limit_a, after.box_state, after.wh = 500.0, 10, OcppState.CHARGING, before.wh + 100
    return after


def test_after_a_crash_the_record_goes_on_with_what_the_box_has_counted_meanwhile() -> None:
    life = crashed()
    life.passes(300)
    life.leaves()
    (session, because) = life.shelf.closed[-1]
    assert len(life.shelf.closed) == 1
    assert because is Ended.UNPLUGGED
    assert session.begun < NOON + timedelta(seconds=10)
    assert session.energy_wh == pytest.approx(720 * 6900 / 3600 + 100, rel=0.02)
    assert session.starts == 1


@pytest.mark.parametrize("gone", ["unplugged", "another", "uncounted"])
def test_or_is_closed_as_of_when_it_was_kept(gone: str) -> None:
    life = crashed(counts=gone != "uncounted")
    kept = life.shelf.left
    assert kept is not None
    if gone == "unplugged":
        life.box_state = OcppState.AVAILABLE
    elif gone == "another":
        life.wh = 3.0
    life.passes(5)
    assert life.shelf.closed == [(kept, Ended.SERVICE_DIED)]
    assert kept.ended < NOON + timedelta(seconds=421)


def test_a_power_cut_costs_five_minutes_at_the_most() -> None:
    life = Life()
    life.passes(3601)
    assert 12 <= life.shelf.kept <= 14
    assert life.shelf.left is not None
    assert life.shelf.left.energy_wh > 0.9 * life.wh


def test_a_full_disk_keeps_nobody_from_charging(capsys: pytest.CaptureFixture[str]) -> None:
    life = Life()
    life.shelf.full = True
    life.passes(3600)
    life.leaves()
    assert capsys.readouterr().out.count("session_not_recorded") == 1
    assert life.told[:2] == ["set_limit 10 A", "start"]


def test_a_counter_that_begins_anew_at_each_start_loses_nothing() -> None:
    life = Life()
    life.passes(600)
    before_wh = life.wh
    life.box_state, life.wh = OcppState.SUSPENDED_EVSE, 0.0  # within a minute of our start it is no other car
    life.passes(600)
    life.leaves()
    total_wh = sum(session.energy_wh for session, _ in life.shelf.closed)
    assert total_wh == pytest.approx(before_wh + 600 * 6900 / 3600, rel=0.1)


def test_the_mean_of_nothing_is_nothing() -> None:
    life = Life()
    life.settings = replace(life.settings, strategies={"it": Wants(0)})
    life.passes(60)
    life.leaves()
    assert life.last.mean_w == 0
    assert life.last.energy_wh == 0
