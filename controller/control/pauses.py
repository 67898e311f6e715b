"""A box that fails when charging goes on after a pause: found out, so that it is held instead of paused; pure."""

from __future__ import annotations

from typing import NamedTuple

from controller.control.glance import Glance
from controller.domain.charger import OcppState

_FAILS_WITHIN_S = 120.0  # of the start: a fault that comes later is another one
_WELL_AGAIN = 3  # starts after a pause that went well, in a row: then pauses do no harm any more


class Pauses(NamedTuple):
    """What is known of the box's pauses; `harm` outlasts the car.

    Attributes:
        charged: Whether the car that is plugged in has been offered current.
        paused: Whether that has been ended since, and has not gone well again.
        harm: Whether the box has gone to a fault when charging went on after a pause.
        went_well: Starts after a pause that went well since then, in a row.
    """

    charged: bool = False
    paused: bool = False
    harm: bool = False
    went_well: int = 0


def observe_pauses(pauses: Pauses, glance: Glance) -> Pauses:
    """What a look at the box says of it."""
    charging = glance.told.charging
    since_start_s = glance.at_s - glance.started_s
    if glance.state is OcppState.FAULTED:
        fails = pauses.paused and charging and 0 <= since_start_s <= _FAILS_WITHIN_S
        return Pauses(harm=True) if fails else pauses
    if glance.anew:
        return pauses._replace(charged=False, paused=False)
    if not charging:
        return pauses._replace(paused=True) if pauses.charged and not pauses.paused else pauses
    if pauses.paused and glance.offers and since_start_s > _FAILS_WITHIN_S:
        return _went_well(pauses)
    return pauses if pauses.charged else pauses._replace(charged=True)


def _went_well(pauses: Pauses) -> Pauses:
    """A start after a pause without a fault."""
    if not pauses.harm:
        return pauses._replace(paused=False)
    went_well = pauses.went_well + 1
    harm = went_well < _WELL_AGAIN
    return Pauses(charged=True, harm=harm, went_well=went_well if harm else 0)
