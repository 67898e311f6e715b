"""The car as it is, and the box as it should not be, on real sockets."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from controller.domain.reasons import ReasonCode
from controller.simulation.box.faults import Faults
from controller.simulation.box.machine import ChargingMachine
from controller.simulation.plant import CarOptions, PlantOptions
from tests.e2e.test_service import slow_polls
from tests.support.service import Stage, staged
from tests.support.warp import run_warped


def closed(directory: Path) -> list[dict[str, Any]]:
    """The sessions on record."""
    file = directory / "state" / "sessions.jsonl"
    return [json.loads(line) for line in file.read_text().splitlines()] if file.exists() else []


def shown(stage: Stage) -> ChargingMachine:
    """The box's machine as it is at this moment."""
    machine = stage.home.box.machine
    assert machine.plant is not None  # it follows its plant only when that is looked at
    return machine


def looks(stage: Stage) -> int:
    """How often the section `power` was read."""
    return stage.home.box.record.endpoints["GET /api/sections/power"]


def reasons(stage: Stage) -> set[ReasonCode]:
    return {decision.reason.code for *_, decision in stage.diary.entries}


def test_a_car_that_sleeps_is_woken() -> None:
    async def noon() -> None:
        plant = PlantOptions(car=CarOptions(sleeps_after_s=0))
        async with staged(edit=slow_polls, plant=plant) as stage:
            await stage.passes(500)
            assert ReasonCode.CAR_WAKING in reasons(stage)
            assert stage.home.box.record.stops == 1
            assert stage.home.box.record.starts == 2
            assert stage.plant.energy.ev_kwh > 0.1

    run_warped(noon)


def test_a_box_that_fails_after_a_pause_is_remembered_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    async def noon() -> None:
        async with staged(edit=slow_polls, directory=tmp_path, box={"faults": Faults(fault_after_pause=True)}) as stage:
            await stage.passes(200)
            assert stage.home.box.enabled
            stage.home.box.machine.stop()
            await stage.passes(600)
            assert stage.diary.last.reason.code is ReasonCode.BOX_FAULT

    run_warped(noon)
    note = json.loads((tmp_path / "state" / "box-notes.json").read_text())
    assert note["fails_after_pause"] is True
    assert capsys.readouterr().out.count("box_fails_after_pause") == 1


def test_a_box_that_shows_the_limit_and_does_not_follow_is_stopped() -> None:
    async def noon() -> None:
        async with staged(edit=slow_polls, box={"faults": Faults(limit_not_followed=True)}) as stage:
            await stage.passes(150)
            assert stage.home.box.limit_a <= 12  # as it says; 16 A flow
            assert stage.plant.current_a == 16
            await stage.passes(250)
            assert not stage.home.box.enabled
            assert ReasonCode.LIMIT_IGNORED in reasons(stage)

    run_warped(noon)


def test_a_box_that_forgets_the_limit_is_not_started_at_the_old_one() -> None:
    async def noon() -> None:
        async with staged(edit=slow_polls, box={"faults": Faults(limit_ignored=True)}) as stage:
            box = stage.home.box
            await stage.passes(600)
            assert box.record.limit_writes >= 2
            assert box.record.starts == 0
            box.set_faults(Faults())
            for _ in range(30):
                await stage.passes(5)
                assert stage.plant.current_a <= 12  # as it was told, not the 16 A that the box had
            assert box.record.starts >= 1
            assert stage.plant.energy.ev_kwh > 0.05

    run_warped(noon)


def test_a_start_with_a_new_limit_costs_one_more_look(tmp_path: Path) -> None:
    async def noon() -> None:
        async with staged(edit=slow_polls, directory=tmp_path) as stage:
            await stage.passes(200)
            record = stage.home.box.record
            assert record.starts == 1
            assert looks(stage) == 2 + record.limit_writes  # the dialect, first contact, and each write once

    run_warped(noon)


def test_a_car_that_is_plugged_in_anew_between_two_looks_gets_its_limit_again(tmp_path: Path) -> None:
    async def noon() -> None:
        async with staged(edit=slow_polls, directory=tmp_path) as stage:
            await stage.passes(600)
            box = stage.home.box
            limit_a = box.limit_a
            assert limit_a > 6
            box.machine.plug(plugged=False)
            await stage.passes(2)
            box.machine.plug(plugged=True)
            await stage.passes(3)
            assert shown(stage).limit_a == 6  # the box's own
            await stage.passes(60)
            assert box.limit_a >= limit_a - 2
            assert box.enabled
            (first,) = closed(tmp_path)
            assert first["ended_because"] == "exchanged"
            await stage.passes(120)

    run_warped(noon)
    first, second = closed(tmp_path)
    assert first["begun_by"] == "first_seen"
    assert first["starts"] == 1
    assert first["energy_wh"] > 300
    assert first["solar_wh"] + first["grid_wh"] == pytest.approx(first["energy_wh"])
    assert second["begun_by"] == "plugged_in"
    assert second["ended_because"] == "service_stopped"
    assert second["energy_wh"] > 50
    assert not (tmp_path / "state" / "session.json").exists()


def test_at_night_it_is_stopped_at_once(tmp_path: Path) -> None:
    async def night() -> None:
        async with staged(start="22:00", edit=slow_polls, directory=tmp_path) as stage:
            box = stage.home.box
            await stage.passes(60)
            box.machine.plug(plugged=False)
            await stage.passes(3)
            box.machine.plug(plugged=True)
            await stage.passes(3)
            assert shown(stage).enabled
            await stage.passes(20)
            assert not box.enabled

    run_warped(night)
