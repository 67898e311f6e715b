"""What the meters show of what is so."""

from __future__ import annotations

import statistics
from itertools import pairwise

import pytest

from controller.simulation.plant import BatteryOptions, MeterOptions, Plant, PlantSettings
from controller.simulation.sensing import Meters, Sensed
from controller.simulation.trace import Trace

RISING = Trace(times_s=(0.0, 10_000.0), pv_w=(0.0, 10_000.0), load_w=(0.0, 0.0))
"""A watt a second."""


def looks(options: MeterOptions, *, seconds: int, step_s: float = 5.0, seed: int = 1, **plant: object) -> list[Sensed]:
    """A look at every step, from the start on."""
    house = Plant(RISING, RISING.times_s[0], PlantSettings(meter=options, **plant))  # type: ignore[arg-type]
    meters = Meters(options, seed)
    seen = [meters.look(house)]
    while house.now_s < seconds:
        house.advance(house.now_s + step_s)
        seen.append(meters.look(house))
    return seen


def test_meters_without_a_fault_show_this_very_step() -> None:
    for sensed in looks(MeterOptions(), seconds=60):
        assert (sensed.pv_w, sensed.ev_w, sensed.grid_age_s) == (sensed.now_s, 0, 0)
        assert sensed.grid_w == pytest.approx(-sensed.now_s)
        assert sensed.battery_w is None


@pytest.mark.parametrize(
    ("options", "at_100_s"),
    [
        (MeterOptions(lag_s=10.0), 90.0),
        (MeterOptions(lag_s=12.0), 85.0),  # the last look that is so old
        (MeterOptions(average_s=30.0), 87.5),  # the mean of 75, 80, .. 100
        (MeterOptions(average_s=30.0, lag_s=20.0), 67.5),
        (MeterOptions(poll_s=30.0), 90.0),
        (MeterOptions(quantum_w=40.0), 80.0),  # 2.5 quanta: to the even one
    ],
    ids=str,
)
def test_lag_mean_cadence_and_quantum(options: MeterOptions, at_100_s: float) -> None:
    assert looks(options, seconds=100)[-1].pv_w == pytest.approx(at_100_s)


def test_the_age_is_that_of_the_answer_and_not_of_what_it_tells() -> None:
    assert [sensed.grid_age_s for sensed in looks(MeterOptions(poll_s=15.0, lag_s=60.0), seconds=40)] == [
        0, 5, 10, 0, 5, 10, 0, 5, 10,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("options", "sigma_w"), [(MeterOptions(noise_w=100.0), 100.0), (MeterOptions(noise_pct=2.0), 100.0)]
)
def test_noise_is_gaussian_with_the_spread_that_was_asked_for(options: MeterOptions, sigma_w: float) -> None:
    meters = Meters(options, 1)
    errors_w = [meters.measured_w(5000.0) - 5000.0 for _ in range(4000)]
    assert statistics.fmean(errors_w) == pytest.approx(0, abs=5)
    assert statistics.stdev(errors_w) == pytest.approx(sigma_w, rel=0.05)


def test_the_same_seed_gives_the_same_noise() -> None:
    options = MeterOptions(noise_w=50.0, drop_every_s=100.0)
    assert looks(options, seconds=300) == looks(options, seconds=300) != looks(options, seconds=300, seed=2)


def test_phases_add_up_to_what_is_shown_of_the_grid() -> None:
    for sensed in looks(MeterOptions(noise_w=50.0), seconds=60):
        assert sum(sensed.grid_phase_w) == pytest.approx(sensed.grid_w)


def test_nothing_is_negative_that_cannot_be() -> None:
    assert all(s.pv_w is not None and s.pv_w >= 0 for s in looks(MeterOptions(noise_w=500.0), seconds=200))


def test_drop_outs_come_as_often_and_last_as_long_as_asked_for() -> None:
    options = MeterOptions(drop_every_s=600.0, drop_s=60.0)
    seen = looks(options, seconds=50_000)
    silent = [sensed.grid_age_s > 0 for sensed in seen]
    begins = sum(b and not a for a, b in pairwise(silent))
    assert begins == pytest.approx(50_000 / 660, rel=0.25)
    assert sum(silent) * 5 / begins == pytest.approx(60, rel=0.1)


def test_what_is_too_old_is_not_known_to_the_core() -> None:
    sensed = looks(MeterOptions(poll_s=100.0), seconds=20, battery=BatteryOptions(capacity_kwh=5.0))[-1]
    fresh, stale = sensed.house(stale_after_s=20.0), sensed.house(stale_after_s=19.0)
    assert (fresh.grid_w, fresh.grid_age_s) == (0, 20)
    assert (stale.grid_w, stale.pv_w, stale.ev_w, stale.battery_w) == (None, None, None, None)
    assert (stale.grid_age_s, stale.pv_missing, stale.battery_missing) == (20, True, True)


def test_what_is_not_metered_is_none_and_not_missed() -> None:
    battery = BatteryOptions(capacity_kwh=5.0, metered=False)
    house = looks(MeterOptions(pv=False, ev=False), seconds=10, battery=battery)[-1].house(15.0)
    assert (house.pv_w, house.ev_w, house.battery_w, house.battery_soc_pct) == (None, None, None, None)
    assert (house.pv_missing, house.battery_missing) == (False, False)
    metered = looks(MeterOptions(), seconds=10, battery=BatteryOptions(capacity_kwh=5.0))[-1].house(15.0)
    assert metered.battery_w is not None
    assert metered.battery_soc_pct == pytest.approx(50, abs=0.1)
    assert metered.voltage_v == (230, 230, 230)
