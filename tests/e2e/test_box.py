"""The client and the service at the emulated box, habits included: both dialects, sessions, slow sections, plug-in."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import anyio
import pytest

from controller.domain.charger import OcppState
from controller.domain.errors import AuthError, DeviceError, DeviceRejected, DeviceTimeout, DeviceUnavailable
from controller.domain.reasons import ReasonCode
from controller.simulation.box.faults import Faults
from controller.wallbox.catalogue import SECTIONS, VALUELESS, FieldType, load_catalogue
from controller.wallbox.dialect import DialectName
from controller.wallbox.tls import Trust
from tests.e2e.test_service import slow_polls
from tests.support.emulator import PASSWORD, Bench, emulated, warped
from tests.support.https import Ways, ways
from tests.support.service import Stage, staged
from tests.support.warp import run_warped
from tests.wallbox.reference import rows


@asynccontextmanager
async def client_at(options: dict[str, Any] | None = None, **settings: Any) -> AsyncIterator[tuple[Bench, Ways]]:
    """An emulated box with these `BoxSettings`, and a client of these `ways`."""
    async with emulated(logged_in=False, **settings) as bench:
        more = {
            "password": PASSWORD,
            "min_gap_s": 1.0,
            "timeout_s": 10.0,
            "dialect": DialectName.AUTO,
            **(options or {}),
        }
        box = ways(bench.box_port, Trust(fingerprint=bench.fingerprint), bench.clock, **more)
        try:
            yield bench, box
        finally:
            await box.access.close()


@warped
async def test_everything_that_the_next_shows_is_understood() -> None:
    async with client_at() as (bench, box):
        catalogue = load_catalogue("next")
        assert [section.key for section in await box.client.structure()] == list(SECTIONS)
        fields = [field for key in SECTIONS for field in await box.client.section(key)]
        assert {field.key for field in fields} == set(catalogue.fields)
        for field in fields:
            known = catalogue.fields[field.key]
            assert (field.known, field.type, field.writable, field.section) == (
                True, known.type, known.writable, known.section,
            )  # fmt: skip
            if field.type is FieldType.NUMBER:
                assert isinstance(field.value, int | float), field
            if field.type is FieldType.BOOLEAN:
                assert isinstance(field.value, bool), field
        assert (await box.client.dashboard()).ocpp_state is OcppState.PREPARING
        assert await box.client.errors() == ()
        assert bench.box.record.refused == 0


@warped
async def test_every_writable_field_of_the_next_takes_what_we_send() -> None:
    async with client_at({"writes_per_hour": 1000}) as (bench, box):
        await box.client.stop()
        written = 0
        for section in SECTIONS:
            for field in await box.client.section(section):
                if not field.writable or field.type in VALUELESS or field.type is FieldType.PASSWORD:
                    continue
                value = field.value or "2026-05-01T12:00:00" if field.type is FieldType.DATETIME else field.value
                await box.maintenance.update({field.key: value})
                written += 1
        expected = [row for row in rows() if row[3] == "RW" and row[2] not in (*VALUELESS, "password")]
        assert written == len(expected)
        assert sum(bench.box.record.field_writes.values()) == written
        assert bench.box.record.refused == 0


@warped
async def test_the_whole_of_a_unite() -> None:
    async with client_at(dialect="unite") as (bench, box):
        assert (await box.client.dialect()).name is DialectName.UNITE
        assert bench.box.record.api_calls == 3  # login, and two to find out
        power = await box.steered.power()
        assert (power.limit_a, power.limit_max_a, power.phases) == (16, 16, 3)
        for name, value in (
            ("operator-current-limit", 10),
            ("free-charging", False),
            ("free-charging-alais", "TAG-1"),
            ("randomised-delay-range", 60),
            ("led-brightness", "low"),
        ):
            (written,) = await box.client.update({name: value})
            assert (await box.client.field(name)).value == value
            assert written.confirmed is not False
        assert bench.box.limit_a == 10
        await box.steered.start()
        await bench.passes(61)
        assert (await box.steered.status()).state is OcppState.CHARGING
        assert bench.box.record.refused == 1  # the section that only a Next has


@warped
async def test_a_token_is_renewed_before_it_ends_and_no_login_is_spent() -> None:
    async with client_at(token_life_s=100.0) as (bench, box):
        for _ in range(60):
            await box.steered.power()
            await bench.passes(10)
        assert bench.box.record.logins == 1
        assert bench.box.record.refused == 0
        assert bench.box.record.endpoints["POST /api/refresh-token"] >= 6


@warped
async def test_a_second_user_takes_the_session_and_costs_one_login() -> None:
    async with client_at() as (bench, box):
        await box.steered.power()
        await bench.log_in()
        await bench.passes(1)
        await box.steered.power()
        assert (bench.box.record.logins, bench.box.record.refused) == (3, 1)


@warped
async def test_many_who_find_the_session_ended_share_one_login() -> None:
    async with client_at({"min_gap_s": 0.0}) as (bench, box):
        await box.steered.power()
        bench.box.access.end_sessions()
        async with anyio.create_task_group() as tasks:
            for number in range(50):
                tasks.start_soon(box.client.section, SECTIONS[number % 7])
        assert bench.box.record.logins == 2
        assert bench.box.record.max_in_flight == 1


@warped
async def test_a_box_that_takes_no_token_gets_few_logins_from_many() -> None:
    async with client_at({"min_gap_s": 0.0}) as (bench, box):
        await box.steered.power()
        bench.box.set_faults(Faults(unauthorized_every=1))
        before = bench.box.record.logins

        async def ask(section: str) -> None:
            with pytest.raises(DeviceError):
                await box.client.section(section)

        async with anyio.create_task_group() as tasks:
            for number in range(50):
                tasks.start_soon(ask, SECTIONS[number % 7])
        assert bench.box.record.logins - before <= 2
        assert bench.box.record.api_calls < 40


@warped
async def test_two_users_do_not_throw_one_another_out_for_ever() -> None:
    async with client_at() as (bench, box):
        failures = 0
        for _ in range(360):
            bench.box.access.end_sessions()
            try:
                await box.steered.power()
            except DeviceUnavailable as error:
                failures += "another user" in str(error)
            await bench.passes(10)
        assert failures > 0
        assert bench.box.record.logins <= 40
        await box.steered.stop()  # what protects logs in all the same


@warped
async def test_wrong_credentials_are_sent_once_and_lock_nothing() -> None:
    async with client_at({"password": "wrong"}, faults=Faults(account_lock_after=3)) as (bench, box):
        for _ in range(10):
            with pytest.raises(AuthError):
                await box.steered.power()
            await bench.passes(600)
        assert bench.box.record.logins_refused == 1
        assert (await bench.log_in()).status_code == 200


@warped
async def test_the_slow_section_has_thirty_seconds_and_no_other_has() -> None:
    async with client_at() as (bench, box):
        await box.client.dialect()
        bench.box.set_faults(Faults(system_latency_s=25.0))
        assert len(await box.client.section("system")) == 37
        bench.box.set_faults(Faults(latency_s=11.0))
        with pytest.raises(DeviceTimeout, match="within 10 s"):
            await box.client.section("auth")


@warped
async def test_a_write_that_the_box_refuses_is_refused_as_a_whole() -> None:
    async with client_at() as (bench, box):
        await box.client.section("power")
        bench.box.set_faults(Faults(limit_refused_above_a=10))
        with pytest.raises(DeviceRejected, match="does not accept the values"):
            await box.client.update({"randomised-delay-range": 7, "operator-current-limit": 12})
        assert (await box.client.field("randomised-delay-range")).value == 0


@pytest.mark.parametrize("dialect", ["next", "unite"])
def test_the_service_steers_either_model(dialect: str, tmp_path: Path) -> None:
    async def hour() -> Stage:
        async with staged(edit=slow_polls, directory=tmp_path, box={"dialect": dialect}) as stage:
            await stage.passes(3600)
            assert stage.home.box.enabled
            assert stage.plant.energy.ev_kwh > 2
        return stage

    stage = run_warped(hour)
    record = stage.home.box.record
    assert record.max_in_flight == 1
    assert record.limit_writes >= 2
    assert stage.home.box.limit_a == 16  # given back


def test_a_car_that_comes_home_is_charged_as_decided_and_not_as_the_box_likes() -> None:
    async def evening() -> None:
        async with staged(start="21:30", edit=slow_polls) as stage:  # no sun: nothing is to be charged
            box = stage.home.box
            box.machine.plug(plugged=False)
            await stage.passes(120)
            box.machine.plug(plugged=True)
            await stage.passes(3)
            assert box.enabled  # the box's own 6 A
            await stage.passes(60)
            assert not box.enabled
            await stage.passes(300)
            assert not box.enabled
            assert box.record.stops == 1
            assert stage.diary.last.reason.code is ReasonCode.NO_SUN

    run_warped(evening)


def test_a_box_that_fails_after_a_pause_is_left_alone_and_said_so() -> None:
    async def day() -> None:
        async with staged(edit=slow_polls, box={"faults": Faults(fault_after_pause=True)}) as stage:
            await stage.passes(300)
            box = stage.home.box
            assert box.enabled
            box.machine.stop()
            await stage.passes(1800)
            assert stage.diary.last.reason.code is ReasonCode.BOX_FAULT
            before = box.record.starts
            await stage.passes(1800)
            assert box.record.starts == before

    run_warped(day)


def test_the_box_may_restart_whenever_it_likes() -> None:
    async def day() -> None:
        async with staged(edit=slow_polls) as stage:
            await stage.passes(300)
            stage.home.box.restart()
            await stage.passes(10)
            writes = stage.home.box.record.limit_writes
            await stage.passes(150)
            assert stage.home.box.enabled
            assert stage.home.box.record.limit_writes > writes  # it had come back with its own 6 A
            assert stage.diary.last.reason.code not in (ReasonCode.BOX_DOWN, ReasonCode.BOX_AWAITED)

    run_warped(day)


def stops_soon(text: str) -> str:
    return slow_polls(text).replace("[wallbox]\n", "[wallbox]\nfallback_stop_after_s = 600\n")


@pytest.mark.parametrize(
    "faults",
    [
        {"drop_every": 2},
        {"hang_every": 3},
        {"reset_every": 2},
        {"unauthorized_every": 2},
        {"error_every": 3},
        {"garbage_every": 2},
        {"html_every": 3},
        {"lockout_requests_per_minute": 3},
        {"frozen_telemetry": True},
        {"ocpp_state": ""},
    ],
    ids=str,
)
def test_a_car_does_not_charge_for_ever_though_meter_and_box_fail(faults: dict[str, Any]) -> None:
    async def night() -> None:
        async with staged(edit=stops_soon) as stage:
            await stage.passes(300)
            box = stage.home.box
            assert box.enabled
            box.set_faults(Faults(**faults))
            await stage.pull_meter()
            await stage.passes(600 + 1200)
            assert not box.enabled
            assert box.record.logins <= 40
            assert box.record.max_in_flight == 1

    run_warped(night)


@pytest.mark.parametrize("word", ["", "Wartung"])
def test_a_box_that_shows_no_state_is_steered_all_the_same(word: str) -> None:
    async def noon() -> None:
        async with staged(edit=slow_polls, box={"faults": Faults(ocpp_state=word)}) as stage:
            await stage.passes(300)
            assert stage.home.box.enabled
            assert stage.plant.energy.ev_kwh > 0.1
            await stage.pull_meter()
            await stage.passes(60)
            assert stage.home.box.limit_a == 6

    run_warped(noon)


@warped
async def test_a_stop_and_a_reduction_go_before_what_was_asked_for_earlier() -> None:
    async with client_at() as (bench, box):
        await box.steered.power()
        bench.box.reset_record()
        order: list[str] = []

        async def then(name: str, call: Any) -> None:
            await call
            order.append(name)

        async with anyio.create_task_group() as tasks:
            for key in ("auth", "backend", "hems"):
                tasks.start_soon(then, key, box.client.section(key))
            tasks.start_soon(then, "raise", box.steered.set_limit(16))
            tasks.start_soon(then, "start", box.steered.start())
            tasks.start_soon(then, "stop", box.steered.stop())
            tasks.start_soon(then, "reduce", box.steered.set_limit(6, urgent=True))
    assert order[:2] == ["stop", "reduce"]
    assert set(order[2:4]) == {"raise", "start"}
    assert order[4:] == ["auth", "backend", "hems"]


def test_a_spent_budget_of_writes_keeps_nobody_from_protecting_and_giving_back(tmp_path: Path) -> None:
    def frugal(text: str) -> str:
        return slow_polls(text).replace("[wallbox.pacing]\n", "[wallbox.pacing]\nwrites_per_hour = 4\n")

    async def day() -> Stage:
        async with staged(edit=frugal, directory=tmp_path) as stage:
            box = stage.home.box
            await stage.passes(600)
            while stage.home.box.limit_a == 6 or box.record.limit_writes < 4:
                await stage.passes(30)
            written = box.record.limit_writes
            await stage.pull_meter()
            await stage.passes(30)
            assert box.limit_a == 6
            assert box.record.limit_writes > written
        return stage

    stage = run_warped(day)
    assert stage.home.box.limit_a == 16
