"""What looks like a meter, and what does not."""

from __future__ import annotations

from dataclasses import replace

import pytest

from controller.cli.meter.found import FITS
from controller.cli.meter.score import judge
from controller.domain.readings import Reading
from controller.meter.quantities import Role

HEALTHY = Reading(
    taken_at_s=0,
    power_w=1500.0,
    phase_power_w=(2000.0, -800.0, 300.0),
    current_a=(8.7, -3.5, 1.31),
    voltage_v=(231.0, 229.5, 230.0),
    frequency_hz=50.01,
    energy_wh=12_345_000.0,
    energy_back_wh=6_789_000.0,
)
ONE_PHASE = replace(
    HEALTHY,
    power_w=2000.0,
    phase_power_w=(2000.0, 0.0, 0.0),
    current_a=(8.7, 0.0, 0.0),
    voltage_v=(231.0, 0.0, 0.0),
    phases=1,
)


def score(reading: Reading, accepted: int = 13) -> int:
    return judge({Role.GRID: reading}, accepted=accepted, asked=13).score


def test_a_healthy_meter_has_all_points_and_says_why() -> None:
    verdict = judge({Role.GRID: HEALTHY}, accepted=13, asked=13)
    assert verdict.score == 100
    assert verdict.objections == ()
    for reason in ("231/230/230 V", "50.0 Hz", "phases add up to the total", "13 of 13 registers", "1.5 kW"):
        assert reason in verdict.reasons


@pytest.mark.parametrize(
    ("change", "objection"),
    [
        ({"voltage_v": (400.0, 400.0, 400.0)}, "is not 230 V"),
        ({"voltage_v": (231.0, 180.0, 230.0)}, "is not 230 V"),
        ({"voltage_v": (0.0, 0.0, 0.0)}, "no voltage"),
        ({"frequency_hz": 55.0}, "neither 50 nor 60"),
        ({"power_w": 15_000.0}, "phases add up to 1500 W"),
        ({"current_a": (0.87, 0.35, 0.13)}, "2000 W on L1 with 201 VA"),
        ({"power_w": 150_000.0, "phase_power_w": None}, "much for a house"),
        ({"energy_wh": 5e10}, "a counter of"),
        ({"energy_wh": 1e-40}, "a number of another type"),
        ({"power_w": None, "refused": {"power_w": "5e6 is outside -200000 to 200000"}}, "outside"),
    ],
)
def test_what_speaks_against_a_profile_is_named_and_costs(change: dict[str, object], objection: str) -> None:
    reading = replace(HEALTHY, **change)  # type: ignore[arg-type]
    verdict = judge({Role.GRID: reading}, accepted=13, asked=13)
    assert any(objection in text for text in verdict.objections)
    assert verdict.score <= 85


def test_sixty_hertz_and_a_dead_phase_are_possible() -> None:
    assert score(replace(HEALTHY, frequency_hz=59.98)) == 100
    dead = replace(HEALTHY, power_w=2300.0, phase_power_w=(2000.0, 0.0, 300.0), voltage_v=(231.0, 0.0, 230.0))
    assert score(replace(dead, current_a=(8.7, 0.0, 1.31))) == 95


def test_a_third_of_a_meter_is_worth_less_than_the_whole() -> None:
    assert FITS <= score(ONE_PHASE) < score(HEALTHY)


def test_refused_registers_cost() -> None:
    assert score(HEALTHY, accepted=6) < score(HEALTHY)


def test_zeros_all_over_are_no_meter() -> None:
    zeros = (0.0, 0.0, 0.0)
    nothing = replace(
        HEALTHY, power_w=0.0, phase_power_w=zeros, current_a=zeros, voltage_v=zeros, energy_wh=0.0, energy_back_wh=0.0
    )
    assert score(replace(nothing, frequency_hz=None, refused={"frequency_hz": "0 is outside 45 to 65"})) < FITS


def test_the_power_alone_proves_little() -> None:
    reading = Reading(taken_at_s=0, power_w=1500.0)
    assert judge({Role.GRID: reading}, accepted=1, asked=1).score < FITS


def test_a_hybrid_without_voltages_may_fit() -> None:
    readings = {
        Role.GRID: Reading(taken_at_s=0, power_w=-1500.0, energy_wh=1e6),
        Role.PV: Reading(taken_at_s=0, power_w=3000.0),
        Role.BATTERY: Reading(taken_at_s=0, power_w=0.0, soc_pct=55.0),
    }
    verdict = judge(readings, accepted=5, asked=5)
    assert verdict.score >= FITS
    assert "battery at 55 %" in verdict.reasons


def test_one_bad_role_outweighs_a_good_one() -> None:
    bad = replace(HEALTHY, frequency_hz=47.0)
    verdict = judge({Role.GRID: HEALTHY, Role.PV: bad}, accepted=13, asked=13)
    assert "47.0 Hz is neither 50 nor 60" in verdict.objections
    assert "50.0 Hz" not in verdict.reasons


def test_a_total_that_is_made_of_the_phases_proves_nothing() -> None:
    own = judge({Role.GRID: HEALTHY}, accepted=13, asked=13)
    summed = judge({Role.GRID: HEALTHY}, accepted=13, asked=13, derived=[Role.GRID])
    assert summed.score == own.score - 15
    assert "phases add up to the total" not in summed.reasons


def test_a_few_watts_prove_nothing_either() -> None:
    ones = replace(HEALTHY, power_w=-1.0, phase_power_w=(-1.0, -1.0, -1.0))
    assert "phases add up to the total" not in judge({Role.GRID: ones}, accepted=1, asked=1).reasons
