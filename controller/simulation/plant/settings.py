"""What a plant can be made to do: one tree of options, whose defaults are the reference plant.

The same tree shapes backtest, emulators and demo; `docs/plant.md` explains every key. Powers are W, currents A a
phase, times s, energies kWh; infinity is "never" or "no limit".
"""

from __future__ import annotations

from itertools import chain, pairwise
from math import inf
from operator import attrgetter
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

Share = Annotated[float, Field(ge=0, le=100)]
Watts = Annotated[float, Field(ge=0, le=100_000)]
Minutes = Annotated[float, Field(ge=0, le=600)]
"""Seconds, up to ten minutes."""

Hours = Annotated[float, Field(ge=0, le=24 * 366)]
"""Hours since the trace began."""


class _Options(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class CarOptions(_Options):
    """The car.

    Attributes:
        phases: On which it charges, where it has fewer than the wallbox.
        max_a: The on-board charger's own limit.
        leaves_a: What it draws less than it is offered.
        overdraw_a: What it draws more than it is offered.
        capacity_kwh: What its battery holds; infinity is a car that is never full.
        soc_pct: State of charge when the trace begins; needs a capacity.
        taper_from_pct: State of charge above which it takes less and less; needs a capacity.
        taper_end_w: What it takes just before it is full.
        sleeps_after_s: A pause longer than this puts it to sleep; only a stop and a start wake it.
        away_h: [from, to] spells in which it is not plugged in, in hours since the trace began.
    """

    phases: Annotated[int | None, Field(ge=1, le=3)] = None
    max_a: Annotated[float, Field(ge=1)] = inf
    leaves_a: Annotated[float, Field(ge=0, le=5)] = 0.0
    overdraw_a: Annotated[float, Field(ge=0, le=3)] = 0.0
    capacity_kwh: Annotated[float, Field(ge=1)] = inf
    soc_pct: Share = 50.0
    taper_from_pct: Share = 100.0
    taper_end_w: Watts = 1500.0
    sleeps_after_s: Annotated[float, Field(ge=0)] = inf
    away_h: tuple[tuple[Hours, Hours], ...] = ()

    @field_validator("away_h", mode="before")
    @classmethod
    def _pairs(cls, spells: Any) -> Any:
        """TOML has lists, and no tuples."""
        if not isinstance(spells, list | tuple) or not all(isinstance(s, list | tuple) and len(s) == 2 for s in spells):
            raise ValueError("write spells as [[from, to], ...], in hours since the trace began")
        return tuple(tuple(spell) for spell in spells)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        given = self.model_fields_set
        if self.capacity_kwh == inf and not given.isdisjoint({"soc_pct", "taper_from_pct", "taper_end_w"}):
            raise ValueError("soc_pct, taper_from_pct and taper_end_w need a capacity_kwh")
        if any(a >= b for a, b in pairwise(chain.from_iterable(self.away_h))):
            raise ValueError("away_h: every hour must be later than the one before")
        return self

    def here(self, now_s: float) -> bool:
        """Whether it is plugged in at the trace's second `now_s`."""
        return not any(from_h * 3600 <= now_s < to_h * 3600 for from_h, to_h in self.away_h)


class BatteryOptions(_Options):
    """The home battery, whose own controller tries to hold the grid at 0 W.

    Attributes:
        capacity_kwh: What it holds; 0 is no battery.
        max_charge_w: Most that it takes.
        max_discharge_w: Most that it gives.
        soc_pct: State of charge when the trace begins.
        reserve_pct: Below this it does not discharge.
        lag_s: Time constant of its controller.
        efficiency_pct: What of the energy it takes can be had back.
        metered: Whether Sunpace sees its power and state of charge.
    """

    capacity_kwh: Annotated[float, Field(ge=0, le=1000)] = 0.0
    max_charge_w: Watts = 5000.0
    max_discharge_w: Watts = 5000.0
    soc_pct: Share = 50.0
    reserve_pct: Share = 10.0
    lag_s: Minutes = 5.0
    efficiency_pct: Annotated[float, Field(ge=50, le=100)] = 90.0
    metered: bool = True


class FeedInOptions(_Options):
    """The inverter's limit of what is exported.

    Attributes:
        limit_w: Most that is exported; 0 is zero feed-in, infinity no limit.
        lag_s: Time constant with which the inverter opens up again; it throttles at once.
    """

    limit_w: Annotated[float, Field(ge=0)] = inf
    lag_s: Minutes = 5.0


class MeterOptions(_Options):
    """What the house's meters make of the truth.

    Attributes:
        noise_w: Standard deviation of every power.
        noise_pct: And that in proportion to the power.
        quantum_w: Powers are multiples of this; 0 is exact.
        poll_s: A meter is asked no more often.
        lag_s: What it tells is so old.
        average_s: And is the mean over so long.
        drop_every_s: Mean time between two drop-outs of all meters together.
        drop_s: How long one lasts.
        pv: Whether PV is metered.
        ev: Whether the car is.
    """

    noise_w: Annotated[float, Field(ge=0, le=5000)] = 0.0
    noise_pct: Annotated[float, Field(ge=0, le=50)] = 0.0
    quantum_w: Annotated[float, Field(ge=0, le=1000)] = 0.0
    poll_s: Minutes = 0.0
    lag_s: Minutes = 0.0
    average_s: Minutes = 0.0
    drop_every_s: Annotated[float, Field(ge=1)] = inf
    drop_s: Annotated[float, Field(ge=0, le=86400)] = 60.0
    pv: bool = True
    ev: bool = True


class BoxOptions(_Options):
    """What the wallbox does of its own accord, or does not.

    Attributes:
        fault_after_pause_s: A start after a pause longer than this ends in Faulted.
        fault_lasts_s: After so long somebody restarts the box.
        starts_at_plug_in: It begins to charge at 6 A when a car is plugged in, unasked.
        lost_pct: Share of the requests that it accepts and forgets.
    """

    fault_after_pause_s: Annotated[float, Field(ge=0)] = inf
    fault_lasts_s: Annotated[float, Field(ge=0)] = inf
    starts_at_plug_in: bool = False
    lost_pct: Share = 0.0


class PlantOptions(_Options):
    """All that a person may choose of a plant.

    Attributes:
        voltage_v: Phase voltage.
        voltage_swing_v: How far it wanders from there.
        dead_time_s: From a command to its effect.
        waking_s: From charging on to the first current.
        ramp_a_per_s: Slope up from the minimum; down is immediate.
        seed: Of everything that chance decides.
        car: The car.
        battery: The home battery.
        feed_in: The limit of export.
        meter: The meters.
        box: The wallbox.
    """

    voltage_v: Annotated[float, Field(ge=100, le=260)] = 230.0
    voltage_swing_v: Annotated[float, Field(ge=0, le=25)] = 0.0
    dead_time_s: Annotated[float, Field(ge=0, le=30)] = 10.0
    waking_s: Minutes = 10.0
    ramp_a_per_s: Annotated[float, Field(ge=0.01, le=100)] = 1.0
    seed: Annotated[int, Field(ge=0)] = 1
    car: CarOptions = CarOptions()
    battery: BatteryOptions = BatteryOptions()
    feed_in: FeedInOptions = FeedInOptions()
    meter: MeterOptions = MeterOptions()
    box: BoxOptions = BoxOptions()

    @property
    def reference(self) -> bool:
        """Whether this is the reference plant."""
        return all(getattr(self, name) == getattr(_REFERENCE, name) for name in PlantOptions.model_fields)

    @property
    def beyond_foresight(self) -> tuple[str, ...]:
        """What changes how much can be had of a day, and is unknown to perfect foresight: keys, as people write them.

        It knows the mean voltage and the phases; dead time, slope and meters it is spared by its nature.
        """
        return tuple(
            f"plant.{key}" for key in _BEYOND_FORESIGHT if attrgetter(key)(self) != attrgetter(key)(_REFERENCE)
        )

    @property
    def box_acts(self) -> bool:
        """Whether box or driver do something by themselves."""
        return self.box != _REFERENCE.box or bool(self.car.away_h)


_REFERENCE = PlantOptions()
_BEYOND_FORESIGHT = (
    "voltage_swing_v",
    "car.max_a",
    "car.leaves_a",
    "car.overdraw_a",
    "car.capacity_kwh",
    "car.sleeps_after_s",
    "car.away_h",
    "battery.capacity_kwh",
    "feed_in.limit_w",
    "box.fault_after_pause_s",
    "box.starts_at_plug_in",
    "box.lost_pct",
)  # each switches its kind on; the keys beside it, like car.soc_pct, only shape it


class PlantSettings(PlantOptions):
    """The plant's constants.

    Attributes:
        phases: Phases of the wallbox, 1 or 3; the car charges on as many, or on fewer.
        step_s: Longest step of the integration.
    """

    phases: Annotated[int, Field(ge=1, le=3)] = 3
    step_s: Annotated[float, Field(gt=0)] = 1.0

    @property
    def phases_in_use(self) -> int:
        """On which the car draws."""
        return self.phases if self.car.phases is None else min(self.phases, self.car.phases)
