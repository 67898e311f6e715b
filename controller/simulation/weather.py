"""A generated summer day with drifting clouds and a household; the same seed gives the same day."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from random import Random

from controller.simulation.trace import Trace

_STEP_S = 10
_LATITUDE_DEG = 47.0
_DAY = datetime(2026, 6, 21, tzinfo=UTC)
_SYSTEM_SHARE = 0.85  # of the peak power that arrives at 1000 W/m2
_CLEAR_MEAN_S = 900.0
_CLOUD_MEAN_S = 240.0


def sunny_with_clouds(seed: int = 1, peak_w: float = 10_000.0) -> Trace:
    """One day, 00:00 to 24:00 local solar time (labelled UTC), in 10 s steps.

    Args:
        seed: Which day.
        peak_w: The roof's peak power, W.
    """
    random = Random(seed)  # noqa: S311 -- weather, not a secret
    steps = 24 * 3600 // _STEP_S + 1
    seconds = [step * _STEP_S for step in range(steps)]
    sky = _sky(random, steps)
    pv_w = [peak_w * _SYSTEM_SHARE * clear_sky_w_m2(s) / 1000 * sky[i] for i, s in enumerate(seconds)]
    load_w = _household(random, seconds)
    times_s = tuple((_DAY + timedelta(seconds=s)).timestamp() for s in seconds)
    return Trace(times_s=times_s, pv_w=tuple(pv_w), load_w=tuple(load_w))


def clear_sky_w_m2(solar_second: float) -> float:
    """Global horizontal irradiance of a clear sky, W/m2 (Haurwitz 1945), on the generated day.

    Args:
        solar_second: Seconds since midnight, local solar time.
    """
    declination = math.radians(23.45 * math.sin(2 * math.pi * (284 + _DAY.timetuple().tm_yday) / 365))
    latitude = math.radians(_LATITUDE_DEG)
    hour_angle = 2 * math.pi * (solar_second / 86400 - 0.5)
    sine = math.sin(latitude) * math.sin(declination) + math.cos(latitude) * math.cos(declination) * math.cos(
        hour_angle
    )
    return 1098.0 * sine * math.exp(-0.057 / sine) if sine > 0.01 else 0.0


def _sky(random: Random, steps: int) -> list[float]:
    """The share of the clear sky's irradiance: clear and cloudy spells of random length with soft edges."""
    target: list[float] = []
    cloudy = False
    while len(target) < steps:
        spell = max(2, round(random.expovariate(1 / (_CLOUD_MEAN_S if cloudy else _CLEAR_MEAN_S)) / _STEP_S))
        level = random.uniform(0.15, 0.55) if cloudy else random.uniform(0.95, 1.05)
        target += [level] * spell
        cloudy = not cloudy
    shown, value = [], target[0]
    for level in target[:steps]:
        value += (level - value) * 0.35
        shown.append(max(0.0, value * (1 + random.gauss(0, 0.01))))
    return shown


def _household(random: Random, seconds: list[int]) -> list[float]:
    """Standby, a refrigerator, a kettle now and then, lunch, and an evening, W."""
    events = [(random.uniform(6, 22) * 3600, 180.0, 2000.0) for _ in range(6)]  # kettle
    events += [(11.8 * 3600 + random.uniform(-600, 600), 1500.0, 1800.0)]  # lunch
    events += [(random.uniform(13, 15) * 3600, 1200.0, 2100.0)]  # washing machine heats
    events += [(18 * 3600.0, 4 * 3600.0, 350.0)]  # evening
    load_w = []
    for second in seconds:
        fridge_w = 90.0 if second % 2400 < 900 else 0.0
        running_w = sum(power_w for start, length, power_w in events if start <= second < start + length)
        load_w.append(220.0 + fridge_w + running_w + random.uniform(0, 15))
    return load_w
