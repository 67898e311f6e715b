"""`sunpace emulate meter` as a process, read by a client that knows nothing of us."""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
from pymodbus import FramerType
from pymodbus.client import ModbusSerialClient, ModbusTcpClient

from controller.cli.faults_file import read_meter_faults
from controller.cli.main import main
from controller.domain.errors import ConfigError
from controller.simulation.meters.faults import MeterFaults
from tests.support.processes import sunpace

OWN = """
name = "My inverter"
maker = "Me"
source = "its back"
[every_register]
function = "holding"
type = "int16"
[defaults]
unit_id = 11
[grid]
power_w = { address = 100, positive = "export" }
[pv]
power_w = { address = 7 }
[battery]
power_w = { address = 8 }
soc_pct = { address = 9 }
"""


@contextmanager
def connected(client: Any) -> Iterator[Any]:
    try:
        assert client.connect()
        yield client
    finally:
        client.close()


def watts(client: Any, unit_id: int = 1) -> float:
    words = client.read_input_registers(52, count=2, device_id=unit_id).registers
    (number,) = struct.unpack(">f", struct.pack(">2H", *words))
    return float(number)


@pytest.mark.parametrize("transport", ["tcp", "rtu", "rtu-over-tcp"])
def test_three_line_meters_and_what_they_saw(transport: str) -> None:
    with sunpace("emulate", "meter", "--json", "--set", "grid_w=-2100", "--transport", transport) as process:
        told: dict[str, Any] = json.loads(process.line())
        assert (told["profile"], told["transport"]) == ("eastron-sdm630", transport)
        assert (told["unit_id"], told["pv_unit_id"], told["ev_unit_id"]) == (1, 2, 3)
        made: Any
        if transport == "rtu":
            made = ModbusSerialClient(told["device"], timeout=5, retries=0)
        else:
            framer = FramerType.SOCKET if transport == "tcp" else FramerType.RTU
            made = ModbusTcpClient(told["host"], port=told["port"], framer=framer, timeout=5, retries=0)
        with connected(made) as client:
            assert watts(client) == -2100
            assert watts(client, told["pv_unit_id"]) < 0  # production flows backwards through a line meter
        assert process.end() == 0
        seen = json.loads(process.line())
        assert (seen["requests"], seen["answers"]) == (2, 2)


def test_an_own_profile_with_all_its_tables_on_one_unit(tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(OWN)
    words = ["--set", "grid_w=-2100", "--set", "pv_w=3000", "--set", "battery_w=-400", "--set", "battery_soc_pct=55"]
    with sunpace("emulate", "meter", "--json", "--profile", "mine", *words, cwd=tmp_path) as process:
        told = json.loads(process.line())
        assert told["unit_id"] == 11
        assert told["roles"] == {"grid": 11, "pv": 11, "battery": 11}
        with connected(ModbusTcpClient(told["host"], port=told["port"], timeout=5, retries=0)) as client:
            assert client.read_holding_registers(7, count=3, device_id=11).registers == [3000, 65536 - 400, 55]
            assert client.read_holding_registers(100, count=1, device_id=11).registers == [2100]
            assert client.read_holding_registers(7, count=4, device_id=11).isError()


def test_the_control_port_changes_values_and_faults(tmp_path: Path) -> None:
    file = tmp_path / "f.toml"
    file.write_text("[faults]\nexception_code = 6\n")
    with sunpace("emulate", "meter", "--json", "--faults", str(file)) as process:
        told = json.loads(process.line())
        plain = ModbusTcpClient(told["host"], port=told["port"], timeout=5, retries=0)
        with connected(plain) as client, httpx.Client(base_url=told["control"]) as control:
            assert client.read_input_registers(52, count=2, device_id=1).exception_code == 6
            assert control.put("/faults", json={}).json() == MeterFaults().model_dump(mode="json")
            values = control.put("/values", json={"grid_w": 1234, "voltage_v": [229, 230, 231]}).json()
            assert (values["grid_w"], values["voltage_v"]) == (1234, [229, 230, 231])
            assert watts(client) == 1234
            refused = control.put("/values", json={"grid": 1})
            assert refused.status_code == 422
            assert refused.json()["detail"].startswith("grid=1")
            assert control.put("/faults", json={"silence": "yes"}).status_code == 422
            assert control.put("/values", content=b"{").status_code == 400
            assert watts(client) == 1234  # nothing has changed
            assert control.get("/record").json()["requests"] == 3


@pytest.mark.parametrize("profile", ["eastron-sdm630", "mine"])
def test_the_control_port_takes_what_it_gives(profile: str, tmp_path: Path) -> None:
    (tmp_path / "mine.toml").write_text(OWN)
    with sunpace("emulate", "meter", "--json", "--profile", profile, cwd=tmp_path) as process:
        told = json.loads(process.line())
        with httpx.Client(base_url=told["control"]) as control:
            given = control.get("/values").json()
            assert control.put("/values", json=given).json() == given
            assert ("voltage_v" in given) is (profile == "eastron-sdm630")
            assert ("battery_soc_pct" in given) is (profile == "mine")
            unknown = control.put("/values", json={"gridw": 1}).json()["detail"]
            assert unknown.startswith("gridw=1: unknown name; names of ")
            for wrong in (True, [True, 1, 2], "1", [], None, {"a": 1}):
                refused = control.put("/values", json={"grid_w": wrong})
                assert (refused.status_code, refused.json()["detail"]) == (
                    422,
                    "grid_w: must be a number, or a list of numbers, one a phase",
                )
            assert control.get("/values").json() == given


@pytest.mark.parametrize(
    ("flags", "line"),
    [
        (["--profile", "nosuch"], "meter profile 'nosuch' is unknown"),
        (["--set", "gridw=1"], "--set gridw=1: unknown name; names of Eastron SDM630 are "),
        (["--faults", "/nonexistent.toml"], "/nonexistent.toml: cannot be read"),
        (["--set", "grid_w=nan"], "--set grid_w=nan: must be -200000 to 200000"),
        (["--set", "grid_w"], "--set grid_w: NAME=VALUE is expected; names of Eastron SDM630 are "),
        (["--unit-id", "255"], "--unit-id 255: Eastron SDM630 is shown 3 times, at this unit id and those after it"),
        (["--several-users"], "go with `emulate wallbox` and `emulate home` only"),
        (["--trace", "/none.csv"], "/none.csv: cannot be read: No such file or directory; name a trace that is there"),
    ],
)
def test_wrong_use_is_one_line_and_exit_2(flags: list[str], line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["emulate", "meter", *flags]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert line in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("flags", "line"),
    [
        (["wallbox", "--profile", "x"], "go with `emulate meter` only"),
        (["home", "--set", "grid_w=1"], "go with `emulate meter` only"),
        (["meter", "--transport", "rtu", "--port", "5020"], "--port goes with TCP"),
    ],
)
def test_flags_that_do_not_go_together(flags: list[str], line: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["emulate", *flags]) == 2
    assert line in capsys.readouterr().err


def test_a_file_of_meter_faults(tmp_path: Path) -> None:
    file = tmp_path / "f.toml"
    file.write_text("[faults]\nsilence = true\nevery = 3\none_client = false\n")
    assert read_meter_faults(file) == MeterFaults(silence=True, every=3, one_client=False)
    file.write_text("[faults]\nsilense = true\ndelay_s = -1\n\nunknown_unit = 'no'\n")
    with pytest.raises(ConfigError) as caught:
        read_meter_faults(file)
    assert sorted(caught.value.faults) == [
        f"{file}:2: faults.silense: unknown key; did you mean silence?",
        f"{file}:3: faults.delay_s = -1: must be at least 0",
        f'{file}:5: faults.unknown_unit = "no": must be "silence" or "exception"',
    ]


def test_a_value_that_no_register_holds_is_refused_before_anything_listens(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "mine.toml").write_text(OWN)
    monkeypatch.chdir(tmp_path)
    assert main(["emulate", "meter", "--profile", "mine", "--set", "grid_w=100000"]) == 2
    assert capsys.readouterr() == ("", "My inverter cannot show this: -100000 does not fit into int16\n")
