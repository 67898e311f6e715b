"""What the box does with the car: the charging state machine, in front of the plant."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from controller.domain.charger import OcppState
from controller.domain.units import MIN_CURRENT_A
from controller.simulation.box.rules import Quirks, Rules
from controller.simulation.plant import LivePlant, Plant

_AUTO_START_S = 2.0
_FINISHING_S = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ActiveError:
    """One entry of the list of current errors; `timestamp` is the box's own time, UTC."""

    code: str
    description: str
    timestamp: datetime


@dataclass(slots=True)
class Session:
    """The charging session of the car that is plugged in, or was last.

    Attributes:
        energy_before_kwh: What the plant had delivered when it began.
        started_s: The plant's second of its first start; None before.
        ended_s: The plant's second at which it ended; None while it lasts.
    """

    energy_before_kwh: float
    started_s: float | None = None
    ended_s: float | None = None


class ChargingMachine:
    """States, limit, delays and faults; follows the plant step by step.

    `limit_a` (the operator current limit as the box shows it, A), `enabled` (somebody, or the box itself, has started
    charging and nobody has stopped it) and `errors` are as of the last look at the plant; `plant` takes one.

    Args:
        live: The plant.
        wall: The box's wall clock at a second of the plant.
        limit_a: The operator current limit at the start, A.
        seed: Of the randomised delay.
    """

    def __init__(self, live: LivePlant, wall: Callable[[float], datetime], limit_a: int, seed: int) -> None:
        self._live = live
        self._plant = live.now()
        self._wall = wall
        self._random = random.Random(seed)  # noqa: S311 -- a delay, no secret
        self._told = (limit_a, False)
        self._flow_limit_a = limit_a
        self._untouched = True  # since plug-in nobody has started or stopped it
        self._paused = False
        self._paused_at_s = 0.0
        self._here = self._plant.settings.car.here(self._plant.now_s)
        self._faulted_at_s = 0.0
        self._auto_start_at_s: float | None = None
        self._back_at_s = 0.0
        self._delayed_until_s: float | None = None
        self._finished_at_s: float | None = None
        self._rules = Rules()
        self.quirks = Quirks.of(self._plant.settings.box)
        self.limit_a = limit_a
        self.enabled = False
        self.errors: list[ActiveError] = []
        self.sessions = 0
        self.plug_cycles = 0
        self.faults = 0
        self.session = Session(self._plant.energy.ev_kwh)
        if not self._here:
            self._plant.plug(plugged=False)
        live.follow(self._step)

    @property
    def plant(self) -> Plant:
        """The plant as it is at this moment, with everything done that was due by now."""
        return self._live.now()

    @property
    def state(self) -> OcppState:
        """The connector's state."""
        plant = self.plant
        if self.errors:
            return OcppState.FAULTED
        if not plant.plugged:
            return OcppState.AVAILABLE if self._finished_at_s is None else OcppState.FINISHING
        if self._untouched:
            return OcppState.PREPARING
        if not self._offering:
            return OcppState.SUSPENDED_EVSE
        return OcppState.SUSPENDED_EV if plant.refused else OcppState.CHARGING

    @property
    def delay_left_s(self) -> float:
        """What is left of the randomised delay, s."""
        now_s = self.plant.now_s
        return 0.0 if self._delayed_until_s is None else max(0.0, self._delayed_until_s - now_s)

    @property
    def session_energy_kwh(self) -> float:
        """Energy of the session, kWh."""
        return self.plant.energy.ev_kwh - self.session.energy_before_kwh

    @property
    def session_duration_s(self) -> float:
        """From the session's first start to now or to its end, s."""
        now_s = self.plant.now_s
        if self.session.started_s is None:
            return 0.0
        return (now_s if self.session.ended_s is None else self.session.ended_s) - self.session.started_s

    def set_rules(self, rules: Rules) -> None:
        """From now on the configuration asks this."""
        self._live.now()
        self._rules = rules
        self._tell()

    def set_limit(self, limit_a: int) -> None:
        """A new operator current limit, A, from whoever wrote it."""
        self._live.now()
        if self._lost():
            return
        if not self.quirks.limit_ignored:
            self.limit_a = limit_a
        if not (self.quirks.limit_ignored or self.quirks.limit_not_followed):
            self._flow_limit_a = limit_a
        self._tell()

    def start(self) -> None:
        """Local remote start; without a car, or while faulted, nothing happens."""
        now_s = self._live.now().now_s
        if not self._plant.plugged or self.errors or self._lost():
            return
        long_paused = self._paused and now_s - self._paused_at_s > self.quirks.fault_after_pause_s
        if long_paused and not self.enabled and self.quirks.fault_after_pause:
            self.fault("ResumeFailure", "Charging cannot be resumed")
            return
        self._begin()

    def stop(self) -> None:
        """Local remote stop."""
        plant = self._live.now()
        if self._lost():
            return
        if self.enabled:
            self._paused, self._paused_at_s = True, plant.now_s
        self.enabled = False
        self._untouched &= not plant.plugged
        self._auto_start_at_s = self._delayed_until_s = None
        self._tell()

    def skip_delay(self) -> None:
        """Ends the randomised delay."""
        self._live.now()
        self._delayed_until_s = None
        self._tell()

    def plug(self, *, plugged: bool) -> None:
        """Plugs the car in or out; what is so already stays as it is."""
        self._live.now()
        self._plug(plugged=plugged)

    def _plug(self, *, plugged: bool) -> None:
        plant = self._plant
        if plugged == plant.plugged:
            return
        plant.plug(plugged=plugged)
        self.errors.clear()
        self._reset()
        if plugged:
            self.plug_cycles += 1
            self._arrive()
        else:
            self.session.ended_s = plant.now_s
            self._finished_at_s = plant.now_s + _FINISHING_S

    def fault(self, code: str, description: str) -> None:
        """Goes to Faulted, and stays there until a restart or replug."""
        plant = self._live.now()
        self.faults += 1
        self._faulted_at_s = plant.now_s
        self.errors.append(ActiveError(code=code, description=description, timestamp=self._wall(plant.now_s)))
        plant.cut()
        self._reset(untouched=False)

    def clear_errors(self) -> None:
        """Takes the errors away, as after a repair; charging stays off until somebody starts it."""
        self._live.now()
        self.errors.clear()

    def power_cycle(self, gap_s: float) -> None:
        """Restarts; `gap_s` later it meets the car, if there is one, as if it had just been plugged in."""
        self._live.now()
        self._restart(gap_s)

    def _restart(self, gap_s: float) -> None:
        plant = self._plant
        plant.cut()
        self.errors.clear()
        self._reset()
        self._finished_at_s = None
        self._back_at_s = plant.now_s + gap_s
        if plant.plugged:
            self._arrive()

    @property
    def _offering(self) -> bool:
        """Whether the car may draw current now."""
        held = self._rules.hold(self._wall(self._plant.now_s))
        return self.enabled and self._delayed_until_s is None and self._flow_limit_a > 0 and not held

    def _arrive(self) -> None:
        """A car was found: a new session, which begins of its own accord where charging is free."""
        self.session = Session(self._plant.energy.ev_kwh)
        self._auto_start_at_s = max(self._plant.now_s, self._back_at_s) + _AUTO_START_S

    def _reset(self, *, untouched: bool = True) -> None:
        """Back to a machine that nobody has started; the plant has been cut off."""
        self.enabled = False
        self._untouched = untouched
        self._paused = False
        self._auto_start_at_s = self._delayed_until_s = None
        self._told = (self._told[0], False)

    def _begin(self) -> None:
        if not self.enabled and self._rules.delay_range_s:
            self._delayed_until_s = self._plant.now_s + self._random.uniform(0.0, self._rules.delay_range_s)
        if self.session.started_s is None:
            self.session.started_s = self._plant.now_s
            self.sessions += 1
        self.enabled = True
        self._untouched = False
        self._auto_start_at_s = None
        self._tell()

    def _step(self) -> None:
        """Does what is due at the plant's second."""
        now_s = self._plant.now_s
        self._follow_the_day(now_s)
        if self._finished_at_s is not None and now_s >= self._finished_at_s:
            self._finished_at_s = None
        if self._delayed_until_s is not None and now_s >= self._delayed_until_s:
            self._delayed_until_s = None
        if self._auto_start_at_s is not None and now_s >= self._auto_start_at_s:
            self._auto_start_at_s = None
            if self._rules.free_charging:
                self._flow_limit_a = MIN_CURRENT_A  # whatever the limit is: seen on real boxes
                if not self.quirks.plug_in_limit_hidden:
                    self.limit_a = MIN_CURRENT_A
                self._begin()
        if self.enabled:
            self._tell()

    def _follow_the_day(self, now_s: float) -> None:
        """The car comes and goes, and somebody restarts a faulted box, where the plant's options say so."""
        here = self._plant.settings.car.here(now_s)
        if here != self._here:
            self._here = here
            self._plug(plugged=here)
        if self.errors and now_s - self._faulted_at_s >= self.quirks.fault_lasts_s:
            self._restart(0.0)

    def _lost(self) -> bool:
        """Whether this request is accepted and forgotten."""
        return self.quirks.lost_share > 0 and self._random.random() < self.quirks.lost_share

    def _tell(self) -> None:
        """Commands the plant what it is to do, if that is new."""
        wanted = (self._flow_limit_a, self._offering)
        if wanted != self._told:
            self._told = wanted
            self._plant.command(wanted[0], charging=wanted[1])
