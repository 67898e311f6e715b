"""Loading a strategy of somebody else's: whatever its code does, one line comes of it."""

from __future__ import annotations

import pytest

from controller.plugins.load import make
from controller.plugins.origin import Job, Kind, Origin
from tests.support.plugins import HEAD


def job(code: str) -> Job:
    origin = Origin(name="kettle", kind=Kind.FILE, place="kettle.py", target="/x/kettle.py", source=code.encode())
    return Job(origin=origin, table={"cups": 9}, beside={})


def test_a_strategy_is_described() -> None:
    strategy, like = make(job(HEAD + "        return good\n"))
    assert strategy is not None
    assert (like.about, like.values, like.timeless, like.faults) == ("Boils water.", {"cups": 9, "flag": ""}, False, ())
    assert like.schema["properties"]["cups"]["description"] == "amps of tea"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("def", "line 1: SyntaxError: invalid syntax"),
        ("\nimport nowhere_to_be_had", "install nowhere_to_be_had where Sunpace is installed, or do without it"),
        ("1 / 0", "ZeroDivisionError: division by zero (kettle.py, line 1)"),
        ("raise SystemExit(0)", "SystemExit: 0 (kettle.py, line 1)"),
        ("\x00", "cannot be imported: "),
        (r"exec(compile('1 / 0', 'a\n\x1b' * 200, 'exec'))", "ZeroDivisionError: division by zero (a a a"),
        ("", "has no class with Settings, from_settings and demand; docs/writing-a-strategy.md shows one"),
        ("class Tea:\n    def demand(self): ...", "Tea is no strategy: it has no Settings that is a pydantic model"),
        (HEAD + "        pass\nclass Pot(Kettle): pass", "has several strategies, Kettle, Pot: begin the names of all"),
    ],
)
def test_what_is_no_strategy_is_one_line(code: str, words: str) -> None:
    strategy, like = make(job(code))
    assert strategy is None
    (fault,) = like.faults
    assert words in fault.text
    assert fault.text.isprintable()


def test_a_strategy_that_is_not_given_back_is_none() -> None:
    strategy, like = make(job(HEAD.replace("return cls(settings)", "cls(settings)") + "        return good\n"))
    assert strategy is None
    assert like.faults[0].text.startswith("its from_settings returns None, which has no demand; docs/writing-a-stra")


def test_a_package_is_loaded_by_its_entry_point() -> None:
    def from_package(target: str) -> Job:
        return Job(origin=Origin(name="it", kind=Kind.PACKAGE, place="x 1", target=target), table={}, beside={})

    strategy, like = make(from_package("strategies.surplus:Surplus"))
    assert strategy is not None
    assert like.timeless
    assert (
        make(from_package("strategies.surplus:nothing"))[1].faults[0].text.startswith("cannot be imported: Attribute")
    )
    lacks = make(from_package("strategies.surplus:SurplusSettings"))[1].faults[0].text
    assert "is no strategy: it has no Settings that is a pydantic model and no from_settings and no demand" in lacks
