"""Device profiles as files."""

from __future__ import annotations

from pathlib import Path

import pytest

from controller.domain.errors import ConfigError
from controller.meter.formula import Formula, Point, Register
from controller.meter.plan import Block, plan
from controller.meter.profile import Profile
from controller.meter.profile_files import Shelf
from controller.meter.profile_text import parse_profile, parse_tree
from controller.meter.quantities import Quantity, Role, Section
from controller.meter.registers import RegisterType, WordOrder

GOOD = """
name = "Test meter"
maker = "Nobody"
source = "its manual"
[every_register]
function = "holding"
type = "int32"
word_order = "lsw-first"
[meter]
power_w = { address = 100, scale = 0.1 }
current_a = { address = [104, 106, 108], scale = 0.001, unsigned = true }
voltage_v = { address = [200, 201, 202], type = "uint16", function = "input" }
"""
HYBRID = """
name = "Test hybrid"
maker = "Nobody"
source = "its manual"
[every_register]
type = "int16"
[grid]
power_w = { sum = [{ address = 1, positive = "import" }, { address = 2, positive = "export", scale = 10 }] }
[battery]
power_w = { address = 5, magnitude = true, negative_when = [{ address = 4, mask = 2 }, { address = 6, below = 0 }] }
soc_pct = { address = 7, not_available = [0x00FF] }
[pv]
power_w = { sum = [{ address = 10 }, { address = 11 }], asleep_is_zero = true }
"""


def profile(text: str = GOOD) -> Profile:
    return parse_profile("test", parse_tree("test", text))


def formula(text: str, section: Section, quantity: Quantity) -> Formula:
    return profile(text).sections[section][quantity]


def memory(**words: int) -> dict[tuple[str, int], int]:
    return {("holding", int(address[1:])): word for address, word in words.items()}


def test_quantities_take_what_they_do_not_say_from_every_register() -> None:
    (power,) = formula(GOOD, Section.METER, Quantity.POWER_W).components[0]
    assert power == Register(
        function="holding", address=100, kind=RegisterType.INT32, word_order=WordOrder.LSW_FIRST, factor=0.1
    )
    voltage = formula(GOOD, Section.METER, Quantity.VOLTAGE_V)
    assert [terms[0].function for terms in voltage.components if isinstance(terms[0], Register)] == ["input"] * 3
    assert formula(GOOD, Section.METER, Quantity.CURRENT_A).unsigned


def test_sums_differences_and_directions() -> None:
    grid = formula(HYBRID, Section.GRID, Quantity.POWER_W)
    assert grid.values(memory(a1=700, a2=0)) == (700,)  # type: ignore[arg-type]
    assert grid.values(memory(a1=0, a2=30)) == (-300,)  # type: ignore[arg-type]
    battery = formula(HYBRID, Section.BATTERY, Quantity.POWER_W)
    assert battery.values(memory(a5=500, a4=4, a6=1)) == (500,)  # type: ignore[arg-type]
    assert battery.values(memory(a5=500, a4=6, a6=1)) == (-500,)  # type: ignore[arg-type]
    assert battery.values(memory(a5=500, a4=0, a6=0xFFFF)) == (-500,)  # type: ignore[arg-type]
    assert battery.values(memory(a5=0xFE0C, a4=0, a6=1)) == (500,)  # type: ignore[arg-type]


def test_a_string_that_sleeps_gives_nothing_and_nothing_else_does() -> None:
    pv = formula(HYBRID, Section.PV, Quantity.POWER_W)
    assert pv.values(memory(a10=0x8000, a11=40)) == (40,)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="not available"):
        formula(HYBRID, Section.GRID, Quantity.POWER_W).values(memory(a1=0x8000, a2=0))  # type: ignore[arg-type]
    soc = formula(HYBRID, Section.BATTERY, Quantity.SOC_PCT)
    with pytest.raises(ValueError, match="not available"):
        soc.values(memory(a7=0xFF))  # type: ignore[arg-type]


def test_a_line_meter_serves_any_role_and_a_hybrid_its_own() -> None:
    assert profile().roles == tuple(Role)
    assert (profile().sense(Role.GRID), profile().sense(Role.PV), profile().sense(Role.EV)) == (1, -1, 1)
    hybrid = profile(HYBRID)
    assert hybrid.roles == (Role.GRID, Role.PV, Role.BATTERY)
    assert hybrid.sense(Role.PV) == 1
    assert hybrid.section_for(Role.EV) is None


def test_points_of_a_phase_are_named_by_the_first() -> None:
    text = GOOD + 'phase_power_w = { point = "WphA", model = [203, 213], positive = "export" }\n'
    points = [terms[0] for terms in formula(text, Section.METER, Quantity.PHASE_POWER_W).components]
    assert points == [Point(models=(203, 213), name=f"Wph{phase}", factor=-1.0) for phase in "ABC"]
    assert profile(text).needs_discovery
    assert not profile().needs_discovery


def test_blocks_keep_gap_and_length() -> None:
    wanted = [register for formula in profile().formulas() for register in formula.registers()]

    def blocks(max_registers: int, max_gap: int) -> list[tuple[str, int, int]]:
        planned = plan(wanted, max_registers=max_registers, max_gap=max_gap)
        return [(block.function, block.start, block.end) for block in planned]

    assert blocks(10, 2) == [("holding", 100, 110), ("input", 200, 203)]
    assert blocks(4, 2) == [("holding", 100, 102), ("holding", 104, 108), ("holding", 108, 110), ("input", 200, 203)]
    assert blocks(10, 0) == [("holding", 100, 102), ("holding", 104, 110), ("input", 200, 203)]


def test_a_block_knows_its_gaps() -> None:
    block = Block(function="input", start=0, end=6, parts=((0, 2), (4, 6)))
    assert block.has_gaps
    assert [(part.start, part.end) for part in block.split()] == [(0, 2), (4, 6)]
    assert not Block(function="input", start=0, end=4, parts=((0, 2), (2, 4), (1, 3))).has_gaps


@pytest.mark.parametrize("key", Shelf().known)
def test_every_profile_that_comes_along_loads(key: str) -> None:
    loaded = Shelf().load(key)
    assert loaded.key == key
    assert loaded.roles


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("power_w =", "powr_w =", r"meter\.powr_w: unknown; \[meter\] may hold power_w"),
        ("address = 100", "address = 70000", "0 to 65535"),
        ("[104, 106, 108]", "[104, 106, 108, 110]", "list of up to three"),
        ("address = 100", "address = [100, 102]", "one address"),
        ("address = 100", 'address = 100, point = "W"', "needs an address, or"),
        ("address = 100", 'point = "W"', "needs `model`"),
        ("address = 100", "address = 100, module = 2", "go with a SunSpec point"),
        ("address = 100", "sum = []", "has its addresses in its terms"),
        ("scale = 0.1", "scale = -0.1", r"power_w\.scale: .*greater than"),
        ("scale = 0.1", 'positive = "charge"', r"in \[meter\] it is one of import, export"),
        ("scale = 0.1", "asleep_is_zero = true", r"for \[pv\] only"),
        ("scale = 0.1", "negative_when = [{ address = 1 }]", "exactly one of mask, equals and below"),
        ('"int32"', '"int33"', r"every_register\.type"),
        ("power_w = { address = 100, scale = 0.1 }", "", r"meter\.power_w is missing"),
        ("[meter]", "[requests]\nfoo = 1\n[meter]", r"requests\.foo"),
        ("[meter]", "[pv]\npower_w = { address = 1 }\n[meter]", "cannot stand beside it"),
        ("[meter]", "[foo]", "foo: Extra inputs"),
        ("[meter]", "[meter", "not valid TOML"),
    ],
)
def test_wrong_profiles_name_the_place(old: str, new: str, words: str) -> None:
    assert old in GOOD
    with pytest.raises(ConfigError, match=words):
        profile(GOOD.replace(old, new))


class TestOwnFiles:
    def test_are_found_by_name_beside_those_that_come_along(self, tmp_path: Path) -> None:
        (tmp_path / "my-meter.toml").write_text(GOOD)
        (tmp_path / "config.toml").write_text("[site]\n")
        shelf = Shelf(tmp_path)
        assert set(shelf.known) == {*Shelf().known, "my-meter"}
        assert shelf.load("my-meter").name == "Test meter"

    def test_may_extend_one_that_comes_along_even_under_its_name(self, tmp_path: Path) -> None:
        own = 'extends = "eastron-sdm630"\n[defaults]\nunit_id = 9\n[meter]\nfrequency_hz = { address = 72 }\n'
        (tmp_path / "eastron-sdm630.toml").write_text(own)
        mine, theirs = Shelf(tmp_path).load("eastron-sdm630"), Shelf().load("eastron-sdm630")
        assert (mine.unit_id, mine.serial, mine.name) == (9, theirs.serial, theirs.name)
        changed = {q for q, f in mine.sections[Section.METER].items() if f != theirs.sections[Section.METER][q]}
        assert changed == {Quantity.FREQUENCY_HZ}

    def test_that_extend_one_another_in_a_circle(self, tmp_path: Path) -> None:
        (tmp_path / "a.toml").write_text('extends = "b"\n')
        (tmp_path / "b.toml").write_text('extends = "a"\n')
        with pytest.raises(ConfigError, match="profile a: extends itself: a -> b -> a"):
            Shelf(tmp_path).load("a")

    def test_that_extend_nothing_known(self, tmp_path: Path) -> None:
        (tmp_path / "a.toml").write_text('extends = "eastron-sdm631"\n')
        with pytest.raises(ConfigError, match=r"'eastron-sdm631' is unknown: `sunpace meter profiles` lists"):
            Shelf(tmp_path).load("a")

    def test_that_are_no_text(self, tmp_path: Path) -> None:
        (tmp_path / "a.toml").write_bytes(b"\xff\xfe")
        with pytest.raises(ConfigError, match=r"a\.toml cannot be read: not UTF-8"):
            Shelf(tmp_path).load("a")

    @pytest.mark.parametrize("key", ["../secret", "A", "", "x/y"])
    def test_names_are_no_paths(self, tmp_path: Path, key: str) -> None:
        with pytest.raises(ConfigError, match="unknown"):
            Shelf(tmp_path).load(key)

    def test_faults_for_a_role(self, tmp_path: Path) -> None:
        (tmp_path / "hybrid.toml").write_text(HYBRID)
        (tmp_path / "broken.toml").write_text("name = 3")
        shelf = Shelf(tmp_path)
        assert shelf.fault("hybrid", "grid") is None
        assert "no values for the role ev, only for grid, pv, battery" in str(shelf.fault("hybrid", "ev"))
        assert "meter profile broken" in str(shelf.fault("broken", "grid"))
