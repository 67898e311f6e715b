"""Which skies make which kind of day."""

from __future__ import annotations

from collections.abc import Sequence

from controller.simulation.days.dice import Dice
from controller.simulation.days.kind import DayKind
from controller.simulation.days.sky import Plan, Sky, Spells
from controller.simulation.days.sun import DAY_S

_HOUR_S = 3600.0

_BLUE = Sky(
    sunny=Spells(level=(0.97, 1.02), length_s=(3600, 4 * 3600), quick=0.004, slow=0.01),
    cloudy=Spells(level=(0.9, 0.96), length_s=(300, 1800), quick=0.008, slow=0.01),
    edge_s=(200, 900),
)
_FAIR = Sky(
    sunny=Spells(level=(0.95, 1.03), length_s=(300, 5400), quick=0.006, slow=0.01),
    cloudy=Spells(level=(0.2, 0.6), length_s=(40, 1200), quick=0.05, slow=0.05),
    edge_s=(8, 60),
    rim=0.15,
)
_CUMULUS = Sky(
    sunny=Spells(level=(0.94, 1.06), length_s=(60, 5400), quick=0.008, slow=0.02),
    cloudy=Spells(level=(0.15, 0.5), length_s=(60, 5400), quick=0.04, slow=0.2),
    edge_s=(8, 60),
    rim=0.3,
    rim_s=150.0,
    exponent=1.2,
)
_GAPS = Sky(
    sunny=Spells(level=(0.75, 1.12), length_s=(40, 3600), quick=0.012, slow=0.04),
    cloudy=Spells(level=(0.25, 0.55), length_s=(600, 9000), quick=0.02, slow=0.3),
    edge_s=(8, 90),
    rim=0.35,
    rim_s=150.0,
    exponent=1.35,
)
_GREY = Sky(
    sunny=Spells(level=(0.3, 0.5), length_s=(900, 9000), quick=0.015, slow=0.25),
    cloudy=Spells(level=(0.1, 0.25), length_s=(1200, 9000), quick=0.015, slow=0.25),
    edge_s=(200, 1200),
)
_FOG = Sky(
    sunny=Spells(level=(0.2, 0.3), length_s=(1800, 7200), quick=0.015, slow=0.08),
    cloudy=Spells(level=(0.12, 0.2), length_s=(1800, 7200), quick=0.015, slow=0.08),
    edge_s=(600, 1200),
)
_LIFTING = Sky(
    sunny=Spells(level=(0.6, 0.95), length_s=(60, 900), quick=0.04, slow=0.05),
    cloudy=Spells(level=(0.25, 0.5), length_s=(60, 600), quick=0.04, slow=0.05),
    edge_s=(90, 300),
)
_HAZE = Sky(
    sunny=Spells(level=(0.86, 0.97), length_s=(1800, 4 * 3600), quick=0.006, slow=0.015),
    cloudy=Spells(level=(0.7, 0.85), length_s=(120, 1200), quick=0.02, slow=0.02),
    edge_s=(120, 600),
)
_STORM = Sky(
    sunny=Spells(level=(0.08, 0.16), length_s=(200, 900), quick=0.05, slow=0.1),
    cloudy=Spells(level=(0.03, 0.08), length_s=(600, 2400), quick=0.05, slow=0.1),
    edge_s=(60, 200),
)


_PATCHWORKS = {
    DayKind.CLEAR: (24.0, 24.0, [(1.0, _BLUE)]),
    DayKind.SUNNY: (24.0, 24.0, [(1.0, _FAIR)]),
    DayKind.BROKEN: (2.0, 5.0, [(0.55, _CUMULUS), (0.2, _FAIR), (0.25, _GREY)]),
    DayKind.OVERCAST: (2.0, 6.0, [(0.85, _GREY), (0.15, _GAPS)]),
    DayKind.MIXED: (2.0, 6.0, [(0.15, _CUMULUS), (0.55, _GAPS), (0.2, _GREY), (0.1, _FAIR)]),
    DayKind.WINTER: (1.5, 5.0, [(0.55, _GREY), (0.2, _GAPS), (0.25, _HAZE)]),
}
"""Shortest and longest stay of a sky, hours, and the skies with their chances."""


def plan_of(kind: DayKind, dice: Dice) -> Plan:
    """The skies of a day of that kind."""
    match kind:
        case DayKind.FOG:
            return _fog(dice)
        case DayKind.THUNDERSTORM:
            return _thunderstorm(dice)
        case _:
            return _patchwork(dice, *_PATCHWORKS[kind])


def _patchwork(dice: Dice, least_h: float, most_h: float, skies: Sequence[tuple[float, Sky]]) -> Plan:
    """Skies by chance, each for a few hours."""
    plan: list[tuple[float, Sky]] = []
    until_s = 0.0
    while until_s < DAY_S:
        until_s = min(float(DAY_S), until_s + dice.uniform(least_h, most_h) * _HOUR_S)
        plan.append((until_s, _drawn(dice.unit(), skies)))
    return plan


def _drawn(unit: float, skies: Sequence[tuple[float, Sky]]) -> Sky:
    for share, sky in skies:
        unit -= share
        if unit < 0:
            return sky
    return skies[-1][1]


def _fog(dice: Dice) -> Plan:
    """Fog that lifts towards noon, within the hour, and then a hazy sun."""
    lifts_s = dice.uniform(9.5, 12.5) * _HOUR_S
    return [(lifts_s, _FOG), (lifts_s + dice.uniform(0.4, 1.0) * _HOUR_S, _LIFTING), (DAY_S, _HAZE)]


def _thunderstorm(dice: Dice) -> Plan:
    """A blue morning, clouds that grow, the storm in the afternoon, rain behind it, and gaps in the evening."""
    grows_s = dice.uniform(10.0, 12.0) * _HOUR_S
    storm_s = dice.uniform(14.0, 16.5) * _HOUR_S
    rain_s = storm_s + dice.uniform(0.5, 1.0) * _HOUR_S
    ends_s = rain_s + dice.uniform(0.3, 1.2) * _HOUR_S
    return [
        (grows_s, _BLUE),
        ((grows_s + storm_s) / 2, _FAIR),
        (storm_s, _CUMULUS),
        (rain_s, _STORM),
        (ends_s, _GREY),
        (DAY_S, _CUMULUS),
    ]
