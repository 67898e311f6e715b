"""Ready by: when it charges, when it waits, and what it says."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from controller.domain.demand import Defer, Demand, Situation
from controller.domain.horizon import NOTHING_KNOWN, EnergyLog, Expected, Forecast, Horizon, Mark
from controller.domain.prices import Price, PriceTable
from controller.domain.readings import House
from controller.domain.reasons import ReasonCode
from strategies.ready_by import ReadyBy, ReadyBySettings

BERLIN = ZoneInfo("Europe/Berlin")
HOUR = timedelta(hours=1)
WORK = {"by": "07:00", "kwh": 11.04}  # an hour at full power
KNOWN = Horizon(full_power_w=11_040)


def strategy(**settings: Any) -> ReadyBy:
    return ReadyBy.from_settings(ReadyBySettings.model_validate({"trips": [WORK], "reserve_min": 0, **settings}))


def at(
    text: str, horizon: Horizon = KNOWN, *, surplus_w: float = 0.0, charging: bool = False, **known: Any
) -> Situation:
    local = datetime.fromisoformat(text).replace(tzinfo=BERLIN)
    ev_w = 11_040.0 if charging else 0.0
    grid_w = ev_w - surplus_w
    return Situation(
        local_time=local,
        house=House(grid_w=grid_w, grid_age_s=0, battery_w=known.pop("battery_w", None)),
        grid_w=grid_w,
        ev_w=ev_w,
        charging=charging,
        min_current_a=6,
        max_current_a=known.pop("max_current_a", 16),
        phases=3,
        voltage_v=230,
        horizon=horizon,
    )


def charged(*marks: tuple[str, float]) -> EnergyLog:
    return EnergyLog(tuple(Mark(moment(text), wh) for text, wh in marks))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN).astimezone(UTC)


def amps(answer: Demand | Defer) -> float | None:
    return answer.current_a if isinstance(answer, Demand) else None


def hourly(first: str, *prices: float) -> PriceTable:
    start = moment(first)
    return PriceTable.of(Price(start + n * HOUR, start + (n + 1) * HOUR, price) for n, price in enumerate(prices))


@pytest.mark.parametrize(
    ("clock", "wants_a"),
    [("2026-11-24T05:59", None), ("2026-11-24T06:00", 16), ("2026-11-24T06:59", 16), ("2026-11-24T07:00", None)],
)
def test_without_prices_the_latest_hours_that_still_make_it(clock: str, wants_a: float | None) -> None:
    assert amps(strategy().demand(at(clock))) == wants_a


def test_while_it_can_wait_it_says_what_is_planned() -> None:
    answer = strategy(then="off").demand(at("2026-11-23T20:00"))
    assert isinstance(answer, Defer)
    assert answer.to == "off"
    assert answer.reason is not None
    assert answer.reason.code is ReasonCode.READY_WAITS
    values = answer.reason.values
    assert values["missing_kwh"] == 11.04
    assert f"{values['next']:%d %H:%M} {values['by']:%d %H:%M}" == "24 06:00 24 07:00"


def test_until_the_power_is_measured_it_begins_in_time_for_a_car_of_one_phase() -> None:
    assert amps(strategy().demand(at("2026-11-24T03:38", NOTHING_KNOWN))) is None
    assert amps(strategy().demand(at("2026-11-24T03:40", NOTHING_KNOWN))) == 16  # 3.312 kW


def test_on_that_assumption_alone_nothing_is_said_to_be_impossible() -> None:
    answers = [strategy().demand(at(f"2026-11-24T{clock}", NOTHING_KNOWN)) for clock in ("05:00", "05:54")]
    reasons = [answer.reason for answer in answers if isinstance(answer, Demand)]
    assert [reason.code for reason in reasons] == [ReasonCode.READY_CHARGES, ReasonCode.READY_SHORT]
    assert reasons[1].values["there_kwh"] == pytest.approx(9.936 * 1.1)


def test_the_measured_power_counts_not_the_nominal_one() -> None:
    slow = Horizon(full_power_w=3680)
    assert amps(strategy().demand(at("2026-11-24T03:59", slow))) is None
    assert amps(strategy().demand(at("2026-11-24T04:00", slow))) == 16


def test_what_has_been_charged_since_the_deadline_before_is_not_charged_again() -> None:
    log = charged(("2026-11-22T05:00", 0), ("2026-11-22T06:00", 9000), ("2026-11-23T12:00", 9000))
    half = charged(*((f"2026-11-23T{hour}:00", wh) for hour, wh in ((12, 9000.0), (13, 14_520.0))))
    assert amps(strategy().demand(at("2026-11-24T06:00", Horizon(full_power_w=11_040, charged=log)))) == 16
    assert amps(strategy().demand(at("2026-11-24T06:29", Horizon(full_power_w=11_040, charged=half)))) is None
    assert amps(strategy().demand(at("2026-11-24T06:30", Horizon(full_power_w=11_040, charged=half)))) == 16
    full = charged(("2026-11-23T12:00", 0), ("2026-11-23T14:00", 12_000))
    answer = strategy().demand(at("2026-11-24T06:30", Horizon(full_power_w=11_040, charged=full)))
    assert answer == Defer(to="surplus")


def test_sundays_sun_is_there_on_tuesday_where_what_is_left_counts() -> None:
    log = charged(("2026-11-22T11:00", 0), ("2026-11-22T14:00", 24_000))  # 11 kWh for Monday, 11 kWh for Tuesday
    known = Horizon(full_power_w=11_040, charged=log)
    assert amps(strategy().demand(at("2026-11-24T06:30", known))) == 16
    assert strategy(leftover_counts=True).demand(at("2026-11-24T06:30", known)) == Defer(to="surplus")
    assert amps(strategy(leftover_counts=True).demand(at("2026-11-25T06:30", known))) == 16


def test_a_week_later_it_is_there_for_who_drives_once_a_week() -> None:
    known = Horizon(full_power_w=11_040, charged=charged(("2026-11-22T11:00", 0), ("2026-11-22T14:00", 24_000)))
    weekly = {"trips": [{"by": "07:00", "kwh": 11.0, "days": ["mon"]}], "then": "surplus"}
    assert amps(strategy(**weekly).demand(at("2026-11-30T06:30", known))) == 16
    assert strategy(**weekly, leftover_counts=True).demand(at("2026-11-30T06:30", known)) == Defer(to="surplus")
    assert amps(strategy(**weekly, leftover_counts=True).demand(at("2026-12-07T06:30", known))) == 16


def test_with_prices_the_cheapest_hours() -> None:
    prices = hourly("2026-11-24T00:00", 0.3, 0.3, 0.2, 0.1, 0.3, 0.3, 0.3)
    horizon = Horizon(full_power_w=11_040, prices=prices)
    wants = [amps(strategy().demand(at(f"2026-11-24T0{hour}:00", horizon))) for hour in range(7)]
    assert wants == [None, None, None, 16, None, None, 16]  # nothing was charged at 3, so it is due again at 6


def test_what_has_begun_is_kept_unless_the_gain_exceeds_a_start() -> None:
    a_little, a_lot = (hourly("2026-11-24T04:00", 0.3, other, 0.3) for other in (0.298, 0.2))
    for prices, wants_a in ((a_little, 16), (a_lot, None)):
        horizon = Horizon(full_power_w=11_040, prices=prices)
        assert amps(strategy().demand(at("2026-11-24T04:00", horizon, charging=True))) == wants_a
        assert amps(strategy().demand(at("2026-11-24T04:00", horizon))) is None


def test_a_block_that_runs_ahead_of_its_plan_is_not_broken_off() -> None:
    ahead = charged(("2026-11-24T04:00", 0), ("2026-11-24T05:00", 11_040))
    horizon = Horizon(full_power_w=11_040, charged=ahead)
    wanted = strategy(trips=[{"by": "07:00", "kwh": 30}])
    assert amps(wanted.demand(at("2026-11-24T05:10", horizon, charging=True))) == 16
    assert amps(wanted.demand(at("2026-11-24T05:10", horizon))) is None


def test_a_car_that_charges_from_the_sun_is_not_made_to_charge_from_the_grid() -> None:
    assert amps(strategy().demand(at("2026-11-23T13:00", surplus_w=5000, charging=True))) is None
    assert amps(strategy().demand(at("2026-11-23T13:00", surplus_w=2000, charging=True))) is None  # a cloud


def sunny(surplus_w: float, full_power_w: float | None = 11_040, prices: PriceTable | None = None) -> Horizon:
    """Two hours of sun at noon."""
    noon = moment("2026-11-24T12:00")
    forecast = Forecast((Expected(noon, noon + 2 * HOUR, surplus_w + 500, 500),), noon, "test")
    return Horizon(full_power_w=full_power_w, forecast=forecast, prices=prices)


def test_the_expected_sun_is_left_its_part() -> None:
    evening = {"trips": [{"by": "17:00", "kwh": 12 + 5.52}]}
    assert amps(strategy(**evening).demand(at("2026-11-24T12:30", sunny(6000), surplus_w=6000))) is None
    own = strategy(**evening, then="off")
    assert amps(own.demand(at("2026-11-24T12:30", sunny(6000), surplus_w=6000))) == 9  # 8.7 A: most of it is sun
    assert amps(own.demand(at("2026-11-24T12:30", sunny(6000), surplus_w=0, charging=True))) == 6  # through a cloud


def test_a_car_that_nobody_knows_is_left_to_the_sun_as_well() -> None:
    trips = [{"by": "17:00", "kwh": 8}]
    unknown = sunny(6000, None)
    assert amps(strategy(trips=trips).demand(at("2026-11-24T12:30", unknown))) is None
    follows = strategy(trips=trips, then="minimum").demand(at("2026-11-24T12:30", unknown, surplus_w=6000))
    assert amps(follows) == 9


@pytest.mark.parametrize(("now", "later", "wants_a"), [(0.2, 0.3, 6), (0.3, 0.3, None), (0.3, 0.2, None)])
def test_sun_that_does_not_come_is_waited_for_unless_the_grid_is_cheapest_now(
    now: float, later: float, wants_a: int | None
) -> None:
    horizon = sunny(6000, prices=hourly("2026-11-24T12:00", now, *([later] * 5)))
    asked = strategy(trips=[{"by": "17:00", "kwh": 8.99}], then="off")
    dark = asked.demand(at("2026-11-24T12:30", horizon))
    assert amps(dark) == wants_a
    assert wants_a or (isinstance(dark, Defer) and dark.to == "off")
    assert amps(asked.demand(at("2026-11-24T12:30", horizon, surplus_w=6000))) == 8


def test_with_no_time_left_no_sun_is_waited_for() -> None:
    horizon = sunny(12_000, None)
    for then in ("surplus", "off"):
        asked = strategy(trips=[{"by": "14:00", "kwh": 3.4}], then=then)
        assert amps(asked.demand(at("2026-11-24T13:00", horizon))) == 16


def test_it_says_early_that_it_cannot_be_made_and_charges_at_once() -> None:
    answer = strategy(trips=[{"by": "07:00", "kwh": 110.4}]).demand(at("2026-11-23T22:00"))
    assert isinstance(answer, Demand)
    assert answer.current_a == 16
    assert not answer.battery_spared
    assert answer.reason.code is ReasonCode.READY_SHORT
    assert answer.reason.values["there_kwh"] == pytest.approx(99.36)
    assert str(answer.reason) == "only 99.4 of 110.4 kWh (90 %) can be there by Tue 07:00: 16 A"


def test_a_reserve_finishes_earlier_but_is_not_short_of_it() -> None:
    early = strategy(reserve_min=30)
    assert amps(early.demand(at("2026-11-24T05:29"))) is None
    assert amps(early.demand(at("2026-11-24T05:30"))) == 16
    late = early.demand(at("2026-11-24T05:50"))
    assert isinstance(late, Demand)
    assert late.reason.code is ReasonCode.READY_CHARGES
    assert not late.battery_spared
    in_reserve = Horizon(full_power_w=11_040, charged=charged(("2026-11-24T05:00", 0), ("2026-11-24T06:30", 9000)))
    assert amps(early.demand(at("2026-11-24T06:40", in_reserve))) == 16


def test_the_home_battery_is_spared_while_there_is_time() -> None:
    cheap = Horizon(full_power_w=11_040, prices=hourly("2026-11-23T23:00", 0.1, *([0.3] * 7)))
    answers = [strategy(use_battery=use).demand(at("2026-11-23T23:00", cheap)) for use in (False, True)]
    assert [isinstance(answer, Demand) and answer.battery_spared for answer in answers] == [True, False]


def test_a_later_trip_may_have_to_start_before_the_earlier_deadline() -> None:
    close = strategy(trips=[WORK, {"by": "08:00", "kwh": 22.08}])
    assert amps(close.demand(at("2026-11-24T04:59"))) is None
    assert amps(close.demand(at("2026-11-24T05:00"))) == 16


@pytest.mark.parametrize(
    ("trip", "kwh"),
    [
        ({"km": 100}, 18.0),
        ({"km": 100, "kwh_per_100_km": 22}, 22.0),
        ({"kwh": 9}, 9.0),
    ],
)
def test_kilometres_become_kilowatt_hours(trip: dict[str, float], kwh: float) -> None:
    for losses_pct, at_the_plug in ((0, kwh), (10, kwh / 0.9)):
        answer = strategy(trips=[{"by": "07:00", **trip}], losses_pct=losses_pct).demand(at("2026-11-23T22:00"))
        assert isinstance(answer, Defer)
        assert answer.reason is not None
        assert answer.reason.values["missing_kwh"] == pytest.approx(at_the_plug)


@pytest.mark.parametrize(
    ("once", "by"),
    [
        (datetime(2026, 11, 24, 9), "09:00"),  # noqa: DTZ001 -- local
        (datetime(2026, 11, 24, 9, tzinfo=UTC), "10:00"),
        ("2026-11-24T09:30", "09:30"),
    ],
)
def test_a_single_moment(once: datetime | str, by: str) -> None:
    answer = strategy(trips=[], once=[{"at": once, "kwh": 11.04}]).demand(at("2026-11-23T22:00"))
    assert isinstance(answer, Defer)
    assert answer.reason is not None
    assert f"{answer.reason.values['by']:%H:%M}" == by
    assert strategy(trips=[], once=[{"at": once, "kwh": 11.04}]).demand(at("2026-11-25T22:00")) == Defer(to="surplus")


@pytest.mark.parametrize(
    ("now", "by"),
    [
        ("2026-03-28T20:00", "2026-03-29T03:00+02:00"),  # 02:30 is skipped
        ("2026-10-24T20:00", "2026-10-25T02:30+02:00"),  # 02:30 comes twice: the first counts
        ("2026-11-24T20:00", "2026-11-25T02:30+01:00"),
    ],
)
def test_on_the_days_of_a_clock_change(now: str, by: str) -> None:
    answer = strategy(trips=[{"by": "02:30", "kwh": 11.04}]).demand(at(now))
    assert isinstance(answer, Defer)
    assert answer.reason is not None
    due_s = datetime.fromisoformat(by).timestamp()
    assert answer.reason.values["by"].timestamp() == due_s
    assert answer.reason.values["next"].timestamp() == due_s - 3600


def test_only_on_the_days_it_is_wanted() -> None:
    weekly = strategy(trips=[{**WORK, "days": ["mon"]}])
    answer = weekly.demand(at("2026-11-24T06:00"))
    assert isinstance(answer, Defer)
    assert answer.reason is not None
    assert f"{answer.reason.values['by']:%Y-%m-%d %H:%M}" == "2026-11-30 07:00"


def test_the_plan_is_made_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = strategy()
    first = asked.demand(at("2026-11-23T22:00:01"))
    monkeypatch.setattr("strategies.ready_by.cheapest", None)
    assert asked.demand(at("2026-11-23T22:00:59")) == first
    with pytest.raises(TypeError):
        asked.demand(at("2026-11-23T22:01:00"))
    with pytest.raises(TypeError):
        asked.demand(at("2026-11-23T22:00:59", Horizon(full_power_w=11_040)))


@pytest.mark.parametrize(("max_current_a", "wants_a"), [(0, 6), (5, 6), (10, 10), (32, 20)])
def test_it_wants_what_the_limit_leaves_and_never_less_than_charges(max_current_a: int, wants_a: int) -> None:
    wanted = strategy(current_a=20, trips=[{"by": "07:00", "kwh": 100}])
    assert amps(wanted.demand(at("2026-11-24T06:30", max_current_a=max_current_a))) == wants_a


def test_without_a_trip_it_has_nothing_to_say() -> None:
    assert strategy(trips=[], then="minimum").demand(at("2026-11-23T22:00")) == Defer(to="minimum")


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ({"trips": [{"by": "7 o'clock", "kwh": 5}]}, 'a time of day like "22:00" is expected'),
        ({"trips": [{"by": "07:00"}]}, "exactly one of kwh and km"),
        ({"trips": [{"by": "07:00", "kwh": 5, "km": 5}]}, "exactly one of kwh and km"),
        ({"trips": [{"by": "07:00", "kwh": 5, "kwh_per_100_km": 5}]}, "goes with km"),
        ({"trips": [{"by": "07:00", "kwh": -5}]}, "greater than 0"),
        ({"trips": [{"by": "07:00", "kwh": 5, "days": []}]}, "at least 1 item"),
        ({"once": [{"at": "tomorrow", "kwh": 5}]}, "is no moment like"),
        ({"then": "ready_by"}, "Input should be"),
        ({"losses_pct": 100}, "less than or equal to 50"),
    ],
)
def test_what_cannot_be_meant_is_refused(table: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        ReadyBySettings.model_validate(table)


@pytest.mark.parametrize(
    ("draws", "prices"), [(0.95, None), (1.15, None), (1.15, (0.3, 0.29, 0.2, 0.2, 0.2, 0.22, 0.3, 0.3, 0.3))]
)
def test_over_a_night_it_starts_once_whatever_the_car_draws(draws: float, prices: tuple[float, ...] | None) -> None:
    """Minute after minute, the car drawing other than was measured: what has begun goes on until enough is there."""
    asked = strategy(trips=[{"by": "07:00", "kwh": 30}], then="off", reserve_min=15)
    table = hourly("2026-11-23T22:00", *prices) if prices is not None else None
    start, marks, on, starts = moment("2026-11-23T22:00"), [Mark(moment("2026-11-23T22:00"), 0.0)], False, 0
    for minute in range(9 * 60):
        now = start + timedelta(minutes=minute)
        horizon = Horizon(full_power_w=11_040, prices=table, charged=EnergyLog(tuple(marks)))
        local = now.astimezone(BERLIN)
        wants = amps(asked.demand(at(f"{local:%Y-%m-%dT%H:%M}", horizon, charging=on))) is not None
        starts += wants and not on
        on = wants
        if on:
            marks = [*marks, Mark(now, marks[-1].wh)] if marks[-1].at < now else marks
            marks = [*marks, Mark(now + timedelta(minutes=1), marks[-1].wh + draws * 184)]
    assert marks[-1].wh > 30_000 - 10
    assert marks[-1].wh < 30_000 + 184 * 1.15
    assert starts == 1


@pytest.mark.parametrize("phases", [1, 3])
def test_over_the_first_night_it_begins_early_is_measured_and_plans_anew(phases: int) -> None:
    asked = strategy(trips=[{"by": "07:00", "kwh": 9}], then="off")
    start, full_w = moment("2026-11-23T22:00"), 3680.0 * phases
    marks, on, starts, measured_w = [Mark(start, 0.0)], 0, 0, None
    for minute in range(9 * 60):
        now = start + timedelta(minutes=minute)
        horizon = Horizon(full_power_w=measured_w, charged=EnergyLog(tuple(marks)))
        local = now.astimezone(BERLIN)
        wants = amps(asked.demand(at(f"{local:%Y-%m-%dT%H:%M}", horizon, charging=on > 0))) is not None
        starts += wants and not on
        on = on + 1 if wants else 0
        if on == 3:
            measured_w = full_w
        marks = [*marks, Mark(now + timedelta(minutes=1), marks[-1].wh + full_w / 60 * wants)]
    assert 8990 < marks[-1].wh < 9000 + full_w / 60
    assert starts == (1 if phases == 1 else 2)


def test_within_the_reserve_it_goes_on_up_to_the_deadline() -> None:
    """In the hour before a deadline, in the reserve, and right at it."""
    asked = strategy(trips=[{"by": "07:00", "kwh": 5}], reserve_min=30)
    for clock in ("06:29", "06:30", "06:59:59"):
        assert amps(asked.demand(at(f"2026-11-24T{clock}"))) == 16
    assert isinstance(asked.demand(at("2026-11-24T07:00")), Defer)
