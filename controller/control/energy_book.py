"""Keeps the account of what flows: restored at the start, written down every few minutes, and never in the way."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import structlog

from controller.control.energy import Account, add, met, opened
from controller.control.settings import CoreSettings
from controller.control.state import Snapshot, State
from controller.domain.charger import ChargerStatus
from controller.domain.decision import Decision
from controller.domain.errors import StorageError
from controller.domain.horizon import NOTHING_KNOWN, EnergyLog
from controller.domain.persistence import LOAD_DAYS
from controller.domain.ports import HistoryStore
from controller.domain.quarter_hours import QuarterHour

_log = structlog.get_logger()
_KEEP_EVERY_S = 300.0  # what a power cut costs at the most
_REMEMBERED = timedelta(days=LOAD_DAYS + 1)
_MOST_REMEMBERED = 96 * (LOAD_DAYS + 2)


class EnergyBook:
    """What flowed, in memory and on disk.

    Args:
        store: Where it survives; None for nowhere.
        settings: The site.
    """

    def __init__(self, store: HistoryStore | None, settings: CoreSettings) -> None:
        self._store = store
        self._settings = settings
        self._account: Account | None = None
        self._past: dict[datetime, QuarterHour] = {}
        self._kept_at_s = 0.0

    @property
    def past(self) -> Sequence[QuarterHour]:
        """The quarters of the last weeks that are over, in their order."""
        return sorted(self._past.values())

    @property
    def charged(self) -> EnergyLog:
        """What the car has got; the same object until it changes."""
        return NOTHING_KNOWN.charged if self._account is None else self._account.log

    @property
    def plugged_since(self) -> datetime | None:
        """When this car came; None where nobody knows."""
        return None if self._account is None else self._account.plugged_since

    @property
    def full_power_w(self) -> float | None:
        """What this car draws at the highest limit, W; None before it has been measured."""
        return None if self._account is None else self._account.full.power_w

    def open(self, now_s: float, now: datetime) -> None:
        """Takes over what is on record; where that cannot be read, it is told, and the account begins anew."""
        past: list[QuarterHour] = []
        note = None
        if self._store is not None:
            try:
                past, note = self._store.load(now - _REMEMBERED)
            except StorageError as error:
                _log.warning("history_not_read", error=str(error))
        self._past = {quarter.start: quarter for quarter in past}
        self._account = opened(now_s, now, past, note)
        self._kept_at_s = now_s

    def meet(self, status: ChargerStatus | None, now: datetime) -> None:
        """Takes up what was noted before the start once the box is seen, before anything is decided on it."""
        if self._account is not None and self._account.note is not None and status is not None:
            self._account = met(self._account, status, now)

    def look(self, snapshot: Snapshot, decision: Decision, state: State) -> None:
        """Takes note of one look at the house."""
        if self._account is None:
            self.open(snapshot.now_s, snapshot.now)
            return
        before = self._account
        self._account = after = add(before, snapshot, decision, state, self._settings, self._past)
        if after.flows.start != before.flows.start:
            self._turn(before, snapshot.now)
            self._kept_at_s = snapshot.now_s
        elif snapshot.now_s - self._kept_at_s >= _KEEP_EVERY_S:
            self._keep(after, snapshot.now)
            self._kept_at_s = snapshot.now_s

    def leave(self, now: datetime) -> None:
        """The service is about to end: what there is by now is handed to the store."""
        if self._account is not None:
            self._keep(self._account, now)

    def close(self) -> None:
        """The service ends: waits a moment for what is still to be written."""
        if self._store is not None:
            self._store.close()

    def _turn(self, account: Account, now: datetime) -> None:
        """A quarter is over."""
        quarter = account.quarter
        self._past[quarter.start] = quarter
        if len(self._past) > _MOST_REMEMBERED:
            del self._past[min(self._past)]
        self._keep(account, now)

    def _keep(self, account: Account, now: datetime) -> None:
        if self._store is not None and account.flows.seconds > 0:
            self._store.keep(account.quarter, account.note_of_car(now))
