"""Where points lie in the models of a device, what is said of those that have none; profiles with SunSpec entries."""

from __future__ import annotations

import pytest

from controller.domain.errors import ConfigError
from controller.meter.formula import Formula, Point, Register
from controller.meter.profile_text import parse_profile, parse_tree
from controller.meter.registers import RegisterType, ValueRefused
from controller.meter.sunspec import Chain, DeviceBlock, Model

CHAIN = Chain(
    base=40000,
    blocks=(
        DeviceBlock(
            models=(
                Model(number=1, address=40002, length=66),
                Model(number=64999, address=40070, length=5),
                Model(number=203, address=40077, length=20),
                Model(number=160, address=40099, length=48),
            )
        ),
    ),
)


@pytest.mark.parametrize(
    ("point", "why"),
    [
        (Point(models=(203,), name="TotWhImp"), "model 203 of this device ends before TotWhImp: it has only 20"),
        (Point(models=(203,), name="W"), "ends before W"),  # its scale factor does not fit
        (Point(models=(203,), name="Watts"), "has no point Watts"),
        (Point(models=(160,), name="W", module=1), "has no module point W"),
        (Point(models=(160,), name="DCW", module=3), "has 2 modules here, no module 3"),
        (Point(models=(64999,), name="W"), "none of those that can be read"),
        (Point(models=(701,), name="W"), "no SunSpec model 701; it has 1, 64999, 203, 160"),
        (Point(models=(701,), name="W", otherwise=Point(models=(802,), name="W")), "models 701, 802"),
    ],
)
def test_what_has_no_place_is_refused(point: Point, why: str) -> None:
    with pytest.raises(ValueRefused, match=why):
        CHAIN.locate(Formula(components=((point,),)))


def test_only_strings_may_lack_and_never_all() -> None:
    two, three = (Point(models=(160,), name="DCW", module=n) for n in (2, 3))
    native = Register(function="holding", address=7, kind=RegisterType.INT16)
    located = CHAIN.locate(Formula(components=((two, three),), asleep_is_zero=True))
    assert [register.address for register in located.registers()] == [40099 + 41, 40099 + 4]
    for terms in ((three,), (native, three)):
        with pytest.raises(ValueRefused, match="no module 3"):
            CHAIN.locate(Formula(components=(terms,), asleep_is_zero=True))
    with pytest.raises(ValueRefused, match="no module 3"):
        CHAIN.locate(Formula(components=((two, three),)))


def test_headers_are_those_of_the_models_in_use() -> None:
    first, last = (Register(function="holding", address=a, kind=RegisterType.INT16) for a in (40099, 40148))
    behind = Register(function="holding", address=40149, kind=RegisterType.INT16)
    other = Register(function="input", address=40077, kind=RegisterType.INT16)
    header = {("holding", 40099): 160, ("holding", 40100): 48}
    assert CHAIN.headers_of([first]) == CHAIN.headers_of([last, behind, other]) == header
    assert CHAIN.headers_of([behind, other]) == {}


PROFILE = 'name = "X"\nmaker = "Y"\nsource = "Z"\n[pv]\n'


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('power_w = { point = "W", model = [103], otherwise = { address = 7 } }', "otherwise names another SunSpec"),
        ('power_w = { address = 7, otherwise = { point = "W", model = [103] } }', "go with a SunSpec point"),
        ('power_w = { point = "DCW", model = [160], of_modules = [4] }', "of_modules goes with a module"),
        (
            'power_w = { point = "Watts", model = [103] }',
            r"pv\.power_w: SunSpec model 103 has no point Watts .*only A, ",
        ),
        (
            'power_w = { point = "W", model = [160], module = 1 }',
            "160 has no module point W .*only DCA, DCV, DCW, DCWH",
        ),
        ('power_w = { point = "W", model = [103, 999] }', "999 is none of those that can be read here: 101, 102"),
        ('current_a = { point = "W", model = [103] }\npower_w = { address = 1 }', "W: a SunSpec point a phase"),
    ],
)
def test_profiles_are_checked(line: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why):
        parse_profile("x", parse_tree("x", PROFILE + line))
