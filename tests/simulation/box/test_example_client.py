"""The client that the API's description shows, on `requests`, against the emulator as a process of its own."""

from __future__ import annotations

import hashlib
import json
import threading
import time
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import requests
import urllib3

from tests.support.processes import PATIENCE_S, outcome, sunpace

IN_USE = "Address already in use"
SECTIONS = ("auth", "backend", "hems", "network", "power", "profile", "system")


class ExampleClient:
    """Trusts any certificate, keeps one session, logs in when made."""

    def __init__(self, box: dict[str, Any]) -> None:
        self.base = f"https://{box['host']}:{box['port']}/api"
        self.http = requests.Session()
        self.http.verify = False
        self.http.trust_env = False
        credentials = {"username": box["username"], "password": box["password"]}
        reply = self.post("login", json=credentials)
        reply.raise_for_status()
        self.http.headers["Authorization"] = "Bearer " + reply.json()["access_token"]

    def get(self, path: str) -> Any:
        reply = self.http.get(f"{self.base}/{path}", timeout=30)
        reply.raise_for_status()
        return reply.json()

    def post(self, path: str, **content: Any) -> requests.Response:
        return self.http.post(f"{self.base}/{path}", timeout=30, **content)


@contextmanager
def connected(box: dict[str, Any]) -> Iterator[ExampleClient]:
    urllib3.disable_warnings()  # as the example does; pytest restores the filters
    client = ExampleClient(box)
    try:
        yield client
    finally:
        client.http.close()


def test_the_published_example_client(tmp_path: Path) -> None:
    firmware = tmp_path / "firmware.bin"
    firmware.write_bytes(b"\x00\x01" * 500_000)
    with sunpace("emulate", "wallbox", "--json") as part:
        box = json.loads(part.line())
        with connected(box) as client:
            dashboard = client.get("dashboard-information")
            assert [group["key"] for group in dashboard] == ["indicator", "summary", "ocpp-status"]
            fields = {field["fieldKey"]: field for key in SECTIONS for field in client.get(f"sections/{key}")}
            assert len(fields) == 87
            brighter = {
                "fieldKey": "led-brightness",
                "value": 50,
                "configurationFieldUpdateType": "number-configuration-field-update",
            }
            reply = client.post("configuration-updates", json=[brighter])
            assert reply.json() == {"success": True, "updatedFields": ["led-brightness"]}
            system = {field["fieldKey"]: field["value"] for field in client.get("sections/system")}
            assert system["led-brightness"] == 50
            with firmware.open("rb") as file:
                assert client.post("files/upload-new-firmware", files={"file": file}).ok
            assert client.post("custom-actions/restart-system").ok
            with pytest.raises(requests.ConnectionError):
                client.get("dashboard-information")
        assert part.end() == 0
        record = json.loads(part.line())
    assert record["uploads"][0]["sha256"] == hashlib.sha256(firmware.read_bytes()).hexdigest()
    assert (record["logins"], record["restarts"], record["dropped"]) == (1, 1, 1)
    assert record["endpoints"]["GET /api/sections/system"] == 2
    assert record["max_in_flight"] == 1


def test_what_the_command_line_says_of_the_box_is_so(tmp_path: Path) -> None:
    faults = tmp_path / "faults.toml"
    faults.write_text('[faults]\nlatency_s = 0\nunauthorized_every = 2\nonly = ["/api/dashboard-information"]\n')
    arguments = ["--username", "owner", "--password", 'p"a\\ß', "--dialect", "unite", "--several-users"]
    arguments += ["--limit-min", "0", "--token-life", "5000", "--write-config", str(tmp_path / "home.toml")]
    with sunpace("emulate", "home", "--json", "--faults", str(faults), *arguments) as home:
        box = json.loads(home.line())["wallbox"]
        assert (box["username"], box["password"]) == ("owner", 'p"a\\ß')
        assert requests.get(f"{box['control']}/faults", timeout=30).json()["unauthorized_every"] == 2
        assert tomllib.loads((tmp_path / "home.toml").read_text())["wallbox"]["password"] == box["password"]
        with connected(box) as first, connected(box) as second:
            assert first.get("system-information").keys() == second.get("system-information").keys()
            limit = next(row for row in first.get("configuration-fields") if "currentLimiterValue" in row["fieldKey"])
            assert limit["validation"] == {"min": 0, "max": 16}
            assert second.get("dashboard-information")[0]["key"] == "indicator"
            assert second.http.get(f"{second.base}/dashboard-information", timeout=30).status_code == 401
        port = box["control"].rpartition(":")[2]
        code, _, err = outcome("emulate", "wallbox", "--control-port", port)
        assert code == 1
        assert err == f"sunpace: the virtual wallbox's control port cannot listen on 127.0.0.1:{port}: {IN_USE}\n"
        assert home.end() == 0
        assert json.loads(home.line())["logins"] == 2


def test_a_request_that_hangs_on_purpose_ends_quietly_with_the_emulator() -> None:
    with sunpace("emulate", "wallbox", "--json") as part:
        box = json.loads(part.line())
        assert requests.put(f"{box['control']}/faults", json={"hang_every": 1}, timeout=30).ok
        ends: list[str] = []

        def hang() -> None:
            try:
                ExampleClient(box)
            except requests.RequestException as error:
                ends.append(type(error).__name__)

        urllib3.disable_warnings()
        hanging = threading.Thread(target=hang)
        hanging.start()
        until_s = time.monotonic() + PATIENCE_S
        while requests.get(f"{box['control']}/record", timeout=30).json()["in_flight"] == 0:
            assert time.monotonic() < until_s
        assert part.end() == 0
        hanging.join(PATIENCE_S)
        assert ends == ["ConnectionError"]
        assert json.loads(part.line())["max_in_flight"] == 1
        assert part.err.empty()
