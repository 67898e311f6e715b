"""pv-control's rule (github.com/stephanme/pv-control)."""

from __future__ import annotations

from controller.simulation.peers.rule import CurrentRange, Switch, View

DELAY_S = 120.0
MARGIN_W = 200.0
_ROUNDS_UP_A = 0.1


class PvControl:
    """Follows the surplus as it is; starts with a margin over the minimum's power, and stops below that power.

    Every 30 s. Starts once the surplus has been at least the minimum's power and 200 W for 120 s, stops once it has
    been below the minimum's power for 120 s, and holds the minimum meanwhile. The offer is the surplus of this very
    moment in whole amps, rounded up from nine tenths on.

    Our reading where there are several, in its favour: it starts with what is there.

    Args:
        currents: What may be offered.
    """

    name = "pv-control"
    interval_s = 30.0

    def __init__(self, currents: CurrentRange) -> None:
        self._currents = currents
        self._switch = Switch(DELAY_S, DELAY_S)

    def wish(self, view: View) -> int:
        """See `Rule.wish`."""
        min_w = self._currents.min_w(view.phases)
        on = self._switch.on(view.now_s, start=view.surplus_w >= min_w + MARGIN_W, stop=view.surplus_w < min_w)
        return self._currents.whole(view.surplus_a + _ROUNDS_UP_A) if on else 0
