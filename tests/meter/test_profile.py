"""Device profiles as files."""

import pytest

from controller.domain.errors import ConfigError
from controller.meter.profile import Quantity, known_profiles, load_profile, parse_profile
from controller.meter.registers import RegisterType, WordOrder

GOOD = """
name = "Test meter"
source = "its manual"
[block]
max_registers = 10
max_gap = 2
[every_register]
function = "holding"
type = "int32"
word_order = "lsw-first"
scale = 0.1
[quantities]
power_w = { address = 100 }
current_a = { address = [104, 106, 108], scale = 0.001 }
voltage_v = { address = [200, 201, 202], type = "uint16", function = "input" }
"""


def test_sdm630_is_one_request_of_input_registers() -> None:
    profile = load_profile("eastron-sdm630")
    assert [(block.function, block.start, block.end) for block in profile.blocks] == [("input", 0, 76)]
    power = profile.registers[Quantity.POWER_W][0]
    assert (power.address, power.kind, power.word_order, power.scale) == (
        52,
        RegisterType.FLOAT32,
        WordOrder.MSW_FIRST,
        1.0,
    )
    assert [r.address for r in profile.registers[Quantity.PHASE_POWER_W]] == [12, 14, 16]
    assert [r.address for r in profile.registers[Quantity.CURRENT_A]] == [6, 8, 10]
    assert [r.address for r in profile.registers[Quantity.VOLTAGE_V]] == [0, 2, 4]
    assert profile.registers[Quantity.ENERGY_IMPORT_WH][0].address == 72
    assert profile.registers[Quantity.ENERGY_IMPORT_WH][0].scale == 1000
    assert profile.registers[Quantity.ENERGY_EXPORT_WH][0].address == 74
    assert profile.unsigned == {Quantity.CURRENT_A}


@pytest.mark.parametrize("key", known_profiles())
def test_every_profile_that_comes_along_loads(key: str) -> None:
    profile = load_profile(key)
    assert profile.key == key
    assert all(block.end - block.start <= 125 for block in profile.blocks)


def test_quantities_take_what_they_do_not_say_from_every_register() -> None:
    profile = parse_profile("test", GOOD)
    power = profile.registers[Quantity.POWER_W][0]
    assert (power.function, power.kind, power.word_order, power.scale) == (
        "holding",
        RegisterType.INT32,
        WordOrder.LSW_FIRST,
        0.1,
    )
    assert profile.registers[Quantity.CURRENT_A][1].scale == 0.001
    assert profile.registers[Quantity.VOLTAGE_V][2].function == "input"


def test_blocks_keep_gap_and_length() -> None:
    blocks = parse_profile("test", GOOD).blocks
    assert [(b.function, b.start, b.end) for b in blocks] == [("holding", 100, 110), ("input", 200, 203)]
    narrow = parse_profile("test", GOOD.replace("max_registers = 10", "max_registers = 4")).blocks
    assert [(b.start, b.end) for b in narrow] == [(100, 102), (104, 108), (108, 110), (200, 203)]
    gapless = parse_profile("test", GOOD.replace("max_gap = 2", "max_gap = 0")).blocks
    assert [(b.start, b.end) for b in gapless] == [(100, 102), (104, 110), (200, 203)]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("power_w =", "powr_w =", "powr_w"),
        ("address = 100", "address = 70000", "0 to 65535"),
        ("[104, 106, 108]", "[104, 106]", "three addresses"),
        ("address = 100", "address = [100, 102, 104]", "three addresses"),
        ('"int32"', '"int33"', "every_register.type"),
        ("power_w = { address = 100 }", "", "power_w is missing"),
        ("max_gap = 2", "max_gap = 2\nfoo = 1", "block.foo"),
        ("[block]", "[block", "not valid TOML"),
    ],
)
def test_wrong_profiles_name_the_place(old: str, new: str, words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        parse_profile("test", GOOD.replace(old, new))


def test_unknown_profile_lists_the_known() -> None:
    with pytest.raises(ConfigError, match="eastron-sdm630"):
        load_profile("eastron-sdm631")
