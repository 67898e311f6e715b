"""A wallbox that acts by itself: the emulator's state machine, without sockets and without waiting."""

from __future__ import annotations

from datetime import UTC, datetime

from controller.domain.charger import OcppState
from controller.domain.decision import Command
from controller.simulation.backtest.box import ReferenceBox
from controller.simulation.box.machine import ChargingMachine
from controller.simulation.box.rules import Rules
from controller.simulation.plant import LivePlant, Plant


class OwnBox(ReferenceBox):
    """A box that the car comes to and leaves, that starts unasked, fails, or forgets; `command` is what it shows.

    Args:
        plant: The plant.
        limit_a: The limit that is found, A.
    """

    def __init__(self, plant: Plant, limit_a: int = 16) -> None:
        super().__init__(plant, limit_a)
        self._second = _Second(plant.now_s)
        self._live = LivePlant(plant, self._second)
        self._origin_s = plant.now_s
        settings = plant.settings
        self._machine = ChargingMachine(self._live, self._wall, limit_a, settings.seed)
        self._machine.set_rules(Rules(free_charging=settings.box.starts_at_plug_in))

    @property
    def state(self) -> OcppState:
        """See `ReferenceBox.state`."""
        return self._machine.state

    @property
    def session_energy_kwh(self) -> float:
        """See `ReferenceBox.session_energy_kwh`."""
        return self._machine.session_energy_kwh

    def advance(self, to_s: float) -> None:
        """See `ReferenceBox.advance`; the machine follows every step."""
        self._second.now_s = to_s
        self._live.now()
        self._show()

    def _do(self, command: Command) -> None:
        machine = self._machine
        if command.limit_a != machine.limit_a:
            machine.set_limit(command.limit_a)
        if command.charging != machine.enabled:
            if command.charging:
                machine.start()
            else:
                machine.stop()
        self._show()

    def _show(self) -> None:
        shown = Command(self._machine.limit_a, self._machine.enabled)
        if shown != self.command:
            self.command = shown

    def _wall(self, plant_s: float) -> datetime:
        return datetime.fromtimestamp(self._live.now().start_s + plant_s, UTC)


class _Second:
    """The clock of whoever plays: the second that the plant is to reach."""

    def __init__(self, now_s: float) -> None:
        self.now_s = now_s

    def monotonic_s(self) -> float:
        return self.now_s


def make_box(plant: Plant) -> ReferenceBox:
    """The box that the plant's options ask for."""
    return OwnBox(plant) if plant.settings.box_acts else ReferenceBox(plant)
