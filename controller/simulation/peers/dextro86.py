"""The solar mode of Dextro86's Home Assistant integration for the Unite (github.com/Dextro86)."""

from __future__ import annotations

from math import exp

from controller.simulation.peers.rule import VOLTAGE_V, CurrentRange, View

START_W = 1800.0
STOP_W = 1200.0
SMOOTHING_S = 12.0
DEADBAND_W = 150.0
UP_A = 2.0
CHANGE_GAP_S = 5.0


class Dextro86:
    """Follows a lightly smoothed surplus, up in small steps and down at once.

    Every 2 s. What flows at the grid counts as nothing within 150 W; the surplus that is left is smoothed with 12 s.
    Starts at 1800 W of it and stops below 1200 W, without a wait. Up by at most 2 A a step, down at once, steps at
    least 5 s apart.

    Our reading where there are several, in its favour: neither power is less than the minimum takes on the phases in
    use (on three phases both are the 4140 W of 6 A); start and stop are steps too; whole amps are rounded down.

    Args:
        currents: What may be offered.
    """

    name = "Dextro86"
    interval_s = 2.0

    def __init__(self, currents: CurrentRange) -> None:
        self._currents = currents
        self._share = 1 - exp(-self.interval_s / SMOOTHING_S)
        self._smoothed_w: float | None = None
        self._wish_a = 0
        self._changed_at_s: float | None = None

    def wish(self, view: View) -> int:
        """See `Rule.wish`."""
        grid_w = 0.0 if abs(view.grid_w) <= DEADBAND_W else view.grid_w
        surplus_w = max(0.0, view.ev_w - grid_w)
        before_w = surplus_w if self._smoothed_w is None else self._smoothed_w
        self._smoothed_w = before_w + self._share * (surplus_w - before_w)
        wish_a = self._towards(self._smoothed_w, view.phases)
        waits = self._changed_at_s is not None and view.now_s - self._changed_at_s < CHANGE_GAP_S
        if wish_a != self._wish_a and not waits:
            self._wish_a, self._changed_at_s = wish_a, view.now_s
        return self._wish_a

    def _towards(self, surplus_w: float, phases: int) -> int:
        """The next step, A."""
        if surplus_w < max(STOP_W if self._wish_a else START_W, self._currents.min_w(phases)):
            return 0
        target_a = surplus_w / (VOLTAGE_V * phases)
        if not self._wish_a:
            return self._currents.min_a
        return self._currents.whole(min(target_a, self._wish_a + UP_A))
