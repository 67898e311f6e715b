"""Keeps the record of the charging session: closed when the car leaves, and never lost."""

from __future__ import annotations

from datetime import datetime

import structlog

from controller.control.state import Snapshot, State
from controller.control.tally import Tally, add, begin, count_action, record, take_over
from controller.domain.decision import Action, Decision
from controller.domain.errors import StorageError
from controller.domain.ports import SessionStore
from controller.domain.session import Begun, Ended, Session

_log = structlog.get_logger()
_KEEP_EVERY_S = 300.0  # what a power cut costs of a record at the most


class Journal:
    """The running session, and where its record goes.

    Args:
        store: Keeps records.
    """

    def __init__(self, store: SessionStore) -> None:
        self._store = store
        self._tally: Tally | None = None
        self._seen_empty = False
        self._recalled = False
        self._kept_at_s = 0.0
        self._failed = False

    def look(self, snapshot: Snapshot, decision: Decision, state: State) -> None:
        """Takes note of one look at the house."""
        status = snapshot.status
        if status is None or state.told is None:
            return
        if not self._recalled:
            self._recall(snapshot, state)
        plugged = status.state.plugged
        if self._tally is None:
            present = plugged or (plugged is None and state.told.charging)
            if present:
                self._begin(snapshot, state, Begun.PLUGGED_IN if self._seen_empty else Begun.FIRST_SEEN)
            self._seen_empty = self._seen_empty or plugged is False
            return
        if plugged is False:
            self._close(self._tally, snapshot.now, Ended.UNPLUGGED)
            self._seen_empty = True
            return
        if state.conduct.arrivals != self._tally.arrivals:
            self._close(self._tally, snapshot.now, Ended.EXCHANGED)
            self._begin(snapshot, state, Begun.PLUGGED_IN)
            return
        self._tally = add(self._tally, snapshot, decision, state)
        if snapshot.now_s - self._kept_at_s >= _KEEP_EVERY_S:
            self._keep(self._tally, snapshot)

    def accepted(self, action: Action) -> None:
        """The box has accepted `action`."""
        if self._tally is not None:
            self._tally = count_action(self._tally, action)

    def leave(self, now: datetime) -> None:
        """The service ends: so does the record, though the car stays."""
        if self._tally is not None:
            self._close(self._tally, now, Ended.SERVICE_STOPPED)

    def _recall(self, snapshot: Snapshot, state: State) -> None:
        """What a crash has left: gone on with, or closed as of when it was kept last."""
        self._recalled = True
        try:
            left = self._store.running()
        except StorageError as error:
            self._warn(error)
            return
        if left is None:
            return
        self._tally = take_over(left, snapshot, state)
        if self._tally is None:
            self._put(left, Ended.SERVICE_DIED)
        else:
            _log.info("session_taken_over", begun=left.begun.isoformat(timespec="seconds"))

    def _begin(self, snapshot: Snapshot, state: State, begun_by: Begun) -> None:
        self._tally = begin(snapshot, state, begun_by=begun_by)
        _log.info("session_begun", begun_by=begun_by.value)
        self._keep(self._tally, snapshot)

    def _close(self, tally: Tally, now: datetime, because: Ended) -> None:
        self._tally = None
        self._put(record(tally, now, because), because)

    def _put(self, session: Session, because: Ended) -> None:
        """Tells of a session that is over, and lays its record down."""
        _log.info(
            "session_closed",
            begun=session.begun.isoformat(timespec="seconds"),
            ended=session.ended.isoformat(timespec="seconds"),
            ended_because=because.value,
            energy_wh=round(session.energy_wh),
            solar_wh=round(session.solar_wh),
            grid_wh=round(session.grid_wh),
            starts=session.starts,
            limit_writes=session.limit_writes,
            highest_w=round(session.highest_w),
            mean_w=round(session.mean_w),
            phases=session.phases,
        )
        try:
            self._store.close(session, because)
            self._failed = False
        except StorageError as error:
            self._warn(error)

    def _keep(self, tally: Tally, snapshot: Snapshot) -> None:
        self._kept_at_s = snapshot.now_s
        try:
            self._store.keep(record(tally, snapshot.now, None))
            self._failed = False
        except StorageError as error:
            self._warn(error)

    def _warn(self, error: StorageError) -> None:
        """Once for a row of failures: a full disk keeps nobody from charging."""
        report = _log.debug if self._failed else _log.warning
        report("session_not_recorded", error=str(error))
        self._failed = True
