"""The divert mode of OpenEVSE (github.com/OpenEVSE/ESP32_WiFi_V4.x)."""

from __future__ import annotations

from math import exp

from controller.simulation.peers.rule import CurrentRange, View

START_A = 6.5
STOP_A = 6.0
ATTACK_S = 20.0
DECAY_S = 600.0
MIN_CHARGE_S = 600.0


class OpenEvse:
    """Starts and stops by a surplus that is smoothed lopsidedly: it rises soon and falls slowly.

    Starts once the smoothed surplus is 6.5 A, stops once it is down to 6 A and the car has been on for 600 s.
    Smoothing is of first order, with 20 s upward and 600 s downward. The offer is the surplus as it is, in whole
    amps, and the minimum where it is less.

    Our reading where there are several, in its favour: of 5 to 10 s it is asked every 5; it is smoothed from 0 on;
    half an amp lies between start and stop whatever the minimum is.

    Args:
        currents: What may be offered.
    """

    name = "OpenEVSE"
    interval_s = 5.0

    def __init__(self, currents: CurrentRange) -> None:
        self._currents = currents
        self._start_a = currents.min_a + START_A - STOP_A
        self._stop_a = float(currents.min_a)
        self._rise = 1 - exp(-self.interval_s / ATTACK_S)
        self._fall = 1 - exp(-self.interval_s / DECAY_S)
        self._smoothed_a = 0.0
        self._on_since_s: float | None = None

    def wish(self, view: View) -> int:
        """See `Rule.wish`."""
        surplus_a = max(0.0, view.surplus_a)
        share = self._rise if surplus_a > self._smoothed_a else self._fall
        self._smoothed_a += share * (surplus_a - self._smoothed_a)
        if self._on_since_s is None:
            if self._smoothed_a >= self._start_a:
                self._on_since_s = view.now_s
        elif self._smoothed_a <= self._stop_a and view.now_s - self._on_since_s >= MIN_CHARGE_S:
            self._on_since_s = None
        return 0 if self._on_since_s is None else self._currents.whole(surplus_a)
