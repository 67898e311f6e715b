"""`[strategy.off_peak]`, and strategies that leave the decision to another one, in the configuration."""

from __future__ import annotations

import pytest

from controller.app import core_settings
from controller.config.loader import parse_config
from controller.domain.box_times import Reading
from controller.domain.demand import Strategy
from controller.domain.errors import ConfigError
from strategies.off import Off
from strategies.off_peak import OffPeak
from strategies.surplus import Surplus
from tests.config.test_loader import GOOD, Shelf, faults, load


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ('days = ["sat", "sun"]', 'days = ["holiday"]', '33: : a window is for days = ["holiday"] alone'),
        ('end = "06:00"', 'end = "06:00", energy_kwh = -1', "34: .windows[0].energy_kwh = -1: must be at"),
        ('end = "06:00"', 'end = "06:00", current_a = 5', "34: .windows[0].current_a = 5: must be at least 6"),
        ("windows = [", "holidays = [7]\nwindows = [", '34: .holidays[0] = 7: a date like "2026-12-25"'),
        (
            "windows = [",
            'then = "surplis"\nwindows = [',
            '34: .then = "surplis": no such strategy is installed; did you mean surplus?',
        ),
        (
            "windows = [",
            'then = "off_peak"\nwindows = [',
            '34: .then = "off_peak": is the strategy itself; name another one',
        ),
    ],
)  # fmt: skip
def test_each_fault_names_place_and_remedy(old: str, new: str, fault: str) -> None:
    assert old in GOOD
    (found,) = faults(GOOD.replace(old, new, 1))
    assert found.removeprefix("config.toml:").replace("strategy.off_peak", "", 1).startswith(fault)


@pytest.mark.parametrize("then", ["off", "surplus", "fixed"])
def test_off_peak_goes_on_with_any_strategy_there_is(then: str) -> None:
    strategy = load(GOOD.replace("windows = [", f'then = "{then}"\nwindows = [')).strategies["off_peak"]
    assert isinstance(strategy, OffPeak)
    assert strategy._settings.then == then


def test_strategies_that_leave_it_to_one_another_are_refused() -> None:
    chain: dict[str, type[Strategy]] = {"a": OffPeak, "b": OffPeak, "off": Off, "off_peak": OffPeak, "surplus": Surplus}
    text = GOOD.split("[strategy]")[0] + "[strategy.off_peak]\nthen = 'a'\n[strategy.a]\nthen = 'b'\n[strategy.b]\n"
    assert parse_config(text + "then = 'off'", "config.toml", {}, chain, Shelf())
    with pytest.raises(ConfigError) as caught:
        parse_config(text + "then = 'a'", "config.toml", {}, chain, Shelf())
    assert [fault.split(": ", 1)[1] for fault in caught.value.faults] == [
        'strategy.a.then = "b": leads back by way of b; name another one',
        'strategy.b.then = "a": leads back by way of a; name another one',
    ]


@pytest.mark.parametrize(
    ("line", "sense"),
    [("", None), ('off_peak_sense = "unverified"', None), ('off_peak_sense = "held_within"', Reading.HELD)],
)
def test_what_the_boxs_own_periods_mean_is_said_by_their_owner(line: str, sense: Reading | None) -> None:
    assert core_settings(load(GOOD.replace("[wallbox]\n", f"[wallbox]\n{line}\n"))).off_peak_sense is sense


def test_a_sense_that_they_cannot_have_is_refused() -> None:
    (found,) = faults(GOOD.replace("[wallbox]\n", '[wallbox]\noff_peak_sense = "peak"\n'))
    assert "wallbox.off_peak_sense" in found
    assert "held_within" in found
