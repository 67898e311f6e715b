"""The contract between strategies and the governor."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, NamedTuple, Protocol, Self, runtime_checkable

from controller.domain.calendar import Window
from controller.domain.horizon import NOTHING_KNOWN, Horizon
from controller.domain.readings import House
from controller.domain.reasons import Reason

STRATEGY_GROUP = "sunpace.strategies"
"""The entry points of strategies."""


class Situation(NamedTuple):
    """All a strategy may look at when it is asked; a tuple, because it is asked once a second.

    Attributes:
        local_time: Aware time in the site's zone.
        house: The meters' view.
        grid_w: Grid power, W; > 0 imports; fresh.
        ev_w: The car's power, W: measured, or what it is believed to draw.
        charging: Whether the box has been told to charge.
        min_current_a: Lowest limit the car may be given, A.
        max_current_a: Highest limit in force now, A (configuration, box and fuse).
        phases: Phases the car charges on, 1 to 3: the configured ones until it has shown that it uses fewer.
        voltage_v: Mean phase voltage, V: measured where known.
        pause_harms: Whether the box has shown that it fails after a pause: better held at its minimum for a while.
        horizon: What is known beyond this moment: prices, the sun to come, what the car has got.
    """

    local_time: datetime
    house: House
    grid_w: float
    ev_w: float
    charging: bool
    min_current_a: int
    max_current_a: int
    phases: int
    voltage_v: float
    pause_harms: bool = False
    horizon: Horizon = NOTHING_KNOWN

    @property
    def watts_per_amp(self) -> float:
        """Power of one amp on every phase in use, W/A."""
        return self.phases * self.voltage_v


class Dwell(NamedTuple):
    """How calmly the governor follows a demand; seconds.

    Attributes:
        start_delay_s: How long charging has to be wanted before it starts.
        stop_delay_s: How long it has to be unwanted before it stops; meanwhile the car stays at its minimum.
        min_on_s: Shortest time on.
        min_off_s: Shortest time off.
    """

    start_delay_s: float = 0.0
    stop_delay_s: float = 0.0
    min_on_s: float = 0.0
    min_off_s: float = 60.0


class Sun(NamedTuple):
    """What following the sun is about; with it the governor weighs starts, stops and amps against their price.

    Attributes:
        surplus_w: What of the surplus is the car's, W: house battery and bias are taken into account.
        solar_share: s, above 0, at most 1: a kWh from the grid costs s / (1 - s) kWh of sun.
        start_costs_kwh: What closing the contactor costs, kWh of sun.
        steady: Whether share and costs stay, and `surplus_w` moves with `ev_w - grid_w` alone, whatever PV, load and
            car do within the same minute of local time: a backtest then asks less often.
        always: Whether the minimum is wanted whatever the sun does: then only the amps are weighed.
    """

    surplus_w: float
    solar_share: float
    start_costs_kwh: float
    steady: bool = False
    always: bool = False


class Demand(NamedTuple):
    """What a strategy wants; a tuple, because one is made a second: write its fields by name.

    Attributes:
        current_a: The limit it would like, A, not yet rounded to whole amps; 0 is "do not charge".
        reason: Why, for people.
        dwell: How calmly to follow it.
        steady_w: The surplus (`ev_w - grid_w`), from and below, W, for which the same whole amps would be wanted
            within the same minute of local time, whatever PV, load and car do to bring it about, and with the same
            delay of what is running: the start's while off and wanted, the stop's while on and not. None where
            that is not known; a backtest then looks at every step.
        sun: Where the sun is followed: start, stop and amps are then weighed, and `current_a` says only what would
            suit this moment. None where `current_a` is meant as it stands.
        battery_spared: Whether the governor is to see to it that no home battery is emptied into the car. False for a
            strategy that reckons with the battery itself, or means to use it.
        keep_s: How long charging that runs is kept as it is before this is followed, s: for a moment in which nothing
            is known. What is known of the sky meanwhile is kept as well.
    """

    current_a: float
    reason: Reason
    dwell: Dwell = Dwell()
    steady_w: tuple[float, float] | None = None
    sun: Sun | None = None
    battery_spared: bool = False
    keep_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Defer:
    """A strategy's answer when another one is to decide.

    Attributes:
        to: The other strategy's name.
        reason: What this one waits for, for people; the other's reason becomes its `why`. None where there is nothing
            to say.
    """

    to: str
    reason: Reason | None = None


class Answering(Protocol):
    """A strategy that is ready to be asked, wherever it runs."""

    def demand(self, situation: Situation) -> Demand | Defer:
        """What this strategy wants now, or who is to say."""
        ...


class Strategy(Answering, Protocol):
    """A strategy plug-in, found by its entry point in the group `sunpace.strategies`.

    `Settings` is a pydantic model (frozen, extra="forbid"): the table `[strategy.NAME]` of the configuration is
    validated against it, and the instance is made from the result. `demand` is pure: no I/O, no clock, no memory.

    A strategy that never looks at `Situation.local_time` or `Situation.horizon`, and never defers, may say so by a
    class attribute `timeless = True`: a backtest then asks it less often, and shows it no horizon, and its decisions
    are told as those of the level `base`; all others are plans. One that has nothing to say without a table of prices
    says so by `needs_prices = True`.
    """

    Settings: ClassVar[type[Any]]

    @classmethod
    def from_settings(cls, settings: Any) -> Self:
        """An instance for validated settings."""
        ...


@runtime_checkable
class Scheduled(Protocol):
    """A strategy that charges in windows of time, and may tell so: whoever else keeps times can be compared with it."""

    @property
    def windows(self) -> tuple[Window, ...]:
        """In which it charges."""
        ...

    @property
    def windows_only(self) -> bool:
        """Whether it charges at no other time; it never leaves the decision to another strategy then."""
        ...
