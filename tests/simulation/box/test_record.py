"""What the box counts."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from tests.support.emulator import START, STOP, emulated, update, warped

DASHBOARD = "/api/dashboard-information"


@warped
async def test_requests_that_overlap_are_counted_as_such() -> None:
    async with emulated() as bench:
        await bench.control.post("/record/reset")
        await asyncio.gather(*(bench.ask("GET", DASHBOARD) for _ in range(4)))
        record = bench.box.record
        assert (record.api_calls, record.max_in_flight, record.in_flight) == (4, 4, 0)
        await bench.ask("GET", DASHBOARD)
        assert (record.api_calls, record.max_in_flight) == (5, 4)


@warped
async def test_gaps_are_from_the_end_of_an_answer_to_the_next_request() -> None:
    async with emulated(logged_in=False) as bench:
        await bench.faults(latency_s=3)
        await bench.log_in()
        assert bench.box.record.min_gap_s is None
        for gap_s in (10, 2, 6):
            await bench.passes(gap_s)
            await bench.ask("GET", DASHBOARD)
        record = bench.box.record
    assert record.min_gap_s == pytest.approx(2, abs=0.01)
    assert record.mean_gap_s == pytest.approx(6, abs=0.01)


@warped
async def test_a_request_that_was_reset_ends_a_gap_and_begins_one() -> None:
    async with emulated() as bench:
        await bench.faults(reset_every=1)
        for gap_s in (5, 7):
            await bench.passes(gap_s)
            with pytest.raises(httpx.ReadError):
                await bench.ask("GET", DASHBOARD)
        record = bench.box.record
    assert record.min_gap_s == pytest.approx(5, abs=0.01)
    assert record.mean_gap_s == pytest.approx(6, abs=0.01)
    assert record.dropped == 2


@warped
async def test_everything_is_counted() -> None:
    async with emulated() as bench:
        await bench.ask("GET", DASHBOARD)
        await bench.ask("GET", "/api/nothing")
        await bench.ask(*START)
        await bench.ask(*STOP)
        await bench.write(update("operator-current-limit", 9), update("led-brightness", 5))
        await bench.write(update("operator-current-limit", 7))
        await bench.write(update("operator-current-limit", 99))
        await bench.log_in("wrong")
        await bench.page.post("/api/files/local-ca-cert", files={"file": ("ca.pem", b"12345")})
        record = (await bench.control.get("/record")).json()
    assert record == {
        "api_calls": 10,
        "in_flight": 0,
        "max_in_flight": 1,
        "min_gap_s": pytest.approx(0, abs=0.01),
        "mean_gap_s": pytest.approx(0, abs=0.01),
        "endpoints": {
            "POST /api/login": 2,
            f"GET {DASHBOARD}": 1,
            "GET /api/nothing": 1,
            "POST /api/custom-actions/local-remote-start": 2,
            "POST /api/configuration-updates": 3,
            "POST /api/files/local-ca-cert": 1,
        },
        "statuses": {"200": 7, "404": 1, "400": 1, "401": 1},
        "field_writes": {"operator-current-limit": 2, "led-brightness": 1},
        "limit_writes": 2,
        "lowest_limit_a": 7,
        "highest_limit_a": 9,
        "refused": 3,
        "dropped": 0,
        "starts": 1,
        "stops": 1,
        "restarts": 0,
        "logins": 1,
        "logins_refused": 1,
        "lockouts": 0,
        "uploaded_bytes": 5,
        "uploads": record["uploads"],
    }


@warped
async def test_the_list_of_endpoints_is_bounded() -> None:
    async with emulated() as bench:
        for number in range(150):
            await bench.ask("GET", f"/api/guess-{number}")
        endpoints = bench.box.record.endpoints
    assert len(endpoints) == 101
    assert endpoints["other"] == 51
    assert endpoints.total() == 151
