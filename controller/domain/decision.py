"""What the core decides: the command in force and the steps towards it."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from controller.domain.demand import Demand
from controller.domain.level import Level
from controller.domain.reasons import Reason


class Command(NamedTuple):
    """What the box is to do; like all that a decision makes anew a tuple, because one is made a second.

    Attributes:
        limit_a: Operator current limit, whole amps.
        charging: Whether it offers current to the car.
    """

    limit_a: int
    charging: bool


class ActionKind(StrEnum):
    """The writing calls of the box that control uses."""

    SET_LIMIT = "set_limit"
    START = "start"
    STOP = "stop"


class Action(NamedTuple):
    """One call to the box.

    Attributes:
        kind: Which.
        limit_a: The new limit, whole amps, for SET_LIMIT.
    """

    kind: ActionKind
    limit_a: int | None = None

    def __str__(self) -> str:
        return f"{self.kind} {self.limit_a} A" if self.limit_a is not None else str(self.kind)


class Decision(NamedTuple):
    """The outcome of one look at the house.

    Attributes:
        command: What the box is to do; None while its state is not known.
        actions: Calls that bring it there, in order; empty when it has been told already.
        reason: Why, with its figures.
        surplus_w: Surplus the decision reckoned with, W; None without a fresh grid reading.
        demand: What is wanted; None where nobody was asked.
        wished: Whose wish it was; SAFETY where nobody's. `decided_by` tells whether it was overruled.
    """

    command: Command | None
    actions: tuple[Action, ...]
    reason: Reason
    surplus_w: float | None = None
    demand: Demand | None = None
    wished: Level = Level.SAFETY
