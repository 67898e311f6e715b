"""Remembers whose limit is at the box: the user's own is taken note of before ours is ever written."""

from __future__ import annotations

import structlog

from controller.domain.errors import StorageError
from controller.domain.ports import LimitRecord, LimitStore

_log = structlog.get_logger()


class OwnLimit:
    """The user's own operator current limit.

    Args:
        store: Where the record survives a crash.
    """

    def __init__(self, store: LimitStore) -> None:
        self._store = store
        self._record: LimitRecord | None = None

    @property
    def own_a(self) -> int | None:
        """The user's own limit, A; None before the first contact."""
        return self._record.own_a if self._record is not None else None

    def first_contact(self, limit_a: int) -> None:
        """Takes note of the limit found at the box, unless a crashed run of ours has left it there. StorageError."""
        if self._record is not None:
            return
        record = self._store.load()
        if record is None or limit_a not in (record.own_a, *record.written_a):
            if record is not None:
                _log.warning("own_limit_changed_meanwhile", found_limit_a=limit_a, remembered_limit_a=record.own_a)
            record = LimitRecord(own_a=limit_a)
            self._store.save(record)
        else:
            _log.info("own_limit_recalled", own_limit_a=record.own_a, found_limit_a=limit_a)
        self._record = record

    def before_write(self, limit_a: int, *, at_box_a: int) -> None:
        """Makes sure that a crash right after the write can be told from a change by the user.

        Args:
            limit_a: What will be written, A.
            at_box_a: What is at the box now, A: a crash in between leaves that.

        A full disk does not keep the limit from being lowered: the user's own is on record since the first contact.
        """
        if self._record is None:
            raise ValueError("a limit was to be written before the box was ever seen")
        record = LimitRecord(own_a=self._record.own_a, written_a=(at_box_a, limit_a))
        try:
            self._store.save(record)
        except StorageError as error:
            _log.warning("limit_write_not_recorded", limit_a=limit_a, error=str(error))
        self._record = record

    def given_back(self) -> None:
        """The box has the user's own limit again. StorageError."""
        self._store.forget()
        self._record = None
