"""openWB's rule (github.com/openWB/core, software 2)."""

from __future__ import annotations

from controller.simulation.peers.rule import VOLTAGE_V, CurrentRange, Delay, View

START_W = 1500.0
START_DELAY_S = 30.0
STOP_DELAY_S = 60.0
STEP_A = 5.0
LEFT_A = 2.0


class OpenWb:
    """Corrects the offer by what flows at the grid, a few amps at a time.

    Every 10 s. Starts at the minimum once 1500 W a phase have been exported for 30 s; stops once, at the minimum, the
    house has imported for 60 s. A car that takes less than it is offered is reckoned with what it takes and at most 2
    A more; from there the offer goes by import or export, but never more than 5 A from the last.

    Our reading where there are several, in its favour: the start's power is that of the surplus (with the car off the
    same as export); "at the minimum" is what the box was last told; whole amps are rounded down.

    Args:
        currents: What may be offered.
    """

    name = "openWB"
    interval_s = 10.0

    def __init__(self, currents: CurrentRange) -> None:
        self._currents = currents
        self._on = False
        self._start = Delay(START_DELAY_S)
        self._stop = Delay(STOP_DELAY_S)

    def wish(self, view: View) -> int:
        """See `Rule.wish`."""
        if not self._on:
            self._on = self._start.over(view.now_s, holds=view.surplus_w >= START_W * view.phases)
            return self._currents.min_a if self._on else 0
        starved = view.offered_a == self._currents.min_a and view.grid_w > 0
        if self._stop.over(view.now_s, holds=starved):
            self._on = False
            return 0
        takes_a = min(view.current_a + LEFT_A, view.offered_a)
        target_a = takes_a - view.grid_w / (VOLTAGE_V * view.phases)
        within_a = max(view.offered_a - STEP_A, min(target_a, view.offered_a + STEP_A))
        return self._currents.whole(within_a)
