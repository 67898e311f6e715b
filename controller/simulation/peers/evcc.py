"""evcc's rule of the mode "pv" (github.com/evcc-io/evcc, core/site.go and core/loadpoint.go at b29b49e30)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from controller.simulation.peers.rule import VOLTAGE_V, CurrentRange, Delay, View

INTERVAL_S = 30.0
ENABLE_DELAY_S = 60.0
DISABLE_DELAY_S = 180.0
_LEFT_A = 2.0  # how far a car may stay below the offer and still be reckoned as taking it


@dataclass(frozen=True, slots=True, kw_only=True)
class Thresholds:
    """Grid power without residual power or battery, W; > 0 imports.

    Attributes:
        enable_w: At most this starts the car; 0 is "as soon as the minimum is surplus".
        disable_w: At least this stops it.
    """

    enable_w: float = 0.0
    disable_w: float = 0.0

    @classmethod
    def tuned(cls, solar_share: float, min_w: float) -> Self:
        """Those that start and stop where the share of the minimum's power is sun."""
        return cls(enable_w=-solar_share * min_w, disable_w=(1 - solar_share) * min_w)


class Evcc:
    """Offers what the car takes less what the grid gives; waits before it starts and before it stops.

    The car is reckoned with what it draws and 2 A more, but with no more than it is offered: a car at rest is so led
    up, one that takes less than it may is not led on. On, and too little for the minimum: the minimum, until the grid
    has given at least the disable threshold for 180 s. Off: until the grid has taken at least the enable threshold
    for 60 s (threshold 0: until the minimum is there). One sample to the contrary starts either wait anew.

    Args:
        currents: What may be offered.
        thresholds: Of grid power.
        name: As it is shown.
    """

    interval_s = INTERVAL_S

    def __init__(self, currents: CurrentRange, thresholds: Thresholds, name: str = "evcc") -> None:
        self.name = name
        self._currents = currents
        self._thresholds = thresholds
        self._on = False
        self._enable = Delay(ENABLE_DELAY_S)
        self._disable = Delay(DISABLE_DELAY_S)

    def wish(self, view: View) -> int:
        """See `Rule.wish`."""
        takes_a = min(view.current_a + _LEFT_A, view.offered_a) if view.charging else 0.0
        target_a = max(0.0, takes_a - view.grid_w / (VOLTAGE_V * view.phases))
        enough = self._currents.reaches_min(target_a)
        if self._on:
            starved = not enough and view.grid_w >= self._thresholds.disable_w
            self._on = not self._disable.over(view.now_s, holds=starved)
            return self._currents.whole(target_a) if self._on else 0
        enable_w = self._thresholds.enable_w
        self._on = self._enable.over(view.now_s, holds=view.grid_w <= enable_w if enable_w else enough)
        return self._currents.min_a if self._on else 0
