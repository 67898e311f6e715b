"""The home battery is not emptied into the car by a strategy that does not look at it."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from controller.control.battery import NOTHING_SEEN, Spare, spared, watch_battery
from controller.domain.demand import Demand
from controller.domain.readings import House
from controller.domain.reasons import ReasonCode, because
from strategies.fixed import Fixed, FixedSettings
from strategies.off_peak import OffPeak, OffPeakSettings
from tests.support.houses import Run, core

WISH = Demand(current_a=16, reason=because(ReasonCode.FIXED, current_a=16), battery_spared=True)


def house(grid_w: float, battery_w: float | None, *, missing: bool = False) -> House:
    return House(grid_w=grid_w, grid_age_s=0, battery_w=battery_w, battery_missing=missing)


def watched(seconds: int, seen: House, ev_w: float, spare: Spare = NOTHING_SEEN, from_s: int = 0) -> Spare:
    for second in range(from_s, from_s + seconds):
        spare = watch_battery(spare, seen, ev_w, float(second))
    return spare


@pytest.mark.parametrize(
    ("seconds", "seen", "ev_w", "held"),
    [
        (20, house(0, 5000), 4140, False),  # some seconds are its controller's
        (40, house(0, 5000), 4140, True),
        (40, house(0, 860), 0, False),  # the house's own evening
        (40, house(3280, 860), 4140, True),  # a small battery at its end: the car has what the house leaves of it
        (40, house(4140, 860), 4140, False),  # the house itself lacks all that the battery gives
        (40, house(0, 100), 4140, False),
        (40, house(0, -2000), 4140, False),
        (40, house(0, None), 4140, False),
    ],
)
def test_when_it_is_held(seconds: int, seen: House, ev_w: float, held: bool) -> None:
    assert watched(seconds, seen, ev_w).held is held


def test_a_silent_battery_meter_changes_nothing() -> None:
    held = watched(40, house(0, 5000), 4140)
    silent = house(0, None, missing=True)
    assert watched(600, silent, 4140, held, from_s=40)._replace(at_s=0) == held._replace(at_s=0)


@pytest.mark.parametrize(
    ("left_w", "current_a", "code"),
    [
        (12_000.0, 16.0, ReasonCode.FIXED),
        (5520.0, 8.0, ReasonCode.BATTERY_SPARED),
        (4000.0, 0.0, ReasonCode.BATTERY_HELD),
        (-300.0, 0.0, ReasonCode.BATTERY_HELD),
    ],
)
def test_the_car_gets_what_the_roof_has_left(left_w: float, current_a: float, code: ReasonCode) -> None:
    demand = spared(Spare(at_s=60.0, held=True, held_at_s=0.0, left_w=left_w, patience_s=900.0), WISH, 690.0, 6)
    assert (demand.current_a, demand.reason.code) == (current_a, code)


@dataclass
class Night:
    """A house with a battery that holds the grid at 0 W as far as it can, and a car that does what it is told."""

    run: Run
    load_w: float = 500.0
    sun_w: float = 0.0
    most_w: float = 5000.0
    fed_wh: float = 0.0
    told: list[str] = field(default_factory=list)

    def lasts(self, seconds: int) -> None:
        for _ in range(seconds // 5):
            ev_w = self.run.limit_a * 690.0 if self.run.charging else 0.0
            need_w = self.load_w + ev_w - self.sun_w
            battery_w = max(-5000.0, min(self.most_w, need_w))
            lack_w = max(0.0, self.load_w - self.sun_w)
            self.fed_wh += max(0.0, min(ev_w, battery_w - lack_w)) * 5 / 3600
            self.run.step(5.0, grid_w=need_w - battery_w, battery_w=battery_w, ev_w=ev_w, pv_w=self.sun_w)


def fixed(*, use_battery: bool = False) -> Run:
    return Run(core(Fixed.from_settings(FixedSettings(current_a=16, use_battery=use_battery))))


def test_at_night_the_car_waits_until_the_battery_is_empty() -> None:
    night = Night(fixed())
    night.lasts(4 * 3600)
    assert not night.run.charging
    assert night.fed_wh < 150
    assert night.run.told.count("start") == 1
    assert night.run.decision.reason.code is ReasonCode.BATTERY_HELD
    assert "the home battery would feed the car" in str(night.run.decision.reason)
    night.most_w = 0.0  # at its reserve
    night.lasts(300)
    assert night.run.charging
    assert night.run.limit_a == 16
    night.lasts(3600)
    assert night.run.charging


def test_asked_to_it_feeds_the_car() -> None:
    night = Night(fixed(use_battery=True))
    night.lasts(600)
    assert night.run.charging
    assert night.fed_wh > 500


def test_by_day_the_car_follows_the_sun() -> None:
    day = Night(fixed(), sun_w=7000.0)
    day.lasts(1800)
    assert day.run.charging
    assert day.run.limit_a == 9
    assert day.fed_wh < 200
    day.sun_w = 12_500.0
    day.lasts(300)
    assert day.run.limit_a == 16


def test_what_cannot_be_told_is_tried_ever_more_rarely() -> None:
    night = Night(fixed(), load_w=40.0)  # so little that the battery shows nothing of itself
    night.lasts(10 * 3600)
    assert 3 <= night.run.told.count("start") <= 9
    assert night.fed_wh < 9 * 150


def test_without_a_battery_nothing_changes() -> None:
    run = fixed()
    run.steps(60, grid_w=11_000.0)
    assert run.charging
    assert run.state.guards.spare is NOTHING_SEEN


def test_a_window_spares_it_and_may_be_told_not_to() -> None:
    windows = [{"start": "00:00", "end": "00:00"}]
    for use_battery in (False, True):
        table = OffPeakSettings.model_validate({"windows": windows, "use_battery": use_battery})
        night = Night(Run(core(OffPeak.from_settings(table))))
        night.lasts(600)
        assert night.run.charging is use_battery


looks = st.tuples(st.floats(1, 300), st.floats(0, 12_000), st.floats(0, 6000), st.floats(0, 6000))


@given(st.lists(looks, min_size=1, max_size=40))
@settings(max_examples=100)
def test_held_it_never_asks_for_more_than_the_roof_leaves(life: list[tuple[float, float, float, float]]) -> None:
    spare, now_s = NOTHING_SEEN, 0.0
    for seconds, sun_w, load_w, most_w in life:
        now_s += seconds
        need_w = load_w + 6900 - sun_w
        battery_w = min(most_w, need_w)
        spare = watch_battery(spare, house(need_w - battery_w, battery_w), 6900.0, now_s)
        demand = spared(spare, WISH, 690.0, 6)
        if spare.held:
            assert demand.current_a == 0 or demand.current_a * 690 <= sun_w - load_w + 1e-6
        else:
            assert demand == WISH
