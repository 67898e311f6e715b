"""What the car draws at the highest limit: measured, believed or counted, and not misled by its last minutes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from controller.domain.charger import OcppState
from tests.control.test_energy import Accounted, metered
from tests.support.lab import ALL, L1

FULL_W = 16 * 690.0


def test_before_anything_was_measured_nothing_is_known() -> None:
    lab = metered()
    lab.wants(16, 100)
    assert lab.book.full_power_w is None


@pytest.mark.parametrize(("limit_a", "full_w"), [(16, FULL_W), (8, FULL_W), (6, FULL_W)])
def test_a_car_that_takes_all_it_is_offered_would_take_the_highest_limit(limit_a: int, full_w: float) -> None:
    lab = metered()
    lab.wants(limit_a, 400)
    assert lab.book.full_power_w == pytest.approx(full_w, rel=0.02)


def test_a_limit_of_the_cars_own_shows() -> None:
    lab = Accounted(ALL, lambda offered_a: min(offered_a, 10.0))
    lab.ev_meter = True
    lab.wants(16, 400)
    assert lab.book.full_power_w == pytest.approx(6900, rel=0.02)


@pytest.mark.parametrize("options", [{}, {"counter": True}])
def test_a_one_phase_car_shows_without_a_meter(options: dict[str, Any]) -> None:
    lab = Accounted(L1, **options)
    lab.wants(16, 900)
    assert lab.book.full_power_w == pytest.approx(3680, rel=0.1)


def test_the_counter_tells_where_nothing_else_does() -> None:
    """Neither PV nor currents are metered, and the house is never still."""
    lab = Accounted(L1, counter=True, pv=False, currents=False)
    lab.wants(16, 50)
    for step in range(60):
        lab.load_w = 400.0 + 2500.0 * (step % 3)
        lab.passes(10)
    assert lab.book.full_power_w == pytest.approx(3680, rel=0.15)


def fading(lab: Accounted) -> Callable[[float], float]:
    return lambda offered_a: offered_a if lab.run.now_s < 3600 else 2.0


def test_the_last_minutes_of_a_charge_do_not_count() -> None:
    lab = metered()
    lab.takes = fading(lab)
    lab.wants(16, 60)
    lab.lingers(3540 + 1200)
    assert lab.ev_w < 1500
    assert lab.book.full_power_w == pytest.approx(FULL_W, rel=0.02)


def test_but_a_car_that_has_been_told_to_take_less_does_after_a_while() -> None:
    lab = metered()
    lab.takes = fading(lab)
    lab.wants(16, 60)
    lab.lingers(3540 + 2700)
    assert lab.book.full_power_w == pytest.approx(2 * 690, rel=0.05)


def test_another_car_counts_once_it_has_told_a_figure() -> None:
    lab = metered()
    lab.wants(16, 60)
    lab.lingers(3600)
    lab.run.box_state = OcppState.AVAILABLE
    lab.wants(0, 60)
    lab.run.box_state = OcppState.PREPARING
    lab.on = L1
    lab.wants(16, 100)
    assert lab.book.full_power_w == pytest.approx(FULL_W, rel=0.02)
    lab.passes(100)
    assert lab.book.full_power_w == pytest.approx(3680, rel=0.02)


def test_it_survives_a_restart() -> None:
    lab = metered()
    lab.wants(16, 700)
    lab.book.leave(lab.now)
    lab.book.close()
    new = lab.restarted(3600.0)
    new.passes(3)
    assert new.book.full_power_w == lab.book.full_power_w is not None
