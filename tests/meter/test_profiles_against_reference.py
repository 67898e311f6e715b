"""Every profile against a table of registers that was put together apart from the profiles (`registers.csv`).

One row a term: rows of the same quantity are added up. The scale carries the sign that leads to the design's: import,
production and discharge positive. Function code 3 reads holding, 4 input registers.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

import pytest

from controller.meter.formula import Condition, Formula, Register
from controller.meter.profile_files import Shelf
from controller.meter.quantities import Section
from controller.meter.registers import WordOrder

TABLE = Path(__file__).with_name("registers.csv")
PROFILES = {key: Shelf().load(key) for key in Shelf().known}
PLAIN = [key for key, profile in PROFILES.items() if not profile.needs_discovery]


class Term(NamedTuple):
    """One row; for SunSpec's points there are none."""

    function_code: int
    addresses: tuple[int, ...]
    type: str
    first_word: str
    signed_scale: float


class Row(NamedTuple):
    """A quantity: its terms, in no order, and what else holds for it."""

    terms: tuple[Term, ...]
    remark: str


def reference() -> dict[str, dict[tuple[str, str], Row]]:
    terms: dict[str, dict[tuple[str, str], list[Term]]] = defaultdict(lambda: defaultdict(list))
    remarks: dict[tuple[str, str, str], str] = {}
    with TABLE.open(encoding="utf-8", newline="") as file:
        for key, section, quantity, code, addresses, kind, first, scale, remark in list(
            csv.reader(file, delimiter=";")
        )[1:]:
            places = tuple(int(address) for address in addresses.split("/"))
            terms[key][section, quantity].append(Term(int(code), places, kind, first, float(scale)))
            remarks[key, section, quantity] = remark
    return {
        key: {place: Row(tuple(sorted(found)), remarks[key, *place]) for place, found in quantities.items()}
        for key, quantities in terms.items()
    }


REFERENCE = reference()


def described(formula: Formula) -> Row:
    columns = zip(*formula.components, strict=True)
    return Row(tuple(sorted(term(column) for column in columns)), remark(formula))


def term(column: tuple[object, ...]) -> Term:
    """A term of all phases."""
    registers = [register for register in column if isinstance(register, Register)]
    first = registers[0]
    same = {(r.function, r.kind, r.word_order, r.factor) for r in registers}
    assert len(same) == 1
    assert len(registers) == len(column)
    single = first.kind.registers == 1
    return Term(
        code(first),
        tuple(register.address for register in registers),
        first.kind.value,
        "-" if single else "msw" if first.word_order is WordOrder.MSW_FIRST else "lsw",
        first.factor,
    )


def code(register: Register) -> int:
    return {"holding": 3, "input": 4}[register.function]


def remark(formula: Formula) -> str:
    said = []
    if formula.unsigned:
        said.append("unsigned")
    if formula.asleep_is_zero:
        said.append("asleep is zero")
    if formula.magnitude:
        said.append("magnitude")
    if formula.negative_when:
        said.append("negative if " + " or ".join(question(when) for when in formula.negative_when))
    return ", ".join(said)


def question(when: Condition) -> str:
    place = f"{code(when.register)}:{when.register.address}:{when.register.kind.value}"
    if when.mask is not None:
        return f"{place} & {when.mask}"
    return f"{place} = {when.equals:g}" if when.equals is not None else f"{place} < {when.below:g}"


def test_the_table_names_every_profile_and_no_other() -> None:
    assert set(REFERENCE) == set(PLAIN)


@pytest.mark.parametrize("key", PLAIN)
def test_every_register_is_as_in_the_table(key: str) -> None:
    found = {
        (section.value, word): described(profile_formula)
        for section, quantities in PROFILES[key].sections.items()
        for word, quantity in section.words.items()
        if (profile_formula := quantities.get(quantity)) is not None
    }
    assert set(found) == set(REFERENCE[key])
    for place, row in REFERENCE[key].items():
        terms, said = found[place]
        assert said == row.remark, place
        assert [t[:4] for t in terms] == [t[:4] for t in row.terms], place
        assert [t.signed_scale for t in terms] == pytest.approx([t.signed_scale for t in row.terms], rel=1e-12), place


@pytest.mark.parametrize("key", list(PROFILES))
def test_every_profile_tells_an_electrician_what_it_is(key: str) -> None:
    profile = PROFILES[key]
    text = (Path(__file__).parents[2] / "controller" / "meter" / "profiles" / f"{key}.toml").read_text("utf-8")
    assert text.startswith("# ")
    assert profile.maker
    assert profile.models
    assert len(profile.source) > 10
    assert len(profile.notes) < 400
    assert max(len(line) for line in text.splitlines() if not line.startswith("models")) <= 130


def test_only_line_meters_serve_any_role() -> None:
    for key in PLAIN:
        profile = PROFILES[key]
        if Section.METER in profile.sections:
            assert set(profile.sections) == {Section.METER}, key
