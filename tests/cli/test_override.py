"""`sunpace pause`, `boost`, `resume` and `status`."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from controller.cli.check import _try_override
from controller.cli.override import OverrideOrder, _end
from controller.domain.calendar import wall_time
from controller.domain.override import Override, OverrideKind, Overrides
from controller.history.override_file import read_overrides
from tests.support.terminal import SITE, Person

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)


class Hand(Person):
    """Somebody whose service follows off_peak."""

    @property
    def file(self) -> Path:
        return self.directory / "override.toml"

    def override(self, kind: str) -> Override:
        one = getattr(read_overrides(self.file), kind)
        assert isinstance(one, Override)
        return one


@pytest.fixture
def person(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Hand:
    return Hand(tmp_path, capsys, '[strategy]\nactive = "off_peak"\n')


def lasts(override: Override) -> timedelta:
    assert override.until is not None
    return override.until - override.set_at


@pytest.mark.parametrize(
    ("words", "lasting"),
    [
        (["pause"], 12 * HOUR),
        (["pause", "--for", "90min"], 1.5 * HOUR),
        (["boost"], 4 * HOUR),
        (["boost", "--for", "2h"], 2 * HOUR),
        (["boost", "--kwh", "10"], 24 * HOUR),
        (["boost", "--kwh", "10", "--for", "1h"], HOUR),
    ],
)
def test_one_ends_when_it_was_said_and_by_itself_where_nothing_was(
    person: Hand, words: list[str], lasting: timedelta
) -> None:
    assert person.says(*words)[0] == 0
    override = person.override(words[0])
    assert lasts(override) == lasting
    assert override.energy_wh == (10_000.0 if "--kwh" in words else None)


@pytest.mark.parametrize(
    ("now", "until", "end"),
    [
        ("2026-06-21T12:00:00+02:00", "18:00", "2026-06-21T18:00:00+02:00"),
        ("2026-06-21T19:00:00+02:00", "18:00", "2026-06-22T18:00:00+02:00"),
        ("2026-10-24T19:00:00+02:00", "07:00", "2026-10-25T07:00:00+01:00"),
        ("2026-10-24T19:00:00+02:00", "02:30", "2026-10-25T02:30:00+02:00"),
        ("2026-03-28T19:00:00+01:00", "02:30", "2026-03-29T03:00:00+02:00"),
    ],
)
def test_a_time_of_day_is_the_next_one_on_the_clock(now: str, until: str, end: str) -> None:
    order = OverrideOrder(kind=OverrideKind.PAUSE, until=wall_time(until), lasts=None)
    assert _end(order, datetime.fromisoformat(now), BERLIN) == datetime.fromisoformat(end)


def test_pause_and_boost_stand_beside_each_other_and_resume_ends_both(person: Hand) -> None:
    assert person.says("boost", "--for", "2h", "--current-a", "13", "--use-battery")[0] == 0
    code, out, _ = person.says("pause", "--for", "1h")
    assert code == 0
    assert "paused until " in out
    assert ", for 60 min\n" in out
    assert "boost until " in out
    assert ": 13 A, from the home battery as well\n" in out
    assert "the pause goes first; the boost goes on underneath" in out
    told = person.json("status")
    assert (told["in_force"], told["strategy"], told["cap"]) == ("pause", "off_peak", None)
    assert told["boost"]["current_a"] == 13
    assert told["precedence"] == ["safety", "pause", "boost", "plan", "base"]
    assert person.json("resume")["in_force"] is None
    assert not person.file.exists()
    assert person.says("resume")[:2] == (0, "no pause and no boost: the strategy decides\n")


def test_the_status_says_what_holds_what_goes_first_and_what_it_cannot_tell(person: Hand) -> None:
    person.says("boost", "--kwh", "10")
    (person.directory / "external-cap.toml").write_text('power_w = 4200\nuntil = "never"\n')
    code, out, _ = person.says("status")
    assert code == 0
    lines = out.splitlines()
    assert lines[0] == "precedence: what protects, a pause, a boost, a plan, the strategy beneath"
    assert lines[1].startswith("limit from outside: 4.2 kW;")
    assert lines[2].startswith("boost until ")
    assert lines[2].endswith("or 10 kWh: as much as there may be")
    assert lines[3].startswith("strategy: off_peak, when that is over")
    assert "only the running service knows" in lines[4]


def test_one_that_has_ended_is_not_told_and_is_not_kept(person: Hand) -> None:
    person.file.write_text("[pause]\nset_at = 2020-01-01T00:00:00Z\nuntil = 2020-01-02T00:00:00Z\n")
    assert person.json("status")["pause"] is None
    person.says("boost")
    assert read_overrides(person.file) == Overrides(boost=person.override("boost"))


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["pause", "--until", "2020-01-01T00:00:00Z"], "is over already"),
        (["pause", "--until", "2036-01-01T00:00:00Z"], "more than 31 days away"),
        (["pause", "--until", "9999-12-31T23:59:59Z"], "more than 31 days away"),
        (["pause", "--until", "0001-01-01T00:00:00+14:00"], "is over already"),
        (["pause", "--until", "2036-01-01T00:00:00"], "an offset is needed"),
        (["pause", "--until", "25:00"], "is no time; write it like"),
        (["pause", "--for", "32d"], "is not between a second and 31 days"),
        (["pause", "--for", "2"], "is no duration; write it like 2h"),
        (["pause", "--for", "1h", "--until", "18:00"], "not allowed with"),
        (["pause", "--kwh", "3"], "unrecognized arguments"),
        (["boost", "--kwh", "nan"], "is not between 0.1 and 500 kWh"),
        (["boost", "--kwh", "ten"], "is not a number"),
        (["boost", "--current-a", "5"], "is not between 6 and 32 A"),
        (["boost", "--current-a", "7.5"], "is not a number of whole amps"),
    ],
)
def test_wrong_use_is_one_clear_error_and_writes_nothing(person: Hand, words: list[str], told: str) -> None:
    code, _, err = person.says(*words)
    assert code == 2
    assert told in err
    assert "Traceback" not in err
    assert not person.file.exists()


def test_a_file_that_cannot_be_read_is_told_and_removed_only_by_resume(person: Hand) -> None:
    person.file.write_text("[pause")
    code, out, err = person.says("pause")
    assert (code, out) == (1, "")
    assert "`sunpace resume` removes the file" in err
    assert person.file.read_text() == "[pause"
    code, out, _ = person.says("status")
    assert code == 1
    assert "no pause and no boost holds" in out
    assert person.json("status")["faults"]
    (finding,) = _try_override(person.file)
    assert not finding.ok
    assert person.says("resume")[0] == 0
    assert _try_override(person.file) == []
    assert person.says("pause")[0] == 0


def test_a_place_where_no_service_looks_is_refused_and_the_file_may_be_named(person: Hand) -> None:
    person.config.write_text(SITE.format(directory=person.directory / "nowhere"))
    code, _, err = person.says("pause")
    assert code == 2
    assert "override_file =" in err
    person.config.write_text(f'[site]\noverride_file = "{person.directory}/wish.toml"\n')
    assert person.says("pause")[0] == 0
    assert (person.directory / "wish.toml").stat().st_mode & 0o444 == 0o444  # the service may be somebody else
