"""How car and box behave, as far as they have shown it; pure.

Looked at with each new dashboard, four times a minute: between two of them nothing is found out.
"""

from __future__ import annotations

from math import inf
from typing import NamedTuple

from controller.control.car_belief import Belief
from controller.control.ceiling import Ceiling, observe_ceiling
from controller.control.glance import Glance
from controller.control.obedience import Obedience, observe_obedience
from controller.control.pauses import Pauses, observe_pauses
from controller.control.sleep import Sleep, observe_sleep


class Conduct(NamedTuple):
    """What is known of it.

    Attributes:
        at_s: The last look at the box, monotonic seconds.
        plugged: Whether a car was plugged in then; None where nobody knew.
        energy_wh: The box's counter of the session's energy then; None where it told none.
        arrivals: How often a car was plugged in.
        belief: Which car it was then believed to be; None where nothing was seen.
        sleep: Of the car.
        pauses: Of the box.
        obedience: Of the box.
        ceiling: Of the car.
        matters: Whether any of it bears on what the box is told.
    """

    at_s: float = -inf
    plugged: bool | None = None
    energy_wh: float | None = None
    arrivals: int = 0
    belief: Belief | None = None
    sleep: Sleep = Sleep()
    pauses: Pauses = Pauses()
    obedience: Obedience = Obedience()
    ceiling: Ceiling = Ceiling()
    matters: bool = False

    def but(self, *, sleep: Sleep | None = None, obedience: Obedience | None = None) -> Conduct:
        """With another part, and what follows from it."""
        new = self._replace(sleep=sleep or self.sleep, obedience=obedience or self.obedience)
        matters = (
            new.sleep.asleep or new.sleep.waking_s is not None or new.obedience.flows_a > 0 or new.ceiling.cap_a < inf
        )
        return new._replace(matters=matters)


def observe_conduct(
    known: Conduct, glance: Glance, *, belief: Belief | None = None, refuses_a: int | None = None
) -> Conduct:
    """What a look at the box says of it; `refuses_a` as in `observe_obedience`."""
    return Conduct(
        at_s=glance.at_s,
        plugged=glance.state.plugged if glance.state.plugged is not None else known.plugged,
        energy_wh=glance.energy_wh,
        arrivals=known.arrivals + (glance.anew and glance.state.plugged is not False),
        belief=belief,
        sleep=observe_sleep(known.sleep, glance),
        pauses=observe_pauses(known.pauses, glance),
        obedience=observe_obedience(known.obedience, glance, refuses_a=refuses_a),
        ceiling=observe_ceiling(known.ceiling, glance),
    ).but()
