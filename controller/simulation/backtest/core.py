"""Sunpace's own core as a pilot: the same `decide` as in the service."""

from __future__ import annotations

from datetime import UTC, datetime

from controller.control.governor import decide
from controller.control.reconcile import acknowledge
from controller.control.settings import CoreSettings
from controller.control.standing import Watch, standing
from controller.control.state import Snapshot, State
from controller.domain.charger import ChargerStatus, OcppState, PowerSettings
from controller.domain.decision import Command, Decision
from controller.domain.horizon import NOTHING_KNOWN
from controller.domain.readings import House
from controller.simulation.backtest.box import ReferenceBox
from controller.simulation.backtest.horizon import TraceHorizon
from controller.simulation.backtest.play import Look
from controller.simulation.plant import Plant
from controller.simulation.sensing import Meters

PAGES_EVERY_S = 15.0
"""How often the box's pages are read: `wallbox.pacing.dashboard_s` by default."""


class CorePilot:
    """Looks with the meters of grid, PV and car, and carries out what was decided.

    In front of the reference plant it sees this very step; in front of any other what the meters show, and the box's
    own pages four times a minute.

    Args:
        settings: The site's.
        start_s: The instant (epoch seconds) of the plant's second 0.
        horizon: What is known beyond a moment; None for nothing. Not built for a strategy that is timeless.
    """

    def __init__(self, settings: CoreSettings, start_s: float, horizon: TraceHorizon | None = None) -> None:
        self._settings = settings
        self._start_s = start_s
        self._horizon = None if settings.timeless else horizon
        self._state = State()
        self._shown: Command | None = None
        self._status = ChargerStatus(taken_at_s=0.0, state=OcppState.SUSPENDED_EVSE)
        self._power = PowerSettings(taken_at_s=0.0, limit_a=0)
        self._read_pages_at_s = 0.0
        self._meters: Meters | None = None
        self._watch: Watch | None = None

    def look(self, plant: Plant, box: ReferenceBox) -> Look:
        """See `Pilot.look`."""
        now_s = plant.now_s
        if self._watch is not None:
            self._state = self._state._replace(sky=self._watch.sky, scales=self._watch.scales)
            self._watch = None
        if plant.reference and not self._settings.main_fuse_a:
            if box.command is not self._shown:
                self._see(box.command, now_s)
            house = House(grid_w=plant.grid_w, grid_age_s=0.0, pv_w=plant.pv_w, ev_w=plant.ev_w)
        else:
            if now_s >= self._read_pages_at_s:
                self._read_pages(box, now_s)
            house = self._metering(plant).look(plant).house(self._settings.stale_after_s)
        now = datetime.fromtimestamp(self._start_s + now_s, UTC)
        snapshot = Snapshot(
            now_s=now_s,
            now=now,
            house=house,
            status=self._status,
            power=self._power,
            horizon=NOTHING_KNOWN if self._horizon is None else self._horizon.look(plant, now),
        )
        self._state, decision = decide(self._state, snapshot, self._settings)
        if decision.actions:
            self._carry_out(decision, box, now_s)
            return Look(decision.reason, blind=house.grid_w is None)
        if not plant.reference:
            return Look(decision.reason, blind=house.grid_w is None)
        stands = standing(self._state, snapshot, self._settings, decision)
        self._watch = None if stands is None else stands.watch
        return Look(decision.reason, stands)

    def _see(self, command: Command, now_s: float) -> None:
        """The box's own pages, as they are a step after a command."""
        self._shown = command
        state = OcppState.CHARGING if command.charging else OcppState.SUSPENDED_EVSE
        self._status = ChargerStatus(taken_at_s=now_s, state=state)
        self._power = PowerSettings(taken_at_s=now_s, limit_a=command.limit_a)

    def _metering(self, plant: Plant) -> Meters:
        if self._meters is None:
            self._meters = Meters(plant.settings.meter, plant.settings.seed)
        return self._meters

    def _read_pages(self, box: ReferenceBox, now_s: float) -> None:
        """The box's own pages, as they are at this moment."""
        self._read_pages_at_s = now_s + PAGES_EVERY_S
        energy_wh = box.session_energy_kwh * 1000
        self._status = ChargerStatus(taken_at_s=now_s, state=box.state, session_energy_wh=energy_wh)
        self._power = PowerSettings(taken_at_s=now_s, limit_a=box.command.limit_a)

    def _carry_out(self, decision: Decision, box: ReferenceBox, now_s: float) -> None:
        """All that was decided is one command to the plant; one that comes too soon is decided anew."""
        if decision.command is None or not box.tell(decision.command):
            return
        self._read_pages_at_s = now_s  # as the service does: what was told is read back
        for action in decision.actions:
            self._state = acknowledge(self._state, action, now_s)
