"""What flows in the house in the quarter of an hour that goes on, added up look by look; pure."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from controller.domain.quarter_hours import QuarterHour
from controller.domain.readings import House

Sum = tuple[float, float]
"""(watt-seconds, seconds in which the power was known)."""

_NONE: Sum = (0.0, 0.0)


class Flows(NamedTuple):
    """The sums of a quarter of an hour.

    Attributes:
        start: When it began, aware UTC.
        seconds: How much of it was seen, s.
        pv: PV.
        load: The house without the car, as in `QuarterHour`.
        grid: At the grid.
        battery: Of the home battery.
        seen_wh: What the car was seen to get, Wh.
        solar_wh: Of that from the roof, Wh.
    """

    start: datetime
    seconds: float = 0.0
    pv: Sum = _NONE
    load: Sum = _NONE
    grid: Sum = _NONE
    battery: Sum = _NONE
    seen_wh: float = 0.0
    solar_wh: float = 0.0


def add_flows(flows: Flows, house: House, ev_w: float | None, step_s: float) -> Flows:
    """One more look.

    Args:
        flows: The sums so far.
        house: The meters.
        ev_w: The car's power, W; None where it is not known.
        step_s: How long this look stands for, s.
    """
    start, seconds, pv, load, grid, battery, seen_wh, solar_wh = flows
    grid_w, pv_w, battery_w = house.grid_w, house.pv_w, house.battery_w
    if pv_w is not None:
        pv = pv[0] + pv_w * step_s, pv[1] + step_s
    if battery_w is not None:
        battery = battery[0] + battery_w * step_s, battery[1] + step_s
    if grid_w is not None:
        grid = grid[0] + grid_w * step_s, grid[1] + step_s
        if ev_w is not None and not house.pv_missing and not house.battery_missing:
            roof_w = ev_w - grid_w - (battery_w or 0.0)
            load = load[0] + ((pv_w or 0.0) - roof_w) * step_s, load[1] + step_s
            seen_wh += ev_w * step_s / 3600
            solar_wh += min(ev_w, max(0.0, roof_w)) * step_s / 3600
    return Flows(start, seconds + step_s, pv, load, grid, battery, seen_wh, solar_wh)


def quarter_hour(flows: Flows, ev_wh: float) -> QuarterHour:
    """The quarter as it stands; `ev_wh` is what the car has got in it, Wh, seen or not: sun and grid share it alike."""
    share = min(1.0, flows.solar_wh / flows.seen_wh) if flows.seen_wh > 0 else 0.0
    return QuarterHour(
        start=flows.start,
        seconds=flows.seconds,
        pv_w=_mean_w(flows.pv),
        load_w=_mean_w(flows.load),
        grid_w=_mean_w(flows.grid),
        battery_w=_mean_w(flows.battery),
        ev_wh=ev_wh,
        solar_wh=share * ev_wh,
    )


def flows_of(quarter: QuarterHour) -> Flows:
    """The sums that a quarter is gone on with from, whose record there is: after a restart, or a clock set back."""
    return Flows(
        quarter.start,
        quarter.seconds,
        _sum(quarter.pv_w, quarter.seconds),
        _sum(quarter.load_w, quarter.seconds),
        _sum(quarter.grid_w, quarter.seconds),
        _sum(quarter.battery_w, quarter.seconds),
        quarter.ev_wh,
        quarter.solar_wh,
    )


def _mean_w(of: Sum) -> float | None:
    watt_seconds, seconds = of
    return watt_seconds / seconds if seconds > 0 else None


def _sum(mean_w: float | None, seconds: float) -> Sum:
    return _NONE if mean_w is None else (mean_w * seconds, seconds)
