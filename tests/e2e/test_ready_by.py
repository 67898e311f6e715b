"""Ready by with the whole service on real sockets, by night: cheap minutes, the latest, a crash, what cannot be."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import datetime, timedelta
from pathlib import Path

import anyio
import pytest
from structlog.testing import capture_logs

from controller.app import make_controller, read_config
from controller.cli.virtual import virtual_day
from controller.domain.quarter_hours import CarNote, QuarterHour, quarter_of
from controller.domain.reasons import ReasonCode
from controller.history.quarter_hours import FILE_NAME, QuarterHourFile, read_record
from controller.simulation.plant import CarOptions, PlantOptions
from tests.e2e.test_service import slow_polls
from tests.support.processes import PATIENCE_S
from tests.support.service import staged
from tests.support.warp import run_warped

FULL_W = 11_040.0
CHEAP = "start,end,per_kwh,days\n02:00,02:06,0.30,\n02:06,02:16,0.20,\n02:16,03:00,0.31,\n"


def ready(by: str, kwh: float, more: str = "") -> str:
    """The tables of the configuration."""
    trips = f'trips = [{{ by = "{by}", kwh = {kwh} }}]'
    return (
        f'\n[strategy]\nactive = "ready_by"\n[strategy.ready_by]\n{trips}\nreserve_min = 2\nthen = "off"\n'
        f'[forecast]\nsource = "none"\n{more}'
    )


def known_car(directory: Path) -> None:
    """What the nights before have left on record."""
    now = virtual_day(None, "02:00").start
    store = QuarterHourFile(directory / "state")
    store.keep(QuarterHour(quarter_of(now) - timedelta(hours=6), 900.0), CarNote(now, None, None, FULL_W))
    store.close()


def test_it_charges_in_the_cheap_minutes_and_is_done_in_time(tmp_path: Path) -> None:
    file = tmp_path / "prices.csv"
    file.write_text(CHEAP)
    known_car(tmp_path)
    prices = f'[prices]\nsource = "file"\nfile = "{file}"\n'

    async def night() -> None:
        edit = lambda text: slow_polls(text) + ready("02:40", 1.2, prices)  # noqa: E731
        async with staged(start="02:00", edit=edit, directory=tmp_path) as stage:
            energy = stage.plant.energy
            await stage.passes(6 * 60)
            assert (stage.home.box.enabled, energy.ev_kwh) == (False, 0)
            assert stage.diary.last.reason.code is ReasonCode.READY_WAITS
            await stage.passes(10 * 60)
            assert energy.ev_kwh > 1.1  # what is left takes the last minute's answer
            await stage.passes(2 * 60)
            done_kwh = energy.ev_kwh
            assert 1.19 < done_kwh < 1.4
            await stage.passes(60)
            assert (stage.home.box.enabled, energy.ev_kwh, energy.starts) == (False, done_kwh, 1)

    run_warped(night)


KILLED = "from tests.e2e.test_ready_by import until_killed; import sys; until_killed(sys.argv[1])"
CRASH = "02:19"


def latest(text: str) -> str:
    """1.8 kWh take 9 min 47 s, and the reserve two more."""
    return slow_polls(text) + ready("02:26", 1.8)


def until_killed(folder: str) -> None:
    """In a process of its own: the service up to the crash; tells what the car had got by then."""

    async def night() -> None:
        async with staged(start="02:00", edit=latest, directory=Path(folder)) as stage:
            await stage.passes(12 * 60)
            assert (stage.home.box.enabled, stage.plant.energy.ev_kwh) == (False, 0)
            await stage.passes(7 * 60)
            written(Path(folder), stage.clock.now() - timedelta(minutes=5))
            print(stage.plant.energy.ev_kwh, flush=True)
            os.kill(os.getpid(), signal.SIGKILL)

    run_warped(night)


def written(folder: Path, since: datetime) -> None:
    """Waits for the disk, which has its own time: what is to be on record by now is there."""
    for _ in range(100):
        _, note = read_record(folder / "state" / FILE_NAME, since)
        if note is not None and note.at >= since:
            return
        threading.Event().wait(0.05)
    raise AssertionError("nothing was written")


def test_without_prices_in_the_latest_minutes_and_a_crash_in_them_costs_nothing(tmp_path: Path) -> None:
    """The house goes on where it was while nobody minds it: the box charges, and its counter tells of it afterwards."""
    known_car(tmp_path)
    command = [sys.executable, "-c", KILLED, str(tmp_path)]
    done = subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE_S, check=False, cwd=Path(__file__).parents[2]
    )
    assert done.returncode == -signal.SIGKILL, done.stderr
    before_kwh = float(done.stdout.split()[-1])
    assert 0.6 < before_kwh < 1.1

    async def night() -> None:
        async with staged(start=CRASH, edit=latest, directory=tmp_path, run=False) as stage:
            box, energy, stop = stage.home.box, stage.plant.energy, anyio.Event()
            box.machine.session.energy_before_kwh = -before_kwh
            box.machine.start()
            await stage.passes(2 * 60)
            assert stage.home.live.now().energy.ev_kwh > 0.2
            async with anyio.create_task_group() as tasks:
                controller = make_controller(read_config(stage.config_file, {}), stage.clock, (stage.diary,))
                tasks.start_soon(controller.run, stop)
                await stage.passes(5 * 60)
                assert not box.enabled
                assert 1.79 < before_kwh + energy.ev_kwh < 2.0
                assert energy.starts == 1
                stop.set()
        # from its first decision on it knows what the car has got
        assert ReasonCode.READY_SHORT not in {decision.reason.code for *_, decision in stage.diary.entries}

    run_warped(night)


def test_what_cannot_be_made_is_said_at_once_and_comes_true(tmp_path: Path) -> None:
    known_car(tmp_path)

    async def night() -> float:
        edit = lambda text: slow_polls(text) + ready("02:12", 5)  # noqa: E731
        async with staged(start="02:00", edit=edit, directory=tmp_path) as stage:
            await stage.passes(12 * 60)
            return stage.plant.energy.ev_kwh

    with capture_logs() as logs:
        kwh = run_warped(night)
    told = [entry for entry in logs if entry.get("rule") == ReasonCode.READY_SHORT]
    assert [entry["reason"] for entry in told] == ["only 2.2 of 5.0 kWh (44 %) can be there by Sun 02:12: 16 A"]
    assert kwh == pytest.approx(2.2, abs=0.15)  # less half a minute in which box and car wake up


def test_a_one_phase_car_that_nobody_knows_is_ready_in_time_on_its_first_night(tmp_path: Path) -> None:
    """At a box with three phases: at 11 kW, which it does not draw, it would begin 12 minutes later."""

    async def night() -> None:
        plant = PlantOptions(car=CarOptions(phases=1))
        edit = lambda text: slow_polls(text) + ready("02:33", 0.7)  # noqa: E731
        async with staged(start="02:17", edit=edit, directory=tmp_path, plant=plant) as stage:
            await stage.passes(15 * 60)
            assert (stage.home.box.enabled, stage.plant.energy.starts) == (False, 1)
            assert 0.69 < stage.plant.energy.ev_kwh < 0.8
            assert ReasonCode.READY_SHORT not in {decision.reason.code for *_, decision in stage.diary.entries}

    run_warped(night)
