"""Fixed: one current or power, whatever the sun does; always, or until a time or an energy."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from controller.domain.demand import Defer, Demand, Situation
from controller.domain.horizon import NOTHING_KNOWN, EnergyLog, Horizon, Mark
from controller.domain.readings import House
from controller.domain.reasons import ReasonCode
from strategies.fixed import Fixed, FixedSettings
from tests.support.houses import Run, core

BERLIN = ZoneInfo("Europe/Berlin")


def fixed(**keys: Any) -> Fixed:
    return Fixed.from_settings(FixedSettings.model_validate(keys))


def answer(
    now: str, *, phases: int = 3, voltage_v: float = 230.0, horizon: Horizon = NOTHING_KNOWN, **keys: Any
) -> Demand | Defer:
    situation = Situation(
        local_time=datetime.fromisoformat(now).astimezone(BERLIN),
        house=House(grid_w=0.0, grid_age_s=0.0),
        grid_w=0.0,
        ev_w=0.0,
        charging=False,
        min_current_a=6,
        max_current_a=16,
        phases=phases,
        voltage_v=voltage_v,
        horizon=horizon,
    )
    return fixed(**keys).demand(situation)


def came(text: str) -> Horizon:
    return Horizon(plugged_since=datetime.fromisoformat(text).astimezone(UTC))


@pytest.mark.parametrize(("asked_a", "told"), [(6, ["set_limit 6 A", "start"]), (16, ["start"]), (32, ["start"])])
def test_charges_at_once_at_what_is_allowed(asked_a: int, told: list[str]) -> None:
    run = Run(core(fixed(current_a=asked_a)))
    run.steps(600, grid_w=9000)
    assert run.told == told


@pytest.mark.parametrize(
    ("power_w", "phases", "voltage_v", "limit_a"),
    [
        (7400, 3, 230, 10),  # rounded down
        (6900, 3, 230, 10),
        (3700, 1, 230, 16),
        (3700, 1, 240, 15),
        (20_000, 3, 230, 16),
        (4140, 3, 232, 6),  # 2 V more, and it would not do
        (3700, 3, 230, 0),
        (1000, 1, 230, 0),
    ],
)
def test_a_power_is_whole_amps_on_the_phases_in_use(
    power_w: float, phases: int, voltage_v: float, limit_a: int
) -> None:
    demand = answer("2026-06-21T12:00+02:00", phases=phases, voltage_v=voltage_v, power_w=power_w)
    assert isinstance(demand, Demand)
    assert int(demand.current_a) == limit_a
    code = ReasonCode.FIXED_POWER if limit_a else ReasonCode.FIXED_POWER_LOW
    assert demand.reason.code is code


def test_mains_that_tremble_cost_no_writes() -> None:
    run = Run(core(fixed(power_w=6900.0)))
    for volts in 60 * [230.0, 231.5, 229.0]:
        run.step(5, grid_w=9000, voltage_v=(volts, volts, volts))
    assert run.told == ["set_limit 10 A", "start"]


@pytest.mark.parametrize(
    ("until", "since", "now", "charges"),
    [
        ("06:00", "2026-06-21T18:00+02:00", "2026-06-21T18:00+02:00", True),
        ("06:00", "2026-06-21T18:00+02:00", "2026-06-22T05:59+02:00", True),
        ("06:00", "2026-06-21T18:00+02:00", "2026-06-22T06:00+02:00", False),
        ("06:00", "2026-06-21T18:00+02:00", "2026-06-25T18:00+02:00", False),
        ("06:00", "2026-06-22T05:00+02:00", "2026-06-22T05:59+02:00", True),
        ("06:00", "2026-06-22T06:00+02:00", "2026-06-22T23:00+02:00", True),
        ("02:30", "2026-03-28T18:00+01:00", "2026-03-29T01:59+01:00", True),  # which the clock never shows
        ("02:30", "2026-03-28T18:00+01:00", "2026-03-29T03:00+02:00", False),
        ("02:30", "2026-10-24T18:00+02:00", "2026-10-25T02:29+02:00", True),
        ("02:30", "2026-10-24T18:00+02:00", "2026-10-25T02:30+02:00", False),
        ("02:30", "2026-10-24T18:00+02:00", "2026-10-25T02:00+01:00", False),  # which it shows again
        ("06:00", None, "2026-06-22T05:59+02:00", True),  # as if it had come at midnight
        ("06:00", None, "2026-06-22T06:00+02:00", False),
        ("2026-06-23T06:00:00+02:00", "2026-06-21T18:00+02:00", "2026-06-23T05:59+02:00", True),
        ("2026-06-23T06:00:00+02:00", "2026-06-21T18:00+02:00", "2026-06-23T06:00+02:00", False),
    ],
)
def test_until_counts_from_when_the_car_came(until: str, since: str | None, now: str, charges: bool) -> None:
    told = answer(now, horizon=NOTHING_KNOWN if since is None else came(since), until=until, current_a=10)
    if charges:
        assert isinstance(told, Demand)
        assert told.current_a == 10
        assert told.reason.code is ReasonCode.FIXED_UNTIL
    else:
        assert told == Defer(to="off")


@pytest.mark.parametrize(("got_wh", "left_kwh"), [(0.0, 10.0), (9999.0, 0.001), (10_000.0, None), (12_000.0, None)])
def test_an_energy_counts_from_when_the_car_came(got_wh: float, left_kwh: float | None) -> None:
    start = datetime(2026, 6, 21, 16, tzinfo=UTC)
    before, now = Mark(start - timedelta(hours=3), 50_000.0), Mark(start + timedelta(hours=3), 60_000.0 + got_wh)
    log = EnergyLog((before, Mark(start, 60_000.0), now))
    told = answer(
        "2026-06-21T21:00+02:00",
        horizon=Horizon(charged=log, plugged_since=start),
        energy_kwh=10.0,
        then="surplus",
    )
    if left_kwh is None:
        assert told == Defer(to="surplus")
    else:
        assert isinstance(told, Demand)
        assert told.reason.values["left_kwh"] == pytest.approx(left_kwh)


def test_whichever_comes_first_ends_it() -> None:
    keys: dict[str, Any] = {"energy_kwh": 10.0, "until": "06:00"}
    told = answer("2026-06-22T01:00+02:00", horizon=came("2026-06-21T18:00+02:00"), **keys)
    assert isinstance(told, Demand)
    assert str(told.reason) == "fixed current of 6 A, until Mon 06:00, 10.0 kWh to go"
    assert answer("2026-06-22T07:00+02:00", horizon=came("2026-06-21T18:00+02:00"), **keys) == Defer(to="off")


@pytest.mark.parametrize(("keys", "timeless"), [({}, True), ({"until": "06:00"}, False), ({"energy_kwh": 3.0}, False)])
def test_only_without_an_end_it_never_looks_at_the_time(keys: dict[str, Any], timeless: bool) -> None:
    assert fixed(**keys).timeless is timeless


@pytest.mark.parametrize(
    ("keys", "says"),
    [
        ({"current_a": 5}, "greater than or equal to 6"),
        ({"current_a": 33}, "less than or equal to 32"),
        ({"current_a": 6.5}, "valid integer"),
        ({"current_a": 10, "power_w": 7000}, "keep one of them"),
        ({"power_w": 7.4}, "greater than or equal to 1000"),
        ({"energy_kwh": 0}, "greater than 0"),
        ({"until": "6 o'clock"}, "a time of day in quotes"),
        ({"until": time(6)}, 'a time of day in quotes is expected, like "06:00", or a moment like'),
        ({"until": date(2026, 6, 23)}, "a time of day in quotes is expected"),
        ({"until": 6}, "a time of day in quotes is expected"),
        ({"until": "2026-06-23T06:00:00"}, "an offset is needed"),
        ({"until": "2026-06-23T06:00:30+02:00"}, "a full minute is expected"),
    ],
)
def test_settings_are_checked(keys: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        FixedSettings.model_validate(keys)
