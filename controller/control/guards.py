"""What guards only some sites: starts a day, a home battery to be spared, a limit of feed-in; pure."""

from __future__ import annotations

from typing import NamedTuple

from controller.control.battery import NOTHING_SEEN, Spare
from controller.control.curtailment import Hidden
from controller.control.starts import Starts


class Guards(NamedTuple):
    """Their memory.

    Attributes:
        starts: Starts that the box has been told today.
        spare: What is known of a battery that is to be spared.
        hidden: What is known of sun that a limit of feed-in hides.
    """

    starts: Starts = Starts()
    spare: Spare = NOTHING_SEEN
    hidden: Hidden = Hidden()
