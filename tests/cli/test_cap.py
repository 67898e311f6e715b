"""`sunpace cap`: show, set, clear."""

from __future__ import annotations

from pathlib import Path

import pytest

from controller.cli.check import _try_cap
from controller.domain.cap import Cap
from controller.history.cap_file import read_cap
from tests.support.terminal import SITE, Person


class Operator(Person):
    """Somebody who sets limits."""

    def says(self, *words: str) -> tuple[int, str, str]:
        return self.types(["cap", words[0], "--config", str(self.config), *words[1:]])

    @property
    def file(self) -> Path:
        return self.directory / "external-cap.toml"


@pytest.fixture
def person(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Operator:
    return Operator(tmp_path, capsys)


def test_a_cap_is_set_shown_and_cleared(person: Operator) -> None:
    assert person.says("show")[:2] == (0, f"no limit from outside ({person.file})\n")
    code, out, _ = person.says("set", "--power-w", "4200", "--for", "2h", "--source", "grid operator")
    assert code == 0
    assert out.startswith("limited to 4.2 kW until ")
    assert ", for 2 h, by grid operator (" in out
    cap = read_cap(person.file)
    assert cap == Cap(power_w=4200, until=cap.until, source="grid operator")
    shown = person.json("show")
    assert shown["in_force"] is True
    assert shown["cap"]["power_w"] == 4200
    assert person.json("clear") == {"file": str(person.file), "in_force": False, "cap": None}
    assert not person.file.exists()
    assert person.says("clear")[0] == 0


def test_one_without_an_end_has_to_be_asked_for(person: Operator) -> None:
    code, _, err = person.says("set", "--current-a", "8")
    assert code == 2
    assert "--until --for" in err
    assert person.says("set", "--current-a", "8", "--until", "never")[1].startswith(
        "limited to 8 A a phase until further notice"
    )
    assert read_cap(person.file) == Cap(current_a=8)


def test_one_that_has_ended_is_told_as_such(person: Operator) -> None:
    person.file.write_text("power_w = 4200\nuntil = 2020-01-01T00:00:00Z\n")
    assert "one of 4.2 kW ended 2020-01-01 01:00" in person.says("show")[1]
    assert person.json("show")["in_force"] is False


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--power-w", "4200", "--until", "2020-01-01T00:00:00Z"], "is over already"),
        (["--power-w", "4200", "--until", "2036-01-01T00:00:00"], "an offset is needed, like"),
        (["--power-w", "4200", "--until", "soon"], "is no time; write it like"),
        (["--power-w", "4200", "--for", "2"], "is no duration; write it like 2h"),
        (["--power-w", "4200", "--for", "0h"], "not between a second and a year"),
        (["--power-w", "4200", "--for", "99999999999999h"], "is too long"),
        (["--power-w", "-1", "--for", "2h"], "must be a number from 0 to 100000"),
        (["--power-w", "nan", "--for", "2h"], "power_w = nan: must be a number from 0 to 100000"),
        (["--current-a", "0", "--until", "9999-12-31T23:59:59Z"], 'until further notice say "never"'),
        (["--current-a", "0", "--until", "0001-01-01T00:00:00+14:00"], "must lie between the years 1000 and 9000"),
        (["--current-a", "8", "--for", "2h", "--source", "\udcff"], "source must be text of one line"),
        (["--power-w", "4,2", "--for", "2h"], "is not a number"),
        (["--current-a", "8", "--power-w", "4200", "--for", "2h"], "not allowed with"),
        (["--current-a", "8", "--for", "2h", "--source", "a\nb"], "source must be text of one line"),
    ],
)
def test_wrong_use_is_one_clear_error_and_writes_nothing(person: Operator, words: list[str], told: str) -> None:
    code, _, err = person.says("set", *words)
    assert code == 2
    assert told in err
    assert "Traceback" not in err
    assert not person.file.exists()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("power_w = 1\n", "until is missing"),
        ("current_a = 0\nuntil = 9999-12-31T23:59:59Z\n", 'until further notice say "never"'),
        ("power_w = 1" + 400 * "0" + '\nuntil = "never"\n', "must be a number from 0 to 100000"),
        ("power_w = " + 3000 * "[", "nested too deeply"),
    ],
)
def test_a_file_that_is_no_cap_is_told(person: Operator, content: str, told: str) -> None:
    person.file.write_text(content)
    code, out, err = person.says("show")
    assert (code, out) == (1, "")
    assert told in err
    assert len(err.splitlines()) == 1
    assert "Traceback" not in err


def test_a_place_where_no_service_looks_is_refused(person: Operator) -> None:
    person.config.write_text(SITE.format(directory=person.directory / "nowhere"))
    code, _, err = person.says("set", "--power-w", "4200", "--for", "2h")
    assert code == 2
    assert "external_cap_file =" in err
    assert not (person.directory / "nowhere").exists()


def test_the_file_may_be_named(person: Operator) -> None:
    person.config.write_text(f'[site]\nexternal_cap_file = "{person.directory}/dimmed.toml"\n')
    assert person.says("set", "--power-w", "0", "--for", "90min")[0] == 0
    assert read_cap(person.directory / "dimmed.toml").power_w == 0
    assert (person.directory / "dimmed.toml").stat().st_mode & 0o444 == 0o444  # the service may be somebody else


def test_check_tells_of_it(person: Operator) -> None:
    assert _try_cap(person.file) == []
    person.says("set", "--power-w", "4200", "--until", "2036-01-01T00:00:00Z")
    (found,) = _try_cap(person.file)
    assert found.ok
    assert found.text.startswith("4200 W until 2036-01-01 01:00 +0100")
    person.file.write_text("spoilt")
    (found,) = _try_cap(person.file)
    assert not found.ok
    assert "not valid TOML" in found.text


def test_a_wrong_key_is_told_with_its_line(person: Operator) -> None:
    person.config.write_text("[site]\nexternal_cap = 7\n")
    code, _, err = person.says("show")
    assert code == 2
    assert "site.external_cap: unknown key; did you mean external_cap_file?" in err
