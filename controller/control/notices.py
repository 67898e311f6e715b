"""Tells, once a change, how car and box behave; and remembers what a restart must not forget."""

from __future__ import annotations

import structlog

from controller.control.conduct import Conduct
from controller.control.pauses import Pauses
from controller.control.sleep import TRIES
from controller.domain.errors import StorageError
from controller.domain.ports import BoxNoteStore

_log = structlog.get_logger()


class Notices:
    """What was told of car and box.

    Args:
        store: Where it survives a restart that pauses harm the box.
    """

    def __init__(self, store: BoxNoteStore) -> None:
        self._store = store

    def recalled(self) -> Conduct:
        """What was known of the box before the service was started."""
        try:
            harm = self._store.fails_after_pause()
        except StorageError as error:
            _log.warning("box_notes_not_read", error=str(error))
            harm = False
        return Conduct(pauses=Pauses(harm=harm))

    def tell(self, before: Conduct, after: Conduct) -> None:
        """Logs what has changed."""
        if before.pauses.harm != after.pauses.harm:
            self._tell_pauses(harm=after.pauses.harm)
        if (before.obedience.flows_a > 0) != (after.obedience.flows_a > 0):
            _tell_obedience(after.obedience.flows_a)
        if before.sleep.wakes < after.sleep.wakes:
            _log.info("car_woken", tries=after.sleep.tries)
        gave_up = after.sleep.asleep and after.sleep.tries >= TRIES
        if gave_up and not before.sleep.asleep:
            _log.warning("car_did_not_wake", tries=after.sleep.tries, remedy="unlock the car, or plug it in anew")

    def _tell_pauses(self, *, harm: bool) -> None:
        if harm:
            remedy = "restart the box or plug the car in anew; from now on it is held at its minimum through clouds"
            _log.warning("box_fails_after_pause", remedy=remedy)
        else:
            _log.info("box_bears_pauses_again")
        try:
            self._store.note_fails_after_pause(fails=harm)
        except StorageError as error:
            _log.warning("box_notes_not_kept", error=str(error))


def _tell_obedience(flows_a: float) -> None:
    if flows_a > 0:
        remedy = "look for another limit on the box's own page, or a backend that sets one; it is only on or off now"
        _log.warning("limit_not_followed", flows_a=round(flows_a, 1), remedy=remedy)
    else:
        _log.info("limit_followed_again")
