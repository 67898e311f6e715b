"""The account of what flows: the house by quarters of an hour, the car's energy, and which car it is; pure.

The car's power is the one that the decision reckoned with: its meter's, else what it is believed to draw. Where it has
no meter of its own, and the box counts in steps of 100 Wh or less, the counter puts right what was estimated whenever
it moves. A look stands for no longer than a minute: of what was not seen nothing is counted, but what the box's counter
shows of it afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from controller.control.flows import Flows, add_flows, flows_of, quarter_hour
from controller.control.full_power import FullPower, known_before, observe_full_power, of_another_car
from controller.control.marks import Marks, mark, mark_missed, marks_of
from controller.control.settings import CoreSettings
from controller.control.state import Snapshot, State
from controller.control.tally import DRAWS_W, LONGEST_S, believed_ev_w
from controller.domain.charger import ChargerStatus
from controller.domain.decision import Decision
from controller.domain.horizon import EnergyLog
from controller.domain.quarter_hours import CarNote, QuarterHour, quarter_of

_FINE_WH = 100.0
_SAME_WH = 1.0  # by which a counter may have been rounded
_MOST_W = 25_000.0  # no box for one car gives more: what a counter shows beyond that, it has counted for another
_SHORTLY = timedelta(minutes=10)  # nobody comes with another car meanwhile


class Account(NamedTuple):
    """What is kept from look to look.

    Attributes:
        at_s: The last look, monotonic seconds.
        flows: Of the quarter that goes on.
        wh: What the car has got since the marks begin, Wh.
        settled_wh: The same, when the box's counter moved last and by what it showed, Wh.
        begun_wh: The same, when the quarter began, less what was on record of it already, Wh.
        counter_wh: What the counter showed then, Wh; None where it shows none.
        marks: Of the car's energy.
        arrivals: Of `Conduct`; None before the first look at the box.
        plugged_since: When this car came; None where nobody knows.
        full: What it draws at the highest limit.
        note: What was noted of the car before the service was started, until the box has been seen.
    """

    at_s: float
    flows: Flows
    wh: float
    settled_wh: float
    begun_wh: float
    counter_wh: float | None
    marks: Marks
    arrivals: int | None
    plugged_since: datetime | None
    full: FullPower
    note: CarNote | None

    @property
    def log(self) -> EnergyLog:
        """What the car has got, and when."""
        return self.marks.log

    @property
    def quarter(self) -> QuarterHour:
        """The quarter of an hour that goes on."""
        return quarter_hour(self.flows, self.wh - self.begun_wh)

    def note_of_car(self, now: datetime) -> CarNote:
        """What the next start of the service has to know."""
        if self.note is not None:
            return self.note
        return CarNote(now, self.plugged_since, self.counter_wh, self.full.power_w)


def opened(now_s: float, now: datetime, past: Iterable[QuarterHour], note: CarNote | None) -> Account:
    """The account at the start of the service.

    Args:
        now_s: Monotonic seconds.
        now: Aware UTC.
        past: What is on record of the last days, in its order.
        note: What was noted of the car.
    """
    past = [quarter for quarter in past if quarter.start <= now]
    marks = marks_of(past, now)
    wh = marks.log.marks[-1].wh
    running = past[-1] if past and past[-1].start == quarter_of(now) else None
    return Account(
        at_s=now_s,
        flows=Flows(quarter_of(now)) if running is None else flows_of(running),
        wh=wh,
        settled_wh=wh,
        begun_wh=wh - (0.0 if running is None else running.ev_wh),
        counter_wh=None,
        marks=marks,
        arrivals=None,
        plugged_since=None,
        full=known_before(None if note is None else note.full_power_w),
        note=note,
    )


def met(account: Account, status: ChargerStatus, now: datetime) -> Account:
    """The box is seen for the first time: whether it is still the car that was noted, and what it got meanwhile."""
    note, account = account.note, account._replace(note=None)
    if note is None or status.state.plugged is False:
        return account
    gone, counted_wh, before_wh = now - note.at, status.session_energy_wh, note.counter_wh
    if counted_wh is None or before_wh is None:
        same = timedelta(0) <= gone <= _SHORTLY
        return account._replace(plugged_since=note.plugged_since) if same else account
    grown_wh = counted_wh - before_wh
    hours = max(timedelta(0), gone) / timedelta(hours=1)
    counts_on = -_SAME_WH <= grown_wh <= _MOST_W * hours + _FINE_WH
    if not counts_on or (before_wh <= 0 and gone > _SHORTLY):
        return account
    wh = max(account.wh, account.settled_wh + grown_wh)  # some seconds may have been counted before the box was seen
    return account._replace(
        plugged_since=note.plugged_since,
        wh=wh,
        settled_wh=wh,
        counter_wh=counted_wh,
        marks=mark_missed(account.marks, now, wh),
    )


def add(  # noqa: PLR0917 -- hot, and in the order of the others
    account: Account,
    snapshot: Snapshot,
    decision: Decision,
    state: State,
    settings: CoreSettings,
    on_record: Mapping[datetime, QuarterHour],
) -> Account:
    """One more look.

    Args:
        account: The account so far.
        snapshot: All that is known now.
        decision: What was decided on it.
        state: The core's memory after that.
        settings: The site.
        on_record: Quarters that there is a record of already; with a clock that was set back they come twice.
    """
    step_s = min(max(0.0, snapshot.now_s - account.at_s), LONGEST_S)
    ev_w = believed_ev_w(snapshot, decision)
    flows, begun_wh = account.flows, account.begun_wh
    if (start := quarter_of(snapshot.now)) != flows.start:
        before = on_record.get(start)
        flows = Flows(start) if before is None else flows_of(before)
        begun_wh = account.wh - (0.0 if before is None else before.ev_wh)
    draws_w = ev_w if ev_w is not None and ev_w >= DRAWS_W else 0.0
    account = account._replace(
        at_s=snapshot.now_s,
        flows=add_flows(flows, snapshot.house, None if ev_w is None else draws_w, step_s),
        wh=account.wh + draws_w * step_s / 3600,
        begun_wh=begun_wh,
        full=observe_full_power(account.full, state, snapshot, settings, ev_w, step_s),
    )
    if snapshot.status is not None and state.told is not None:
        account = _with_box(account, snapshot, snapshot.status, state)
    return account._replace(marks=mark(account.marks, snapshot.now, account.wh))


def _with_box(account: Account, snapshot: Snapshot, status: ChargerStatus, state: State) -> Account:
    """What the box's dashboard says of the car: whether it is there, another one, and what it got by the counter."""
    arrivals = state.conduct.arrivals
    if account.arrivals is None:
        account = account._replace(arrivals=arrivals)
    elif status.state.plugged is False:
        account = account if account.plugged_since is None else account._replace(plugged_since=None)
    elif arrivals != account.arrivals:
        account = account._replace(
            arrivals=arrivals,
            plugged_since=snapshot.now,
            full=of_another_car(account.full),
            counter_wh=0.0,
            settled_wh=account.wh,
        )
    counted_wh = status.session_energy_wh
    if counted_wh is None or counted_wh == account.counter_wh:
        return account
    return _counted(account, counted_wh, state, metered=snapshot.house.ev_w is not None)


def _counted(account: Account, counted_wh: float, state: State, *, metered: bool) -> Account:
    """The box's counter has moved; one that has fallen has begun anew."""
    before_wh, counter = account.counter_wh, state.car.counter
    if before_wh is None or metered or counter is None or counter.grain_wh > _FINE_WH:
        return account._replace(counter_wh=counted_wh, settled_wh=account.wh)
    grown_wh = counted_wh - before_wh if counted_wh > before_wh else counted_wh
    settled_wh = account.settled_wh + grown_wh
    wh = max(settled_wh, account.log.marks[-1].wh, account.begun_wh)
    return account._replace(counter_wh=counted_wh, settled_wh=settled_wh, wh=wh)
