"""Logins, tokens, and the rule of one user."""

from __future__ import annotations

import jwt
import pytest

from controller.simulation.box.faults import Faults
from tests.support.emulator import MONDAY_NOON, emulated, warped

DASHBOARD = "/api/dashboard-information"


@warped
async def test_a_token_tells_its_life_and_dies_at_its_end() -> None:
    async with emulated(token_life_s=600) as bench:
        token = bench.page.headers["authorization"].removeprefix("Bearer ")
        claims = jwt.decode(token, options={"verify_signature": False})
        assert claims["exp"] - claims["iat"] == 600
        assert claims["iat"] == pytest.approx(MONDAY_NOON.timestamp(), abs=5)
        await bench.passes(590)
        assert (await bench.ask("GET", DASHBOARD)).status_code == 200
        await bench.passes(10)
        reply = await bench.ask("GET", DASHBOARD)
    assert reply.status_code == 401
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json() == {
        "type": "about:blank",
        "title": "Unauthorized",
        "status": 401,
        "detail": "the token is invalid or expired",
    }


@warped
async def test_a_refresh_lengthens_the_session_and_ends_the_old_token() -> None:
    async with emulated(token_life_s=600) as bench:
        await bench.passes(500)
        old = bench.page.headers["authorization"]
        fresh = (await bench.ask("POST", "/api/refresh-token")).json()
        assert fresh["token_type"] == "bearer"
        assert (await bench.ask("GET", DASHBOARD)).status_code == 401
        bench.page.headers["authorization"] = f"Bearer {fresh['access_token']}"
        await bench.passes(500)
        assert (await bench.ask("GET", DASHBOARD)).status_code == 200
        assert old != bench.page.headers["authorization"]
        await bench.passes(200)
        assert (await bench.ask("POST", "/api/refresh-token")).status_code == 401


@pytest.mark.parametrize(("several", "status"), [(False, 401), (True, 200)])
@warped
async def test_a_second_login_ends_the_first_session_unless_several_may(several: bool, status: int) -> None:
    async with emulated(several_users=several) as bench:
        first = bench.page.headers["authorization"]
        await bench.log_in()
        assert (await bench.ask("GET", DASHBOARD)).status_code == 200
        assert (await bench.ask("GET", DASHBOARD, authorization=first)).status_code == status


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"username": "admin", "password": "wrong"}, 401),
        ({"username": "root", "password": "open-sesame"}, 401),
        ({"username": "ädmin", "password": "pässword"}, 401),
        ({"username": "admin"}, 400),
        ({"username": "admin", "password": 5}, 400),
        ([], 400),
        (None, 400),
    ],
)
@warped
async def test_wrong_logins(body: object, status: int) -> None:
    async with emulated(logged_in=False) as bench:
        reply = await bench.ask("POST", "/api/login", body)
        assert (reply.status_code, reply.json()["status"]) == (status, status)
        assert bench.box.record.logins == 0


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer x.y.z", "Basic YWRtaW46", "Bearer e30.e30.e30"])
@warped
async def test_without_a_token_of_ours_nothing_is_told(header: str) -> None:
    async with emulated() as bench:
        right = bench.page.headers["authorization"]
        for wrong in (header, right + "x", right.replace("Bearer", "Token")):
            assert (await bench.ask("GET", DASHBOARD, authorization=wrong)).status_code == 401
        assert (await bench.ask("GET", DASHBOARD, authorization=right.replace("Bearer", "bearer"))).is_success


@warped
async def test_wrong_logins_in_a_row_lock_the_account_for_a_while() -> None:
    async with emulated(faults=Faults(account_lock_after=3, account_lock_s=300)) as bench:
        statuses = [(await bench.log_in("wrong")).status_code for _ in range(4)]
        assert statuses == [401, 401, 401, 403]
        assert (await bench.log_in()).status_code == 403
        await bench.passes(300)
        assert (await bench.log_in()).status_code == 200
        assert [(await bench.log_in(word)).status_code for word in ("a", "b", "open-sesame", "c", "d")] == [
            401, 401, 200, 401, 401,
        ]  # fmt: skip
        assert (bench.box.record.logins, bench.box.record.logins_refused) == (3, 9)


@warped
async def test_a_clock_that_is_days_off_shows_in_tokens_and_hurts_no_session() -> None:
    async with emulated(faults=Faults(clock_offset_s=-3 * 86400)) as bench:
        token = bench.page.headers["authorization"].removeprefix("Bearer ")
        claims = jwt.decode(token, options={"verify_signature": False, "verify_exp": False})
        assert claims["iat"] == pytest.approx(MONDAY_NOON.timestamp() - 3 * 86400, abs=5)
        system = await bench.section("system")
        assert system["system-time-setting"]["value"].startswith("2026-06-19T12:00:0")
        await bench.passes(850)
        assert (await bench.ask("GET", DASHBOARD)).is_success
        await bench.passes(60)
        assert (await bench.ask("GET", DASHBOARD)).status_code == 401
