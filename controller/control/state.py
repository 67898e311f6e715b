"""What the core carries from one decision to the next, and what it is shown."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from controller.control.car_memory import Car
from controller.control.conduct import Conduct
from controller.control.guards import Guards
from controller.control.sky import NIGHT, Sky
from controller.control.weigh import EMPTY, Scales
from controller.domain.cap import Cap
from controller.domain.charger import ChargerStatus, PowerSettings
from controller.domain.decision import Action, Command
from controller.domain.horizon import NOTHING_KNOWN, Horizon
from controller.domain.override import Override
from controller.domain.readings import House
from controller.domain.reasons import Reason

LONG_AGO_S = -math.inf

REPEAT_AFTER_S = 45.0
"""How long a command may take to show before the box's contradiction is believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """All that is known in one instant.

    Attributes:
        now_s: Monotonic seconds.
        now: Aware UTC.
        house: The meters.
        status: The box's last dashboard; None while it has to be looked at anew.
        power: The box's last section `power`; None likewise.
        box_down: Why nothing can be told to the box now; None when it can.
        cap: A limit set from outside; None where none is in force.
        override: What a person wants for a while; None where nothing is in force.
        horizon: What is known beyond this instant.
    """

    now_s: float
    now: datetime
    house: House
    status: ChargerStatus | None
    power: PowerSettings | None
    box_down: Reason | None = None
    cap: Cap | None = None
    override: Override | None = None
    horizon: Horizon = NOTHING_KNOWN


class Timers(NamedTuple):
    """What runs with time; moments that want the opposite count backwards, not from zero.

    Attributes:
        at_s: When they were advanced last.
        start_s: How long charging has been wanted while off, s.
        stop_s: How long it has been unwanted while on, s.
        raise_s: How long more amps than told have been wanted while on, s.
        write_tokens: Writes of the limit left in the budget; None before the first decision.
        wants_a: What was wanted at `at_s`, and is taken to have been wanted until the next look, A.
        kept_since_s: Since when a demand asks to keep what runs as it is; None where none does.
    """

    at_s: float = LONG_AGO_S
    start_s: float = 0.0
    stop_s: float = 0.0
    raise_s: float = 0.0
    write_tokens: float | None = None
    wants_a: float = 0.0
    kept_since_s: float | None = None


class FuseCap(NamedTuple):
    """What the main fuse leaves.

    Attributes:
        cap_a: Whole amps the car may be given; None where no fuse is watched.
        better_since_s: Since when it would leave more; None when it would not.
    """

    cap_a: int | None = None
    better_since_s: float | None = None


class Refusal(NamedTuple):
    """A kind of order that the box rejected, or accepted and ignored.

    Attributes:
        until_s: When it may be given again.
        patience_s: How long that was; doubles with each refusal. 0 where there was none.
    """

    until_s: float = LONG_AGO_S
    patience_s: float = 0.0


class Refusals(NamedTuple):
    """Refusals by kind, so that a box that will not start or raise can still be reduced and stopped.

    Attributes:
        starting: Of starts.
        raising: Of higher limits.
        reducing: Of lower limits.
        stopping: Of stops.
    """

    starting: Refusal = Refusal()
    raising: Refusal = Refusal()
    reducing: Refusal = Refusal()
    stopping: Refusal = Refusal()


class State(NamedTuple):
    """The core's memory; all times are monotonic seconds. What changes now and then comes first, then what is renewed.

    Attributes:
        told: What the box is believed to do: last told, or found; None before the first contact.
        before: What it did before that, while the car may not have followed yet.
        told_at_s: When `told` changed last by our doing.
        limit_told_at_s: When its limit was written last.
        charging_told_at_s: When start or stop was told last.
        switched_at_s: When charging began or ended last.
        repeat_after_s: Patience before a contradicted command is given again; doubles each time.
        unconfirmed: The last write of the limit, while it has not been read back.
        refusals: What the box would not do.
        guards: What guards only some sites.
        conduct: How car and box behave.
        pending: The command that is being carried out; None when the box does what it was told.
        timers: Delays and the write budget.
        fuse: What the main fuse leaves; down at once, up slowly.
        car: What the car has shown of itself.
        sky: Where the surplus goes.
        scales: What weighs for and against the next move.
    """

    told: Command | None = None
    before: Command | None = None
    told_at_s: float = LONG_AGO_S
    limit_told_at_s: float = LONG_AGO_S
    charging_told_at_s: float = LONG_AGO_S
    switched_at_s: float = LONG_AGO_S
    repeat_after_s: float = REPEAT_AFTER_S
    unconfirmed: Action | None = None
    refusals: Refusals = Refusals()
    guards: Guards = Guards()
    conduct: Conduct = Conduct()
    pending: Command | None = None
    timers: Timers = Timers()
    fuse: FuseCap = FuseCap()
    car: Car = Car()
    sky: Sky = NIGHT
    scales: Scales = EMPTY

    def renewed(  # noqa: PLR0917 -- in their order, and hot
        self, pending: Command | None, timers: Timers, fuse: FuseCap, car: Car, sky: Sky, scales: Scales
    ) -> State:
        """With what every decision renews, the fields from `pending` on; quicker than `_replace`."""
        return tuple.__new__(State, (*self[:_KEPT], pending, timers, fuse, car, sky, scales))


_KEPT = State._fields.index("pending")
