"""The figures of the session that goes on, added up look by look; pure."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from controller.control.car import KNOWN
from controller.control.state import Snapshot, State
from controller.domain.charger import ChargerStatus
from controller.domain.decision import Action, ActionKind, Decision
from controller.domain.session import Begun, Ended, Session

LONGEST_S = 60.0
"""One look stands for no longer."""
DRAWS_W = 100.0
"""Less is a meter's noise."""

_SAME_COUNTER_WH = 1.0  # by which a counter may have been rounded


class Tally(NamedTuple):
    """What has flowed since the session began.

    Attributes:
        begun: Aware UTC.
        begun_by: How.
        arrivals: Of `Conduct`, of this car.
        at_s: The last look, monotonic seconds.
        metered_wh: Energy by meter or estimate, Wh.
        solar_wh: Of that from the roof.
        counted_wh: Energy by the box's counter, Wh.
        counter_wh: What it showed last; None where it shows none.
        starts: Starts that the box was told.
        limit_writes: Limits that were written.
        highest_w: Highest power, W.
        charging_s: How long the car has drawn current, s.
        phases: On which it drew; None where that was not found out.
    """

    begun: datetime
    begun_by: Begun
    arrivals: int
    at_s: float
    metered_wh: float = 0.0
    solar_wh: float = 0.0
    counted_wh: float = 0.0
    counter_wh: float | None = None
    starts: int = 0
    limit_writes: int = 0
    highest_w: float = 0.0
    charging_s: float = 0.0
    phases: int | None = None


def begin(snapshot: Snapshot, state: State, *, begun_by: Begun) -> Tally:
    """A session begins now."""
    counter_wh = snapshot.status.session_energy_wh if snapshot.status is not None else None
    plugged_in = begun_by is Begun.PLUGGED_IN
    return Tally(
        begun=snapshot.now,
        begun_by=begun_by,
        arrivals=state.conduct.arrivals,
        at_s=snapshot.now_s,
        counted_wh=counter_wh if plugged_in and counter_wh is not None else 0.0,
        counter_wh=counter_wh,
    )


def add(tally: Tally, snapshot: Snapshot, decision: Decision, state: State) -> Tally:
    """One more look."""
    now_s, status = snapshot.now_s, snapshot.status
    step_s = min(max(0.0, now_s - tally.at_s), LONGEST_S)
    tally = tally._replace(at_s=now_s)
    if status is not None and status.session_energy_wh is not None and status.session_energy_wh != tally.counter_wh:
        tally = _counted(tally, status.session_energy_wh)
    ev_w = believed_ev_w(snapshot, decision)
    if ev_w is None or ev_w < DRAWS_W:
        return tally
    roof_w = ev_w - (snapshot.house.grid_w or 0.0) - (snapshot.house.battery_w or 0.0)
    belief = state.car.belief
    known = belief is not None and belief.certainty >= KNOWN
    return tally._replace(
        metered_wh=tally.metered_wh + ev_w * step_s / 3600,
        solar_wh=tally.solar_wh + min(ev_w, max(0.0, roof_w)) * step_s / 3600,
        highest_w=max(tally.highest_w, ev_w),
        charging_s=tally.charging_s + step_s,
        phases=belief.likeliest.phases if belief is not None and known else tally.phases,
    )


def count_action(tally: Tally, action: Action) -> Tally:
    """The box has accepted `action`."""
    if action.kind is ActionKind.START:
        return tally._replace(starts=tally.starts + 1)
    if action.kind is ActionKind.SET_LIMIT:
        return tally._replace(limit_writes=tally.limit_writes + 1)
    return tally


def record(tally: Tally, now: datetime, because: Ended | None) -> Session:
    """The record as it stands; solar and grid share the counter's energy as they do what was metered."""
    energy_wh = tally.counted_wh if tally.counted_wh > 0 else tally.metered_wh
    share = tally.solar_wh / tally.metered_wh if tally.metered_wh > 0 else 0.0
    return Session(
        begun=tally.begun,
        begun_by=tally.begun_by,
        ended=max(tally.begun, now),
        ended_because=because,
        energy_wh=energy_wh,
        solar_wh=share * energy_wh,
        grid_wh=(1 - share) * energy_wh,
        starts=tally.starts,
        limit_writes=tally.limit_writes,
        highest_w=tally.highest_w,
        charging_s=tally.charging_s,
        phases=tally.phases,
        counter_wh=tally.counter_wh,
    )


def take_over(session: Session, snapshot: Snapshot, state: State) -> Tally | None:
    """A record that a crash has left, to be gone on with; None where the car is not surely the same.

    The box tells by its counter, which only grows while the car stays.
    """
    status = snapshot.status
    if status is None or status.state.plugged is False or not _counts_on(session, status):
        return None
    return Tally(
        begun=session.begun,
        begun_by=session.begun_by,
        arrivals=state.conduct.arrivals,
        at_s=snapshot.now_s,
        metered_wh=session.energy_wh,
        solar_wh=session.solar_wh,
        counted_wh=session.energy_wh,
        counter_wh=session.counter_wh,
        starts=session.starts,
        limit_writes=session.limit_writes,
        highest_w=session.highest_w,
        charging_s=session.charging_s,
        phases=session.phases,
    )


def believed_ev_w(snapshot: Snapshot, decision: Decision) -> float | None:
    """The car's power, W: what the decision reckoned with, or metered where it did without."""
    grid_w, surplus_w = snapshot.house.grid_w, decision.surplus_w
    return snapshot.house.ev_w if grid_w is None or surplus_w is None else surplus_w + grid_w


def _counts_on(session: Session, status: ChargerStatus) -> bool:
    """Whether the box's counter has gone on from where it was."""
    before_wh, wh = session.counter_wh, status.session_energy_wh
    return before_wh is not None and wh is not None and before_wh > 0 and wh >= before_wh - _SAME_COUNTER_WH


def _counted(tally: Tally, counter_wh: float) -> Tally:
    """The box's counter has moved; one that has fallen has begun anew."""
    before_wh = tally.counter_wh
    grew_wh = 0.0 if before_wh is None else counter_wh - before_wh if counter_wh > before_wh else counter_wh
    return tally._replace(counted_wh=tally.counted_wh + grew_wh, counter_wh=counter_wh)
