"""What the car draws at the highest limit that there is, as it has shown; pure.

The nominal power says little: a car charges on one phase of three, or has a limit of its own. So every two minutes of
steady charging tell a figure: the car's own meter its mean; without one what the car is believed to be draws at the
highest limit, once its phases are certain (`car_belief`); else every five minutes the box's counter, where it counts in
steps of 100 Wh or less. Where less than the highest limit was given and all of it was taken, more would be taken in
proportion: that is counted on until it has been given. Of the last hour's figures the median counts: at the end, when
the battery is nearly full, every car draws less for a while, and the next plan must not reckon with that.

What was known of one car is kept for the next one until it has told a figure itself: mostly it is the same one.
"""

from __future__ import annotations

from statistics import median
from typing import NamedTuple

from controller.control.car import KNOWN, estimate_car
from controller.control.limits import mean_voltage_v
from controller.control.settings import CoreSettings
from controller.control.state import Snapshot, State
from controller.control.tally import DRAWS_W
from controller.domain.charger import OcppState
from controller.domain.decision import Command
from controller.domain.units import power_w

_STRETCH_S = 120.0
_COUNTED_STRETCH_S = 300.0  # the counter is looked at four times a minute: that is little of five minutes
_FIGURES = 30
_TAKES_ALL = 0.9  # of what it is offered: a car that takes less has a limit of its own
_FINE_WH = 100.0


class FullPower(NamedTuple):
    """What is known of it.

    Attributes:
        power_w: The car's power at the highest limit, W; None before anything has told.
        figures_w: The last figures that this car has told, W, the newest last.
        told: What the box is told in the stretch that goes on; None where none does.
        seconds: How long that is, s.
        metered_ws: What the car's meter has told of it, Ws; None where it has none.
        counter_wh: What the box's counter showed when it began, Wh; None where it showed nothing.
    """

    power_w: float | None = None
    figures_w: tuple[float, ...] = ()
    told: Command | None = None
    seconds: float = 0.0
    metered_ws: float | None = None
    counter_wh: float | None = None


def known_before(power_w: float | None) -> FullPower:
    """What is known of a car that has told nothing itself yet."""
    return FullPower(power_w)


def observe_full_power(  # noqa: PLR0917 -- hot, and in the order of the others
    known: FullPower, state: State, snapshot: Snapshot, settings: CoreSettings, ev_w: float | None, step_s: float
) -> FullPower:
    """What is known after one more look.

    Args:
        known: Before it.
        state: The core's memory.
        snapshot: All that is known now.
        settings: The site.
        ev_w: The car's power, W; None where it is not known.
        step_s: How long this look stands for, s.
    """
    told, status = state.told, snapshot.status
    steady = (
        told is not None
        and told.charging
        and status is not None
        and status.state is OcppState.CHARGING
        and ev_w is not None
        and ev_w >= DRAWS_W
        and snapshot.now_s - state.told_at_s >= settings.follow_s
    )
    if not steady or told is None or status is None:
        return known if known.told is None else known._replace(told=None)
    metered_w = snapshot.house.ev_w
    if told != known.told or (metered_w is None) != (known.metered_ws is None):
        metered_ws = None if metered_w is None else 0.0
        return known._replace(told=told, seconds=0.0, metered_ws=metered_ws, counter_wh=status.session_energy_wh)
    metered_ws = None if metered_w is None else (known.metered_ws or 0.0) + metered_w * step_s
    known = known._replace(seconds=known.seconds + step_s, metered_ws=metered_ws)
    if known.seconds < (_STRETCH_S if metered_ws is not None or _is_sure(state) else _COUNTED_STRETCH_S):
        return known
    figure_w = _figure_w(known, told, state, snapshot, settings)
    if figure_w is None:
        return FullPower(known.power_w, known.figures_w)
    figures_w = (*known.figures_w, figure_w)[-_FIGURES:]
    return FullPower(median(figures_w), figures_w)


def of_another_car(known: FullPower) -> FullPower:
    """A car has come: what was known counts until it has told a figure."""
    return known_before(known.power_w)


def _figure_w(
    known: FullPower, told: Command, state: State, snapshot: Snapshot, settings: CoreSettings
) -> float | None:
    """What the stretch tells, W."""
    voltage_v = mean_voltage_v(snapshot.house, settings.voltage_v)
    belief, most_a, sure = state.car.belief, _most_a(snapshot, settings), _is_sure(state)
    if known.metered_ws is not None:
        drawn_w = known.metered_ws / known.seconds
    elif sure:
        full = estimate_car(state.car, most_a, settings)
        return power_w(full.current_a, full.phases, voltage_v)
    else:
        counter, status = state.car.counter, snapshot.status
        counted_wh = status.session_energy_wh if status is not None else None
        if counter is None or counter.grain_wh > _FINE_WH or counted_wh is None or known.counter_wh is None:
            return None
        if counted_wh <= known.counter_wh:
            return None
        drawn_w = (counted_wh - known.counter_wh) * 3600 / known.seconds
    phases = belief.likeliest.phases if belief is not None and sure else settings.phases
    takes_all = drawn_w >= _TAKES_ALL * power_w(told.limit_a, phases, voltage_v)
    return drawn_w * most_a / told.limit_a if takes_all and most_a > told.limit_a else drawn_w


def _is_sure(state: State) -> bool:
    """Whether the phases on which the car draws are certain."""
    return state.car.belief is not None and state.car.belief.certainty >= KNOWN


def _most_a(snapshot: Snapshot, settings: CoreSettings) -> int:
    """The highest limit that the box may be given, A."""
    box_a = snapshot.power.limit_max_a if snapshot.power is not None else None
    return settings.max_current_a if box_a is None else min(settings.max_current_a, box_a)
