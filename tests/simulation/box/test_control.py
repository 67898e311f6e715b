"""The control port."""

from __future__ import annotations

import pytest

from controller.simulation.box.faults import Faults
from tests.support.emulator import START, emulated, warped


@warped
async def test_the_state_is_the_truth_whatever_the_box_shows() -> None:
    async with emulated(faults=Faults(frozen_telemetry=True, clock_offset_s=86400)) as bench:
        await bench.ask(*START)
        await bench.passes(60)
        found = await bench.state()
        assert found.pop("box_time").startswith("2026-06-23T12:01:0")
        assert found == {
            "state": "Charging",
            "plugged": True,
            "full": False,
            "enabled": True,
            "limit_a": 16,
            "current_a": 16,
            "ev_w": 11040,
            "session_energy_kwh": pytest.approx(0.107, abs=0.01),
            "session_duration_s": pytest.approx(60, abs=0.1),
            "random_delay_left_s": 0,
            "restarting": False,
            "errors": [],
        }


@pytest.mark.parametrize(
    ("method", "path", "content", "status", "words"),
    [
        ("POST", "/car", "{", 400, "not JSON"),
        ("POST", "/car", "", 400, "not JSON"),
        ("POST", "/car", "{}", 422, "plugged, full or energy_kwh is expected"),
        ("POST", "/car", "[]", 422, "body"),
        ("POST", "/car", '{"plugged": "no"}', 422, "plugged"),
        ("POST", "/car", '{"plugged": false, "colour": "red"}', 422, "colour"),
        ("POST", "/car", '{"plugged": false, "energy_kwh": -1}', 422, "energy_kwh"),
        ("POST", "/car", '{"plugged": false, "full": true, "energy_kwh": 3}', 422, "exclude"),
        ("PUT", "/faults", '{"error_every": 1, "latencys": 3}', 422, "latencys"),
        ("PUT", "/faults", '{"error_every": "1"}', 422, "error_every"),
        ("PUT", "/faults", '{"latency_s": -3}', 422, "latency_s"),
        ("PUT", "/faults", "no", 400, "not JSON"),
        ("POST", "/errors", "{}", 422, "errorCode"),
        ("POST", "/errors", '{"errorCode": ""}', 422, "errorCode"),
        ("GET", "/nothing", "", 404, "Not Found"),
        ("GET", "/car", "", 405, "Method Not Allowed"),
    ],
)
@warped
async def test_wrong_input_changes_nothing(method: str, path: str, content: str, status: int, words: str) -> None:
    async with emulated() as bench:
        before = await bench.state()
        reply = await bench.control.request(method, path, content=content)
        after = await bench.state()
        assert bench.box.faults == Faults()
    assert reply.status_code == status
    assert reply.json().keys() == {"detail"}
    assert words in reply.json()["detail"]
    assert "\n" not in reply.json()["detail"]
    assert {**after, "box_time": ""} == {**before, "box_time": ""}


@warped
async def test_faults_are_replaced_as_a_whole() -> None:
    async with emulated(faults=Faults(error_every=7)) as bench:
        assert (await bench.control.get("/faults")).json() == Faults(error_every=7).model_dump(mode="json")
        reply = await bench.control.put("/faults", json={"latency_s": 3, "only": ["/api/login"]})
        assert reply.json() == Faults(latency_s=3, only=("/api/login",)).model_dump(mode="json")
        assert bench.box.faults == Faults(latency_s=3, only=("/api/login",))


@warped
async def test_errors_come_and_go() -> None:
    async with emulated() as bench:
        order = {"errorCode": "OverTemperature", "errorDescription": "It is hot"}
        assert (await bench.control.post("/errors", json=order)).json()["errors"] == ["OverTemperature"]
        assert (await bench.control.delete("/errors")).json()["errors"] == []


@warped
async def test_the_record_can_be_reset() -> None:
    async with emulated() as bench:
        assert (await bench.control.get("/record")).json()["api_calls"] == 1
        assert (await bench.control.post("/record/reset")).json()["api_calls"] == 0
        await bench.ask("GET", "/api/dashboard-information")
        assert (await bench.control.get("/record")).json()["api_calls"] == 1


@warped
async def test_the_control_port_does_not_count_as_the_box() -> None:
    async with emulated(logged_in=False) as bench:
        await bench.car(full=True)
        await bench.state()
        assert bench.box.record.api_calls == 0
