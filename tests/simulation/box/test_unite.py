"""The Unite's dialect."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.support.emulator import MONDAY_NOON, START, Bench, emulated, warped

LIMIT = "installationSettings.currentLimiterValue"
FREE = "ocppConfigurations.freeModeActive"


async def fields(bench: Bench) -> dict[str, Any]:
    return {field["fieldKey"]: field["value"] for field in await bench.get("/api/configuration-fields")}


@warped
async def test_a_login_is_201_and_tells_its_end() -> None:
    async with emulated(logged_in=False, dialect="unite") as bench:
        reply = await bench.log_in()
    assert reply.status_code == 201
    end = datetime.fromisoformat(reply.json()["access_token_exp"])
    assert end - MONDAY_NOON == pytest.approx(timedelta(seconds=900), abs=timedelta(seconds=2))


@warped
async def test_all_fields_come_at_once_and_as_text() -> None:
    async with emulated(dialect="unite") as bench:
        shown = await fields(bench)
        slashed = {field["fieldKey"]: field["value"] for field in await bench.get("/api/configuration-fields/")}
    assert shown == slashed
    assert shown == {
        FREE: "TRUE",
        "ocppConfigurations.freeModeRfid": "freecharging",
        LIMIT: "16",
        "installationSettings.currentLimiterPhase": "1",  # its word for three
        "generalSettings.randomisedDelayMaximumDuration": "0",
        "generalSettings.ledDimmingLevel": "mid",
    }


@warped
async def test_what_it_is() -> None:
    async with emulated(dialect="unite") as bench:
        found = await bench.get("/api/system-information")
    assert found.keys() == {"apiVersion", "hmiVersion", "identifier", "model"}


@pytest.mark.parametrize(
    "path", ["/api/sections/power", "/api/sections/system", "/api/current-errors", "/api/configuration-structure"]
)
@warped
async def test_what_only_the_next_has(path: str) -> None:
    async with emulated(dialect="unite") as bench:
        assert (await bench.ask("GET", path)).status_code == 404


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (LIMIT, "6"),
        (LIMIT, "16"),
        (FREE, "FALSE"),
        ("generalSettings.ledDimmingLevel", "timeBased"),
        ("generalSettings.randomisedDelayMaximumDuration", "1800"),
        ("ocppConfigurations.freeModeRfid", "tag"),
    ],
)
@warped
async def test_writes(key: str, value: str) -> None:
    async with emulated(dialect="unite") as bench:
        reply = await bench.write({"fieldKey": key, "value": value})
        assert reply.json() == {"status": "SUCCESS"}
        assert (await fields(bench))[key] == value


@pytest.mark.parametrize(
    "change",
    [
        {"fieldKey": LIMIT, "value": "5"},
        {"fieldKey": LIMIT, "value": "17"},
        {"fieldKey": LIMIT, "value": "7.5"},
        {"fieldKey": LIMIT, "value": 7},
        {"fieldKey": FREE, "value": True},
        {"fieldKey": FREE, "value": "maybe"},
        {"fieldKey": "installationSettings.currentLimiterPhase", "value": "0"},
        {"fieldKey": "operator-current-limit", "value": "8"},
        {"fieldKey": LIMIT, "value": "8", "configurationFieldUpdateType": "number-configuration-field-update"},
        {"fieldKey": LIMIT},
        "text",
    ],
)
@warped
async def test_bad_writes_are_422_and_change_nothing(change: object) -> None:
    async with emulated(dialect="unite") as bench:
        before = await fields(bench)
        reply = await bench.write({"fieldKey": LIMIT, "value": "8"}, change)
        assert reply.status_code == 422
        assert reply.headers["content-type"] == "application/problem+json"
        assert await fields(bench) == before


@warped
async def test_an_empty_update_is_422() -> None:
    async with emulated(dialect="unite") as bench:
        assert (await bench.write()).status_code == 422


@warped
async def test_dashboard_and_actions_are_as_on_the_next() -> None:
    async with emulated(dialect="unite") as bench:
        assert (await bench.ask(*START)).is_success
        groups = await bench.get("/api/dashboard-information")
        assert groups[2]["entries"][1]["value"] == "Charging"
        await bench.write({"fieldKey": LIMIT, "value": "9"})
        await bench.passes(60)
        assert (await bench.state())["current_a"] == 9
        assert bench.box.record.limit_writes == 1
