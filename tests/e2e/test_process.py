"""Sunpace as people run it: processes, signals, exit codes."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest

from controller import __version__
from controller.wallbox.tls import Trust
from tests.support.processes import PATIENCE_S, emulated_home, outcome, sunpace

UNREACHABLE = f"""
[meter.grid]
profile = "eastron-sdm630"
host = "127.0.0.1"
port = 1
[wallbox]
host = "127.0.0.1"
port = 1
password = "x"
tls_fingerprint = "{"00" * 32}"
"""
FIXED = '\n[strategy]\nactive = "fixed"\n[strategy.fixed]\ncurrent_a = 9\n'


def limit_at_box(box: dict[str, object]) -> int:
    """What the box itself says, asked as its own web page would."""
    context = Trust(fingerprint=str(box["tls_fingerprint"])).context()
    base = f"https://{box['host']}:{box['port']}/api"
    credentials = {"username": box["username"], "password": box["password"]}
    with httpx.Client(verify=context, trust_env=False) as client:
        token = client.post(f"{base}/login", json=credentials).json()["access_token"]
        fields = client.get(f"{base}/sections/power", headers={"Authorization": f"Bearer {token}"}).json()
    return int(fields[0]["value"])


def test_sigterm_gives_the_box_back_and_exits_0_within_five_seconds(tmp_path: Path) -> None:
    with emulated_home(tmp_path) as (addresses, file):
        file.write_text(file.read_text() + FIXED)
        with sunpace("run", "--config", str(file)) as service:
            service.log("control_loop_started")
            service.log("set_limit 9 A")
            service.log("action=start")
            assert limit_at_box(addresses["wallbox"]) == 9
            before_s = time.monotonic()
            assert service.end() == 0
            assert time.monotonic() - before_s < 5
            assert "own_limit_restored" in service.log("own_limit_restored")
        assert limit_at_box(addresses["wallbox"]) == 16
        left = [file.name for file in (tmp_path / "sunpace-state").iterdir()]
        assert sorted(left) == ["history.db", "sessions.jsonl"]


def test_after_sigkill_the_next_run_takes_over_and_still_knows_the_users_limit(tmp_path: Path) -> None:
    with emulated_home(tmp_path) as (addresses, file):
        file.write_text(file.read_text() + FIXED)
        with sunpace("run", "--config", str(file)) as service:
            service.log("action=start")
            assert service.end(signal.SIGKILL) == -signal.SIGKILL
        assert limit_at_box(addresses["wallbox"]) == 9
        record = json.loads((tmp_path / "sunpace-state" / "own-limit.json").read_text())
        assert record["own_a"] == 16
        with sunpace("run", "--config", str(file)) as service:
            assert "own_limit_a=16" in service.log("own_limit_recalled")
            decision = service.log("fixed current of 9 A")
            assert "charging=True" in decision
            assert service.end(signal.SIGINT) == 0
            assert not any("wallbox_told" in line for line in service.seen)  # it was charging at 9 A already
        assert limit_at_box(addresses["wallbox"]) == 16


def test_secrets_stay_out_of_the_log(tmp_path: Path) -> None:
    with emulated_home(tmp_path) as (addresses, file):
        file.write_text(file.read_text() + '\n[log]\nlevel = "debug"\nformat = "json"\n' + FIXED)
        with sunpace("run", "--config", str(file)) as service:
            service.log("wallbox_told")
            service.end()
            service.log("stopped")
            assert all(json.loads(line)["event"] for line in service.seen)
            for secret in (addresses["wallbox"]["password"], "Bearer", "access_token"):
                assert not any(secret in line for line in service.seen)


@pytest.mark.parametrize("sink", ["/dev/full", "closed pipe"])
def test_a_log_that_cannot_be_written_decides_nothing(sink: str, tmp_path: Path) -> None:
    with emulated_home(tmp_path) as (addresses, file):
        file.write_text(file.read_text() + FIXED)
        if sink == "closed pipe":
            reader, writer = os.pipe()
            os.close(reader)
        else:
            writer = os.open(sink, os.O_WRONLY)
        command = [sys.executable, "-m", "controller", "run", "--config", str(file)]
        with subprocess.Popen(command, stderr=writer) as service:
            os.close(writer)
            record = tmp_path / "sunpace-state" / "own-limit.json"
            until_s = time.monotonic() + PATIENCE_S
            while not (record.exists() and '"written_a": [16, 9]' in record.read_text()):
                assert service.poll() is None
                assert time.monotonic() < until_s
                threading.Event().wait(0.1)
            service.terminate()
            assert service.wait(5) == 0
        assert limit_at_box(addresses["wallbox"]) == 16


def test_sigterm_while_starting_is_exit_0(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text("[meter]\n")
    code = (
        "import signal, controller.cli.main as m, controller.cli.lean as l\n"
        "m.without_decoration = lambda: signal.raise_signal(signal.SIGTERM)\n"
        f"m.main(['run', '--config', {str(tmp_path / 'config.toml')!r}])\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    "words",
    [
        ("demo", "--duration", "3", "--speed", "60"),
        ("meter", "profiles"),
        ("meter", "profiles", "--json"),
        ("meter", "watch", "--json", "--every", "0.1", "--host", "127.0.0.1", "--port", "1"),
        ("meter", "watch", "--every", "0.1", "--host", "127.0.0.1", "--port", "1"),
        ("check", "--config"),
    ],
)
def test_a_reader_that_goes_away_ends_it_without_a_word(words: tuple[str, ...], tmp_path: Path) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    if words[0] == "check":
        (tmp_path / "config.toml").write_text(UNREACHABLE)
        words = (*words, str(tmp_path / "config.toml"))
    command = [sys.executable, "-m", "controller", *words]
    done = subprocess.run(
        command, stdout=writer, stderr=subprocess.PIPE, text=True, timeout=PATIENCE_S, check=False, cwd=tmp_path
    )
    os.close(writer)
    assert (done.returncode, done.stderr) == (141, "")


@pytest.mark.parametrize("words", [("meter", "profiles"), ("meter", "profiles", "--json"), ("check", "--config")])
def test_a_full_disk_is_named(words: tuple[str, ...], tmp_path: Path) -> None:
    if words[0] == "check":
        (tmp_path / "config.toml").write_text(UNREACHABLE)
        words = (*words, str(tmp_path / "config.toml"))
    command = [sys.executable, "-m", "controller", *words]
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=PATIENCE_S, check=False, cwd=tmp_path
        )
    assert done.returncode == 1
    assert done.stderr == "sunpace: the output cannot be written: No space left on device\n"


def test_a_reader_that_leaves_in_the_middle_of_a_demo() -> None:
    command = [sys.executable, "-m", "controller", "demo", "--duration", "3", "--speed", "60"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as demo:
        assert demo.stdout is not None
        assert demo.stderr is not None
        demo.stdout.readline()
        demo.stdout.close()
        err = demo.stderr.read()
        assert demo.wait(PATIENCE_S) == 141
    assert err == ""


def test_check_finds_every_device_and_changes_nothing(tmp_path: Path) -> None:
    with emulated_home(tmp_path) as (addresses, file):
        code, out, err = outcome("check", "--config", str(file))
        assert (code, err) == (0, "")
        assert [line[:5] for line in out.splitlines()] == ["ok   "] * 6
        assert "Preparing, operator current limit 16 A of at most 16 A" in out
        code, out, _ = outcome("check", "--json", "--config", str(file))
        found = json.loads(out)
        assert (code, found["ok"]) == (0, True)
        assert [device["ok"] for device in found["devices"]] == [True] * 5
        assert limit_at_box(addresses["wallbox"]) == 16


def test_check_warns_of_the_boxs_own_hours_and_all_is_well_nevertheless(tmp_path: Path) -> None:
    with emulated_home(tmp_path) as (_, file):
        code, _, _ = outcome("wallbox", "set", "enable-off-peak", "on", "--config", str(file))
        assert code == 0
        code, out, err = outcome("check", "--config", str(file))
        assert (code, err) == (0, "")
        (warning,) = [line for line in out.splitlines() if line.startswith("warn ")]
        assert "the wallbox keeps periods of its own, 08:00-11:00, 16:00-22:00 Monday to Friday" in warning
        assert warning.endswith("`sunpace wallbox off-peak --off --yes` switches them off")


def test_check_names_what_fails(tmp_path: Path) -> None:
    with emulated_home(tmp_path) as (_, file):
        text = file.read_text()
        file.write_text(text.replace('password = "', 'password = "wrong'))
        code, out, _ = outcome("check", "--config", str(file))
        assert code == 1
        assert "FAIL  wallbox" in out
        assert "refuses the login of 'admin'" in out
        start = text.index('tls_fingerprint = "') + 19
        file.write_text(text[:start] + "00" * 32 + text[start + 64 :])
        code, out, _ = outcome("check", "--config", str(file))
        assert code == 1
        assert text[start : start + 64] in out  # the fingerprint that the box shows
        file.write_text(text.replace("unit_id = 3", "unit_id = 99"))
        code, out, _ = outcome("check", "--json", "--config", str(file))
        assert code == 1
        assert [device["ok"] for device in json.loads(out)["devices"]] == [True, True, True, False, True]


@pytest.mark.parametrize("command", ["run", "check"])
def test_a_wrong_file_is_exit_2_one_line_a_fault_and_no_traceback(command: str, tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[meter.grid]\nprofile = "eastron-sdm630"\nhost = "x"\nprot = 502\n')
    code, out, err = outcome(command, "--config", str(file))
    assert (code, out) == (2, "")
    assert err.splitlines() == [
        f"{file}:4: meter.grid.prot: unknown key; did you mean port?",
        f"{file}: wallbox: is missing; config.toml, as it comes with Sunpace, shows it with its meaning",
    ]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--version"], 0),
        (["--help"], 0),
        ([], 2),
        (["fly"], 2),
        (["demo", "--speed", "0"], 2),
        (["emulate", "boat"], 2),
        (["demo", "--trace", "/nowhere.csv"], 1),
        (["emulate", "home", "--start", "noon"], 2),
        (["emulate", "home", "--trace", "/nowhere.csv"], 2),
        (["emulate", "meter", "--write-config", "x"], 2),
        (["demo", "--speed", "fast"], 2),
    ],
)
def test_exit_codes(arguments: list[str], code: int) -> None:
    found, out, err = outcome(*arguments)
    assert found == code
    assert "Traceback" not in err
    assert "Errno" not in err
    if "--version" in arguments:
        assert out.strip() == f"sunpace {__version__}"
    if "--help" in arguments:
        assert "sunpace demo" in out


@pytest.mark.parametrize(
    ("what", "keys"),
    [
        ("meter", {"host", "port", "unit_id", "profile"}),
        ("wallbox", {"host", "port", "username", "password", "tls_fingerprint"}),
    ],
)
def test_emulated_parts_announce_themselves_and_serve_until_stopped(what: str, keys: set[str]) -> None:
    with sunpace("emulate", what, "--json") as part:
        first = json.loads(part.line())
        assert keys <= first.keys()
        code, _, err = outcome("emulate", what, "--port", str(first["port"]))
        assert code == 1
        assert f"cannot listen on 127.0.0.1:{first['port']}" in err
        if what == "wallbox":
            assert limit_at_box(first) == 16
        assert part.end() == 0


def test_the_demo_ends_by_itself_with_what_was_measured() -> None:
    code, out, err = outcome("demo", "--duration", "6", "--speed", "60", "--json")
    assert code == 0, err
    measured = json.loads(out.splitlines()[-1])
    assert list(measured) == [
        "solar_kwh",
        "grid_kwh",
        "ev_kwh",
        "starts",
        "limit_writes",
        "api_calls",
        "max_in_flight",
        "min_gap_s",
    ]
    assert measured["ev_kwh"] == pytest.approx(measured["solar_kwh"] + measured["grid_kwh"], abs=0.002)
    assert measured["ev_kwh"] > 0
    assert measured["starts"] == 1
    assert measured["max_in_flight"] == 1
    assert measured["min_gap_s"] >= 1


def test_the_demo_plays_a_recorded_day(tmp_path: Path) -> None:
    file = tmp_path / "day.csv"
    rows = [
        f"2026-06-21T{6 + minute // 60:02}:{minute % 60:02}:00+02:00,{6000 if minute > 60 else 0},300"
        for minute in range(120)
    ]
    file.write_text("time,pv_w,load_w\n" + "\n".join(rows) + "\n")
    code, out, err = outcome("demo", "--trace", str(file), "--speed", "600", "--json")
    assert code == 0, err
    measured = json.loads(out.splitlines()[-1])
    assert measured["ev_kwh"] > 1
    assert measured["max_in_flight"] == 1
