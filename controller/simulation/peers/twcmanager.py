"""TWCManager's rule (github.com/ngardiner/TWCManager)."""

from __future__ import annotations

from controller.simulation.peers.rule import CurrentRange, Switch, View

DELAY_S = 60.0


class TwcManager:
    """Charges while the surplus is above the minimum, and follows it in whole amps.

    Every 30 s. Starts once the surplus has been above the minimum for 60 s, stops once it has not been for 60 s, and
    holds the minimum meanwhile. Its 5 s between two reductions are always over after 30 s.

    Our reading where there are several, in its favour: exactly the minimum is enough, and the start is with what is
    there.

    Args:
        currents: What may be offered.
    """

    name = "TWCManager"
    interval_s = 30.0

    def __init__(self, currents: CurrentRange) -> None:
        self._currents = currents
        self._switch = Switch(DELAY_S, DELAY_S)

    def wish(self, view: View) -> int:
        """See `Rule.wish`."""
        enough = self._currents.reaches_min(view.surplus_a)
        on = self._switch.on(view.now_s, start=enough, stop=not enough)
        return self._currents.whole(view.surplus_a) if on else 0
