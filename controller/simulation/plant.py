"""The reference plant: house, sun and a car that follows commands late, as real ones do."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from controller.domain.ports import Clock
from controller.domain.units import MIN_CURRENT_A, power_w
from controller.simulation.trace import Cursor, Trace

_LOAD_SHARES = (0.5, 0.3, 0.2)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantSettings:
    """The plant's constants.

    Attributes:
        phases: Phases of the wallbox, 1 or 3; the car charges on as many.
        car_phases: Phases the car charges on, 1 to 3, where it has fewer than the wallbox.
        car_max_a: The on-board charger's own limit, A a phase.
        car_leaves_a: What it draws less than it is offered, A a phase.
        voltage_v: Phase voltage, V.
        dead_time_s: From a command to its effect.
        waking_s: From charging on to the first current.
        ramp_a_per_s: Slope up from the minimum; down is immediate.
        step_s: Longest step of the integration.
    """

    phases: int = 3
    car_phases: int | None = None
    car_max_a: float = math.inf
    car_leaves_a: float = 0.0
    voltage_v: float = 230.0
    dead_time_s: float = 10.0
    waking_s: float = 10.0
    ramp_a_per_s: float = 1.0
    step_s: float = 1.0

    @property
    def phases_in_use(self) -> int:
        """On which the car draws."""
        return self.phases if self.car_phases is None else min(self.phases, self.car_phases)


@dataclass(slots=True)
class Energy:
    """What flowed, kWh, and how often the contactor closed."""

    solar_kwh: float = 0.0
    grid_kwh: float = 0.0
    starts: int = 0

    @property
    def ev_kwh(self) -> float:
        """What the car got."""
        return self.solar_kwh + self.grid_kwh


class Plant:
    """Sun, house and car over time; unless told otherwise the car is plugged in all the time and never full.

    Args:
        trace: Sun and house.
        start_s: The trace's time (epoch seconds) at the plant's second 0.
        settings: The constants.
        cyclic: Whether the trace repeats, as a generated day does.
    """

    def __init__(self, trace: Trace, start_s: float, settings: PlantSettings, *, cyclic: bool = False) -> None:
        self._trace = trace
        self._cursor = Cursor(trace)
        self._start_s = start_s
        self._settings = settings
        self._cyclic = cyclic
        self._now_s = 0.0
        self._pending: list[tuple[float, int, bool]] = []
        self._limit_a = 0
        self._charging = False
        self._on_since_s = 0.0
        self._current_a = 0.0
        self._takes_kwh = math.inf
        self.plugged = True
        self.energy = Energy()
        self.pv_w, self.load_w = self._sample(0.0)

    @property
    def settings(self) -> PlantSettings:
        """The constants."""
        return self._settings

    @property
    def now_s(self) -> float:
        """The plant's second."""
        return self._now_s

    @property
    def full(self) -> bool:
        """Whether the car takes nothing more."""
        return self._takes_kwh <= 0

    @property
    def current_a(self) -> float:
        """The car's current on each phase that it uses, A."""
        return self._current_a

    @property
    def phase_current_a(self) -> tuple[float, float, float]:
        """The car's current on L1 to L3, A."""
        a, b, c = (self._current_a if index < self._settings.phases_in_use else 0.0 for index in range(3))
        return a, b, c

    @property
    def ev_w(self) -> float:
        """The car's power, W."""
        return power_w(self._current_a, self._settings.phases_in_use, self._settings.voltage_v)

    @property
    def grid_w(self) -> float:
        """Grid power, W; > 0 imports."""
        return self.load_w + self.ev_w - self.pv_w

    @property
    def grid_phase_w(self) -> tuple[float, float, float]:
        """Grid power a phase, W: the house leans on L1, the inverter feeds all three alike."""
        volts, pv_w = self._settings.voltage_v, self.pv_w / 3
        pairs = zip(_LOAD_SHARES, self.phase_current_a, strict=True)
        a, b, c = (share * self.load_w + car_a * volts - pv_w for share, car_a in pairs)
        return a, b, c

    def command(self, limit_a: int, *, charging: bool) -> None:
        """Takes effect after the dead time."""
        self._pending.append((self._now_s + self._settings.dead_time_s, limit_a, charging))

    def cut(self) -> None:
        """Opens the contactor this very moment; what was commanded and has not worked yet never will."""
        self._pending.clear()
        self._charging = False
        self._current_a = 0.0

    def plug(self, *, plugged: bool) -> None:
        """Puts the plug in, or pulls it; pulled, no current flows."""
        if not plugged:
            self.cut()
        self.plugged = plugged

    def fill(self, takes_kwh: float) -> None:
        """From now on the car takes so much, kWh, and then nothing; infinity is a car that is never full."""
        self._takes_kwh = takes_kwh

    def advance(self, to_s: float) -> None:
        """Runs to the plant's second `to_s`; standing still or going back does nothing."""
        while self._now_s < to_s:
            step_s = min(self._settings.step_s, to_s - self._now_s)
            self._now_s += step_s
            self._apply_due()
            self._current_a = self._car(step_s)
            self.pv_w, self.load_w = self._sample(self._now_s)
            ev_w = self.ev_w
            solar_w = min(ev_w, max(0.0, self.pv_w - self.load_w))
            self.energy.solar_kwh += solar_w * step_s / 3.6e6
            self.energy.grid_kwh += (ev_w - solar_w) * step_s / 3.6e6
            self._takes_kwh -= ev_w * step_s / 3.6e6

    def coast(self, to_s: float, from_w: float, below_w: float) -> None:
        """Steps on while nobody looks: until `to_s`, or the first step whose surplus is not from `from_w` to `below_w`.

        The same steps as by `advance`, many times as fast where the car's current is settled.

        Args:
            to_s: The plant's second to stop at.
            from_w: Least PV less load, W, that nobody needs to see.
            below_w: And that which somebody does.
        """
        step_s = self._settings.step_s
        while self._now_s < to_s and not self._settled:
            self.advance(self._now_s + step_s)
            if not from_w <= self.pv_w - self.load_w < below_w:
                return
        now_s, ev_w, at = self._now_s, self.ev_w, self._cursor.at
        pv_w, load_w, solar_w, steps = self.pv_w, self.load_w, 0.0, 0
        while now_s < to_s:
            now_s += step_s
            steps += 1
            pv_w, load_w = at(self._start_s + now_s)
            surplus_w = pv_w - load_w
            if surplus_w > 0.0:
                solar_w += ev_w if surplus_w > ev_w else surplus_w
            if not from_w <= surplus_w < below_w:
                break
        self._now_s, self.pv_w, self.load_w = now_s, pv_w, load_w
        hours = step_s / 3.6e6
        self.energy.solar_kwh += solar_w * hours
        self.energy.grid_kwh += (ev_w * steps - solar_w) * hours

    @property
    def _settled(self) -> bool:
        """Whether the next steps draw what this one does, unless somebody commands something else."""
        if self._pending or self._cyclic or self._takes_kwh < math.inf:
            return False
        return not self._charging or (self._current_a > 0 and self._car(self._settings.step_s) == self._current_a)

    def _apply_due(self) -> None:
        while self._pending and self._pending[0][0] <= self._now_s:
            _, self._limit_a, charging = self._pending.pop(0)
            if charging and not self._charging:
                self._on_since_s = self._now_s
                self.energy.starts += 1
            self._charging = charging

    def _car(self, step_s: float) -> float:
        """The car's current now, A: nothing while it wakes, then the minimum at once, then up its slope."""
        waking = self._now_s - self._on_since_s < self._settings.waking_s
        if not self._charging or waking or self.full or not self.plugged:
            return 0.0
        risen_a = self._current_a + self._settings.ramp_a_per_s * step_s if self._current_a else float(MIN_CURRENT_A)
        takes_a = min(float(self._limit_a) - self._settings.car_leaves_a, self._settings.car_max_a)
        return max(0.0, min(risen_a, takes_a))

    def _sample(self, plant_s: float) -> tuple[float, float]:
        time_s = self._start_s + plant_s
        if self._cyclic:
            first_s = self._trace.times_s[0]
            time_s = first_s + (time_s - first_s) % self._trace.duration_s
        return self._cursor.at(time_s)


class LivePlant:
    """A plant that keeps up with a clock, and what follows it step by step.

    Args:
        plant: The plant; its second 0 is now.
        clock: The clock.
    """

    def __init__(self, plant: Plant, clock: Clock) -> None:
        self._plant = plant
        self._clock = clock
        self._origin_s = clock.monotonic_s()
        self._followers: list[Callable[[], None]] = []

    @property
    def due_s(self) -> float:
        """The plant's second that the clock has reached."""
        return self._clock.monotonic_s() - self._origin_s

    def follow(self, follower: Callable[[], None]) -> None:
        """Calls `follower` after every step, at `Plant.now_s`; it may command the plant, but not ask `now` for it."""
        self._followers.append(follower)

    def now(self) -> Plant:
        """The plant as it is at this moment."""
        plant, due_s = self._plant, self.due_s
        if not self._followers:
            plant.advance(due_s)
        while plant.now_s < due_s:
            plant.advance(min(due_s, plant.now_s + plant.settings.step_s))
            for follower in self._followers:
                follower()
        return plant
