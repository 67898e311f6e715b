"""`sunpace meter scan` against devices made by hand, and against pymodbus' own server."""

from __future__ import annotations

import socket
import tomllib

import pytest

from controller.config.models import MeterEntry
from controller.meter.profile_files import Shelf
from controller.simulation.meter_server import meter_server
from tests.cli.meter.devices import FOREIGN_NOON, SDM630_EVENING, Person
from tests.meter.test_modbus import EVENING
from tests.support.modbus import SILENT, hand_made, in_thread
from tests.support.sunspec import Image

TWIN = 'extends = "eastron-sdm630"\nname = "Twin"\nmodels = ["T"]\n'
SHIFTED = """
name = "Shifted"
maker = "Eastron"
source = "made up"
[every_register]
function = "input"
type = "int16"
[meter]
power_w = { address = 52 }
voltage_v = { address = [0, 2, 4], scale = 0.1 }
"""
QUICK = ("--timeout", 0.5)
FEW = ("--profile", "eastron-sdm630", "--profile", "foreign-f24", "--profile", "hybrid-h3")
"""All profiles take a few seconds: some devices want pauses."""


def where(port: int, *more: object) -> tuple[object, ...]:
    return ("scan", "--host", "127.0.0.1", "--port", port, *QUICK, *more)


def few(port: int, *more: object) -> tuple[object, ...]:
    return where(port, *FEW, *more)


def test_the_right_profile_is_first_among_similar_ones(person: Person) -> None:
    (person.folder / "a-twin.toml").write_text(TWIN)
    (person.folder / "a-shifted.toml").write_text(SHIFTED)
    with in_thread(meter_server(Shelf().load("eastron-sdm630"), {1: lambda: EVENING}, "127.0.0.1", 0)) as port:
        code, seen = person.asks(*where(port, "--unit-ids", "1"))
        _, out, _ = person.says(*few(port, "--profile", "a-twin", "--unit-ids", "1"))
    assert code == 0
    best = seen["candidates"][0]
    others = {candidate["profile"]: candidate for candidate in seen["candidates"]}
    assert (best["profile"], best["score"], best["unit_id"]) == ("eastron-sdm630", 100, 1)
    assert best["values"]["grid_w"] == 1500
    assert "231/230/230 V" in best["reasons"]
    assert "phases add up to the total" in best["reasons"]
    assert "13 of 13 registers" in best["reasons"]
    assert others["a-twin"]["score"] == 100
    assert 60 < others["eastron-sdm120"]["score"] < 100
    strangers = [other for key, other in others.items() if not key.startswith(("eastron", "a-twin"))]
    assert strangers
    assert all(not stranger["fits"] for stranger in strangers)
    assert any("voltage_v" in text or "230 V" in text for text in others["a-shifted"]["objections"])
    assert "a-twin: the same registers, as far as can be seen" in out
    assert "Eastron SDM630 fits; in config.toml:" in out


def test_the_lines_for_the_configuration_can_be_used(person: Person) -> None:
    with hand_made({3: FOREIGN_NOON}) as server:
        _, seen = person.asks(*few(server.port, "--unit-ids", "1-5"))
        code, out, err = person.says(*few(server.port, "--unit-ids", "1-5"))
    assert (code, err) == (0, "")
    best = seen["candidates"][0]
    tables = tomllib.loads(best["config"])
    entry = MeterEntry.model_validate(tables["meter"]["grid"])
    assert (entry.profile, entry.host, entry.port, entry.unit_id) == ("foreign-f24", "127.0.0.1", server.port, 3)
    assert best["config"] in out


def test_a_foreign_meter_with_the_low_word_first(person: Person) -> None:
    with hand_made({3: FOREIGN_NOON}) as server:
        code, seen = person.asks(*few(server.port, "--unit-ids", "1-5"))
    assert code == 0
    assert [unit["unit_id"] for unit in seen["units"]] == [3]
    assert seen["candidates"][0]["profile"] == "foreign-f24"
    assert seen["candidates"][0]["values"]["grid_w"] == -2090
    assert all(not candidate["fits"] for candidate in seen["candidates"][1:])


def test_only_reads_and_asks_for_nothing_twice(person: Person) -> None:
    twins: list[str] = []
    for number in range(10):
        twins += ["--profile", f"twin-{number}"]
        (person.folder / f"twin-{number}.toml").write_text(TWIN)
    with hand_made({1: SDM630_EVENING}) as server:
        person.asks(*few(server.port, "--unit-ids", "1", *twins))
    assert {function for _, function, _, _ in server.requests} <= {3, 4}
    # 11 profiles with the same registers cost one reading, and the best four a second one
    assert len(server.requests) < 45


def test_units_behind_a_gateway(person: Person) -> None:
    with hand_made({1: SDM630_EVENING, 2: FOREIGN_NOON}, stranger=11) as server:
        _, seen = person.asks(*few(server.port))
    assert [unit["unit_id"] for unit in seen["units"]] == [1, 2]
    best = {c["unit_id"]: c["profile"] for c in reversed(seen["candidates"]) if c["fits"]}
    assert best == {1: "eastron-sdm630", 2: "foreign-f24"}


def test_silent_units_are_not_there(person: Person) -> None:
    with hand_made({2: SDM630_EVENING}, stranger=SILENT) as server:
        code, seen = person.asks(
            "scan", "--host", "127.0.0.1", "--port", server.port, "--timeout", 0.1, "--unit-ids", "1-3", *FEW
        )
    assert code == 0
    assert [unit["unit_id"] for unit in seen["units"]] == [2]


def test_a_device_that_does_not_look_at_the_unit_id_is_tried_once(person: Person) -> None:
    with hand_made(dict.fromkeys(range(256), SDM630_EVENING)) as server:
        code, seen = person.asks(*few(server.port))
    assert code == 0
    assert {candidate["unit_id"] for candidate in seen["candidates"]} == {1}
    assert "every unit id" in seen["remarks"][0]


def test_a_stranger_fits_nothing_and_is_shown_all_the_same(person: Person) -> None:
    zeros = dict.fromkeys(range(120), 0)
    with hand_made({1: zeros}, {1: {}}) as server:
        code, out, err = person.says(*few(server.port, "--unit-ids", "1"))
        _, seen = person.asks(*few(server.port, "--unit-ids", "1"))
    assert (code, err) == (1, "")
    assert "no profile fits it" in out
    assert "no voltage" in out
    assert all(not candidate["fits"] for candidate in seen["candidates"])


def test_a_unit_that_refuses_everything(person: Person) -> None:
    with hand_made({1: {}}) as server:
        code, out, _ = person.says(*few(server.port, "--unit-ids", "1"))
    assert code == 1
    assert "unit 1 answers, but with no profile is there a power to be read" in out


def test_only_the_profiles_that_are_named(person: Person) -> None:
    with hand_made({1: SDM630_EVENING}) as server:
        code, seen = person.asks(*where(server.port, "--unit-ids", "1", "--profile", "foreign-f24"))
    assert code == 1
    assert {candidate["profile"] for candidate in seen["candidates"]} <= {"foreign-f24"}


def test_a_hybrid_gets_a_table_a_role(person: Person) -> None:
    with hand_made({}, {1: {0: 1, 1: 1, 10: 1200, 11: 3000, 12: 1500, 13: 55}}) as server:
        _, seen = person.asks(*where(server.port, "--unit-ids", "1", "--profile", "hybrid-h3"))
    tables = tomllib.loads(seen["candidates"][0]["config"])["meter"]
    assert set(tables) == {"grid", "pv", "battery"}
    assert tables["pv"][0]["profile"] == "hybrid-h3"


def test_nobody_is_there(person: Person) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    code, out, err = person.says(*where(port))
    assert (code, out) == (1, "")
    assert err == f"sunpace: 127.0.0.1:{port} cannot be reached: check host, port and that Modbus TCP is on\n"


@pytest.mark.parametrize(
    ("words", "fault"),
    [
        (("--host", "127.0.0.1", "--profile", "eastron-sdm63"), "did you mean eastron-sdm630?"),
        ((), "where is the meter?"),
        (("--host", "127.0.0.1", "--unit-ids", "9-3"), "'9-3' runs backwards"),
    ],
)
def test_wrong_use(person: Person, words: tuple[str, ...], fault: str) -> None:
    code, _, err = person.says("scan", *words)
    assert code == 2
    assert fault in err


def test_no_such_serial_line(person: Person) -> None:
    code, _, err = person.says("scan", "--device", person.folder / "ttyUSB9")
    assert code == 1
    assert "there is no such device" in err
    assert err.count("\n") == 1


def test_a_sunspec_meter_is_found_by_its_models(person: Person) -> None:
    volts, amps, watts = (2310, 2295, 2300), (87, -35, 13), (2000, -800, 300)
    image = Image().common()
    image.model(203, {2: 65, 3: amps, 6: -1, 8: volts, 15: -1, 16: 5001, 17: -2, 18: 1500, 19: watts, 22: 0}).end()
    with hand_made({}, {1: image.words}) as server:
        code, seen = person.asks(*few(server.port, "--unit-ids", "1", "--profile", "sunspec"))
    assert code == 0
    best = seen["candidates"][0]
    assert (best["profile"], best["values"]["grid_w"]) == ("sunspec", 1500)
    assert best["score"] >= 60
    assert "231/230/230 V" in best["reasons"]
    assert set(tomllib.loads(best["config"])["meter"]) == {"grid"}
