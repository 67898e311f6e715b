"""`sunpace wallbox off-peak`, and what `sunpace check` warns of, against an emulated box in a process of its own."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.cli.test_wallbox import Person, box, person  # noqa: F401 -- fixtures
from tests.support.plugins import write

NIGHT = '[strategy.off_peak]\nthen = "off"\nwindows = [{ start = "22:00", end = "06:00" }]\n'
AT_REST = {
    "enable-off-peak": False,
    "enable-off-peak-weekend": False,
    "off-peak-period1-start": "08:00",
    "off-peak-period1-stop": "11:00",
    "off-peak-period2-start": "16:00",
    "off-peak-period2-stop": "22:00",
    "randomised-delay-range": 0,
}


@pytest.fixture
def owner(person: Person) -> Person:  # noqa: F811 -- the fixture
    """With a box at rest, and a configuration with windows in the night."""
    changes = [str(word) for pair in AT_REST.items() for word in pair]
    person.says("set", *changes)
    person.control("POST", "/record/reset")
    with person.config.open("a") as file:
        file.write('[strategy]\nactive = "off_peak"\n' + NIGHT)
    return person


def writes(someone: Person) -> dict[str, int]:
    found: dict[str, int] = someone.control("GET", "/record")["field_writes"]
    return found


def shown(someone: Person) -> dict[str, Any]:
    return {row["key"]: row["value"] for row in someone.asks("section", "power")["fields"] if row["key"] in AT_REST}


def test_the_boxs_periods_stand_beside_ours_under_both_readings(owner: Person) -> None:
    owner.asks("set", "enable-off-peak", "on", "randomised-delay-range", "600")
    code, out, err = owner.says("off-peak")
    assert (code, err) == (0, "")
    rows = {cells[0]: " | ".join(cells[1:]) for line in out.splitlines() if (cells := re.split(r"  +", line.strip()))}
    assert rows["off-peak charging"] == "on"
    assert rows["at weekends"] == "off"
    assert rows["period 1"] == "08:00-11:00 | 22:00-06:00 daily"
    assert rows["period 2"] == "16:00-22:00"
    assert rows["charges, if only within them"] == "08:00-11:00, 16:00-22:00"
    assert rows["charges, if not within them"] == "11:00-16:00, 22:00-08:00"
    assert rows["randomised delay, at most"] == "600 s"
    assert "Not verified" in out
    assert "if it charges only within them, 40.0 h of ours a week are held back" in out
    assert "if it does not charge within them, nothing of ours is held back" in out
    assert "at random, by up to 600 s" in out
    assert writes(owner) == {"enable-off-peak": 1, "randomised-delay-range": 1}


@pytest.mark.parametrize(("sense", "period"), [("allowed_within", "22:00-06:00"), ("held_within", "06:00-22:00")])
def test_what_a_try_has_shown_counts_alone(owner: Person, sense: str, period: str) -> None:
    owner.asks("set", "enable-off-peak", "on")
    text = owner.config.read_text()
    owner.config.write_text(text.replace("[wallbox]", f'[wallbox]\noff_peak_sense = "{sense}"'))
    told = owner.asks("off-peak")
    assert (told["sense"], told["sense_verified"], list(told["charges"])) == (sense, True, [sense])
    owner.asks("off-peak", "--set", "--yes")
    code, out, _ = owner.says("off-peak")
    assert (code, "warn" in out, "Not verified" in out) == (0, False, False)
    told = owner.asks("off-peak")
    assert (told["periods"], told["charges"], told["conflicts"]) == ([period] * 2, {sense: ["22:00-06:00"]}, [])
    code, _, err = owner.says("off-peak", "--set", "--peak", "--yes")
    assert (code, "says the opposite" in err) == ((2, True) if sense == "allowed_within" else (0, False))


def test_for_programs(owner: Person) -> None:
    assert owner.asks("off-peak") == {
        "enabled": False,
        "weekends": False,
        "periods": ["08:00-11:00", "16:00-22:00"],
        "sense": None,
        "sense_verified": False,
        "charges": {
            "allowed_within": ["08:00-11:00", "16:00-22:00"],
            "held_within": ["11:00-16:00", "22:00-08:00"],
        },
        "randomised_delay_s": 0,
        "windows": ["22:00-06:00 daily"],
        "strategy": "off_peak",
        "conflicts": [],
    }


def test_a_strategy_that_may_charge_at_any_time_is_told_so(owner: Person) -> None:
    owner.config.write_text(owner.config.read_text().replace('"off_peak"', '"surplus"'))
    owner.asks("set", "enable-off-peak", "on")
    _, out, _ = owner.says("off-peak")
    assert 'The active strategy, "surplus", may charge at any time.' in out
    assert len(owner.asks("off-peak")["conflicts"]) == 1


def test_without_a_configuration_only_the_box_is_shown(owner: Person, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SUNPACE_WALLBOX__PASSWORD", owner.box["password"])
    where = ("--host", "127.0.0.1", "--port", str(owner.box["port"]), "--fingerprint", owner.box["tls_fingerprint"])
    code, out, _ = owner.says("off-peak", *where, config=False)
    assert (code, "22:00-06:00" in out, "08:00-11:00" in out) == (0, False, True)
    code, _, err = owner.says("off-peak", "--set", "--yes", *where, config=False)
    assert (code, "which --config names" in err) == (2, True)


@pytest.mark.parametrize(("words", "period"), [((), ("22:00", "06:00")), (("--peak",), ("06:00", "22:00"))])
def test_ours_are_set_and_only_what_differs_is_written(
    owner: Person, words: tuple[str, ...], period: tuple[str, str]
) -> None:
    start, stop = period
    done = owner.asks("off-peak", "--set", "--yes", *words)["written"]
    assert all(one["confirmed"] for one in done)
    expected = {
        **AT_REST,
        "enable-off-peak": True,
        "enable-off-peak-weekend": True,
        **{
            f"off-peak-period{number}-{edge}": at
            for number in (1, 2)
            for edge, at in (("start", start), ("stop", stop))
        },
    }
    assert shown(owner) == expected
    differ = {key for key, value in expected.items() if AT_REST[key] != value}
    assert {one["key"] for one in done} == differ
    assert writes(owner) == dict.fromkeys(differ, 1)
    assert owner.says("off-peak", "--set", "--yes", *words)[1] == "the wallbox has it already; nothing was sent\n"
    assert writes(owner) == dict.fromkeys(differ, 1)


def test_the_boxs_own_are_switched_off(owner: Person) -> None:
    owner.asks("set", "enable-off-peak", "on")
    code, out, _ = owner.says("off-peak", "--off", "--yes")
    assert (code, out) == (0, "enable-off-peak = off: accepted, and read back\n")
    assert owner.says("off-peak", "--off", "--yes")[1] == "the wallbox has it already; nothing was sent\n"
    assert shown(owner) == AT_REST


@pytest.mark.parametrize(
    ("windows", "words", "complaint"),
    [
        ("", ("--set",), "the wallbox would keep 22:00-06:00 daily: it needs --yes. Nothing was sent"),
        ("", ("--off",), "it needs --yes. Nothing was sent"),
        ("", ("--peak",), "--peak belongs to --set"),
        ("", ("--set", "--off", "--yes"), "not allowed with argument"),
        ('{ start = "1:00", end = "2:00", days = ["sat"] }', ("--set", "--yes"), "no other days. Nothing was sent"),
        (
            '{ start = "1:00", end = "2:00" }, { start = "3:00", end = "4:00" }, { start = "5:00", end = "6:00" }',
            ("--set", "--yes"),
            "the windows take 3 periods of a day, and the wallbox has 2. Nothing was sent",
        ),
        ('{ start = "25:00", end = "2:00" }', (), 'start = "25:00": a time of day like'),
    ],
)
def test_what_is_refused_before_anything_is_sent(
    owner: Person, windows: str, words: tuple[str, ...], complaint: str
) -> None:
    if windows:
        owner.config.write_text(owner.config.read_text().replace('{ start = "22:00", end = "06:00" }', windows))
    code, out, err = owner.says("off-peak", *words)
    assert (code, out) == (2, "")
    assert complaint in err
    assert owner.control("GET", "/record")["api_calls"] == 0


def test_somebody_elses_strategy_may_be_the_active_one(owner: Person) -> None:
    write(owner.config.parent)
    owner.config.write_text(owner.config.read_text().replace('active = "off_peak"', 'active = "kettle"'))
    code, out, err = owner.says("off-peak")
    assert (code, err) == (0, "")
    assert "22:00-06:00 daily" in out
