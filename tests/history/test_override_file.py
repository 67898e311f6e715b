"""The file of pause and boost: what stands in it, and what becomes of one that cannot be read."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from controller.domain.errors import StorageError
from controller.domain.override import LONGEST, Override, OverrideKind, Overrides
from controller.history.override_file import OverrideFile, overrides_text, parse_overrides, read_overrides

NOW = datetime(2026, 11, 2, 17, tzinfo=UTC)
HOUR = timedelta(hours=1)
PAUSE = Override(OverrideKind.PAUSE, NOW, NOW + HOUR)
BOOST = Override(OverrideKind.BOOST, NOW, NOW + 3 * HOUR, current_a=13, energy_wh=7500.0, use_battery=True)
TIMES = "set_at = 2026-11-02T17:00:00Z\nuntil = 2026-11-02T19:00:00+01:00\n"


@pytest.mark.parametrize(
    ("text", "overrides"),
    [
        ("", Overrides()),
        (f"[pause]\n{TIMES}", Overrides(pause=PAUSE)),
        (
            f"[boost]\n{TIMES}current_a = 13\nenergy_kwh = 7.5\n[pause]\n{TIMES}",
            Overrides(PAUSE, BOOST._replace(until=NOW + HOUR, use_battery=False)),
        ),
    ],
)
def test_what_stands_in_it(text: str, overrides: Overrides) -> None:
    assert parse_overrides(text.encode(), "f") == overrides


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (f"[pauze]\n{TIMES}", "pauze: unknown key; known are: boost, pause"),
        ("pause = 1\n", r"pause must be a table: \[pause\]"),
        ("[pause]\nuntil = 2026-11-02T19:00:00Z\n", r"\[pause\]: set_at is missing"),
        ("[pause]\nset_at = 2026-11-02T17:00:00Z\n", r"\[pause\]: until is missing"),
        (f"[pause]\n{TIMES}current_a = 6\n", r"\[pause\]: current_a: unknown key; known are: set_at, until"),
        ("[pause]\nset_at = 2026-11-02T17:00:00Z\nuntil = 2026-11-02T17:00:00Z\n", "must lie after set_at"),
        ("[pause]\nset_at = 2026-11-02T17:00:00Z\nuntil = 2026-12-04T17:00:00Z\n", "at most 31 days after"),
        ('[pause]\nset_at = 2026-11-02T17:00:00Z\nuntil = "never"\n', "must be a time with its offset"),
        (f"[boost]\n{TIMES}current_a = 5\n", "current_a = 5: must be a number from 6 to 32"),
        (f"[boost]\n{TIMES}current_a = 6.5\n", "must be whole amps"),
        (f"[boost]\n{TIMES}energy_kwh = nan\n", "energy_kwh = nan: must be a number"),
        (f"[boost]\n{TIMES}use_battery = 1\n", "use_battery must be true or false"),
        ("[pause\n", "not valid TOML"),
        ("pause = " + 3000 * "[", "nested too deeply"),
    ],
)
def test_what_cannot_stand_in_it(text: str, fault: str) -> None:
    with pytest.raises(StorageError, match=f"^f: .*{fault}"):
        parse_overrides(text.encode(), "f")


@given(st.binary(max_size=200))
def test_any_content_is_an_override_or_one_clear_error(content: bytes) -> None:
    with suppress(StorageError):
        assert parse_overrides(content, "f") == Overrides()


_ENDS = st.timedeltas(timedelta(seconds=1), LONGEST).map(
    lambda lasts: NOW + timedelta(seconds=int(lasts.total_seconds()))
)


@given(
    st.builds(
        Overrides,
        pause=st.none() | st.builds(PAUSE._replace, until=_ENDS),
        boost=st.none()
        | st.builds(
            BOOST._replace,
            until=_ENDS,
            current_a=st.none() | st.integers(6, 32),
            energy_wh=st.none() | st.integers(1, 5000).map(lambda tenths: tenths * 100.0),
            use_battery=st.booleans(),
        ),
    )
)
def test_what_is_written_is_read(overrides: Overrides) -> None:
    assert parse_overrides(overrides_text(overrides).encode(), "f") == overrides


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "override.toml"


def test_the_pause_goes_first_the_boost_goes_on_underneath_and_each_ends_by_itself(file: Path) -> None:
    file.write_text(overrides_text(Overrides(PAUSE, BOOST)))
    source = OverrideFile(file)
    assert source.look(0, NOW) == PAUSE
    assert source.look(1, NOW + HOUR) == BOOST
    assert source.look(2, NOW + 3 * HOUR) is None
    file.unlink()
    assert source.look(3, NOW) is None


def test_it_is_read_only_when_it_has_changed(file: Path) -> None:
    reads: list[Path] = []

    def read(path: Path) -> Overrides:
        reads.append(path)
        return read_overrides(path)

    source = OverrideFile(file)
    source._file._read = read
    file.write_text(overrides_text(Overrides(pause=PAUSE)))
    assert [source.look(second, NOW) for second in range(3)] == [PAUSE] * 3
    file.write_text(overrides_text(Overrides(boost=BOOST)))
    assert source.look(3, NOW) == BOOST
    assert len(reads) == 2


@pytest.mark.parametrize("content", ["[pause", "[pause]\nuntil = 1" + 400 * "0", "pause = " + 3000 * "["])
def test_while_it_cannot_be_read_nothing_holds_and_it_is_told_once(file: Path, content: str) -> None:
    file.write_text(overrides_text(Overrides(pause=PAUSE)))
    source = OverrideFile(file)
    assert source.look(0, NOW) == PAUSE
    file.write_text(content)
    with capture_logs() as logs:
        looks = [source.look(second, NOW) for second in range(1, 20)]
    assert looks == [PAUSE] * 5 + [None] * 14  # whoever writes it may not be done yet
    warned = [entry for entry in logs if entry["log_level"] == "warning"]
    assert [entry["event"] for entry in warned] == ["override_unreadable"]
    assert str(file) in warned[0]["error"]
    file.write_text(overrides_text(Overrides(pause=PAUSE)))
    assert source.look(30, NOW) == PAUSE


def test_a_directory_in_its_place_holds_nobody_up(file: Path) -> None:
    file.mkdir()
    source = OverrideFile(file)
    assert [source.look(second, NOW) for second in range(10)] == [None] * 10


def test_a_clock_that_is_set_back_makes_no_pause_of_years() -> None:
    longest = Override(OverrideKind.PAUSE, NOW, NOW + LONGEST)
    held = Overrides(longest)
    assert held.in_force(NOW) is longest
    assert held.in_force(NOW - 23 * HOUR) is longest
    assert held.in_force(NOW - 25 * HOUR) is None
    assert held.in_force(NOW.replace(year=2016)) is None
