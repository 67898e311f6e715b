"""What a rule is: it sees the house, and wishes a current."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from controller.domain.units import MIN_CURRENT_A

VOLTAGE_V = 230.0
"""Of a phase, V; the rules reckon with it whatever the mains have."""

_NOISE_A = 1e-6  # a whole number of amps that was reckoned from watts stays that number


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What a rule may see in the field, in the signs of the domain.

    Attributes:
        now_s: When the rule is asked, s.
        grid_w: Grid power, W; > 0 imports.
        pv_w: PV production, W.
        ev_w: The car's power, W.
        current_a: The car's current on each phase that it uses, A.
        offered_a: What the box was last told, A; 0 while it is off.
        charging: Whether the car draws current.
        phases: On which it charges.
        voltage_v: Of a phase, V.
    """

    now_s: float
    grid_w: float
    pv_w: float
    ev_w: float
    current_a: float
    offered_a: int
    charging: bool
    phases: int
    voltage_v: float

    @property
    def surplus_w(self) -> float:
        """What the house leaves for the car, W; negative where it has too little for itself."""
        return self.ev_w - self.grid_w

    @property
    def surplus_a(self) -> float:
        """The same as a current on each phase that the car uses, A."""
        return self.surplus_w / (VOLTAGE_V * self.phases)


class Rule(Protocol):
    """Somebody's way to charge from the surplus; it has its own memory."""

    @property
    def name(self) -> str:
        """As it is shown."""
        ...

    @property
    def interval_s(self) -> float:
        """From one question to the next, s."""
        ...

    def wish(self, view: View) -> int:
        """What the car is to be offered, whole amps; 0 is "off"."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentRange:
    """What may be offered.

    Attributes:
        min_a: Least current while charging, A.
        max_a: Most, A.
    """

    min_a: int = MIN_CURRENT_A
    max_a: int = 16

    def whole(self, current_a: float) -> int:
        """The whole amps of a current, within the range."""
        return max(self.min_a, min(int(current_a + _NOISE_A), self.max_a))

    def reaches_min(self, current_a: float) -> bool:
        """Whether a current is enough to charge with."""
        return current_a + _NOISE_A >= self.min_a

    def min_w(self, phases: int) -> float:
        """Power of the least current, W."""
        return self.min_a * VOLTAGE_V * phases


class Delay:
    """Something has to hold for so long, sample by sample; a single sample without it starts the wait anew.

    Args:
        delay_s: How long.
    """

    def __init__(self, delay_s: float) -> None:
        self._delay_s = delay_s
        self._since_s: float | None = None

    def over(self, now_s: float, *, holds: bool) -> bool:
        """Whether it holds now and has held for the delay; once over, the next wait begins anew."""
        if not holds:
            self._since_s = None
            return False
        if self._since_s is None:
            self._since_s = now_s
        if now_s - self._since_s < self._delay_s:
            return False
        self._since_s = None
        return True


class Switch:
    """Off at first; on and off again after the delays that the rule has for each.

    Args:
        start_delay_s: How long the ground for a start has to hold.
        stop_delay_s: And that for a stop.
    """

    def __init__(self, start_delay_s: float, stop_delay_s: float) -> None:
        self._start = Delay(start_delay_s)
        self._stop = Delay(stop_delay_s)
        self._on = False

    def on(self, now_s: float, *, start: bool, stop: bool) -> bool:
        """Whether it is on, now that the grounds for a start and for a stop hold or do not."""
        if self._on:
            self._on = not self._stop.over(now_s, holds=stop)
        else:
            self._on = self._start.over(now_s, holds=start)
        return self._on
