"""The generated day: the same for a seed, and like a day."""

import pytest

from controller.simulation.weather import clear_sky_w_m2, sunny_with_clouds


def test_the_same_seed_gives_the_same_day_and_another_another() -> None:
    assert sunny_with_clouds(3) == sunny_with_clouds(3)
    assert sunny_with_clouds(3) != sunny_with_clouds(4)


def test_clear_sky_peaks_at_noon_and_ends_at_night() -> None:
    assert 850 < clear_sky_w_m2(43_200) < 1000
    assert clear_sky_w_m2(0) == 0
    assert clear_sky_w_m2(9 * 3600) == pytest.approx(clear_sky_w_m2(15 * 3600), rel=1e-6)


@pytest.mark.parametrize("seed", range(5))
def test_a_day_has_sun_clouds_and_a_household(seed: int) -> None:
    day = sunny_with_clouds(seed)
    energy_kwh = sum(day.pv_w) * 10 / 3.6e6
    assert 30 < energy_kwh < 75  # a 10 kWp roof on a summer day with clouds
    assert min(day.pv_w) == 0
    assert max(day.pv_w) < 10_500
    assert 200 <= min(day.load_w) <= max(day.load_w) < 7000
    noon = [pv for time_s, pv in zip(day.times_s, day.pv_w, strict=True) if 39_600 <= time_s % 86400 <= 46_800]
    assert min(noon) < 0.6 * max(noon)
