"""SmartEVSE's mode "Solar" (github.com/SmartEVSE/SmartEVSE-3.5)."""

from __future__ import annotations

from controller.simulation.peers.rule import VOLTAGE_V, CurrentRange, Delay, View

START_A = 4.0
START_DELAY_S = 60.0
STARTUP_S = 40.0
STOP_DELAY_S = 600.0


class SmartEvse:
    """Turns the current up and down in small steps by the sum of the three phase currents at the grid.

    Every 2 s. Starts once 4 A in all have been exported for 60 s, whatever the minimum would take, and stays at the
    minimum for the first 40 s. Then, a loop: more than 1 A of export +0.5 A, less +0.1 A; more than 2 A of import
    takes half of it off, more than 1 A 0.5 A, more than 0.3 A 0.1 A. Stops after 10 min at the minimum; a stop after
    which the export would be enough for a start at once is not made.

    Our reading where there are several, in its favour: a current of the sum is its power by 230 V; export of nothing
    changes nothing; the wait for a stop begins anew whenever the current is above the minimum or a stop would not
    last; the offer is the whole amps below.

    Args:
        currents: What may be offered.
    """

    name = "SmartEVSE"
    interval_s = 2.0

    def __init__(self, currents: CurrentRange) -> None:
        self._currents = currents
        self._set_a = 0.0
        self._on_since_s: float | None = None
        self._start = Delay(START_DELAY_S)
        self._stop = Delay(STOP_DELAY_S)

    def wish(self, view: View) -> int:
        """See `Rule.wish`."""
        import_a = view.grid_w / VOLTAGE_V
        min_a = float(self._currents.min_a)
        if self._on_since_s is None:
            if self._start.over(view.now_s, holds=import_a <= -START_A):
                self._on_since_s, self._set_a = view.now_s, min_a
                return self._currents.min_a
            return 0
        if view.now_s - self._on_since_s < STARTUP_S:
            return self._currents.min_a
        self._set_a = max(min_a, min(self._set_a + step_a(import_a), float(self._currents.max_a)))
        restarts = view.surplus_w / VOLTAGE_V >= START_A
        if self._stop.over(view.now_s, holds=self._set_a <= min_a and not restarts):
            self._on_since_s = None
            return 0
        return self._currents.whole(self._set_a)


def step_a(import_a: float) -> float:
    """By how much the current changes in a loop, A, at a sum of import over the phases, A; < 0 exports."""
    if import_a < 0:
        return 0.5 if import_a < -1 else 0.1
    if import_a > 2:
        return -import_a / 2
    if import_a > 1:
        return -0.5
    return -0.1 if import_a > 0.3 else 0.0
