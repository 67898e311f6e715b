"""The sun's way and the clear sky, against figures from almanacs and from the papers."""

from __future__ import annotations

from datetime import date

import pytest

from controller.simulation.days.sun import Sun, solar_ahead_s, sun_of

MIDSUMMER, MIDWINTER, EQUINOX = date(2026, 6, 21), date(2026, 12, 21), date(2026, 3, 21)


@pytest.mark.parametrize(
    ("latitude_deg", "day", "hours"),
    [
        (0.0, MIDSUMMER, 12.0),
        (47.0, EQUINOX, 12.0),
        (47.0, MIDSUMMER, 15.8),
        (47.0, MIDWINTER, 8.4),
        (60.0, MIDSUMMER, 18.7),
        (60.0, MIDWINTER, 5.7),
        (-35.0, MIDWINTER, 14.4),
        (-35.0, MIDSUMMER, 9.7),
        (69.6, MIDSUMMER, 24.0),
        (69.6, MIDWINTER, 0.0),
    ],
)
def test_a_day_is_as_long_as_the_almanac_says(latitude_deg: float, day: date, hours: float) -> None:
    sun = sun_of(latitude_deg, day)
    assert sun.daylight_s / 3600 == pytest.approx(hours, abs=0.25)  # the almanac's sun is refracted, and a disc
    assert sun.rises_s + sun.sets_s == pytest.approx(86_400)
    assert sun.sets_s - sun.rises_s == pytest.approx(sun.daylight_s)


def test_the_sun_crosses_the_horizon_at_sunrise_and_sunset() -> None:
    sun = sun_of(47.0, MIDSUMMER)
    assert sun.elevation_sine(sun.rises_s) == pytest.approx(0.0, abs=1e-9)
    assert sun.elevation_sine(sun.sets_s) == pytest.approx(0.0, abs=1e-9)
    assert sun.elevation_sine(sun.rises_s - 60) < 0 < sun.elevation_sine(sun.rises_s + 60)


@pytest.mark.parametrize(
    ("latitude_deg", "day", "noon_w_m2"),
    [(23.45, MIDSUMMER, 1037.0), (47.0, MIDSUMMER, 946.0), (47.0, MIDWINTER, 310.0), (-47.0, MIDWINTER, 946.0)],
)
def test_a_clear_noon_is_haurwitz(latitude_deg: float, day: date, noon_w_m2: float) -> None:
    assert sun_of(latitude_deg, day).clear_w_m2(43_200) == pytest.approx(noon_w_m2, abs=3)


def test_clear_irradiance_is_even_about_noon_and_nothing_at_night() -> None:
    sun = Sun(latitude_deg=47.0, day_of_year=172)
    assert sun.clear_w_m2(9 * 3600) == pytest.approx(sun.clear_w_m2(15 * 3600))
    assert sun.clear_w_m2(0) == sun.clear_w_m2(sun.rises_s - 1) == 0.0
    assert sun.clear_w_m2(9 * 3600) < sun.clear_w_m2(10 * 3600) < sun.clear_w_m2(43_200)


@pytest.mark.parametrize(
    ("longitude_deg", "day", "ahead_min"),
    [(0.0, date(2026, 2, 11), -14.2), (0.0, date(2026, 11, 3), 16.4), (15.0, date(2026, 4, 15), 60.0)],
)
def test_the_sundial_differs_from_the_clock(longitude_deg: float, day: date, ahead_min: float) -> None:
    assert solar_ahead_s(longitude_deg, day) / 60 == pytest.approx(ahead_min, abs=0.5)
