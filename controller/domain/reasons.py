"""Why the box is told what it is told: a code and its figures; the sentences stand in `sentences`."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from controller.domain.sentences import sentence


class ReasonCode(StrEnum):
    """Every ground for a decision; each has its line in `sentences/en.py` and `sentences/de.py`."""

    SUN = "sun"
    CLOUD = "cloud"
    NO_SUN = "no_sun"
    MIN_ON = "min_on"
    MIN_OFF = "min_off"
    WINDOW = "window"
    OUTSIDE_WINDOW = "outside_window"
    WINDOW_ENERGY = "window_energy"
    WINDOW_SPENT = "window_spent"
    FIXED = "fixed"
    PLUGIN = "plugin"
    PRICE_LOW = "price_low"
    PRICE_CHEAPEST = "price_cheapest"
    PRICE_BRIDGED = "price_bridged"
    PRICE_HIGH = "price_high"
    PRICE_UNKNOWN = "price_unknown"
    PRICE_LEAVES_ROOM = "price_leaves_room"
    PRICE_STALE = "price_stale"
    READY_CHARGES = "ready_charges"
    READY_WAITS = "ready_waits"
    READY_SHORT = "ready_short"
    STARTS_SOON = "starts_soon"
    STOPS_SOON = "stops_soon"
    EXPECTED = "expected"
    DARK = "dark"
    WEIGHS_START = "weighs_start"
    WEIGHS_STOP = "weighs_stop"
    CALM = "calm"
    PACING = "pacing"
    BUDGET = "budget"
    FUSE = "fuse"
    FUSE_HELD = "fuse_held"
    FUSE_UNWATCHED = "fuse_unwatched"
    NO_HEADROOM = "no_headroom"
    NO_CAR = "no_car"
    CAR_PAUSED = "car_paused"
    CAR_ASLEEP = "car_asleep"
    CAR_WAKING = "car_waking"
    CAR_WONT_WAKE = "car_wont_wake"
    LIMIT_IGNORED = "limit_ignored"
    LIMIT_IGNORED_SOON = "limit_ignored_soon"
    LIMIT_IGNORED_HELD = "limit_ignored_held"
    LIMIT_IGNORED_OFF = "limit_ignored_off"
    LIMIT_IGNORED_CAPPED = "limit_ignored_capped"
    METER_STALE = "meter_stale"
    STRATEGY_FAILED = "strategy_failed"
    METER_AWAITED = "meter_awaited"
    BOX_AWAITED = "box_awaited"
    BOX_FAULT = "box_fault"
    BOX_DOWN = "box_down"
    BOX_REFUSES = "box_refuses"
    BOX_LOCKED = "box_locked"
    BATTERY_UNKNOWN = "battery_unknown"
    BATTERY_SPARED = "battery_spared"
    BATTERY_HELD = "battery_held"
    CURTAILED = "curtailed"
    STARTS_SPENT = "starts_spent"
    CAP = "cap"
    CAP_STOPS = "cap_stops"
    CAP_KEPT = "cap_kept"
    CAP_UNREADABLE = "cap_unreadable"
    PAUSED = "paused"
    BOOST = "boost"
    BOOST_ENERGY = "boost_energy"
    WANTED_SOON = "wanted_soon"
    ENDS_SOON = "ends_soon"
    OFF = "off"
    MINIMUM = "minimum"
    MINIMUM_ONLY = "minimum_only"
    FIXED_POWER = "fixed_power"
    FIXED_POWER_LOW = "fixed_power_low"
    FIXED_UNTIL = "fixed_until"
    FIXED_ENERGY = "fixed_energy"


class Reason(NamedTuple):
    """A ground for a decision; a tuple, because several are made a second.

    Attributes:
        code: Which ground.
        values: Its figures, named with their units; a nested `why` is another Reason.
    """

    code: ReasonCode
    values: Mapping[str, Any]

    @property
    def in_s(self) -> float | None:
        """Seconds until this ground brings a change by itself; None when it waits for something else."""
        value = self.values.get("in_s")
        return None if value is None else float(value)

    def __str__(self) -> str:
        return sentence(self)


def because(code: ReasonCode, **values: Any) -> Reason:
    """A reason from its code and figures; the names are those of the code's sentence."""
    return Reason(code, values)
