"""`sunpace meter profiles`."""

from __future__ import annotations

import pytest

from tests.cli.meter.devices import Person


def test_all_are_listed_own_ones_too(person: Person) -> None:
    code, out, err = person.says("profiles")
    assert (code, err) == (0, "")
    assert "eastron-sdm630" in out
    rows = {row.split()[0]: row for row in out.splitlines() if row.strip()}
    assert "any role" in rows["foreign-f24"]
    assert "grid, pv, battery" in rows["hybrid-h3"]
    assert "Acme Hybrid H3" in rows["hybrid-h3"]  # the maker stands before a name that has it not


@pytest.mark.parametrize(
    "words",
    [("foreign",), ("F24-X",), ("FOREIGN", "f24"), ("foreign-f24",), ("f24", "foreign")],
)
def test_search_by_maker_name_model_and_key(person: Person, words: tuple[str, ...]) -> None:
    code, found = person.asks("profiles", *words)
    assert code == 0
    assert [profile["key"] for profile in found] == ["foreign-f24"]
    assert found[0]["unit_id"] == 3
    assert found[0]["line_meter"] is True


def test_all_words_have_to_match(person: Person) -> None:
    code, found = person.asks("profiles", "foreign", "hybrid")
    assert (code, found) == (1, [])


def test_whole_words_come_first(person: Person) -> None:
    for key, maker in (("a-forge", "Forge"), ("z-for", "For")):
        (person.folder / f"{key}.toml").write_text(
            f'name = "X"\nmaker = "{maker}"\nsource = "s"\n[meter]\npower_w = {{ address = 1 }}\n'
        )
    _, found = person.asks("profiles", "for")
    assert found[0]["key"] == "z-for"
    assert {"a-forge", "foreign-f24"} <= {profile["key"] for profile in found}


@pytest.mark.parametrize(("word", "proposal"), [("Estron", "did you mean Eastron?"), ("qqqq", "makers are: ")])
def test_what_is_not_found_is_proposed(person: Person, word: str, proposal: str) -> None:
    code, out, _ = person.says("profiles", word)
    assert code == 1
    assert f"no profile fits '{word}'" in out
    assert proposal in out


@pytest.mark.parametrize("word", ["qqqq", "sunspek", "anyx"])
def test_no_maker_is_called_any(person: Person, word: str) -> None:
    _, out, _ = person.says("profiles", word)
    assert "no profile fits" in out
    assert not {"any", "any?", "any,"} & set(out.split())


def test_the_exact_key_shows_the_registers(person: Person) -> None:
    _, out, _ = person.says("profiles", "hybrid-h3")
    assert "source: made up" in out
    grid = next(row for row in out.splitlines() if row.split()[:2] == ["grid", "power_w"])
    assert grid.split() == ["grid", "power_w", "3", "10", "int16", "1", "export"]
    _, found = person.asks("profiles", "foreign-f24")
    registers = {row["quantity"]: row for row in found[0]["registers"]}
    assert registers["voltage_v L2"] == {
        "table": "meter",
        "quantity": "voltage_v L2",
        "function": "4",
        "address": "2",
        "type": "int32 lsw-first",
        "scale": "0.1",
        "sense": "",
        "remarks": "",
    }
    assert "sign of its phase's power" in registers["current_a L1"]["remarks"]


def test_part_of_a_key_shows_registers_only_when_asked(person: Person) -> None:
    assert "source: made up" not in person.says("profiles", "hybrid")[1]
    assert "source: made up" in person.says("profiles", "hybrid", "--show")[1]


def test_a_broken_profile_is_named_and_other_files_are_passed_over(person: Person) -> None:
    (person.folder / "broken.toml").write_text('name = "B"\nmaker = "B"\nsource = "s"\n[meter]\n')
    (person.folder / "home.toml").write_text('[site]\nname = "home"\n')
    code, out, err = person.says("profiles")
    assert code == 0
    assert "eastron-sdm630" in out
    assert err.count("\n") == 1
    assert err.startswith("left out: broken.toml: meter profile broken: ")


def test_a_folder_that_is_not_there(person: Person) -> None:
    code, _, err = person.says("profiles", "--profiles-dir", "nowhere")
    assert (code, err) == (2, "sunpace: --profiles-dir nowhere: there is no such folder\n")
