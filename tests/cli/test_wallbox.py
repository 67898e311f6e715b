"""`sunpace wallbox`, every command, against an emulated box in a process of its own."""

from __future__ import annotations

import json
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from controller.cli.main import main
from tests.support.processes import sunpace

QUICK = "[faults]\nlatency_s = 0.0\n"


class Person:
    """Somebody at a terminal, with a configuration of her own."""

    def __init__(self, box: dict[str, Any], directory: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.box = box
        self.directory = directory
        self.config = directory / "config.toml"
        self._capsys = capsys

    def writes_config(self, **more: str) -> None:
        """A configuration that knows the box; `more` are TOML values of the table [wallbox]."""
        keys = {
            "host": '"127.0.0.1"',
            "port": str(self.box["port"]),
            "password": f'"{self.box["password"]}"',
            "tls_fingerprint": f'"{self.box["tls_fingerprint"]}"',
            **more,
        }
        lines = [f"{key} = {value}  # mine\n" for key, value in keys.items() if value]
        self.config.write_text("# my house\n[wallbox]\n" + "".join(lines) + "[wallbox.pacing]\nmin_gap_s = 0.1\n")

    def says(self, *words: str, config: bool = True) -> tuple[int, str, str]:
        """Exit code, stdout, stderr of `sunpace wallbox ...`."""
        try:
            code = main(["wallbox", *words, *(("--config", str(self.config)) if config else ())])
        except SystemExit as error:
            code = int(error.code or 0)
        captured = self._capsys.readouterr()
        return code, captured.out, captured.err

    def asks(self, *words: str) -> Any:
        """The JSON of a command that went well."""
        code, out, err = self.says(*words, "--json")
        assert (code, err) == (0, "")
        assert out.count("\n") == 1
        return json.loads(out)

    def control(self, method: str, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.box["control"] + path, data=data, method=method)
        with urllib.request.urlopen(request) as reply:
            return json.load(reply)

    def box_state(self) -> Any:
        return self.control("GET", "/state")


@pytest.fixture(scope="module", params=["next"])
def box(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[dict[str, Any]]:
    faults = tmp_path_factory.mktemp("box") / "faults.toml"
    faults.write_text(QUICK)
    arguments = ["--json", "--faults", str(faults), "--restart-gap", "0.01", "--dialect", request.param]
    with sunpace("emulate", "wallbox", *arguments) as process:
        yield json.loads(process.line())


@pytest.fixture
def person(
    box: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Person:
    monkeypatch.chdir(tmp_path)
    someone = Person(box, tmp_path, capsys)
    someone.control("PUT", "/faults", {"latency_s": 0.0})
    someone.control("POST", "/car", {"plugged": True, "full": False})
    someone.control("DELETE", "/errors")
    someone.writes_config()
    return someone


def test_dashboard(person: Person) -> None:
    code, out, err = person.says("dashboard")
    assert (code, err) == (0, "")
    assert "NEXT" in out or "VIRTUAL" in out
    seen = person.asks("dashboard")
    assert seen["ocpp_state"] == person.box_state()["state"]
    assert [group["key"] for group in seen["groups"]] == ["indicator", "summary", "ocpp-status"]
    assert seen["free_charging"] is True
    assert isinstance(seen["session_energy_wh"], float)


def test_labels_in_german(person: Person) -> None:
    english, german = person.asks("dashboard"), person.asks("dashboard", "--lang", "de")
    assert [group["key"] for group in german["groups"]] == [group["key"] for group in english["groups"]]
    assert german["groups"] != english["groups"]
    assert german["charging_sessions"] == english["charging_sessions"]


def test_errors(person: Person) -> None:
    assert person.says("errors")[1].strip() == "no errors"
    person.control("POST", "/errors", {"errorCode": "ConnectorLockFailure", "errorDescription": "Lock failed"})
    assert person.asks("errors")["errors"][0]["code"] == "ConnectorLockFailure"
    assert "Lock failed" in person.says("errors")[1]


def test_structure_and_every_section(person: Person) -> None:
    keys = [section["key"] for section in person.asks("structure")["sections"]]
    assert keys == ["auth", "backend", "hems", "network", "power", "profile", "system"]
    assert "Off-Peak" in person.says("structure")[1]
    sizes = {key: len(person.asks("section", key)["fields"]) for key in keys}
    assert sizes == {"auth": 3, "backend": 2, "hems": 17, "network": 17, "power": 11, "profile": 0, "system": 37}
    assert "read only" in person.says("section", "power")[1]
    assert "has no fields" in person.says("section", "profile")[1]


def test_get(person: Person) -> None:
    assert person.says("get", "led-brightness")[1] == "10 %\n"
    found = person.asks("get", "operator-current-limit")
    assert (found["value"], found["unit"], found["min"], found["max"], found["writable"]) == (16, "A", 6, 16, True)
    code, out, err = person.says("get", "led-brightnes")
    assert (code, out) == (1, "")
    assert err == "sunpace: the wallbox shows no field 'led-brightnes'\n"


def test_set_one_and_several(person: Person) -> None:
    code, out, _ = person.says("set", "operator-current-limit", "11")
    assert (code, out) == (0, "operator-current-limit = 11: accepted, and read back\n")
    assert person.box_state()["limit_a"] == 11
    done = person.asks(
        "set", "operator-current-limit", "16", "off-peak-period1-start", "23:15", "enable-off-peak", "aus"
    )
    assert [one["confirmed"] for one in done["written"]] == [True, True, True]
    assert person.says("set", "led-brightness", "40")[1] == "led-brightness = 40: accepted, not read back\n"
    person.asks("set", "led-brightness", "10")


@pytest.mark.parametrize(
    ("words", "code", "complaint"),
    [
        (("led-brightness", "101"), 1, "101 is out of range; it takes from 0 to 100. Nothing was sent"),
        (("led-brightnes", "1"), 1, "there is no field 'led-brightnes'; did you mean led-brightness?"),
        (("plug-cycles", "0"), 1, "it can be read only"),
        (("operator-current-limit", "17"), 1, "17 A is above the wallbox.max_current_a = 16"),
        (("operator-current-limit", "3"), 1, "no car charges below 6 A"),
        (("restart-system", "1"), 1, "it is a button"),
        (("led-brightness", "1", "my secret"), 2, "a FIELD has no VALUE"),
        (("led-brightness", "1", "led-brightness", "2"), 2, "to be changed twice"),
        (("wlan-ssid", "x"), 2, "can lock you out: it needs --yes. Nothing was sent"),
        (("wlan-pre-shared-key",), 2, "there is no terminal to ask at"),
    ],
)
def test_what_cannot_be_set(person: Person, words: tuple[str, ...], code: int, complaint: str) -> None:
    person.control("POST", "/record/reset")
    found, out, err = person.says("set", *words)
    assert (found, out) == (code, "")
    assert complaint in err
    assert err.count("\n") == 1
    assert person.control("GET", "/record")["api_calls"] == 0


def test_a_limit_that_the_box_ignores_is_told(person: Person) -> None:
    person.control("PUT", "/faults", {"latency_s": 0.0, "limit_ignored": True})
    code, out, _ = person.says("set", "operator-current-limit", "9")
    assert code == 1
    assert out == "operator-current-limit: 9 was accepted, but the wallbox still shows 16\n"


def test_start_stop_and_what_needs_a_car_at_rest(person: Person) -> None:
    assert person.asks("start") == {"action": "start", "accepted": True}
    assert person.box_state()["state"] == "Charging"
    for words in (("factory-reset", "--yes"), ("set", "wlan-ssid", "x", "--yes")):
        code, _, err = person.says(*words)
        assert code == 1
        assert "while a car is charging (Charging): stop it first, with `sunpace wallbox stop`" in err
    code, _, err = person.says("restart")
    assert code == 2
    assert "or interrupt it with --yes" in err
    assert person.says("stop")[1] == "the wallbox has accepted: stop\n"
    assert person.box_state()["enabled"] is False
    assert person.says("set", "wlan-ssid", "new", "--yes")[1] == "wlan-ssid = new: accepted, not read back\n"
    assert person.says("skip-delay")[0] == 0


def test_restart_and_factory_reset(person: Person) -> None:
    person.control("POST", "/car", {"plugged": False})  # or it charges of its own accord after a restart
    person.control("POST", "/record/reset")
    assert person.asks("restart")["accepted"] is True
    assert person.says("factory-reset")[0] == 2
    assert person.control("GET", "/record")["restarts"] == 1
    assert person.asks("factory-reset", "--yes")["accepted"] is True
    assert person.control("GET", "/record")["restarts"] == 2


def test_upload_needs_consent_for_firmware(person: Person) -> None:
    image = person.directory / "image.bin"
    image.write_bytes(b"firmware" * 50_000)
    code, _, err = person.says("upload", "upload-new-firmware", str(image))
    assert code == 2
    assert "needs --yes" in err
    person.says("stop")
    person.control("POST", "/record/reset")
    assert person.asks("upload", "upload-new-firmware", str(image), "--yes")["bytes"] == 400_000
    assert "accepted as local-ca-cert" in person.says("upload", "local-ca-cert", str(image))[1]
    uploads = person.control("GET", "/record")["uploads"]
    assert [(one["key"], one["name"], one["size"]) for one in uploads] == [
        ("upload-new-firmware", "image.bin", 400_000),
        ("local-ca-cert", "image.bin", 400_000),
    ]
    code, _, err = person.says("upload", "local-ca-cert", "gone.pem")
    assert (code, err) == (1, "sunpace: gone.pem cannot be read: No such file or directory\n")


def test_logs_and_other_files(person: Person) -> None:
    fetched = person.asks("logs", "log.txt")
    assert (person.directory / "log.txt").stat().st_size == fetched["bytes"] > 0
    person.says("download", "licensing-information")
    assert (person.directory / "licensing-information").exists()
    person.writes_config(download_path='"/api/elsewhere/{key}"')
    code, _, err = person.says("logs", "other.txt")
    assert code == 1
    assert "wallbox.download_path" in err
    assert sorted(path.name for path in person.directory.iterdir()) == [
        "config.toml",
        "licensing-information",
        "log.txt",
    ]


def test_pair_writes_the_fingerprint_and_keeps_the_rest(person: Person) -> None:
    person.writes_config(tls_fingerprint="", tls='"insecure"', password="", password_file='"gone"')
    before = person.config.read_text()
    code, out, _ = person.says("pair")  # there is nobody to ask
    assert code == 0
    assert "was left as it is; --yes writes it" in out
    assert person.config.read_text() == before
    person.config.chmod(0o640)
    paired = person.asks("pair", "--yes")
    assert (paired["tls_fingerprint"], paired["written"]) == (person.box["tls_fingerprint"], True)
    after = person.config.read_text()
    assert "# my house" in after
    assert "# mine" in after
    assert "insecure" not in after
    assert person.config.stat().st_mode & 0o777 == 0o640
    person.config.write_text(after.replace('password_file = "gone"', f'password = "{person.box["password"]}"'))
    assert person.asks("dashboard")["ocpp_state"]
    assert "has it already" in person.says("pair")[1]


def test_pair_mends_a_pin_that_is_none_and_writes_for_no_other_box(person: Person) -> None:
    person.writes_config(tls_fingerprint='"PUT YOURS HERE"')
    before = person.config.read_text()
    code, out, _ = person.says("pair", "--yes", "--host", "127.0.0.1")
    assert code == 0
    assert "For the configuration of this box" in out
    assert person.config.read_text() == before
    assert person.asks("pair", "--yes", "--fingerprint", person.box["tls_fingerprint"])["written"] is True
    assert person.asks("dashboard")["ocpp_state"]


def test_pair_asks_a_person(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    person.writes_config(tls_fingerprint=f'"{"00" * 32}"')
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    for answer, written in (("n\n", False), ("y\n", True)):
        monkeypatch.setattr(sys.stdin, "readline", lambda answer=answer: answer, raising=False)
        code, out, err = person.says("pair")
        assert code == 0
        assert "So far trusted:\n  0000" in err
        assert ("restart Sunpace" in out) is written


def test_without_a_configuration(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    person.config.unlink()
    here = ("--host", "127.0.0.1", "--port", str(person.box["port"]))
    code, _, err = person.says("dashboard", config=False)
    assert code == 2
    assert "config.toml is not here: name your configuration with --config, or the box with --host" in err
    code, out, _ = person.says("pair", *here, config=False)
    assert code == 0
    assert "tls_fingerprint = " in out
    code, _, err = person.says("dashboard", *here, config=False)
    assert code == 2
    assert "`sunpace wallbox pair`" in err
    trusted = (*here, "--fingerprint", person.box["tls_fingerprint"])
    code, _, err = person.says("dashboard", *trusted, config=False)
    assert code == 2
    assert "SUNPACE_WALLBOX__PASSWORD" in err
    monkeypatch.setenv("SUNPACE_WALLBOX__PASSWORD", person.box["password"])
    code, out, _ = person.says("get", "free-charging", *trusted, "--json", config=False)
    assert json.loads(out)["value"] is True
    code, _, err = person.says("dashboard", *here, "--insecure", config=False)
    assert code == 0
    assert "wallbox_not_verified" in err


def test_the_password_is_asked_for_without_echo(person: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    person.writes_config(password="")
    asked: list[str] = []

    def ask(question: str) -> str:
        asked.append(question)
        return str(person.box["password"])

    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", ask)
    code, out, err = person.says("get", "free-charging")
    assert (code, out, err) == (0, "on\n", "")
    assert asked == ["Password of admin at 127.0.0.1: "]


@pytest.mark.parametrize(
    ("key", "value", "code", "complaint"),
    [
        ("password", '"wrong"', 1, "refuses the login of 'admin'"),
        ("tls_fingerprint", f'"{"00" * 32}"', 1, "is not trusted"),
        ("port", "1", 1, "cannot be reached"),
        ("hsot", '"x"', 2, "config.toml:7: wallbox.hsot: unknown key; did you mean host?"),
        ("download_path", '"/x"', 2, "must be a path on the box with {key} in it"),
        ("update_types", '{ tiem = "x" }', 2, "wallbox.update_types.tiem: neither a field of the box nor a type"),
        ("dialect", '"nxt"', 2, 'must be "auto", "next" or "unite"'),
    ],
)
def test_one_clear_line(person: Person, key: str, value: str, code: int, complaint: str) -> None:
    person.writes_config(**{key: value})
    found, out, err = person.says("get", "free-charging")
    assert (found, out) == (code, "")
    assert complaint in err
    assert err.count("\n") == 1
    assert person.box["password"] not in err
