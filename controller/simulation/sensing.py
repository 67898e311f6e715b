"""What the house's meters make of the truth: noise, lag, mean, drop-outs, and meters that are not there."""

from __future__ import annotations

import math
import random
from collections import deque
from dataclasses import dataclass, replace
from typing import NamedTuple

from controller.domain.readings import House, Phases
from controller.simulation.plant import MeterOptions, Plant


@dataclass(frozen=True, slots=True, kw_only=True)
class Sensed:
    """What the meters have told last; bears the plant's names, so that a controller can look at either.

    Attributes:
        now_s: The plant's second of the look.
        grid_age_s: How long ago the meters answered last, s. What is shown is older still where they lag: of that
            nobody is told.
        grid_w: Grid power, W; > 0 imports.
        grid_phase_w: The same a phase, W.
        pv_w: Production, W; None where it is not metered.
        ev_w: The car's power, W; None where it is not metered.
        battery_w: The home battery's, W, > 0 discharges; None where there is none, or none is metered.
        battery_soc_pct: Its state of charge, %; None likewise.
        voltage_v: Phase voltage, V.
    """

    now_s: float
    grid_age_s: float
    grid_w: float
    grid_phase_w: Phases
    pv_w: float | None
    ev_w: float | None
    battery_w: float | None
    battery_soc_pct: float | None
    voltage_v: float

    def house(self, stale_after_s: float) -> House:
        """As the service shows it to the core: what is too old is not known."""
        if self.grid_age_s > stale_after_s:
            return House(
                grid_w=None,
                grid_age_s=self.grid_age_s,
                pv_missing=self.pv_w is not None,
                battery_missing=self.battery_w is not None,
            )
        a, b, c = (watts / self.voltage_v for watts in self.grid_phase_w)
        return House(
            grid_w=self.grid_w,
            grid_age_s=self.grid_age_s,
            grid_current_a=(a, b, c),
            voltage_v=(self.voltage_v,) * 3,
            pv_w=self.pv_w,
            ev_w=self.ev_w,
            battery_w=self.battery_w,
            battery_soc_pct=self.battery_soc_pct,
        )


class _Truth(NamedTuple):
    """What flows at one moment: grid on L1 to L3, PV, car, battery, W."""

    at_s: float
    powers_w: tuple[float, ...]


class Meters:
    """The meters of a plant, behind one gateway: they answer together, and fall silent together.

    Args:
        options: What is wrong with them.
        seed: Of noise and drop-outs.
    """

    def __init__(self, options: MeterOptions, seed: int) -> None:
        self._options = options
        self._chance = random.Random(f"meters {seed}")  # noqa: S311 -- noise, no secret
        self._past: deque[_Truth] = deque()
        self._shown: Sensed | None = None
        self._asked_at_s = -math.inf
        self._answered_at_s = -math.inf
        self._silent_from_s = self._next_drop_s(0.0)

    def look(self, plant: Plant) -> Sensed:
        """What they show at this moment; call it at every step, for lag and mean are reckoned from these looks."""
        now_s, options = plant.now_s, self._options
        if not self._past or now_s > self._past[-1].at_s:
            self._past.append(_Truth(now_s, (*plant.grid_phase_w, plant.pv_w, plant.ev_w, plant.battery_w)))
        while len(self._past) > 1 and self._past[1].at_s <= now_s - options.lag_s - options.average_s:
            self._past.popleft()
        if self._shown is None or (now_s - self._asked_at_s >= options.poll_s and self._asked_at_s < now_s):
            self._asked_at_s = now_s
            if self._shown is None or not self._silent(now_s):
                self._shown, self._answered_at_s = self._read(plant), now_s
        return replace(self._shown, now_s=now_s, grid_age_s=now_s - self._answered_at_s)

    def measured_w(self, true_w: float) -> float:
        """A power with this moment's noise, in whole quanta."""
        noise_w = math.hypot(self._options.noise_w, self._options.noise_pct / 100 * true_w)
        shown_w = self._chance.gauss(true_w, noise_w) if noise_w > 0 else true_w
        quantum_w = self._options.quantum_w
        return round(shown_w / quantum_w) * quantum_w if quantum_w > 0 else shown_w

    def _read(self, plant: Plant) -> Sensed:
        a_w, b_w, c_w, pv_w, ev_w, battery_w = self._told_w(plant.now_s)
        grid_w = a_w + b_w + c_w
        shown_w = self.measured_w(grid_w)
        apart_w = (shown_w - grid_w) / 3
        metered = plant.settings.battery.metered and plant.battery_soc_pct is not None
        return Sensed(
            now_s=plant.now_s,
            grid_age_s=0.0,
            grid_w=shown_w,
            grid_phase_w=(a_w + apart_w, b_w + apart_w, c_w + apart_w),
            pv_w=max(0.0, self.measured_w(pv_w)) if self._options.pv else None,
            ev_w=max(0.0, self.measured_w(ev_w)) if self._options.ev else None,
            battery_w=self.measured_w(battery_w) if metered else None,
            battery_soc_pct=plant.battery_soc_pct if metered else None,
            voltage_v=plant.voltage_v,
        )

    def _told_w(self, now_s: float) -> list[float]:
        """Powers before noise: the mean of the looks of the averaging window, which ends `lag_s` ago."""
        until_s = now_s - self._options.lag_s
        old = [truth for truth in self._past if truth.at_s <= until_s] or [self._past[0]]
        within = [truth for truth in old if truth.at_s > until_s - self._options.average_s] or old[-1:]
        return [sum(column) / len(within) for column in zip(*(truth.powers_w for truth in within), strict=True)]

    def _silent(self, now_s: float) -> bool:
        while now_s >= self._silent_from_s + self._options.drop_s:
            self._silent_from_s = self._next_drop_s(self._silent_from_s + self._options.drop_s)
        return now_s >= self._silent_from_s

    def _next_drop_s(self, after_s: float) -> float:
        every_s = self._options.drop_every_s
        return math.inf if every_s == math.inf else after_s + self._chance.expovariate(1 / every_s)
