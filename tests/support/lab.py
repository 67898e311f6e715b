"""A house whose load is known, and a car that follows late: for tests of what is found out of the car."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from controller.control.car import CarEstimate, estimate_car, known_phases
from controller.domain.charger import OcppState
from controller.domain.demand import Dwell
from tests.support.houses import Run, Wants, core

OnPhases = tuple[int, int, int]
L1, L2, L12, ALL = (1, 0, 0), (0, 1, 0), (1, 1, 0), (1, 1, 1)
_LATE_S = 20


class Lab:
    """A house of 400 W, 8 kW of sun, and a car that follows each offer after 20 s."""

    def __init__(
        self,
        on: OnPhases = ALL,
        takes: Callable[[float], float] = float,
        *,
        pv: bool = True,
        currents: bool = True,
        strategy: Any = None,
        phases: int = 3,
        counter: bool = False,
        **settings: Any,
    ) -> None:
        self.strategy = strategy or Wants(0, Dwell(min_off_s=0))
        self.run = Run(core(self.strategy, phases=phases, **settings))
        self.on, self.takes = on, takes
        self.pv, self.currents, self.ev_meter = pv, currents, False
        self.load_w, self.pv_w, self.car_a = 400.0, 8000.0, 0.0
        self.energy_wh: float | None = 0.0 if counter else None
        self.late_s = _LATE_S
        self.counts = self.tells_state = True
        self._offers: list[float] = [0.0]

    @property
    def offered_a(self) -> float:
        told = self.run.state.told
        return float(told.limit_a) if told is not None and told.charging else 0.0

    @property
    def ev_w(self) -> float:
        return self.car_a * sum(self.on) * 230.0

    @property
    def estimate(self) -> CarEstimate:
        return estimate_car(self.run.state.car, self.offered_a, self.run.settings)

    @property
    def believed_w(self) -> float:
        return self.estimate.current_a * self.estimate.phases * 230.0

    @property
    def phases(self) -> int:
        return known_phases(self.run.state.car, self.run.settings)

    def wants(self, current_a: float, seconds: int = 60) -> None:
        self.strategy.current_a = current_a
        self.passes(seconds)

    def passes(self, seconds: int, **house: Any) -> None:
        for _ in range(seconds):
            self._offers.append(self.offered_a)
            offered_a = self._offers[max(0, len(self._offers) - 1 - self.late_s)]
            self.car_a = self.takes(offered_a) if offered_a and self.offered_a else 0.0
            if self.energy_wh is not None and self.counts:
                self.energy_wh += self.ev_w / 3600
                self.run.session_energy_wh = float(round(self.energy_wh))
            if not self.tells_state:
                self.run.box_state = OcppState.UNKNOWN
            self.run.step(1.0, **{**self.house(), **house})

    def house(self) -> dict[str, Any]:
        shares = (0.5, 0.3, 0.2)
        a, b, c = (
            share * self.load_w / 230 + on * self.car_a - self.pv_w / 690
            for share, on in zip(shares, self.on, strict=True)
        )
        return {
            "grid_w": self.load_w + self.ev_w - self.pv_w,
            "grid_age_s": 0.0,
            "grid_current_a": (a, b, c) if self.currents else None,
            "pv_w": self.pv_w if self.pv else None,
            "ev_w": self.ev_w if self.ev_meter else None,
        }
