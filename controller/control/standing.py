"""How long a decision stands: what would have to change before another look could bring another; pure.

A backtest looks only then. Where the sun is followed something is learned from every reading: then a `Watch` is kept
beside, which looks at sky and scales as the decision does, and at nothing else.
"""

from __future__ import annotations

from math import inf
from typing import NamedTuple

from controller.control.car import known_phases
from controller.control.look import on_its_way_until_s
from controller.control.settings import CoreSettings
from controller.control.sky import NIGHT, Sky, observe_pv, observe_sky, without_battery_w
from controller.control.state import Snapshot, State
from controller.control.weigh import EMPTY, Scales, weigh
from controller.domain.decision import Decision
from controller.domain.demand import Demand, Sun
from controller.domain.reasons import ReasonCode

_LONGEST_S = 60.0  # one look stands for no longer in the timers
_MINUTE_S = 60.0  # schedules change on the full minute
_SLACK_W = 1e-6
_LOOKED_AT = frozenset({ReasonCode.BUDGET, ReasonCode.WANTED_SOON, ReasonCode.ENDS_SOON})  # at every look


class Watch:
    """Looks at sky and scales while the decision stands.

    Attributes:
        sky: What is known of the sky by now.
        scales: What weighs by now.

    Args:
        state: As `decide` returned it.
        sun: What the strategy made of the surplus.
        aside_w: By how much PV less load exceeds what of it is the car's, W.
        watts_per_amp: Power of an amp on every phase in use, W.
        range_a: The smallest current that charges, and the largest allowed, A.
        on_its_way_until_s: Until when the car may be on its way to what it was told, monotonic s.
    """

    __slots__ = (
        "_aside_w",
        "_charging",
        "_limit_a",
        "_on_its_way_until_s",
        "_range_a",
        "_sun",
        "_watts_per_amp",
        "scales",
        "sky",
    )

    def __init__(
        self,
        state: State,
        sun: Sun,
        *,
        aside_w: float,
        watts_per_amp: float,
        range_a: tuple[int, int],
        on_its_way_until_s: float,
    ) -> None:
        self.sky: Sky = state.sky
        self.scales: Scales = state.scales
        self._on_its_way_until_s = on_its_way_until_s
        self._sun, self._aside_w, self._watts_per_amp, self._range_a = sun, aside_w, watts_per_amp, range_a
        self._limit_a = state.told.limit_a if state.told is not None else 0
        self._charging = state.told is not None and state.told.charging

    def passes(self, now_s: float, pv_w: float, grid_w: float, ev_w: float) -> bool:
        """Whether the decision stands after one more reading of every meter, W."""
        if now_s < self._on_its_way_until_s:
            self.sky = sky = observe_pv(self.sky, now_s, now_s, pv_w)
        else:
            self.sky = sky = observe_sky(self.sky, now_s, now_s, pv_w, ev_w - grid_w)
        if sky is NIGHT:
            return self.scales is EMPTY and not self._charging
        self.scales = scales = weigh(
            self.scales,
            sky,
            self._sun,
            self._limit_a,
            charging=self._charging,
            aside_w=self._aside_w,
            watts_per_amp=self._watts_per_amp,
            range_a=self._range_a,
        )
        return scales.switch_lacks_kwh > 0.0 and scales.change_lacks_kwh > 0.0


class Standing(NamedTuple):
    """What a decision waits for.

    Attributes:
        from_w: It stands while the surplus is at least this, W,
        below_w: and below this, W,
        until_s: and before this monotonic second,
        watch: and while every reading passes here, where there is one.
    """

    from_w: float
    below_w: float
    until_s: float
    watch: Watch | None = None


def standing(state: State, snapshot: Snapshot, settings: CoreSettings, decision: Decision) -> Standing | None:
    """How long the box would be told nothing else if only the surplus changed; None where every look counts.

    Holds where the car's power is metered and no fuse is watched: what is learned of the car, and what the fuse
    leaves, come from every look.

    Args:
        state: As `decide` returned it.
        snapshot: As it was shown.
        settings: As it was given.
        decision: As it came out.
    """
    demand, told, reason = decision.demand, state.told, decision.reason
    if demand is None or told is None or decision.actions or snapshot.house.ev_w is None:
        return None
    if reason.code in _LOOKED_AT or _guarded(snapshot, settings, demand):
        return None
    if state.conduct.matters:
        return None
    rests = _rests(state, settings) and settings.timeless
    if demand.sun is not None:
        watch = _watch(state, snapshot, settings, demand)
        until_s = inf if rests and state.scales is EMPTY else snapshot.now_s + _waits_s(snapshot, None)
        return None if watch is None else Standing(-inf, inf, until_s, watch)
    wanted = demand.current_a >= settings.min_current_a
    kept = told.charging and wanted and int(demand.current_a) == told.limit_a
    if demand.steady_w is None or (reason.in_s is None and not kept and (wanted or told.charging)):
        return None
    from_w, below_w = demand.steady_w[0] + _SLACK_W, demand.steady_w[1] - _SLACK_W
    until_s = inf if rests and not wanted else snapshot.now_s + _waits_s(snapshot, reason.in_s)
    return Standing(from_w, below_w, until_s)


def _waits_s(snapshot: Snapshot, in_s: float | None) -> float:
    """Seconds to the next full minute, or until something comes by itself."""
    to_minute_s = _MINUTE_S - snapshot.now.second - snapshot.now.microsecond / 1e6
    return min(_LONGEST_S, to_minute_s, _LONGEST_S if in_s is None else in_s)


def _watch(state: State, snapshot: Snapshot, settings: CoreSettings, demand: Demand) -> Watch | None:
    """Who looks on while the sun is followed; None where delays run, or a move is due."""
    sun, scales, dwell, surplus_w = demand.sun, state.scales, demand.dwell, snapshot.house.ev_w
    if sun is None or not sun.steady or scales.due or dwell.start_delay_s > 0 or dwell.stop_delay_s > 0:
        return None
    if (
        surplus_w is None
        or snapshot.house.grid_w is None
        or state.told is None
        or state.told.limit_a < settings.min_current_a
    ):
        return None
    surplus_w -= snapshot.house.grid_w
    box_max_a = snapshot.power.limit_max_a if snapshot.power is not None else None
    most_a = settings.max_current_a if box_max_a is None else min(settings.max_current_a, box_max_a)
    return Watch(
        state,
        sun,
        aside_w=without_battery_w(snapshot.house, surplus_w) - sun.surplus_w,
        watts_per_amp=known_phases(state.car, settings) * settings.voltage_v,
        range_a=(settings.min_current_a, max(settings.min_current_a, most_a)),
        on_its_way_until_s=on_its_way_until_s(state, settings, metered=True),
    )


def _guarded(snapshot: Snapshot, settings: CoreSettings, demand: Demand) -> bool:
    """Whether more than the surplus counts: main fuse, limit of feed-in, a cap, a person, a battery to be spared."""
    if settings.active_until is not None:
        return True
    if settings.main_fuse_a > 0 or settings.feed_in_limit_w is not None:
        return True
    if snapshot.cap is not None or snapshot.override is not None:
        return True
    return demand.battery_spared and snapshot.house.battery_w is not None


def _rests(state: State, settings: CoreSettings) -> bool:
    """Whether no timer runs: off, no start on its way, nothing spent of the write budget."""
    told, timers = state.told, state.timers
    spent = timers.write_tokens is None or timers.write_tokens < settings.writes_per_hour
    return told is not None and not told.charging and timers.start_s <= 0 and not spent
