"""The file of the strategy chosen by hand: what stands in it, and what becomes of one that cannot be read."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from controller.domain.choice import LONGEST, RESERVED, Choice
from controller.domain.errors import StorageError
from controller.history.choice_file import ChoiceFile, choice_text, parse_choice

NOW = datetime(2026, 11, 2, 17, tzinfo=UTC)
HOUR = timedelta(hours=1)
PRICE = Choice("price", NOW)
SET = 'name = "price"\nset_at = 2026-11-02T17:00:00Z\n'


@pytest.mark.parametrize(
    ("text", "choice"),
    [(SET, PRICE), (f"{SET}until = 2026-11-02T19:00:00+01:00\n", PRICE._replace(until=NOW + HOUR))],
)
def test_what_stands_in_it(text: str, choice: Choice) -> None:
    assert parse_choice(text.encode(), "f") == choice


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", 'name must be a strategy\'s: name = "surplus"'),
        (SET.replace('"price"', '"Price!"'), "name must be a strategy's"),
        (SET.replace('"price"', "3"), "name must be a strategy's"),
        *((SET.replace("price", word), "name must be a strategy's") for word in sorted(RESERVED)),
        ('name = "price"\n', "set_at is missing"),
        (f"{SET}until = 2026-11-02T17:00:00Z\n", "must lie after set_at, and at most 366 days after; leave it out"),
        (f"{SET}until = 2027-12-02T17:00:00Z\n", "must lie after set_at"),
        (f'{SET}until = "never"\n', "must be a time with its offset"),
        (f"{SET}then = 1\n", "then: unknown key; known are: name, set_at, until"),
        ("[price\n", "not valid TOML"),
    ],
)
def test_what_cannot_stand_in_it(text: str, fault: str) -> None:
    with pytest.raises(StorageError, match=f"^f: .*{fault}"):
        parse_choice(text.encode(), "f")


@given(st.binary(max_size=200))
def test_any_content_is_one_clear_error_at_the_most(content: bytes) -> None:
    with suppress(StorageError):
        raise AssertionError(parse_choice(content, "f"))


@given(st.from_regex("[a-z][a-z0-9_]{0,39}", fullmatch=True), st.none() | st.timedeltas(timedelta(seconds=1), LONGEST))
def test_what_is_written_is_read(name: str, lasts: timedelta | None) -> None:
    until = None if lasts is None else NOW + timedelta(seconds=int(lasts.total_seconds()))
    choice = Choice(f"a_{name}"[:40], NOW, until)
    assert parse_choice(choice_text(choice).encode(), "f") == choice


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "strategy-choice.toml"


def test_it_ends_by_itself_or_with_the_file(file: Path) -> None:
    source = ChoiceFile(file)
    assert source.look(0, NOW) is None
    choice = PRICE._replace(until=NOW + HOUR)
    file.write_text(choice_text(choice))
    assert source.look(1, NOW) == choice
    assert source.look(2, NOW + HOUR) is None
    file.write_text(choice_text(PRICE))
    assert source.look(3, NOW + 1000 * HOUR) == PRICE
    file.unlink()
    assert source.look(4, NOW) is None


@pytest.mark.parametrize("content", ["[price", "name = 1" + 400 * "0", "name = " + 3000 * "["])
def test_while_it_cannot_be_read_nothing_is_chosen_and_it_is_told_once(file: Path, content: str) -> None:
    file.write_text(choice_text(PRICE))
    source = ChoiceFile(file)
    assert source.look(0, NOW) == PRICE
    file.write_text(content)
    with capture_logs() as logs:
        looks = [source.look(second, NOW) for second in range(1, 20)]
    assert looks == [PRICE] * 5 + [None] * 14  # whoever writes it may not be done yet
    warned = [entry for entry in logs if entry["log_level"] == "warning"]
    assert [entry["event"] for entry in warned] == ["strategy_choice_unreadable"]
    assert str(file) in warned[0]["error"]
    file.write_text(choice_text(PRICE))
    assert source.look(30, NOW) == PRICE


def test_a_clock_that_is_set_back_makes_no_choice_of_years() -> None:
    longest = PRICE._replace(until=NOW + LONGEST)
    assert longest.holds(NOW)
    assert longest.holds(NOW - 23 * HOUR)
    assert not longest.holds(NOW - 25 * HOUR)
    assert not longest.holds(NOW.replace(year=2016))
    assert PRICE.holds(NOW.replace(year=2016))
