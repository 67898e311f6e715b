"""What has to be known of the figures."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.backtest.days import Person, sunny

SHARE = "strategy.surplus.solar_share"


@pytest.fixture
def day(tmp_path: Path) -> Path:
    return sunny(tmp_path / "day.csv", minutes=6)


@pytest.mark.parametrize(
    ("sets", "keys"),
    [
        (["plant.battery.capacity_kwh=10"], "plant.battery.capacity_kwh"),
        (["plant.feed_in.limit_w=0", "plant.car.capacity_kwh=50"], "plant.car.capacity_kwh, plant.feed_in.limit_w"),
        (["plant.car.overdraw_a=1.0"], "plant.car.overdraw_a"),
        (["plant.car.away_h=[[0, 0.05]]"], "plant.car.away_h"),
        (["plant.car.sleeps_after_s=900"], "plant.car.sleeps_after_s"),
        (["plant.voltage_swing_v=5"], "plant.voltage_swing_v"),
        (["plant.box.lost_pct=5"], "plant.box.lost_pct"),
    ],
)
def test_of_what_perfect_foresight_knows_nothing_is_said(sets: list[str], keys: str, person: Person, day: Path) -> None:
    words = [word for text in sets for word in ("--set", text)]
    note = f"perfect foresight reckons with the reference car and house, without {keys}: a measure, not a bound"
    assert person.asks(day, *words)["notes"][0] == note
    assert note in person.says(day, *words)[1].splitlines()


@pytest.mark.parametrize(
    "sets",
    [
        [],
        ["plant.car.phases=1", "plant.voltage_v=238"],  # it knows them
        ["plant.meter.noise_w=50", "plant.dead_time_s=30"],  # takes nothing away from what can be had
        ["plant.battery.lag_s=9"],  # there is none
        ["plant.car.overdraw_a=1.0", f"{SHARE}=1.0"],  # nothing is measured
    ],
)
def test_otherwise_there_is_nothing_to_say(sets: list[str], person: Person, day: Path) -> None:
    assert person.asks(day, *(word for text in sets for word in ("--set", text)))["notes"] == []


def test_one_who_steers_alone_is_told_of_the_house(person: Person, day: Path) -> None:
    battery = ("--set", "plant.battery.capacity_kwh=10")
    (_, house) = person.asks(day, *battery)["notes"]
    assert house.startswith("house: ")
    assert house in " ".join(person.says(day, *battery)[1].split())
    assert len(person.asks(day, *battery, "--compare")["notes"]) == 1


def test_sweeps_and_comparisons_say_it_once(person: Person, day: Path) -> None:
    car = ("--set", "plant.car.overdraw_a=1.0")
    for words in ([*car, "--compare"], ["--sweep", "plant.car.overdraw_a=0.0,1.0"]):
        assert len(person.asks(day, *words)["notes"]) == 1
        assert person.says(day, *words)[1].count("a measure, not a bound") == 1
