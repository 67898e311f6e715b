"""Is a value believable: within what can be, and in the light of what the meter showed before?"""

from __future__ import annotations

import math
from collections.abc import Hashable, Mapping
from dataclasses import dataclass

from controller.meter.quantities import PHYSICAL_RANGE, Quantity, Role

_STANDBY_W = 200.0
"""What inverter or load may show against its sense: its own consumption, and noise."""
_COUNTER_SLACK_WH = 2000.0
"""Some counters count whole kWh."""
_NEW_COUNTER_AFTER_S = 60.0
"""A counter that jumped and then runs on sensibly for so long has been reset or replaced."""
_IDLE_W = 50.0
"""Below it a device may rest: asleep, full, or regulated to zero."""
_GAP_S = 120.0
"""After so long without a reading nothing is known of the time between."""
_NO_VOLTAGE_V = 50.0
_NEVER_STILL = (Quantity.VOLTAGE_V, Quantity.FREQUENCY_HZ, Quantity.CURRENT_A)
_FLOWS = (Quantity.POWER_W, Quantity.PHASE_POWER_W, Quantity.CURRENT_A)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What is believed of one meter.

    Attributes:
        max_power_w: Beyond it a power cannot be, either way; the connection's rating with some margin.
        frozen_after_s: How long a meter may show the same to the last bit; 0 is "for ever".
    """

    max_power_w: float = PHYSICAL_RANGE[Quantity.POWER_W][1]
    frozen_after_s: float = 300.0

    def fault(self, role: Role, quantity: Quantity, value: float) -> str | None:
        """Why a value in the role's sign cannot be; None when it can."""
        low, high = PHYSICAL_RANGE[quantity]
        if quantity in (Quantity.POWER_W, Quantity.PHASE_POWER_W):
            low, high = max(low, -self.max_power_w), min(high, self.max_power_w)
        if not low <= value <= high:
            return f"{value:g} is outside {low:g} to {high:g}"
        if quantity is Quantity.POWER_W and role in (Role.PV, Role.LOAD, Role.EV) and value < -_STANDBY_W:
            does = "draws" if role is Role.PV else "delivers"
            return (
                f"{value:g}: it seems that the {role.value} {does} power; if it is wired the other way: invert = true"
            )
        return None


@dataclass(slots=True)
class _Counter:
    """The last believed state of an energy counter, and one that is not believed yet."""

    value_wh: float
    at_s: float
    suspect_wh: float | None = None
    suspect_at_s: float = 0.0
    suspect_since_s: float = 0.0


class History:
    """What one meter showed before: notices values that stand still, and counters that jump.

    Args:
        role: The meter's role.
        bounds: What is believed of it.
    """

    def __init__(self, role: Role, bounds: Bounds) -> None:
        self._role = role
        self._bounds = bounds
        self._flow: Hashable = None
        self._flow_since_s = 0.0
        self._image: Hashable = None
        self._image_since_s = 0.0
        self._counts: Hashable = None
        self._seen_at_s = -math.inf
        self._counters: dict[Quantity, _Counter] = {}

    def faults(
        self, values: Mapping[Quantity, tuple[float, ...]], image: Hashable, now_s: float
    ) -> dict[Quantity, str]:
        """What is not to be believed in the light of the past.

        Args:
            values: What was read and is within bounds, in the role's sign.
            image: All register contents.
            now_s: When, monotonic seconds.
        """
        found = self._dead(values) or self._frozen(values, image, now_s)
        for quantity in (Quantity.ENERGY_WH, Quantity.ENERGY_BACK_WH):
            if quantity in values and (fault := self._jump(quantity, values[quantity][0], now_s)) is not None:
                found[quantity] = fault
        return found

    def _dead(self, values: Mapping[Quantity, tuple[float, ...]]) -> dict[Quantity, str]:
        """A meter of the house that sees no voltage measures nothing."""
        voltage_v = values.get(Quantity.VOLTAGE_V)
        if self._role not in (Role.GRID, Role.LOAD) or voltage_v is None or max(voltage_v) >= _NO_VOLTAGE_V:
            return {}
        text = f"no voltage on any phase ({max(voltage_v):g} V): the meter measures nothing"
        return {quantity: text for quantity in _FLOWS if quantity in values}

    def _frozen(
        self, values: Mapping[Quantity, tuple[float, ...]], image: Hashable, now_s: float
    ) -> dict[Quantity, str]:
        flow = tuple(values.get(quantity) for quantity in _FLOWS)
        interrupted = now_s - self._seen_at_s > _GAP_S
        if flow != self._flow or interrupted:
            self._flow, self._flow_since_s = flow, now_s
        counters = (values.get(Quantity.ENERGY_WH), values.get(Quantity.ENERGY_BACK_WH))
        if counters != self._counts:  # what is counted flows, be it ever so even
            self._counts, self._flow_since_s = counters, now_s
        if image != self._image or interrupted:
            self._image, self._image_since_s = image, now_s
        self._seen_at_s = now_s
        since_s = self._still_since_s(values)
        if since_s is None or now_s - since_s <= self._bounds.frozen_after_s:
            return {}
        text = f"the same to the last bit for {now_s - since_s:.0f} s: has the device lost its sensor?"
        return {quantity: text for quantity in _FLOWS if quantity in values}

    def _still_since_s(self, values: Mapping[Quantity, tuple[float, ...]]) -> float | None:
        """Since when everything that cannot rest has been standing still; None where nothing can be said.

        The power at the grid never rests. What sleeps, is full, or is held at a limit does; then the mains has to move,
        or the currents: a device that shows neither is not judged.
        """
        if self._bounds.frozen_after_s <= 0 or Quantity.POWER_W not in values:
            return None
        idle = abs(values[Quantity.POWER_W][0]) <= _IDLE_W
        if self._role is Role.GRID and not idle:
            return self._flow_since_s
        lively = any(quantity in values for quantity in _NEVER_STILL)
        return self._image_since_s if lively and (self._role is Role.GRID or not idle) else None

    def _jump(self, quantity: Quantity, value_wh: float, now_s: float) -> str | None:
        counter = self._counters.get(quantity)
        if counter is None:
            self._counters[quantity] = _Counter(value_wh, now_s)
            return None
        if self._can_follow(counter.value_wh, counter.at_s, value_wh, now_s):
            self._counters[quantity] = _Counter(value_wh, now_s)
            return None
        if counter.suspect_wh is None or not self._can_follow(
            counter.suspect_wh, counter.suspect_at_s, value_wh, now_s
        ):
            counter.suspect_since_s = now_s
        counter.suspect_wh, counter.suspect_at_s = value_wh, now_s
        if now_s - counter.suspect_since_s >= _NEW_COUNTER_AFTER_S:
            self._counters[quantity] = _Counter(value_wh, now_s)
            return None
        return f"jumped from {counter.value_wh:.0f} to {value_wh:.0f} Wh within {now_s - counter.at_s:.0f} s"

    def _can_follow(self, before_wh: float, before_s: float, now_wh: float, now_s: float) -> bool:
        most_wh = self._bounds.max_power_w * (now_s - before_s) / 3600 + _COUNTER_SLACK_WH
        return 0 <= now_wh - before_wh <= most_wh
