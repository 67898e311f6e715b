"""Means over bins."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from controller.pictures.thin import bins


def test_a_day_of_steps_becomes_as_many_points_as_an_eye_sees() -> None:
    times_s = np.arange(0.0, 86401.0, 5.0)
    where = bins(times_s, 1000)
    assert 900 <= len(where.middles_s) <= 1001
    assert np.diff(where.middles_s)[:-1] == pytest.approx(90.0)


@given(
    gaps=st.lists(st.floats(0.5, 5000.0), min_size=1, max_size=80),
    most=st.integers(2, 50),
    seed=st.integers(0, 99),
)
def test_no_energy_is_lost_whatever_the_steps(gaps: list[float], most: int, seed: int) -> None:
    times_s = np.cumsum([1.7e9, *gaps])
    values = np.random.default_rng(seed).uniform(0, 9000, len(times_s))
    where = bins(times_s, most)
    assert len(where.middles_s) <= most + 2
    counts = np.diff(np.append(where.first, len(values)))
    assert float(np.sum(where.mean(values) * counts)) == pytest.approx(float(np.sum(values)))
    assert np.all(np.diff(where.middles_s) > 0)
    assert times_s[0] <= where.middles_s[0] <= where.middles_s[-1] <= times_s[-1]
