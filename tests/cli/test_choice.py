"""`sunpace strategy NAME` and `default`, and what `sunpace status` tells of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from controller.domain.choice import Choice, Followed
from controller.history.choice_file import read_choice
from controller.history.followed_file import FILE_NAME, FollowedFile
from tests.support.plugins import write
from tests.support.terminal import SITE, Person

HOUR = timedelta(hours=1)
NOW = datetime(2026, 11, 2, 17, tzinfo=UTC)


class Hand(Person):
    """Somebody whose configuration has off_peak."""

    @property
    def file(self) -> Path:
        return self.directory / "strategy-choice.toml"

    @property
    def choice(self) -> Choice:
        return read_choice(self.file)

    def chooses(self, *words: str) -> tuple[int, str, str]:
        return self.types(["strategy", *words, "--config", str(self.config)])

    def adds(self, text: str) -> None:
        self.config.write_text(self.config.read_text() + text)


@pytest.fixture
def person(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Hand:
    return Hand(tmp_path, capsys, '[strategy]\nactive = "off_peak"\n')


def lasts(choice: Choice) -> timedelta | None:
    return None if choice.until is None else choice.until - choice.set_at


@pytest.mark.parametrize(
    ("words", "lasting"),
    [(["fixed"], None), (["off", "--for", "90min"], 1.5 * HOUR), (["off", "--for", "3d"], 72 * HOUR)],
)
def test_one_holds_for_good_or_until_its_end(person: Hand, words: list[str], lasting: timedelta | None) -> None:
    code, out, err = person.chooses(*words)
    assert (code, err) == (0, "")
    assert (person.choice.name, lasts(person.choice)) == (words[0], lasting)
    assert out.startswith(f"strategy: {words[0]} (chosen by hand{', for good' if lasting is None else ' until 20'}")
    assert f"`sunpace strategy default` goes back to off_peak, as {person.config} has it" in out
    assert "the service follows it within a few seconds, or when it starts" in out
    assert person.file.stat().st_mode & 0o444 == 0o444  # the service may be somebody else


def test_a_time_of_day_is_the_next_one_on_the_clock(person: Hand) -> None:
    assert person.chooses("minimum", "--until", "18:00")[0] == 0
    end = lasts(person.choice)
    assert end is not None
    assert timedelta(0) < end <= 25 * HOUR
    assert person.choice.until is not None
    assert f"{person.choice.until.astimezone(datetime.now().astimezone().tzinfo):%M:%S}" == "00:00"


def test_default_goes_back_to_the_configuration(person: Hand) -> None:
    person.chooses("fixed")
    code, out, _ = person.chooses("default")
    assert code == 0
    assert out.startswith(f"strategy: off_peak (as {person.config} has it)\n")
    assert not person.file.exists()
    assert person.chooses("default")[0] == 0
    person.file.write_text("name =")
    assert json.loads(person.chooses("default", "--json")[1]) == {
        "file": str(person.file),
        "strategy": "off_peak",
        "configured": "off_peak",
        "choice": None,
    }
    assert not person.file.exists()


def test_the_status_tells_which_one_and_how_to_go_back(person: Hand) -> None:
    assert person.json("status")["choice"] is None
    told = json.loads(person.chooses("minimum", "--for", "3h", "--json")[1])
    assert person.json("status") | {"file": str(person.file)} == {**person.json("status"), **told}
    assert (told["strategy"], told["configured"], told["choice"]["name"]) == ("minimum", "off_peak", "minimum")
    assert person.json("status")["choice"]["until"] == person.choice.until.isoformat()  # type: ignore[union-attr]
    (line,) = [line for line in person.says("status")[1].splitlines() if line.startswith("strategy: ")]
    assert line.startswith("strategy: minimum (chosen by hand until 20")
    assert "h; `sunpace strategy default` goes back to off_peak, as " in line or "min; `sunpace strategy" in line
    person.says("pause")
    assert "strategy: minimum, when that is over (chosen by hand until" in person.says("status")[1]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("name =", "not valid TOML"),
        ('name = "gone"\nset_at = 2026-01-01T00:00:00Z\n', "gone: there is no such strategy"),
    ],
)
def test_a_choice_that_cannot_hold_is_told_and_the_configurations_holds(person: Hand, content: str, told: str) -> None:
    person.file.write_text(content)
    code, out, _ = person.says("status")
    assert code == 1
    assert f"strategy: off_peak (as {person.config} has it)" in out
    (fault,) = person.json("status")["faults"]
    assert told in fault
    assert "the configuration's strategy holds; `sunpace strategy` chooses one, or `default`" in fault
    assert person.chooses("fixed")[0] == 0
    assert person.says("status")[0] == 0


@pytest.mark.parametrize(
    ("followed", "told"),
    [
        (Followed("off_peak", NOW), "; it turns to minimum within a few seconds if it runs, else when it starts"),
        (Followed("off_peak", NOW, "minimum"), "; it turns to minimum within a few seconds if it runs, else"),
        (Followed("off_peak", NOW, "kettle", "too hot"), "; it turns to minimum within a few seconds if it runs"),
        (Followed("off_peak", NOW, "minimum", "too hot"), "; minimum: too hot"),
        (Followed("minimum", NOW), None),
    ],
)
def test_the_status_tells_where_the_service_follows_another_one(
    person: Hand, followed: Followed, told: str | None
) -> None:
    person.chooses("minimum")
    FollowedFile(person.directory).keep(followed)
    lines = [line for line in person.says("status")[1].splitlines() if line.startswith("not yet: ")]
    said = "not yet: the service has followed off_peak since 2026-11-02 18:00"
    assert [line.startswith(f"{said}{told}") for line in lines] == ([True] if told else [])
    assert person.json("status")["followed"]["name"] == followed.name
    (person.directory / FILE_NAME).write_text("since")
    assert FILE_NAME in person.json("status")["faults"][0]


def test_one_that_has_ended_is_not_told(person: Hand) -> None:
    person.file.write_text('name = "off"\nset_at = 2020-01-01T00:00:00Z\nuntil = 2020-01-02T00:00:00Z\n')
    assert (person.json("status")["strategy"], person.json("status")["faults"]) == ("off_peak", [])


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["pricy"], "config.toml: strategy pricy: no such strategy is installed; did you mean price?"),
        (["price"], "config.toml: strategy price: goes by prices: a table [prices] has to say where they come from"),
        (["lst"], "config.toml: strategy lst: no such strategy is installed; known are: fixed, minimum, off"),
        (["off", "--until", "2020-01-01T00:00:00Z"], "is over already"),
        (["off", "--until", "2036-01-01T00:00:00Z"], "is more than 366 days away: leave it out"),
        (["off", "--for", "400d"], "is not between a second and 366 days; or for good without it"),
        (["off", "--for", "1h", "--until", "18:00"], "not allowed with"),
        (["default", "--for", "1h"], "unrecognized arguments"),
        (["NAME"], "config.toml: strategy NAME: no such strategy is installed"),
        (["NAME", "off"], "unrecognized arguments: off"),
    ],
)
def test_wrong_use_is_one_clear_error_and_writes_nothing(person: Hand, words: list[str], told: str) -> None:
    code, out, err = person.chooses(*words)
    assert (code, out) == (2, "")
    assert told in err
    assert len(err.splitlines()) == 1 or err.startswith("usage: ")
    assert not person.file.exists()


@pytest.mark.parametrize(
    ("table", "words", "told"),
    [
        ("[strategy.fixed]\ncurrent_a = 99\n", ["fixed"], ":10: strategy.fixed.current_a = 99: must be at most 32"),
        ('[strategy.fixed]\nthen = "offf"\n', ["fixed"], ':10: strategy.fixed.then = "offf": no such strategy is'),
        ("[strategy.fixed]\ncurrent_a = 99\n", ["off"], ":10: strategy.fixed.current_a = 99: must be at most 32"),
        (
            '[strategy.fixed]\nuntil = "06:00"\nthen = "price"\n',
            ["fixed"],
            'config.toml: strategy fixed: hands over to "price", which goes by prices: a table [prices]',
        ),
        ('[prices]\nsource = "awattar"\n', ["price"], "country"),
    ],
)
def test_what_the_service_would_not_start_with_is_not_chosen(
    person: Hand, table: str, words: list[str], told: str
) -> None:
    person.adds(table)
    code, _, err = person.chooses(*words)
    assert code == 2
    assert told in err
    assert len(err.splitlines()) == 1
    assert not person.file.exists()


def test_with_prices_one_may_go_by_them(person: Hand) -> None:
    person.adds('[prices]\nsource = "awattar"\ncountry = "de"\n')
    assert person.chooses("price")[0] == 0


def test_one_of_ones_own_is_tried_first(person: Hand) -> None:
    write(person.directory)
    assert person.chooses("kettle", "--for", "2h")[0] == 0
    assert person.json("status")["strategy"] == "kettle"
    assert "active, by hand" in person.chooses("list")[1]
    write(person.directory, head="", code="def", name="torn")
    code, _, err = person.chooses("torn")
    assert code == 2
    assert err.startswith(f"{person.config}: strategy torn: {person.directory}/strategies/torn.py: cannot be imported")
    assert person.choice.name == "kettle"
    write(person.directory).chmod(0o666)
    assert "chmod go-w" in person.chooses("kettle")[2]


def test_a_place_where_no_service_looks_is_refused_and_the_file_may_be_named(person: Hand) -> None:
    person.config.write_text(SITE.format(directory=person.directory / "nowhere"))
    code, _, err = person.chooses("off")
    assert code == 2
    assert "strategy_choice_file =" in err
    person.config.write_text(f'[site]\nstrategy_choice_file = "{person.directory}/wish.toml"\n')
    assert person.chooses("off")[0] == 0
    assert read_choice(person.directory / "wish.toml").name == "off"


def test_the_check_fails_where_it_cannot_hold(person: Hand) -> None:
    nowhere = 'host = "127.0.0.1"\nport = 1\n'
    text = f"{SITE.format(directory=person.directory)}[meter.grid]\n{nowhere}[wallbox]\n{nowhere}"
    person.config.write_text(f'{text}password = "x"\ntls = "insecure"\n')
    person.file.write_text('name = "price"\nset_at = 2026-01-01T00:00:00Z\n')
    found = {one["device"]: one for one in person.json("check")["devices"]}
    assert not found["strategy by hand"]["ok"]
    assert "price: goes by prices: a table [prices] has to say" in found["strategy by hand"]["text"]
    assert found["strategy by hand"]["text"].endswith("surplus holds, as the configuration has it")
    assert person.chooses("off")[0] == 0
    assert "strategy by hand" not in {one["device"] for one in person.json("check")["devices"]}


def test_the_help_shows_all_words(person: Hand) -> None:
    def helped(*words: str) -> Any:
        return person.types(["strategy", *words, "--help"])[1]

    assert all(f"\n    {word}" in helped() for word in ("NAME", "default", "list", "show"))
    assert helped("price").startswith("usage: sunpace strategy NAME [-h] [--for T | --until TIME]")
