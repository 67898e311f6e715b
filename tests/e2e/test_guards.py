"""A cap from outside, and zero feed-in, with the whole service on real sockets."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from pathlib import Path

from controller.cli.cap import CapOrder, set_cap
from controller.domain.cap import Cap
from controller.domain.reasons import ReasonCode
from controller.history.cap_file import cap_text
from controller.simulation.plant import FeedInOptions, PlantOptions
from tests.e2e.test_service import slow_polls
from tests.support.service import Stage, staged
from tests.support.warp import run_warped

FIXED = '\n[strategy]\nactive = "fixed"\n[strategy.fixed]\ncurrent_a = 16\n'


def cap_file(stage: Stage) -> Path:
    return stage.config_file.parent / "state" / "external-cap.toml"


def set_for(stage: Stage, minutes: float, power_w: float) -> datetime:
    until = stage.clock.now() + timedelta(minutes=minutes)
    cap_file(stage).write_text(cap_text(Cap(power_w=power_w, until=until, source="grid operator")))
    return until


def test_a_dimming_works_at_once_and_ends_by_itself() -> None:
    async def day() -> None:
        async with staged(edit=lambda text: slow_polls(text) + FIXED) as stage:
            await stage.passes(300)
            box = stage.home.box
            assert (box.enabled, box.limit_a) == (True, 16)
            set_for(stage, 30, 4200)
            await stage.passes(4)
            assert (box.enabled, box.limit_a) == (True, 6)
            assert stage.diary.last.reason.code is ReasonCode.CAP
            await stage.pull_meter()
            await stage.passes(60)
            assert box.limit_a == 6
            await stage.put_meter_back()
            await stage.passes(600)
            assert box.limit_a == 6
            set_for(stage, 10, 3000)
            await stage.passes(4)
            assert not box.enabled
            await stage.passes(540)
            assert not box.enabled
            await stage.passes(200)
            assert (box.enabled, box.limit_a) == (True, 16)

    run_warped(day)


def test_a_dimming_survives_a_restart_and_a_file_that_is_spoilt(tmp_path: Path) -> None:
    async def first() -> datetime:
        async with staged(edit=lambda text: slow_polls(text) + FIXED, directory=tmp_path) as stage:
            await stage.passes(120)
            until = set_for(stage, 60, 4200)
            await stage.passes(10)
            assert stage.home.box.limit_a == 6
        return until

    async def second() -> None:
        async with staged(edit=lambda text: slow_polls(text) + FIXED, directory=tmp_path, start="11:05") as stage:
            await stage.passes(300)
            assert stage.home.box.limit_a == 6
            cap_file(stage).write_text("power_w = four kilowatts")
            await stage.passes(60)
            assert stage.home.box.limit_a == 6
            assert stage.diary.last.reason.code is ReasonCode.CAP_KEPT
            cap_file(stage).unlink()
            await stage.passes(120)
            assert stage.home.box.limit_a == 16

    run_warped(first)
    run_warped(second)


def test_no_content_of_the_file_stops_the_control() -> None:
    spoilt = (
        "current_a = 0\nuntil = 9999-12-31T23:59:59Z\n",
        "power_w = 1" + 400 * "0" + '\nuntil = "never"\n',
        "power_w = " + 3000 * "[",
    )

    def in_berlin(text: str) -> str:
        return slow_polls(re.sub("timezone = .*", 'timezone = "Europe/Berlin"', text)) + FIXED

    async def day() -> None:
        async with staged(edit=in_berlin) as stage:
            await stage.passes(120)
            for content in spoilt:
                assert stage.home.box.limit_a == 16
                cap_file(stage).write_text(content)
                await stage.passes(20)
                assert stage.home.box.limit_a == 6
                assert stage.diary.last.reason.code is ReasonCode.CAP_UNREADABLE
                cap_file(stage).unlink()
                await stage.passes(120)

    run_warped(day)


def test_the_command_writes_what_the_service_reads(tmp_path: Path) -> None:
    async def day() -> None:
        async with staged(edit=lambda text: slow_polls(text) + FIXED, directory=tmp_path) as stage:
            await stage.passes(120)
            order = CapOrder(power_w=None, current_a=9, until=None, lasts=None, source="")
            assert set_cap(stage.config_file, order, as_json=True) == 0
            await stage.passes(5)
            assert stage.home.box.limit_a == 9

    run_warped(day)


def test_zero_feed_in_hides_no_sun() -> None:
    def limited(text: str) -> str:
        return slow_polls(text).replace('name = "virtual home"', 'name = "virtual home"\nfeed_in_limit_w = 0')

    async def hour() -> Stage:
        plant = PlantOptions(feed_in=FeedInOptions(limit_w=0.0))
        async with staged(start="11:00", edit=limited, plant=plant) as stage:
            await stage.passes(3000)
        return stage

    energy = run_warped(hour).plant.energy
    assert energy.solar_kwh > 2
    assert energy.grid_kwh < 0.15 * energy.solar_kwh
    assert energy.starts <= 4
