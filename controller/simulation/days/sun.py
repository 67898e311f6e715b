"""Where the sun stands, and what a clear sky lets through.

Times are apparent solar time: the sun is highest at 43,200 s of every day.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date
from functools import cached_property

DAY_S = 86_400
SYSTEM_SHARE = 0.85
"""What a roof's inverter delivers of its peak power at 1000 W/m2."""

_FAINTEST_SINE = 1e-3


@dataclass(frozen=True, kw_only=True)
class Sun:
    """The sun's way over one place on one day.

    Attributes:
        latitude_deg: Of the place, degrees; north is positive.
        day_of_year: 1 to 366.
    """

    latitude_deg: float
    day_of_year: int

    @cached_property
    def declination_rad(self) -> float:
        """How far north of the equator it stands, radians (Cooper 1969)."""
        return math.radians(23.45) * math.sin(2 * math.pi * (284 + self.day_of_year) / 365)

    @cached_property
    def _sines(self) -> tuple[float, float]:
        latitude = math.radians(self.latitude_deg)
        sine = math.sin(latitude) * math.sin(self.declination_rad)
        return sine, math.cos(latitude) * math.cos(self.declination_rad)

    def elevation_sine(self, solar_s: float) -> float:
        """Sine of its height over a flat horizon; negative at night."""
        level, swing = self._sines
        return level - swing * math.cos(2 * math.pi * solar_s / DAY_S)

    def clear_w_m2(self, solar_s: float) -> float:
        """Global irradiance on level ground under a clear sky, W/m2 (Haurwitz 1945)."""
        sine = self.elevation_sine(solar_s)
        return 1098.0 * sine * math.exp(-0.057 / sine) if sine > _FAINTEST_SINE else 0.0

    @property
    def daylight_s(self) -> float:
        """From sunrise to sunset of its centre, without refraction, s; 0 in polar night, 86,400 in polar day."""
        level, swing = self._sines
        if abs(level) >= swing:
            return float(DAY_S) if level > 0 else 0.0
        return DAY_S / math.pi * math.acos(-level / swing)

    @property
    def rises_s(self) -> float:
        """Sunrise, s after midnight."""
        return (DAY_S - self.daylight_s) / 2

    @property
    def sets_s(self) -> float:
        """Sunset, s after midnight."""
        return (DAY_S + self.daylight_s) / 2


def sun_of(latitude_deg: float, day: date) -> Sun:
    """The sun of a day."""
    return Sun(latitude_deg=latitude_deg, day_of_year=day.timetuple().tm_yday)


def solar_ahead_s(longitude_deg: float, day: date) -> float:
    """How far apparent solar time is ahead of UTC, s: 240 s a degree east, and the equation of time (Spencer 1971)."""
    angle = 2 * math.pi * (day.timetuple().tm_yday - 1) / 365
    equation_rad = (
        0.000075
        + 0.001868 * math.cos(angle)
        - 0.032077 * math.sin(angle)
        - 0.014615 * math.cos(2 * angle)
        - 0.040849 * math.sin(2 * angle)
    )
    return 240.0 * longitude_deg + equation_rad * DAY_S / (2 * math.pi)
