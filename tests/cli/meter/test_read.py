"""`sunpace meter read` against a device made by hand."""

from __future__ import annotations

import fcntl
import os
import socket

import pytest

from tests.cli.meter.devices import FOREIGN_NOON, SDM630_EVENING, Person, at
from tests.support.modbus import SILENT, float32, hand_made


def test_one_look_in_the_domains_names(person: Person) -> None:
    with hand_made({1: SDM630_EVENING}) as server:
        code, seen = person.asks("read", *at(server.port, "eastron-sdm630"))
    assert code == 0
    assert seen == {
        "profile": "eastron-sdm630",
        "roles": ["grid"],
        "address": {"transport": "tcp", "host": "127.0.0.1", "port": server.port, "unit_id": 1},
        "grid_w": 1500.0,
        "grid_phase_w": [2000.0, -800.0, 300.0],
        "current_a": [8.7, -3.5, 1.3],
        "voltage_v": [231.0, 229.5, 230.0],
        "frequency_hz": 50.01,
        "energy_import_wh": 12_345_000.0,
        "energy_export_wh": 6_789_000.0,
        "refused": {},
    }


def test_what_the_sign_means(person: Person) -> None:
    with hand_made({3: FOREIGN_NOON}) as server:
        _, exporting, _ = person.says("read", *at(server.port, "foreign-f24"))
        _, importing, _ = person.says("read", *at(server.port, "foreign-f24", "--invert"))
        _, producing, _ = person.says("read", *at(server.port, "foreign-f24", "--role", "pv"))
        _, wrong, _ = person.says("read", *at(server.port, "foreign-f24", "--role", "ev"))
    assert "you are exporting 2.1 kW to the grid\n" in exporting
    assert "invert = true" in exporting
    assert "--role" in exporting
    assert "you are importing 2.1 kW from the grid\n" in importing
    assert "the PV produces 2.1 kW\n" in producing
    assert "the ev delivers power; if it is wired the other way: invert = true" in wrong


def test_a_hybrid_without_a_battery_tells_the_rest(person: Person) -> None:
    words = {33263: 0xFFFF, 33264: 0xF830, 33057: 0, 33058: 3000}  # 2000 W of import, 3000 W of PV
    with hand_made({1: words}) as server:
        code, seen = person.asks("read", *at(server.port, "solis-hybrid"))
        _, out, _ = person.says("read", *at(server.port, "solis-hybrid"))
    assert code == 0
    assert (seen["grid_w"], seen["pv_w"], seen["battery_w"], seen["battery_soc_pct"]) == (2000, 3000, None, None)
    assert "refuses input registers" in seen["refused"]["battery_w"]
    assert "the PV produces 3.0 kW" in out
    assert "what the battery does is not known" in out


def test_a_device_that_refuses_everything_has_failed(person: Person) -> None:
    with hand_made({1: {9999: 1}}) as server:
        code, _, err = person.says("read", *at(server.port, "solis-hybrid"))
    assert code == 1
    assert "`sunpace meter scan` tries other profiles" in err


def test_refused_values_are_null_and_named(person: Person) -> None:
    holes = {address: word for address, word in SDM630_EVENING.items() if address not in (70, 71)}
    with hand_made({1: holes | float32({2: 4000.0, 74: float("nan")})}) as server:
        code, seen = person.asks("read", *at(server.port, "eastron-sdm630"))
        _, out, _ = person.says("read", *at(server.port, "eastron-sdm630", "--role", "pv", "--invert"))
    assert code == 0  # the power is known
    assert seen["grid_w"] == 1500.0
    assert {name for name, value in seen.items() if value is None} == set(seen["refused"])
    assert set(seen["refused"]) == {"voltage_v", "frequency_hz", "energy_export_wh"}
    assert "4000 is outside" in seen["refused"]["voltage_v"]
    assert "refuses input register 70" in seen["refused"]["frequency_hz"]
    assert "pv_frequency_hz     refused: the device refuses input register 70" in out


def test_a_refused_power_fails(person: Person) -> None:
    with hand_made({1: SDM630_EVENING | float32({52: 9e6})}) as server:
        code, seen = person.asks("read", *at(server.port, "eastron-sdm630"))
        _, out, _ = person.says("read", *at(server.port, "eastron-sdm630"))
    assert (code, seen["grid_w"]) == (1, None)
    assert "9e+06 is outside" in seen["refused"]["grid_w"]
    assert "what the grid does is not known: 9e+06 is outside" in out


def test_a_hybrid_tells_all_its_roles_over_one_connection(person: Person) -> None:
    with hand_made({}, {1: {10: 1200, 11: 3000, 12: 1500, 13: 55}}) as server:
        code, seen = person.asks("read", *at(server.port, "hybrid-h3"))
        _, out, _ = person.says("read", *at(server.port, "hybrid-h3"))
        _, battery = person.asks("read", *at(server.port, "hybrid-h3", "--role", "battery"))
    assert code == 0
    assert (seen["grid_w"], seen["pv_w"], seen["battery_w"], seen["battery_soc_pct"]) == (-1200, 3000, -1500, 55)
    assert "you are exporting 1.2 kW to the grid\nthe PV produces 3.0 kW\nthe battery is charging with 1.5 kW\n" in out
    assert "grid_w" not in battery
    assert battery["battery_w"] == -1500


def test_raw_registers_beside_the_values(person: Person) -> None:
    with hand_made({3: FOREIGN_NOON}) as server:
        _, seen = person.asks("read", *at(server.port, "foreign-f24", "--raw"))
        _, out, _ = person.says("read", *at(server.port, "foreign-f24", "--raw", "--role", "pv"))
    raw = {(term["name"], term["phase"]): term for term in seen["raw"]}
    power = raw["grid_w", None]
    assert (power["function"], power["address"]) == (4, 40)
    assert power["words"] == ["ae5c", "ffff"]  # -20900, low word first
    assert (power["number"], power["value"]) == (-20_900, pytest.approx(-2090))
    assert raw["voltage_v", 2]["words"] == ["08f7", "0000"]
    rows = [row.split() for row in out.splitlines()]
    assert ["pv_w", "4", "40", "int32", "lsw-first", "ae5c", "ffff", "-20900", "2090", "W"] in rows
    # as PV the meter's export counter is what was produced
    produced = ["pv_energy_wh", "4", "78", "int32", "lsw-first", "e23a", "0001", "123450", "12345000", "Wh"]
    assert produced in rows


def test_a_meter_of_the_configuration_by_its_name(person: Person) -> None:
    with hand_made({3: FOREIGN_NOON, 4: FOREIGN_NOON}) as server:
        place = f'profile = "foreign-f24"\nhost = "127.0.0.1"\nport = {server.port}\n'
        (person.folder / "config.toml").write_text(
            f"[meter.grid]\n{place}\n[[meter.pv]]\n{place}[[meter.pv]]\n{place}unit_id = 4\ninvert = true\n"
            '[wallbox]\nhost = "127.0.0.1"\npassword = "x"\ntls = "insecure"\n'
        )
        assert person.asks("read", "--config", "config.toml")[1]["grid_w"] == -2090
        assert person.asks("read", "grid")[1]["grid_w"] == -2090
        assert person.asks("read", "pv.1")[1]["pv_w"] == 2090
        code, second = person.asks("read", "pv.2", "--config", "config.toml")
        assert (code, second["pv_w"], second["address"]["unit_id"]) == (1, None, 4)
        assert "invert = true" in second["refused"]["pv_w"]
        code, _, err = person.says("read", "pv")
        assert (code, err) == (2, "sunpace: config.toml has 2 meters 'pv'; say which: pv.1, pv.2\n")
        code, _, err = person.says("read", "battery")
        assert (code, err) == (2, "sunpace: config.toml has no meter 'battery': its meters are grid, pv.1, pv.2\n")
        code, _, err = person.says("read", "pv.1", "--host", "127.0.0.1")
        assert code == 2
        assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        ((), "where is the meter? --host H for Modbus TCP, --device"),
        (("--host", "a", "--device", "/dev/ttyUSB0"), "--host and --device: a meter is at one of them"),
        (("--transport", "rtu"), "--transport rtu needs --device"),
        (("--transport", "rtu", "--host", "a"), "--transport rtu needs --device"),
        (("--transport", "tcp", "--device", "/dev/x"), "--transport tcp needs --host"),
        (("--host", "a", "--baudrate", "9600"), "--baudrate does not go with --host"),
        (("--device", "/dev/x", "--port", "502"), "--port does not go with --device"),
        (("--host", "a:502"), '--host = "a:502": is no host name or address'),
        (("--host", "a", "--profile", "eastron-sdm63"), "--profile eastron-sdm63: unknown meter profile; did you mean"),
        (("--host", "a", "--profile", "qqqqq"), "`sunpace meter profiles` lists those known"),
        (("--host", "a", "--profile", "hybrid-h3", "--role", "ev"), "--role ev: Hybrid H3 has no such values"),
        (("nothing",), "config.toml: cannot be read"),
    ],
)
def test_wrong_use_is_one_line(person: Person, words: tuple[str, ...], fault: str) -> None:
    code, out, err = person.says("read", *words)
    assert (code, out) == (2, "")
    assert err.count("\n") == 1
    assert fault in err


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("--unit-id", "256"), "'256' is no whole number from 0 to 255"),
        (("--port", "0"), "'0' is no whole number"),
        (("--timeout", "nan"), "no number of seconds"),
    ],
)
def test_figures_out_of_range(person: Person, words: tuple[str, ...], fault: str) -> None:
    code, _, err = person.says("read", "--host", "127.0.0.1", *words)
    assert code == 2
    assert fault in err


def test_nobody_listens(person: Person) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    code, out, err = person.says("read", *at(port, "eastron-sdm630"))
    assert (code, out) == (1, "")
    assert err == f"sunpace: 127.0.0.1:{port} cannot be reached: check host, port and that Modbus TCP is on\n"


def test_a_device_that_says_nothing(person: Person) -> None:
    with hand_made({1: SDM630_EVENING}, stranger=SILENT) as server:
        code, _, err = person.says("read", *at(server.port, "eastron-sdm630", "--unit-id", 9, "--timeout", 0.2))
    assert (code, err) == (1, f"sunpace: 127.0.0.1:{server.port} unit 9 did not answer within 0.2 s\n")


def test_serial_devices_that_cannot_be_had(person: Person) -> None:
    missing = ("read", "--profile", "eastron-sdm630", "--device")
    code, _, err = person.says(*missing, person.folder / "ttyUSB9")
    assert code == 1
    assert "there is no such device" in err
    code, _, err = person.says(*missing, person.folder / "foreign-f24.toml")
    assert code == 1
    assert "this is no serial device" in err
    assert err.count("\n") == 1


def test_a_serial_device_that_another_program_holds(person: Person) -> None:
    near, far = os.openpty()
    try:
        fcntl.flock(far, fcntl.LOCK_EX)  # as every program that opens a line for itself does
        code, _, err = person.says("read", "--profile", "eastron-sdm630", "--device", os.ttyname(far))
    finally:
        os.close(near)
        os.close(far)
    assert code == 1
    assert "another program may hold it" in err
    assert "cannot be opened" in err
    assert "dialout" in err
