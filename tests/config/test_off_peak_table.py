"""`[strategy.off_peak]`, and strategies that leave the decision to another one, in the configuration."""

from __future__ import annotations

import pytest

from controller.config.loader import parse_config
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
