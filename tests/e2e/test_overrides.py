"""Pause, boost and hand-over with the whole service on real sockets."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import anyio
import pytest

from controller.app import make_controller, read_config
from controller.cli.main import main
from controller.cli.override import OverrideOrder, resume, set_override
from controller.cli.status import status
from controller.domain.explanation import explain
from controller.domain.level import Level
from controller.domain.override import Override, OverrideKind, Overrides
from controller.domain.reasons import ReasonCode
from controller.history.override_file import overrides_text
from tests.e2e.test_service import slow_polls
from tests.support.service import Stage, staged
from tests.support.warp import run_warped

FIXED = '\n[strategy]\nactive = "fixed"\n[strategy.fixed]\ncurrent_a = 10\n'


def configured(text: str) -> str:
    return slow_polls(text) + FIXED


def level(stage: Stage) -> Level:
    _, house, _, decision = stage.diary.entries[-1]
    return explain(decision, house).level


def put(stage: Stage, *, pause_min: float | None = None, boost_min: float | None = None) -> None:
    """As the commands do, by the stage's own clock."""
    now = stage.clock.now()

    def lasting(kind: OverrideKind, minutes: float | None) -> Override | None:
        return None if minutes is None else Override(kind, now, now + timedelta(minutes=minutes))

    overrides = Overrides(lasting(OverrideKind.PAUSE, pause_min), lasting(OverrideKind.BOOST, boost_min))
    (stage.config_file.parent / "state" / "override.toml").write_text(overrides_text(overrides))


def test_a_pause_goes_first_a_boost_goes_on_underneath_and_both_survive_a_restart(tmp_path: Path) -> None:
    async def first() -> None:
        async with staged(edit=configured, directory=tmp_path) as stage:
            await stage.passes(120)
            assert (stage.home.box.enabled, stage.home.box.limit_a, level(stage)) == (True, 10, Level.BASE)
            put(stage, pause_min=8, boost_min=14)
            await stage.passes(60)
            assert (stage.home.box.enabled, level(stage)) == (False, Level.PAUSE)

    async def second() -> None:
        async with staged(edit=configured, directory=tmp_path, start="11:05") as stage:
            await stage.passes(240)
            assert (stage.home.box.enabled, level(stage)) == (False, Level.PAUSE)
            await stage.passes(120)
            assert (stage.home.box.enabled, stage.home.box.limit_a, level(stage)) == (True, 16, Level.BOOST)
            await stage.passes(500)
            assert (stage.home.box.enabled, stage.home.box.limit_a, level(stage)) == (True, 10, Level.BASE)

    run_warped(first)
    run_warped(second)


def test_no_content_of_the_file_stops_the_control() -> None:
    async def day() -> None:
        async with staged(edit=configured) as stage:
            await stage.passes(120)
            put(stage, pause_min=600)
            await stage.passes(60)
            assert not stage.home.box.enabled
            for content in ("[pause", "pause = " + 3000 * "[", "[pause]\nset_at = 1\nuntil = 2\n"):
                (stage.config_file.parent / "state" / "override.toml").write_text(content)
                await stage.passes(60)
                assert (stage.home.box.enabled, stage.home.box.limit_a, level(stage)) == (True, 10, Level.BASE)

    run_warped(day)


def test_the_commands_write_what_the_service_reads(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The commands go by the machine's clock, the stage by its own: the file is carried over from one to the other."""

    async def day() -> None:
        async with staged(edit=configured, directory=tmp_path) as stage:
            await stage.passes(120)
            order = OverrideOrder(kind=OverrideKind.BOOST, until=None, lasts=timedelta(days=30), current_a=13)
            assert set_override(stage.config_file, order, as_json=True) == 0
            assert status(stage.config_file, as_json=True) == 0
            file = stage.config_file.parent / "state" / "override.toml"
            assert json.loads(capsys.readouterr().out.splitlines()[-1])["in_force"] == "boost"
            now = stage.clock.now()
            lines = [line for line in file.read_text().splitlines() if not line.startswith(("set_at", "until"))]
            times = [f"set_at = {now.isoformat()}", f"until = {(now + timedelta(hours=1)).isoformat()}"]
            file.write_text("\n".join([*lines, *times]))
            await stage.passes(60)
            assert (stage.home.box.limit_a, level(stage)) == (13, Level.BOOST)
            assert resume(stage.config_file, as_json=True) == 0
            await stage.passes(60)
            assert (stage.home.box.limit_a, level(stage)) == (10, Level.BASE)

    run_warped(day)


def test_a_boost_of_some_energy_ends_when_the_car_has_got_it(tmp_path: Path) -> None:
    """As above; by night, where nothing else charges."""

    async def night() -> None:
        edit = lambda text: slow_polls(text) + '\n[strategy]\nactive = "off"\n'  # noqa: E731
        async with staged(start="02:00", edit=edit, directory=tmp_path) as stage:
            await stage.passes(30)
            assert main(["boost", "--kwh", "0.6", "--config", str(stage.config_file)]) == 0
            file, now = stage.config_file.parent / "state" / "override.toml", stage.clock.now()
            lines = [line for line in file.read_text().splitlines() if not line.startswith(("set_at", "until"))]
            times = [f"set_at = {now.isoformat()}", f"until = {(now + timedelta(hours=24)).isoformat()}"]
            file.write_text("\n".join([*lines, *times]))
            await stage.passes(120)
            assert (stage.home.box.limit_a, level(stage)) == (16, Level.BOOST)
            assert "kWh" in str(stage.diary.last.reason)
            await stage.passes(240)
            assert (stage.home.box.enabled, stage.diary.last.reason.code) == (False, ReasonCode.OFF)
            assert 0.59 < stage.plant.energy.ev_kwh < 0.85  # what has flowed is known once a minute
            assert stage.plant.energy.starts == 1

    run_warped(night)


WINDOWS = """
[strategy]
active = "off_peak"
[strategy.off_peak]
windows = [{ start = "HH:10", end = "HH:20" }, { start = "HH:21", end = "HH:30" }]
current_a = 10
then = "surplus"
"""


def planned(hour: str) -> Callable[[str], str]:
    return lambda text: slow_polls(text) + WINDOWS.replace("HH", hour)


def test_from_a_boost_to_a_window_to_the_next_one_it_is_one_start_and_one_stop() -> None:
    """By night, where nothing else would charge: half a minute and a minute between them."""

    async def night() -> None:
        async with staged(edit=planned("02"), start="02:00") as stage:
            await stage.passes(20)
            assert not stage.home.box.enabled
            put(stage, boost_min=9)
            await stage.passes(550)
            assert (stage.home.box.enabled, stage.diary.last.reason.code) == (True, ReasonCode.WANTED_SOON)
            await stage.passes(300)
            assert (stage.home.box.limit_a, level(stage)) == (10, Level.PLAN)
            await stage.passes(370)
            assert (stage.home.box.enabled, stage.diary.last.reason.code) == (True, ReasonCode.WANTED_SOON)
            await stage.passes(500)
            assert stage.plant.energy.starts == 1
            await stage.passes(300)
            assert not stage.home.box.enabled
            assert stage.plant.energy.starts == 1

    run_warped(night)


def test_the_sun_takes_over_after_a_window_and_another_strategy_after_a_restart() -> None:
    async def morning() -> None:
        async with staged(edit=planned("11"), start="11:28") as stage:
            await stage.passes(480)
            assert (stage.home.box.enabled, level(stage)) == (True, Level.BASE)
            stage.stop.set()
            await stage.done.wait()
            assert stage.home.box.enabled
            text = stage.config_file.read_text()
            for active in ("fixed", "surplus"):
                stage.config_file.write_text(text.replace('active = "off_peak"', f'active = "{active}"'))
                stop = anyio.Event()
                async with anyio.create_task_group() as tasks:
                    tasks.start_soon(make_controller(read_config(stage.config_file, {}), stage.clock).run, stop)
                    await stage.passes(240)
                    stop.set()
                assert stage.home.box.enabled
            assert stage.plant.energy.starts == 1

    run_warped(morning)
