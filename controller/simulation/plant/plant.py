"""The plant: house, sun and car in steps of time."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from controller.domain.units import power_w
from controller.simulation.plant.car import Car
from controller.simulation.plant.house import FeedIn, HomeBattery, Mains
from controller.simulation.plant.settings import PlantSettings
from controller.simulation.trace import Cursor, Trace

Watcher = Callable[[float, float, float, float], bool]

_LOAD_SHARES = (0.5, 0.3, 0.2)


@dataclass(slots=True)
class HouseEnergy:
    """What flowed in a house with a home battery or a limit of export, kWh.

    Attributes:
        imported_kwh: From the grid.
        exported_kwh: To the grid.
        charged_kwh: Into the home battery, at its terminals.
        discharged_kwh: Out of it.
        battery_to_ev_kwh: What of that went to the car: what the battery gives, the house's load has first.
        curtailed_kwh: What the sun would have given, and the inverter did not let out.
    """

    imported_kwh: float = 0.0
    exported_kwh: float = 0.0
    charged_kwh: float = 0.0
    discharged_kwh: float = 0.0
    battery_to_ev_kwh: float = 0.0
    curtailed_kwh: float = 0.0


@dataclass(slots=True)
class Energy:
    """What flowed to the car, kWh, and how often the contactor closed.

    Attributes:
        solar_kwh: From the roof: what it really produced, less the house's load.
        grid_kwh: The rest. Where there is a home battery that includes what the battery gave the car, which was the
            house's own evening: `house.battery_to_ev_kwh` tells how much of it.
        starts: How often the contactor closed.
        house: The whole house; None in a house without home battery and limit of export.
    """

    solar_kwh: float = 0.0
    grid_kwh: float = 0.0
    starts: int = 0
    house: HouseEnergy | None = None

    @property
    def ev_kwh(self) -> float:
        """What the car got."""
        return self.solar_kwh + self.grid_kwh


class Plant:
    """Sun, house and car over time; unless told otherwise the car is plugged in all the time and never full.

    `pv_w` is what is produced, `pv_available_w` what the sun would give: the same without a limit of export.

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
        self._phases = settings.phases_in_use
        self._mains = Mains(settings) if settings.voltage_swing_v > 0 else None
        self._battery = HomeBattery(settings.battery) if settings.battery.capacity_kwh > 0 else None
        self._feed_in = FeedIn(settings.feed_in) if settings.feed_in.limit_w < math.inf else None
        self._alone = self._mains is None and self._battery is None and self._feed_in is None
        self.reference = settings.reference
        self.car = Car(settings)
        self.energy = Energy()
        self.voltage_v = settings.voltage_v
        self.battery_w = 0.0
        self.pv_w, self.load_w = self._sample(0.0)
        self._available_w = self.pv_w
        if self._battery is not None or self._feed_in is not None:
            self.energy.house = HouseEnergy()
        if not self._alone:
            self._move_house(0.0)

    @property
    def settings(self) -> PlantSettings:
        """The constants."""
        return self._settings

    @property
    def start_s(self) -> float:
        """The trace's time (epoch seconds) at the plant's second 0."""
        return self._start_s

    @property
    def now_s(self) -> float:
        """The plant's second."""
        return self._now_s

    @property
    def plugged(self) -> bool:
        """Whether the car is plugged in."""
        return self.car.plugged

    @property
    def full(self) -> bool:
        """Whether the car takes nothing more."""
        return self.car.full

    @property
    def refused(self) -> bool:
        """Whether the car takes nothing of what it is offered: it is full, or sleeps."""
        return self.car.full or self.car.asleep

    @property
    def current_a(self) -> float:
        """The car's current on each phase that it uses, A."""
        return self.car.current_a

    @property
    def phase_current_a(self) -> tuple[float, float, float]:
        """The car's current on L1 to L3, A."""
        a, b, c = (self.car.current_a if index < self._phases else 0.0 for index in range(3))
        return a, b, c

    @property
    def ev_w(self) -> float:
        """The car's power, W."""
        return power_w(self.car.current_a, self._phases, self.voltage_v)

    @property
    def grid_w(self) -> float:
        """Grid power, W; > 0 imports."""
        return self.load_w + self.ev_w - self.pv_w - self.battery_w

    @property
    def grid_phase_w(self) -> tuple[float, float, float]:
        """Grid power a phase, W: the house leans on L1, inverter and battery feed all three alike."""
        volts, fed_w = self.voltage_v, (self.pv_w + self.battery_w) / 3
        pairs = zip(_LOAD_SHARES, self.phase_current_a, strict=True)
        a, b, c = (share * self.load_w + car_a * volts - fed_w for share, car_a in pairs)
        return a, b, c

    @property
    def pv_available_w(self) -> float:
        """What the sun would give, W."""
        return self._available_w if self._feed_in is not None else self.pv_w

    @property
    def battery_soc_pct(self) -> float | None:
        """The home battery's state of charge, %; None without one."""
        return None if self._battery is None else self._battery.soc_pct

    def command(self, limit_a: int, *, charging: bool) -> None:
        """Takes effect after the dead time."""
        self._pending.append((self._now_s + self._settings.dead_time_s, limit_a, charging))

    def cut(self) -> None:
        """Opens the contactor this very moment; what was commanded and has not worked yet never will."""
        self._pending.clear()
        self.car.cut(self._now_s)

    def plug(self, *, plugged: bool) -> None:
        """Puts the plug in, or pulls it; pulled, no current flows."""
        if not plugged:
            self.cut()
        self.car.plug(plugged=plugged, now_s=self._now_s)

    def fill(self, takes_kwh: float) -> None:
        """From now on the car takes so much, kWh, and then nothing; infinity is a car that is never full."""
        self.car.takes_kwh = takes_kwh

    def advance(self, to_s: float) -> None:
        """Runs to the plant's second `to_s`; standing still or going back does nothing."""
        car, energy = self.car, self.energy
        while self._now_s < to_s:
            step_s = min(self._settings.step_s, to_s - self._now_s)
            self._now_s += step_s
            self._apply_due()
            car.current_a = car.draws_a(self._now_s, step_s, self.voltage_v)
            self.pv_w, self.load_w = self._sample(self._now_s)
            if not self._alone:
                self._move_house(step_s)
            ev_w = self.ev_w
            solar_w = min(ev_w, max(0.0, self.pv_w - self.load_w))
            energy.solar_kwh += solar_w * step_s / 3.6e6
            energy.grid_kwh += (ev_w - solar_w) * step_s / 3.6e6
            car.takes_kwh -= ev_w * step_s / 3.6e6
            if energy.house is not None:
                self._count(energy.house, ev_w - solar_w, step_s / 3.6e6)

    def coast(self, to_s: float, from_w: float, below_w: float, passes: Watcher | None = None) -> None:
        """Steps on while nobody looks: until `to_s`, or the first step whose surplus is not from `from_w` to `below_w`.

        The same steps as by `advance`, many times as fast where the car's current is settled.

        Args:
            to_s: The plant's second to stop at.
            from_w: Least PV less load, W, that nobody needs to see.
            below_w: And that which somebody does.
            passes: Asked after each step with (second, PV, grid, car's power, W) whether it goes on.
        """
        step_s = self._settings.step_s
        while self._now_s < to_s and not self._settled:
            self.advance(self._now_s + step_s)
            if not from_w <= self.pv_w - self.load_w < below_w:
                return
            if passes is not None and not passes(self._now_s, self.pv_w, self.grid_w, self.ev_w):
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
            if passes is not None and not passes(now_s, pv_w, load_w + ev_w - pv_w, ev_w):
                break
        self._now_s, self.pv_w, self.load_w = now_s, pv_w, load_w
        hours = step_s / 3.6e6
        self.energy.solar_kwh += solar_w * hours
        self.energy.grid_kwh += (ev_w * steps - solar_w) * hours

    @property
    def _settled(self) -> bool:
        """Whether the next steps draw what this one does, unless somebody commands something else."""
        car = self.car
        if self._pending or self._cyclic or car.takes_kwh < math.inf or not self._alone:
            return False
        if not car.offered:
            return True
        return car.current_a > 0 and car.draws_a(self._now_s, self._settings.step_s, self.voltage_v) == car.current_a

    def _apply_due(self) -> None:
        while self._pending and self._pending[0][0] <= self._now_s:
            _, limit_a, charging = self._pending.pop(0)
            self.energy.starts += self.car.offer(limit_a, charging, self._now_s)

    def _move_house(self, step_s: float) -> None:
        """Mains, home battery and inverter go where load and sun of this step lead them."""
        if self._mains is not None:
            self.voltage_v = self._mains.voltage_v(self._now_s)
        drawn_w = self.load_w + self.ev_w
        self._available_w = self.pv_w
        if self._battery is not None:
            most_w = math.inf if self._feed_in is None else drawn_w + self._settings.feed_in.limit_w
            self.battery_w = self._battery.step(drawn_w - self.pv_w, step_s, most_w)
        if self._feed_in is not None:
            self.pv_w = self._feed_in.step(self.pv_w, drawn_w - self.battery_w, step_s)

    def _count(self, house: HouseEnergy, rest_w: float, hours: float) -> None:
        """The energy of one step; `rest_w` is what the car has not from the roof."""
        grid_w, battery_w = self.grid_w, self.battery_w
        spare_w = max(0.0, battery_w - max(0.0, self.load_w - self.pv_w))
        house.imported_kwh += max(0.0, grid_w) * hours
        house.exported_kwh += max(0.0, -grid_w) * hours
        house.charged_kwh += max(0.0, -battery_w) * hours
        house.discharged_kwh += max(0.0, battery_w) * hours
        house.battery_to_ev_kwh += min(rest_w, spare_w) * hours
        house.curtailed_kwh += max(0.0, self._available_w - self.pv_w) * hours

    def _sample(self, plant_s: float) -> tuple[float, float]:
        time_s = self._start_s + plant_s
        if self._cyclic:
            first_s = self._trace.times_s[0]
            time_s = first_s + (time_s - first_s) % self._trace.duration_s
        return self._cursor.at(time_s)
