"""The real service in a virtual home: sockets, TLS, JWT, time; nothing faked but the sun."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from controller.control.own_limit import OwnLimit
from controller.domain.reasons import ReasonCode
from controller.simulation.box.faults import Faults
from tests.support.service import Stage, staged
from tests.support.warp import run_warped


def slow_polls(text: str) -> str:
    return text.replace("poll_s = 1.0", "poll_s = 10.0").replace("stale_after_s = 15.0", "stale_after_s = 30.0")


def test_hours_of_sun_charge_from_the_sun_and_spares_the_box() -> None:
    async def day() -> Stage:
        async with staged(start="10:00", edit=slow_polls) as stage:
            await stage.passes(1.5 * 3600)
        return stage

    stage = run_warped(day)
    energy, record = stage.plant.energy, stage.home.box.record
    assert energy.ev_kwh > 7.5 * 1.5 / 2
    assert energy.solar_kwh / energy.ev_kwh > 0.9
    assert 1 <= energy.starts <= 10 * 1.5 / 2
    assert record.max_in_flight == 1
    assert record.min_gap_s is not None
    assert record.min_gap_s >= 1.0
    assert record.lowest_limit_a is not None
    assert record.highest_limit_a is not None
    assert 6 <= record.lowest_limit_a <= record.highest_limit_a <= 16
    assert record.limit_writes <= 60 * 1.5
    assert record.api_calls < 1.5 * 3600 / 15 * 1.2 + 2 * record.limit_writes
    assert record.refused == 0


def test_the_limit_follows_the_surplus_within_a_pacing_gap_and_what_a_command_has_to_be_worth() -> None:
    async def hours() -> Stage:
        async with staged(start="11:00") as stage:
            await stage.passes(1200)
        return stage

    stage = run_warped(hours)
    settings_gap_s = 30.0
    behind_since_s: float | None = None
    longest_s = 0.0
    for now_s, house, status, decision in stage.diary.entries:
        if status is None or not status.state.enabled or decision.surplus_w is None or decision.command is None:
            behind_since_s = None
            continue
        carries_a = decision.surplus_w / 690 + 0.2
        ideal_a = max(6, min(16, math.floor(carries_a)))
        on_time = abs(decision.command.limit_a - ideal_a) <= 1
        behind_since_s = None if on_time else behind_since_s if behind_since_s is not None else now_s
        longest_s = max(longest_s, now_s - behind_since_s if behind_since_s is not None else 0.0)
        assert house.grid_w is not None
    assert 0 < longest_s <= settings_gap_s + 15


def test_a_pulled_meter_brings_the_fallback_in_time_and_its_return_the_charging() -> None:
    async def outage() -> None:
        async with staged() as stage:
            await stage.passes(300)
            box = stage.home.box
            assert box.enabled
            assert box.limit_a > 6
            await stage.pull_meter()
            await stage.passes(15 + 1 + 2)  # stale_after_s, one gap, the call itself
            assert box.limit_a == 6
            assert box.enabled
            assert stage.diary.last.reason.code is ReasonCode.METER_STALE
            await stage.passes(1800)
            assert not box.enabled
            await stage.put_meter_back()
            await stage.passes(400)
            assert box.enabled
            assert box.limit_a > 6

    run_warped(outage)


@pytest.mark.parametrize(("on_exit", "enabled"), [("release", True), ("stop", False)])
def test_leaving_gives_the_box_back(on_exit: str, enabled: bool, tmp_path: Path) -> None:
    async def visit() -> Stage:
        edit = lambda text: text.replace("phases = 3", f'phases = 3\non_exit = "{on_exit}"')  # noqa: E731
        async with staged(edit=edit, directory=tmp_path) as stage:
            await stage.passes(300)
            assert stage.home.box.enabled
            assert stage.home.box.limit_a != 16
            assert (tmp_path / "state" / "own-limit.json").exists()
        return stage

    stage = run_warped(visit)
    assert stage.home.box.limit_a == 16
    assert stage.home.box.enabled is enabled
    assert not (tmp_path / "state" / "own-limit.json").exists()


def test_a_second_users_login_costs_one_login_and_no_order() -> None:
    async def visit() -> Stage:
        async with staged() as stage:
            await stage.passes(200)
            stage.home.box.access.end_sessions()
            await stage.passes(300)
            assert stage.home.box.enabled
        return stage

    stage = run_warped(visit)
    assert stage.home.box.record.refused == 1


def test_a_box_that_vanishes_is_left_alone_and_taken_over_as_it_is_found() -> None:
    async def outage() -> None:
        async with staged(edit=slow_polls) as stage:
            await stage.passes(300)
            box = stage.home.box
            box.reset_record()
            box.set_faults(Faults(drop_every=1))
            await stage.passes(600)
            assert 4 <= box.record.dropped <= 10  # 5 s, 10, 20, ... up to 300
            assert box.record.api_calls == box.record.dropped
            assert stage.diary.last.reason.code is ReasonCode.BOX_DOWN
            box.limit_a = 9  # the box has come back with something else
            box.set_faults(Faults())
            await stage.passes(400)
            assert box.limit_a != 9
            assert stage.diary.last.reason.code is not ReasonCode.BOX_DOWN

    run_warped(outage)


def test_a_silent_box_is_asked_ever_more_rarely() -> None:
    async def silence() -> None:
        async with staged(edit=slow_polls) as stage:
            await stage.passes(100)
            box = stage.home.box
            box.set_faults(Faults(hang_every=1))
            await stage.passes(60)
            box.reset_record()
            await stage.passes(3000)
            assert box.record.min_gap_s is not None
            assert box.record.mean_gap_s is not None
            assert box.record.min_gap_s >= 30  # after a time-out at least as long in peace
            assert box.record.mean_gap_s >= 120
            assert 4 < box.record.api_calls < 20
            assert "did not answer within 30 s" in str(stage.diary.last.reason) or "left alone" in str(
                stage.diary.last.reason
            )

    run_warped(silence)


def test_a_box_that_refuses_to_be_raised_charges_as_it_is_and_gets_its_fallback_in_time() -> None:
    async def visit() -> None:
        fixed = '\n[strategy]\nactive = "fixed"\n[strategy.fixed]\ncurrent_a = 12\n'
        async with staged(edit=lambda text: text + fixed) as stage:
            box = stage.home.box
            box.limit_a = 8
            box.set_faults(Faults(limit_refused_above_a=8))
            await stage.passes(800)
            assert (box.limit_a, box.enabled) == (8, True)
            assert box.record.api_calls < 90
            await stage.pull_meter()
            await stage.passes(20)
            assert box.limit_a == 6

    run_warped(visit)


def test_an_order_that_waits_behind_a_slow_call_is_withdrawn_when_the_meter_falls_silent() -> None:
    async def visit() -> Stage:
        async with staged() as stage:
            stage.home.box.set_faults(Faults(write_latency_s=25))
            while not (stage.diary.entries and stage.diary.last.actions):
                await stage.passes(0.5)
            await stage.pull_meter()
            await stage.passes(60)
            assert not stage.home.box.enabled
            stage.home.box.set_faults(Faults())
        return stage

    assert run_warped(visit).plant.energy.starts == 0


def test_leaving_during_a_slow_write_never_overtakes_it_and_the_next_run_restores(tmp_path: Path) -> None:
    async def first() -> Stage:
        async with staged(directory=tmp_path) as stage:
            stage.home.box.set_faults(Faults(write_latency_s=12))
            while not (stage.diary.entries and stage.diary.last.actions):
                await stage.passes(0.5)
            await stage.passes(2)
            stage.stop.set()
            left_s = stage.clock.monotonic_s()
            await stage.done.wait()
            assert stage.clock.monotonic_s() - left_s < 5
            await stage.passes(20)
        return stage

    stage = run_warped(first)
    assert stage.home.box.record.max_in_flight == 1
    assert (tmp_path / "state" / "own-limit.json").exists()  # the next run restores it


def test_a_damaged_record_of_the_own_limit_stops_nothing(tmp_path: Path) -> None:
    async def visit() -> None:
        (tmp_path / "state").mkdir()
        (tmp_path / "state" / "own-limit.json").write_bytes(b"\xff\xfe\x00\xd8")
        async with staged(directory=tmp_path) as stage:
            await stage.passes(300)
            assert stage.home.box.enabled

    run_warped(visit)


def test_a_defect_in_the_box_task_does_not_freeze_the_orders(monkeypatch: pytest.MonkeyPatch) -> None:
    async def visit() -> None:
        async with staged() as stage:
            original = OwnLimit.before_write
            failures = 3

            def faulty(*arguments: Any, **named: Any) -> None:
                nonlocal failures
                if failures:
                    failures -= 1
                    raise RuntimeError("defect")
                original(*arguments, **named)

            monkeypatch.setattr(OwnLimit, "before_write", faulty)
            await stage.passes(400)
            assert failures == 0
            assert stage.home.box.enabled

    run_warped(visit)


def test_a_box_that_was_off_is_left_off_when_its_limit_is_raised_back() -> None:
    async def visit() -> Stage:
        async with staged(edit=slow_polls) as stage:
            await stage.passes(300)
            await stage.pull_meter()
            await stage.passes(2000)  # the fallback has stopped it, after the half hour that it takes unless told
            assert not stage.home.box.enabled
            stage.home.box.reset_record()
            stage.stop.set()
            await stage.done.wait()
            assert (stage.home.box.record.starts, stage.home.box.record.stops) == (0, 1)
        return stage

    stage = run_warped(visit)
    assert stage.home.box.limit_a == 16
    assert not stage.home.box.enabled
