"""The box's bad habits, each on the wire."""

from __future__ import annotations

import asyncio
from typing import Any

import anyio
import httpx
import pytest

from controller.simulation.box.faults import Faults
from tests.support.emulator import START, Bench, emulated, update, warped

DASHBOARD = "/api/dashboard-information"
LIMIT = "operator-current-limit"


async def outcome(bench: Bench, method: str = "GET", path: str = DASHBOARD, body: object = None) -> str:
    """The status, "broken" for an answer that is not JSON, or the name of what the connection died of."""
    try:
        reply = await bench.ask(method, path, body)
    except httpx.TransportError as error:
        return type(error).__name__
    try:
        reply.json()
    except ValueError:
        return f"{reply.status_code} broken"
    return str(reply.status_code)


async def outcomes(bench: Bench, number: int) -> list[str]:
    return [await outcome(bench) for _ in range(number)]


async def seconds(bench: Bench, path: str) -> float:
    before_s = bench.clock.monotonic_s()
    await bench.ask("GET", path)
    return bench.clock.monotonic_s() - before_s


@pytest.mark.parametrize(
    ("faults", "words"),
    [
        ({"unauthorized_every": 3}, ["200", "200", "401", "200", "200", "401"]),
        ({"error_every": 2}, ["200", "500", "200", "500"]),
        ({"error_every": 1}, ["500", "500"]),
        ({"html_every": 2}, ["200", "200 broken", "200"]),
        ({"empty_every": 2}, ["200", "200 broken", "200"]),
        ({"garbage_every": 2}, ["200", "200 broken", "200"]),
        ({"drop_every": 2}, ["200", "ReadError", "200", "ReadError"]),
        ({"reset_every": 2}, ["200", "ReadError", "200", "ReadError"]),
        ({"error_every": 2, "drop_every": 4}, ["200", "500", "200", "ReadError"]),
        ({"error_every": 1, "only": ["/api/current-errors"]}, ["200", "200"]),
        ({"error_every": 1, "only": [DASHBOARD]}, ["500", "500"]),
    ],
)
@warped
async def test_every_nth_request(faults: dict[str, Any], words: list[str]) -> None:
    async with emulated() as bench:
        await bench.faults(**faults)
        assert await outcomes(bench, len(words)) == words
        await bench.faults()
        assert await outcome(bench) == "200"


@pytest.mark.parametrize(
    ("fault", "done"),
    [
        ("drop", False),
        ("unauthorized", False),
        ("error", False),
        ("html", False),
        ("empty", True),
        ("garbage", True),
        ("reset", True),
    ],
)
@warped
async def test_whether_a_write_under_a_fault_is_done(fault: str, done: bool) -> None:
    async with emulated() as bench:
        await bench.faults(**{f"{fault}_every": 1})
        assert await outcome(bench, "POST", "/api/configuration-updates", [update(LIMIT, 8)]) != "200"
        assert bench.box.limit_a == (8 if done else 16)


@warped
async def test_garbage_keeps_status_and_type() -> None:
    async with emulated() as bench:
        await bench.faults(garbage_every=1)
        reply = await bench.ask("GET", DASHBOARD)
    assert (reply.status_code, reply.headers["content-type"]) == (200, "application/json")


@warped
async def test_a_401_storm_leaves_logins_alone() -> None:
    async with emulated() as bench:
        await bench.faults(unauthorized_every=1)
        assert (await bench.log_in()).is_success
        assert await outcome(bench) == "401"


@warped
async def test_no_answer() -> None:
    async with emulated() as bench:
        await bench.faults(hang_every=1)
        bench.page.timeout = httpx.Timeout(30)
        assert await outcome(bench) == "ReadTimeout"
        await bench.faults()
        assert await outcome(bench) == "200"
        assert bench.box.record.in_flight == 0


@warped
async def test_latencies() -> None:
    async with emulated() as bench:
        assert await seconds(bench, DASHBOARD) == pytest.approx(0.1, abs=0.05)
        await bench.faults(latency_s=2, system_latency_s=12)
        assert await seconds(bench, DASHBOARD) == pytest.approx(2, abs=0.05)
        assert await seconds(bench, "/api/sections/power") == pytest.approx(2, abs=0.05)
        assert await seconds(bench, "/api/sections/system") == pytest.approx(14, abs=0.05)
        await bench.faults(write_latency_s=5)
        writing = asyncio.ensure_future(bench.write(update(LIMIT, 8)))
        await bench.passes(4)
        assert bench.box.limit_a == 16
        assert (await writing).is_success
        assert bench.box.limit_a == 8


@pytest.mark.parametrize(("answer", "word"), [("drop", "ReadError"), ("429", "429 broken"), ("503", "503 broken")])
@warped
async def test_too_many_requests_a_minute_bring_a_lockout(answer: str, word: str) -> None:
    async with emulated() as bench:
        await bench.passes(60)
        await bench.faults(lockout_requests_per_minute=5, lockout_s=120, lockout_answer=answer)
        assert await outcomes(bench, 6) == ["200"] * 5 + [word]
        assert bench.box.record.lockouts == 1
        await bench.passes(110)
        assert await outcome(bench) == word
        await bench.passes(11)
        assert await outcomes(bench, 4) == ["200"] * 4
        await bench.passes(60)
        assert await outcomes(bench, 4) == ["200"] * 4
        assert bench.box.record.lockouts == 1


@warped
async def test_parallel_requests_bring_a_lockout() -> None:
    async with emulated() as bench:
        await bench.faults(lockout_when_parallel=True, lockout_s=30, lockout_answer="429")
        assert await outcomes(bench, 3) == ["200"] * 3
        words = await asyncio.gather(outcome(bench), outcome(bench), outcome(bench))
        assert sorted(words) == ["200", "429 broken", "429 broken"]
        assert bench.box.record.lockouts == 1
        assert await outcome(bench) == "429 broken"
        await bench.passes(31)
        assert await outcome(bench) == "200"


@warped
async def test_telemetry_freezes_and_thaws() -> None:
    async with emulated() as bench:
        await bench.faults(frozen_telemetry=True)
        await bench.ask(*START)
        await bench.write(update(LIMIT, 9))
        await bench.passes(120)
        assert (await bench.state())["state"] == "Charging"
        assert (await bench.state())["current_a"] == 9
        system = await bench.section("system")
        assert system["ocpp-state"]["value"] == "Preparing"
        assert system["signal-current"]["value"] == "0.0 A, 0.0 A, 0.0 A"
        assert (await bench.get(DASHBOARD))[2]["entries"][1]["value"] == "Preparing"
        assert (await bench.section("power"))[LIMIT]["value"] == 9
        await bench.faults()
        assert (await bench.section("system"))["ocpp-state"]["value"] == "Charging"


@pytest.mark.parametrize(("fault", "shown_a"), [("limit_ignored", 16), ("limit_not_followed", 8)])
@warped
async def test_a_limit_that_is_accepted_and_not_followed(fault: str, shown_a: int) -> None:
    async with emulated() as bench:
        await bench.faults(**{fault: True})
        await bench.ask(*START)
        assert (await bench.write(update(LIMIT, 8))).is_success
        await bench.passes(60)
        found = await bench.state()
        assert (found["limit_a"], found["current_a"]) == (shown_a, 16)
        await bench.faults()
        await bench.write(update(LIMIT, 8))
        await bench.passes(60)
        assert (await bench.state())["current_a"] == 8


@warped
async def test_a_limit_that_the_validation_allows_may_be_refused() -> None:
    async with emulated() as bench:
        await bench.faults(limit_refused_above_a=10)
        assert [(await bench.write(update(LIMIT, limit_a))).status_code for limit_a in (10, 11)] == [200, 400]
        assert bench.box.limit_a == 10


@pytest.mark.parametrize(
    "wrong",
    [
        {"latency_s": -1},
        {"latency_s": "1"},
        {"latency_s": float("inf")},
        {"error_every": 1.5},
        {"lockout_answer": "500"},
        {"frozen_telemetry": 1},
        {"no_such_fault": 1},
    ],
)
def test_faults_are_checked(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Faults.model_validate(wrong)


def test_every_fault_is_documented() -> None:
    for name in Faults.model_fields:
        assert f"        {name}: " in (Faults.__doc__ or ""), name


@warped
async def test_a_write_whose_sender_has_given_up_is_done_all_the_same() -> None:
    async with emulated() as bench:
        await bench.faults(write_latency_s=30)
        with anyio.move_on_after(10):
            await bench.write(update(LIMIT, 9))
        await bench.passes(25)
        assert bench.box.limit_a == 9
        assert bench.box.record.field_writes[LIMIT] == 1


@warped
async def test_a_lockout_ends_with_its_fault() -> None:
    async with emulated() as bench:
        await bench.faults(lockout_requests_per_minute=1, lockout_s=86_400, lockout_answer="429")
        await outcomes(bench, 3)
        await bench.faults()
        assert await outcomes(bench, 3) == ["200"] * 3


@warped
async def test_the_minute_of_a_lockout_has_sixty_seconds() -> None:
    async with emulated() as bench:
        await bench.passes(61)
        await bench.faults(lockout_requests_per_minute=3, lockout_s=10, lockout_answer="429")
        assert await outcomes(bench, 3) == ["200"] * 3
        await bench.passes(45)
        assert await outcome(bench) == "429 broken"
