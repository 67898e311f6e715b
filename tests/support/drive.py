"""A day of `decide` with the virtual house, without sockets: what it believes of the car against what the car draws."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Literal

from controller.control.car import KNOWN, known_phases
from controller.control.car_memory import Car
from controller.control.governor import decide
from controller.control.reconcile import acknowledge
from controller.control.settings import CoreSettings
from controller.control.state import Snapshot, State
from controller.domain.charger import ChargerStatus, OcppState, PowerSettings
from controller.domain.decision import ActionKind, Decision
from controller.domain.readings import House
from controller.simulation.days.day import Day, generate
from controller.simulation.days.kind import DayKind
from controller.simulation.plant import Plant, PlantSettings
from tests.support.houses import NOON, core, surplus

_DASHBOARD_S = 15.0
_VOLTS = 230.0
_PLAIN = PlantSettings()


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A car, what is metered around it, and a stretch of a generated day.

    Attributes:
        car: The plant's constants.
        by: What the car's power is taken from: the estimator, the offer alone, or a meter of its own.
        pv: Whether PV is metered.
        currents: Whether the grid meter tells the phase currents.
        grain_wh: Of the box's counter of the session's energy, Wh; None where it has none.
        takes_kwh: Until the car is full; it is not told, the box goes on saying "Charging".
        seed: Which day.
        from_h: Hour at which it begins.
        hours: How long it lasts.
        step_s: Between two decisions, s.
    """

    car: PlantSettings = _PLAIN
    by: Literal["estimate", "offer", "meter"] = "estimate"
    pv: bool = True
    currents: bool = True
    grain_wh: float | None = None
    takes_kwh: float | None = None
    seed: int = 1
    from_h: float = 10.0
    hours: float = 3.0
    step_s: float = 2.0


@dataclass(kw_only=True)
class Outcome:
    """What came of it.

    Attributes:
        errors_w: Believed less true power at every decision while charging, W.
        found_s: From the first current until the number of phases was certain, and right, s; None if never.
        wrong_s: How long it was held for certain, and wrong, s.
        solar_kwh: What the car got from the roof.
        grid_kwh: And from the grid.
        believed_w: Believed power at the end of the stretch, W.
    """

    errors_w: list[float] = field(default_factory=list)
    found_s: float | None = None
    wrong_s: float = 0.0
    solar_kwh: float = 0.0
    grid_kwh: float = 0.0
    believed_w: float = 0.0

    @property
    def mean_w(self) -> float:
        """Mean absolute error, W."""
        return sum(map(abs, self.errors_w)) / max(1, len(self.errors_w))

    @property
    def bias_w(self) -> float:
        """Mean error, W; > 0 believes too much."""
        return sum(self.errors_w) / max(1, len(self.errors_w))

    @property
    def p95_w(self) -> float:
        """95 % of the errors are smaller than this, W."""
        return sorted(map(abs, self.errors_w))[int(0.95 * len(self.errors_w))] if self.errors_w else 0.0


def drive(scene: Scene) -> Outcome:
    """Runs a scene."""
    trace = generate(Day(kind=DayKind.SUNNY, seed=scene.seed))
    plant = Plant(trace, trace.times_s[0] + scene.from_h * 3600, scene.car)
    if scene.takes_kwh is not None:
        plant.fill(scene.takes_kwh)
    box = _Box(plant, scene)
    settings = core(surplus(), phases=scene.car.phases)
    state, outcome, first_s = State(), Outcome(), None
    pv_w = plant.pv_w
    while plant.now_s < scene.hours * 3600:
        plant.advance(plant.now_s + scene.step_s)
        snapshot = _snapshot(plant, box, scene, pv_w=pv_w)
        pv_w = plant.pv_w  # its meter answers a step later
        state, decision = decide(state, snapshot, settings)
        if scene.by == "offer":
            state = state._replace(car=Car())
        first_s = plant.now_s if first_s is None and plant.current_a > 0 else first_s
        if first_s is not None:
            _note(outcome, state, decision, plant, settings, since_s=plant.now_s - first_s, step_s=scene.step_s)
        state = box.carry_out(state, decision)
    outcome.solar_kwh, outcome.grid_kwh = plant.energy.solar_kwh, plant.energy.grid_kwh
    return outcome


class _Box:
    """A wallbox that does what it is told, and shows it four times a minute."""

    def __init__(self, plant: Plant, scene: Scene) -> None:
        self.plant = plant
        self.scene = scene
        self.limit_a, self.charging = 16, False
        self._seen: ChargerStatus | None = None

    def carry_out(self, state: State, decision: Decision) -> State:
        for action in decision.actions:
            if action.kind is ActionKind.SET_LIMIT:
                self.limit_a = action.limit_a or 0
            else:
                self.charging = action.kind is ActionKind.START
            self.plant.command(self.limit_a, charging=self.charging)
            state = acknowledge(state, action, self.plant.now_s)
        return state

    def status(self) -> ChargerStatus:
        if self._seen is None or self.plant.now_s - self._seen.taken_at_s >= _DASHBOARD_S:
            state = OcppState.CHARGING if self.charging else OcppState.SUSPENDED_EVSE
            energy_wh, grain_wh = self.plant.energy.ev_kwh * 1000, self.scene.grain_wh
            shown_wh = None if grain_wh is None else energy_wh // grain_wh * grain_wh
            self._seen = ChargerStatus(taken_at_s=self.plant.now_s, state=state, session_energy_wh=shown_wh)
        return self._seen


def _snapshot(plant: Plant, box: _Box, scene: Scene, *, pv_w: float) -> Snapshot:
    a, b, c = (watts / _VOLTS for watts in plant.grid_phase_w)
    return Snapshot(
        now_s=plant.now_s,
        now=NOON + timedelta(seconds=plant.now_s),
        house=House(
            grid_w=plant.grid_w,
            grid_age_s=0.0,
            grid_current_a=(a, b, c) if scene.currents else None,
            pv_w=pv_w if scene.pv else None,
            ev_w=plant.ev_w if scene.by == "meter" else None,
        ),
        status=box.status(),
        power=PowerSettings(taken_at_s=plant.now_s, limit_a=box.limit_a, limit_max_a=16),
    )


def _note(
    outcome: Outcome,
    state: State,
    decision: Decision,
    plant: Plant,
    settings: CoreSettings,
    *,
    since_s: float,
    step_s: float,
) -> None:
    if decision.surplus_w is None or state.told is None:
        return
    outcome.believed_w = decision.surplus_w + plant.grid_w
    if state.told.charging:
        outcome.errors_w.append(outcome.believed_w - plant.ev_w)
    if state.car.belief is None or state.car.belief.certainty < KNOWN:
        return
    right = known_phases(state.car, settings) == plant.settings.phases_in_use
    if right and outcome.found_s is None:
        outcome.found_s = since_s
    outcome.wrong_s += 0.0 if right else step_s
