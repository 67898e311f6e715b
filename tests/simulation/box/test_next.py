"""The Next's endpoints, each as specified."""

from __future__ import annotations

import hashlib
from typing import Any

import httpx
import pytest

from tests.support.emulator import START, STOP, emulated, update, warped

GUARDED = [
    ("POST", "/api/refresh-token"),
    ("GET", "/api/dashboard-information"),
    ("GET", "/api/current-errors"),
    ("GET", "/api/configuration-structure"),
    *(("GET", f"/api/sections/{key}") for key in ("auth", "backend", "hems", "network", "power", "profile", "system")),
    ("POST", "/api/configuration-updates"),
    *(
        ("POST", f"/api/custom-actions/{key}")
        for key in ("local-remote-start", "restart-system", "factory-reset", "skip-random-delay")
    ),
    *(("POST", f"/api/files/{key}") for key in ("upload-new-firmware", "local-ca-cert")),
    *(("GET", f"/api/files/{key}") for key in ("download-logfile", "licensing-information", "local-ca-cert")),
]


@warped
async def test_every_endpoint_wants_a_token() -> None:
    async with emulated(logged_in=False) as bench:
        for method, path in GUARDED:
            assert (await bench.ask(method, path)).status_code == 401, path
        assert bench.box.record.api_calls == bench.box.record.refused == len(GUARDED)
        assert (await bench.state())["restarting"] is False


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/api/nothing", 404),
        ("GET", "/api/login/", 404),
        ("GET", "/api/sections", 404),
        ("GET", "/api/sections/kitchen", 404),
        ("POST", "/api/custom-actions/dance", 404),
        ("GET", "/api/files/secrets", 404),
        ("POST", "/api/files/download-logfile", 404),
        ("GET", "/api/configuration-fields", 404),
        ("GET", "/api/system-information", 404),
        ("PUT", "/api/configuration-updates", 405),
        ("GET", "/api/configuration-updates", 405),
        ("DELETE", "/api/files/local-ca-cert", 405),
        ("GET", "/api/login", 405),
        ("POST", "/api/sections/power", 405),
        ("GET", "/api/custom-actions/restart-system", 405),
    ],
)
@warped
async def test_what_is_not_there(method: str, path: str, status: int) -> None:
    async with emulated() as bench:
        reply = await bench.ask(method, path)
    assert reply.headers["content-type"] == "application/problem+json"
    assert reply.json().keys() == {"type", "title", "status", "detail"}
    assert (reply.status_code, reply.json()["status"]) == (status, status)


@pytest.mark.parametrize("path", ["/", "/index.html", "/apis/login", "/api"])
@warped
async def test_outside_the_api_errors_are_pages(path: str) -> None:
    async with emulated() as bench:
        reply = await bench.ask("GET", path)
    assert reply.status_code == 404
    assert reply.headers["content-type"].startswith("text/html")
    assert "404" in reply.text


@warped
async def test_the_dashboard_in_english() -> None:
    async with emulated() as bench:
        await bench.ask(*START)
        await bench.passes(600)
        groups = await bench.get("/api/dashboard-information")
    assert [group["key"] for group in groups] == ["indicator", "summary", "ocpp-status"]
    assert groups[0]["entries"][0] == {
        "dashboardInformationEntryType": "simple-string-dashboard-information-entry",
        "key": "status-wallbox",
        "label": "Status Wallbox",
        "value": "OK",
        "color": "green",
        "isMainStatusEntry": True,
    }
    values = {entry["key"]: entry["value"] for group in groups for entry in group["entries"]}
    assert values == {
        "status-wallbox": "OK",
        "free-charging": "ON",
        "connectivity-status": "",
        "total-charging-sessions": "29 Sessions",
        "duration": "10.00 minutes",
        "power": values["power"],
        "charge-point-id": "VIRTUAL-1",
        "ocpp-state": "Charging",
    }
    assert values["power"].endswith(" kWh")
    assert float(values["power"].removesuffix(" kWh")) == pytest.approx(1.76, abs=0.05)


@warped
async def test_the_dashboard_in_german() -> None:
    async with emulated() as bench:
        await bench.ask(*START)
        await bench.passes(600)
        await bench.control.post("/errors", json={"errorCode": "ConnectorLockFailure"})
        groups = await bench.get("/api/dashboard-information", **{"Accept-Language": "de"})
        system = await bench.section("system", **{"Accept-Language": "de"})
    values = {entry["key"]: entry["value"] for group in groups for entry in group["entries"]}
    assert values["free-charging"] == "EIN"
    assert values["status-wallbox"] == "FEHLER"
    assert groups[0]["entries"][0]["color"] == "red"
    assert values["total-charging-sessions"] == "29 Ladevorgänge"
    assert values["duration"].startswith("10,")
    assert values["duration"].endswith(" Minuten")
    assert values["power"].startswith("1,")
    assert values["ocpp-state"] == "Faulted"
    assert [group["label"] for group in groups] == ["Statusanzeige", "Zusammenfassung", "OCPP-Status"]
    assert system["signal-current"]["value"] == "0,0 A, 0,0 A, 0,0 A"


@warped
async def test_current_errors() -> None:
    async with emulated() as bench:
        assert await bench.get("/api/current-errors") == []
        order = {"errorCode": "ConnectorLockFailure", "errorDescription": "The lock is stuck"}
        await bench.control.post("/errors", json=order)
        errors = await bench.get("/api/current-errors")
        listed = (await bench.section("system"))["errors"]["value"]
    assert errors == [{**order, "timestamp": errors[0]["timestamp"]}]
    assert errors[0]["timestamp"].startswith("2026-06-22T12:00:0")
    assert errors[0]["timestamp"].endswith("Z")
    assert listed == "ConnectorLockFailure"


@warped
async def test_the_structure_names_every_section_and_group_that_fields_are_in() -> None:
    async with emulated() as bench:
        sections = (await bench.get("/api/configuration-structure"))["sections"]
        german = (await bench.get("/api/configuration-structure", **{"Accept-Language": "de"}))["sections"]
        used = {key: {field["groupKey"] for field in (await bench.section(key)).values()} for key in SECTION_KEYS}
    assert [section["key"] for section in sections] == SECTION_KEYS
    assert {section["key"]: section["label"] for section in sections}["hems"] == "LOAD MANAGEMENT"
    assert {section["key"]: section["label"] for section in german}["hems"] == "LASTMANAGEMENT"
    groups = {section["key"]: [group["key"] for group in section["groups"]] for section in sections}
    assert groups["power"] == ["installation", "randomised-Delay", "Off-Peak-Charging"]
    assert groups["profile"] == ["change-password"]
    assert {key: used[key] - set(groups[key]) for key in used} == {key: set() for key in used}


SECTION_KEYS = ["auth", "backend", "hems", "network", "power", "profile", "system"]


@pytest.mark.parametrize("body", [{}, {"action": "dance"}, [], {"action": True}])
@warped
async def test_a_remote_start_needs_an_action(body: object) -> None:
    async with emulated() as bench:
        reply = await bench.ask("POST", "/api/custom-actions/local-remote-start", body)
        assert reply.status_code == 400
        assert (await bench.state())["state"] == "Preparing"


@warped
async def test_remote_start_and_stop() -> None:
    async with emulated() as bench:
        assert (await bench.ask(*START)).is_success
        assert bench.box.enabled
        assert (await bench.ask(*STOP)).is_success
        assert not bench.box.enabled
        assert (bench.box.record.starts, bench.box.record.stops) == (1, 1)


@pytest.mark.parametrize("body", [None, {}])
@warped
async def test_a_restart_leaves_a_gap_and_ends_the_session(body: object) -> None:
    async with emulated(restart_s=20) as bench:
        await bench.ask(*START)
        assert (await bench.ask("POST", "/api/custom-actions/restart-system", body)).is_success
        for _ in range(3):
            with pytest.raises(httpx.TransportError):
                await bench.ask("GET", "/api/dashboard-information")
            await bench.passes(5)
        assert (await bench.state())["restarting"] is True
        await bench.passes(5)
        assert (await bench.state())["state"] == "Preparing"
        assert (await bench.ask("GET", "/api/dashboard-information")).status_code == 401
        await bench.log_in()
        await bench.passes(2)
        assert (await bench.state())["state"] == "Charging"
        assert bench.box.limit_a == 6
        assert bench.box.record.restarts == 1


@warped
async def test_a_factory_reset_brings_back_what_was_delivered() -> None:
    async with emulated() as bench:
        delivered = {key: await bench.section(key) for key in SECTION_KEYS if key != "system"}
        await bench.car(plugged=False)
        await bench.write(
            update("operator-current-limit", 8),
            update("led-brightness", 99),
            update("free-charging", value=False, kind="boolean"),
            update("mode-modbus", "HEMS", "select"),
            update("local-system-time-setting", "2031-01-01T00:00:00Z", "datetime"),
        )
        await bench.log_in()
        assert (await bench.ask("POST", "/api/custom-actions/factory-reset")).is_success
        await bench.passes(21)
        await bench.log_in()
        assert {key: await bench.section(key) for key in delivered} == delivered
        system = await bench.section("system")
        assert system["led-brightness"]["value"] == 10
        assert system["system-time-setting"]["value"].startswith("2026-06-22T12:")


@pytest.mark.parametrize("key", ["upload-new-firmware", "local-ca-cert"])
@warped
async def test_uploads_are_counted_and_hashed(key: str) -> None:
    content = bytes(range(256)) * 12_000
    async with emulated() as bench:
        reply = await bench.page.post(f"/api/files/{key}", files={"file": ("box.bin", content)})
        assert reply.is_success
        record = bench.box.record.as_json()
    assert record["uploaded_bytes"] == len(content)
    assert record["uploads"] == [
        {"key": key, "name": "box.bin", "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
    ]


@warped
async def test_an_upload_without_a_file_is_refused() -> None:
    async with emulated() as bench:
        wrong: list[dict[str, Any]] = [
            {"json": {}},
            {"files": {"other": b"x"}},
            {"data": {"file": "x"}},
            {"content": b"x"},
        ]
        for arguments in wrong:
            reply = await bench.page.post("/api/files/local-ca-cert", **arguments)
            assert reply.status_code == 400
        broken = {"Content-Type": "multipart/form-data; boundary=x"}
        assert (await bench.page.post("/api/files/local-ca-cert", content=b"?", headers=broken)).status_code == 400
        assert bench.box.record.uploads == []


@pytest.mark.parametrize("key", ["download-logfile", "licensing-information", "local-ca-cert"])
@warped
async def test_downloads(key: str) -> None:
    async with emulated() as bench:
        reply = await bench.ask("GET", f"/api/files/{key}")
    assert reply.is_success
    assert "attachment" in reply.headers["content-disposition"]
    assert reply.text.strip()


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[" * 100_000])
@warped
async def test_a_body_that_is_not_json(content: bytes) -> None:
    async with emulated() as bench:
        for path in ("/api/configuration-updates", "/api/custom-actions/local-remote-start", "/api/login"):
            assert (await bench.page.post(path, content=content)).status_code == 400


@warped
async def test_setting_the_local_time_sets_the_boxs_clock() -> None:
    async with emulated() as bench:
        await bench.write(update("local-system-time-setting", "2026-06-22T12:10:00", "datetime"))
        shown = (await bench.section("system"))["system-time-setting"]["value"]
    assert shown.startswith("2026-06-22T12:10:0")
