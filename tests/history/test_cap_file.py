"""The external cap's file: what is a cap, and what becomes of one that cannot be read."""

from __future__ import annotations

import os
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from controller.domain.cap import Cap
from controller.domain.errors import StorageError
from controller.history.cap_file import CapFile, cap_text, parse_cap, read_cap

BERLIN = ZoneInfo("Europe/Berlin")
NOW = datetime(2026, 11, 2, 17, tzinfo=UTC)
NEVER = 'say "never"'
SOON = NOW + timedelta(hours=1)
GOOD = 'power_w = 4200\nuntil = 2026-11-02T19:00:00+01:00\nsource = "grid operator"\n'


@pytest.mark.parametrize(
    ("text", "cap"),
    [
        (GOOD, Cap(power_w=4200, until=SOON, source="grid operator")),
        ('current_a = 8.5\nuntil = "2026-11-02T18:00:00Z"\n', Cap(current_a=8.5, until=SOON)),
        ('\ufeffpower_w = 0\nuntil = "never"\n', Cap(power_w=0)),
    ],
)
def test_what_is_a_cap(text: str, cap: Cap) -> None:
    assert parse_cap(text.encode(), "f") == cap


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("power_w = 4200\n", "until is missing"),
        ("until = 2026-11-02T19:00:00Z\n", "exactly one of power_w and current_a"),
        ("power_w = 1\ncurrent_a = 1\nuntil = 2026-11-02T19:00:00Z\n", "exactly one of power_w and current_a"),
        ("power_w = 4200\nuntil = 2026-11-02T19:00:00\n", "must be a time with its offset"),
        ("power_w = 4200\nuntil = 2026-11-02\n", "must be a time with its offset"),
        ('power_w = 4200\nuntil = "tomorrow"\n', "must be a time with its offset"),
        ('power_w = "4200"\nuntil = "never"\n', "must be a number from 0 to 100000"),
        ('power_w = true\nuntil = "never"\n', "must be a number"),
        ('power_w = nan\nuntil = "never"\n', "must be a number"),
        ('current_a = -1\nuntil = "never"\n', "must be a number from 0 to 1000"),
        ('power_kw = 4.2\nuntil = "never"\n', "power_kw: unknown key; known are: current_a, power_w, source, until"),
        ('power_w = 1\nuntil = "never"\nsource = 7\n', "source must be text"),
        ('power_w = 1\nuntil = "never"\nsource = "a\\u001bb"\n', "source must be text"),
        ("power_w = \n", "not valid TOML"),
        ("power_w = " + 3000 * "[", "nested too deeply to be read"),
        ("power_w = " + 1300 * "{a=", "nested too deeply to be read"),
        ("power_w = 1" + 400 * "0" + '\nuntil = "never"\n', "power_w: must be a number from 0 to 100000"),
        ("power_w = -1" + 400 * "0" + '\nuntil = "never"\n', "power_w: must be a number from 0 to 100000"),
        ("power_w = 0x" + 4000 * "f" + '\nuntil = "never"\n', "power_w: must be a number from 0 to 100000"),
        ("current_a" + 2000 * ".a" + " = 1\n", "current_a: must be a number from 0 to 1000"),
        ('power_w = inf\nuntil = "never"\n', "power_w = inf: must be a number from 0 to 100000"),
        ("power_w = 1\nuntil = 0x" + 4000 * "f" + "\n", "until: must be a time with its offset"),
        ("power_w = 1\nuntil = 9999-12-31T23:59:59Z\n", f"between the years 1000 and 9000; .* {NEVER}"),
        ("power_w = 1\nuntil = 9999-12-31T23:59:59-12:00\n", f"between the years 1000 and 9000; .* {NEVER}"),
        ('power_w = 1\nuntil = "9000-01-01T00:00:01Z"\n', f"between the years 1000 and 9000; .* {NEVER}"),
        ("power_w = 1\nuntil = 0001-01-01T00:00:00+14:00\n", f"between the years 1000 and 9000; .* {NEVER}"),
        ("", "exactly one of power_w and current_a"),
    ],
)
def test_what_is_none(text: str, fault: str) -> None:
    with pytest.raises(StorageError, match=f"^f: .*{fault}"):
        parse_cap(text.encode(), "f")


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
@pytest.mark.parametrize("until", ["1000-01-01T14:00:00+14:00", "8999-12-31T12:00:00-12:00"])
def test_every_end_can_be_told_in_every_time_zone(until: str, zone: str) -> None:
    end = parse_cap(f"power_w = 1\nuntil = {until}\n".encode(), "f").until
    assert end is not None
    told = end.astimezone(ZoneInfo(zone))
    assert told == end
    assert parse_cap(cap_text(Cap(power_w=1, until=end)).encode(), "f").until == told


@given(
    st.builds(
        Cap,
        power_w=st.floats(0, 100_000).map(lambda watts: round(watts, 3)),
        until=st.none()
        | st.integers(1_600_000_000, 2_200_000_000).map(lambda second: datetime.fromtimestamp(second, BERLIN)),
        source=st.text(st.characters(categories=("L", "N", "P", "Zs")), max_size=80).filter(str.isprintable),
    )
)
def test_what_is_written_is_read(cap: Cap) -> None:
    read = parse_cap(cap_text(cap).encode(), "f")
    assert read.power_w == pytest.approx(cap.power_w)
    assert read.source == cap.source
    assert (read.until is None) == (cap.until is None)
    if read.until is not None and cap.until is not None:
        assert read.until.timestamp() == cap.until.timestamp()


@given(st.binary(max_size=200))
def test_any_content_is_a_cap_or_one_clear_error(content: bytes) -> None:
    with suppress(StorageError):
        assert parse_cap(content, "f").until is None


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "external-cap.toml"


def test_no_file_is_no_cap_and_a_new_one_is_seen_at_once(file: Path) -> None:
    caps = CapFile(file)
    assert caps.look(0, NOW) is None
    file.write_text(GOOD)
    assert caps.look(1, NOW) == Cap(power_w=4200, until=SOON, source="grid operator")
    file.write_text(GOOD.replace("4200", "2000"))
    assert caps.look(2, NOW) == Cap(power_w=2000, until=SOON, source="grid operator")
    file.unlink()
    assert caps.look(3, NOW) is None


def test_it_ends_by_itself_and_a_clock_put_back_brings_it_again(file: Path) -> None:
    file.write_text(GOOD)
    caps = CapFile(file)
    assert caps.look(0, SOON - timedelta(seconds=1)) is not None
    assert caps.look(1, SOON) is None
    assert caps.look(2, NOW) is not None


def test_it_is_read_only_when_it_has_changed(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text(GOOD)
    caps = CapFile(file)
    assert caps.look(0, NOW) is not None
    monkeypatch.setattr("controller.history.cap_file.read_cap", lambda path: pytest.fail("read again"))
    assert caps.look(1, NOW) is not None


def test_while_it_cannot_be_read_the_last_one_holds_until_its_end_then_the_minimum(file: Path) -> None:
    file.write_text(GOOD)
    caps = CapFile(file)
    good = caps.look(0, NOW)
    assert good is not None
    file.write_text("power_w = ")
    assert caps.look(1, NOW) == good  # whoever writes it may not be done yet
    assert caps.look(7, NOW) == good._replace(kept=True)
    assert caps.look(8, SOON) == Cap()
    file.write_text(GOOD)
    assert caps.look(9, NOW) == good


def test_one_that_could_never_be_read_allows_the_minimum(file: Path) -> None:
    file.mkdir()
    caps = CapFile(file)
    assert caps.look(0, NOW) is None
    assert caps.look(5, NOW) == Cap()


def test_it_is_logged_once(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text("nonsense")
    caps = CapFile(file)
    for second in range(20):
        caps.look(second, NOW)
    assert capsys.readouterr().out.count("external_cap_unreadable") == 1


@pytest.mark.parametrize("content", ["power_w = 1" + 400 * "0", "power_w = " + 3000 * "["])
def test_a_spoilt_one_is_unreadable_after_five_seconds(file: Path, content: str) -> None:
    file.write_text(content)
    caps = CapFile(file)
    assert [caps.look(second, NOW) for second in range(6)] == [None] * 5 + [Cap()]


def test_a_defect_in_reading_is_an_unreadable_file_told_by_its_kind(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def defective(_: Path) -> Cap:
        raise LookupError("what nobody has thought of")

    file.write_text(GOOD)
    caps = CapFile(file)
    good = caps.look(0, NOW)
    assert good is not None
    file.write_text(GOOD + "\n")
    with monkeypatch.context() as context, capture_logs() as logs:
        context.setattr("controller.history.cap_file.read_cap", defective)
        assert [caps.look(second, NOW) for second in range(1, 8)] == [good] * 5 + [good._replace(kept=True)] * 2
        assert caps.look(8, SOON) == Cap()
    loud = [(entry["event"], entry["log_level"]) for entry in logs if entry["log_level"] in ("warning", "error")]
    assert loud == [("external_cap_failed", "error"), ("external_cap_unreadable", "warning")]
    (told,) = (entry["error"] for entry in logs if entry["event"] == "external_cap_unreadable")
    assert told == f"{file} cannot be read: LookupError: what nobody has thought of"
    assert caps.look(9, NOW) == good


def test_a_pipe_holds_nobody_up(file: Path) -> None:
    os.mkfifo(file)
    with pytest.raises(StorageError, match="no regular file"):
        read_cap(file)


def test_a_huge_file_is_no_cap(file: Path) -> None:
    file.write_text("#" * 10_000)
    with pytest.raises(StorageError, match="longer than 4096 bytes"):
        read_cap(file)
