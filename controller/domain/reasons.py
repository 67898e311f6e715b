"""Why the box is told what it is told: a code, its figures, and a sentence for people."""

from __future__ import annotations

import string
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NamedTuple


class ReasonCode(StrEnum):
    """Every ground for a decision."""

    SUN = "sun"
    CLOUD = "cloud"
    NO_SUN = "no_sun"
    MIN_ON = "min_on"
    MIN_OFF = "min_off"
    WINDOW = "window"
    OUTSIDE_WINDOW = "outside_window"
    FIXED = "fixed"
    STARTS_SOON = "starts_soon"
    STOPS_SOON = "stops_soon"
    PACING = "pacing"
    BUDGET = "budget"
    FUSE = "fuse"
    FUSE_UNWATCHED = "fuse_unwatched"
    NO_HEADROOM = "no_headroom"
    NO_CAR = "no_car"
    CAR_PAUSED = "car_paused"
    CAR_ASLEEP = "car_asleep"
    CAR_WAKING = "car_waking"
    CAR_WONT_WAKE = "car_wont_wake"
    LIMIT_IGNORED = "limit_ignored"
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


_SENTENCES: dict[ReasonCode, str] = {
    ReasonCode.SUN: "sun: {surplus_w:kW} surplus",
    ReasonCode.CLOUD: "cloud: {surplus_w:kW} surplus, need {need_w:kW}",
    ReasonCode.NO_SUN: "too little sun: {surplus_w:kW} surplus, need {need_w:kW}",
    ReasonCode.MIN_ON: "{why}; has just started, may stop in {in_s:s}",
    ReasonCode.MIN_OFF: "{why}; has just stopped, may start in {in_s:s}",
    ReasonCode.WINDOW: "off-peak window until {until}",
    ReasonCode.OUTSIDE_WINDOW: "outside the off-peak windows, next one {next}",
    ReasonCode.FIXED: "fixed current of {current_a} A",
    ReasonCode.STARTS_SOON: "{why}, starts in {in_s:s}",
    ReasonCode.STOPS_SOON: "{why}, stops in {in_s:s}",
    ReasonCode.PACING: "{why}; the box takes the next change in {in_s:s}",
    ReasonCode.BUDGET: "{why}; write budget spent, the next change in {in_s:s}",
    ReasonCode.FUSE: "main fuse: {house_a:.0f} A of {fuse_a:.0f} A in use by the house, leaves {current_a} A",
    ReasonCode.FUSE_UNWATCHED: "the main fuse cannot be watched, {missing} missing: at most {current_a} A",
    ReasonCode.NO_HEADROOM: "{limit_by} leaves {current_a} A, less than the {min_a} A a car needs",
    ReasonCode.NO_CAR: "no car is plugged in",
    ReasonCode.CAR_PAUSED: "the car takes no current (full, or paused by itself)",
    ReasonCode.CAR_ASLEEP: "the car takes no current since the start and seems asleep: woken in {in_s:s}",
    ReasonCode.CAR_WAKING: "waking the car by a stop and a start, try {tries}",
    ReasonCode.CAR_WONT_WAKE: (
        "the car takes no current, and is not woken any more, after {wakes} times, {tries} in vain: unlock it, or plug "
        "it in anew"
    ),
    ReasonCode.LIMIT_IGNORED: "{why}; the wallbox does not follow {limit_a} A, {flows_a:.0f} A flow: off in {in_s:s}",
    ReasonCode.LIMIT_IGNORED_HELD: "{why}; the wallbox does not follow {limit_a} A, {flows_a:.0f} A flow: held",
    ReasonCode.LIMIT_IGNORED_CAPPED: (
        "{why}; the wallbox does not follow {limit_a} A, {flows_a:.0f} A would flow: it stays off"
    ),
    ReasonCode.LIMIT_IGNORED_OFF: (
        "{why}; the wallbox does not follow {limit_a} A, {flows_a:.0f} A would flow: tried again in {in_s:s}"
    ),
    ReasonCode.METER_STALE: "no grid reading for {age_s:s}: fallback {fallback}",
    ReasonCode.STRATEGY_FAILED: "the strategy failed (see the log): fallback {fallback}",
    ReasonCode.METER_AWAITED: "waiting for the first grid reading",
    ReasonCode.BOX_AWAITED: "waiting for the wallbox's state",
    ReasonCode.BOX_FAULT: "the wallbox says {state}: see its own page",
    ReasonCode.BOX_DOWN: "{error}; next try in {in_s:s}",
    ReasonCode.BOX_LOCKED: "{error}",
    ReasonCode.BOX_REFUSES: "{why}; the wallbox will not, next try in {in_s:s}",
    ReasonCode.BATTERY_UNKNOWN: "the home battery's meter is silent: what it gives is not taken for sun",
}


class _Figures(string.Formatter):
    """Adds the formats `kW` (from W) and `s` (a duration from seconds)."""

    def format_field(self, value: Any, format_spec: str) -> str:
        match format_spec:
            case "kW":
                return f"{value / 1000:.1f} kW"
            case "s":
                return format_duration(value)
            case _:
                return str(format(value, format_spec))


_FIGURES = _Figures()


def format_duration(seconds: float) -> str:
    """Seconds as a person says them: "80 s", "12 min", "3 h 5 min"."""
    whole = max(0, round(seconds))
    if whole < 120:
        return f"{whole} s"
    minutes = round(whole / 60)
    if minutes < 120:
        return f"{minutes} min"
    hours, rest = divmod(minutes, 60)
    return f"{hours} h" if rest == 0 else f"{hours} h {rest} min"


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
        return _FIGURES.vformat(_SENTENCES[self.code], (), self.values)


def because(code: ReasonCode, **values: Any) -> Reason:
    """A reason from its code and figures; the names are those of the code's sentence."""
    return Reason(code, values)
