"""The reference plant's wallbox: takes a command every half minute, and does what it is told."""

from __future__ import annotations

from math import inf

from controller.domain.charger import OcppState
from controller.domain.decision import Command
from controller.simulation.plant import Plant

COMMAND_GAP_S = 30.0
"""No two commands are given closer together."""


class ReferenceBox:
    """A box without sockets, in front of a plant.

    Attributes:
        command: What was last commanded; at first what is found: the user's limit, and off. Of a box that acts by
            itself, what it shows.
        commands: Changes of it.
        limit_writes: Limits written.

    Args:
        plant: The plant.
        limit_a: The limit that is found, A.
    """

    def __init__(self, plant: Plant, limit_a: int = 16) -> None:
        self._plant = plant
        self._told_at_s = -inf
        self.command = Command(limit_a, False)
        self.commands = 0
        self.limit_writes = 0

    @property
    def state(self) -> OcppState:
        """What the box shows of the connector."""
        if not self.command.charging:
            return OcppState.SUSPENDED_EVSE
        return OcppState.SUSPENDED_EV if self._plant.refused else OcppState.CHARGING

    @property
    def session_energy_kwh(self) -> float:
        """Energy of the session, kWh."""
        return self._plant.energy.ev_kwh

    def advance(self, to_s: float) -> None:
        """Steps the plant on to its second `to_s`."""
        self._plant.advance(to_s)

    @property
    def takes_from_s(self) -> float:
        """The plant's second from which on a command may be given."""
        return self._told_at_s + COMMAND_GAP_S

    def takes(self, now_s: float) -> bool:
        """Whether a command may be given at the plant's second `now_s`."""
        return now_s >= self.takes_from_s

    def tell(self, command: Command) -> bool:
        """Gives a command at the plant's second; False, and nothing happens, where it comes too soon after the last."""
        now_s = self._plant.now_s
        if command == self.command:
            return True
        if not self.takes(now_s):
            return False
        self.limit_writes += command.limit_a != self.command.limit_a
        self.commands += 1
        self._told_at_s = now_s
        self._do(command)
        return True

    def _do(self, command: Command) -> None:
        self.command = command
        self._plant.command(command.limit_a, charging=command.charging)
