"""Writing to the box: checked before, doubted after an answer that never came, read back once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from controller.domain.errors import DeviceError, DeviceProtocolError, DeviceRejected, DeviceTimeout, DeviceUnavailable
from controller.wallbox.access import Access
from controller.wallbox.catalogue import CatalogueField, FieldType, is_guarded
from controller.wallbox.changes import NeedsConsent, check_value, known_field
from controller.wallbox.gate import Priority
from controller.wallbox.https import Call
from controller.wallbox.reading import DASHBOARD, ERRORS, Reading
from controller.wallbox.sections import ReportedField, Value

_log = structlog.get_logger()
_UPDATES = "/api/configuration-updates"
_NOT_READ_BACK = frozenset({"system"})  # well over 10 s on a Next

Changes = tuple[tuple[ReportedField, Value], ...]
"""Fields with their new values, checked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What has become of a write.

    Attributes:
        key: The box's own field key.
        value: What was sent; None for a secret.
        found: What the field showed afterwards; None where it was not looked at, or is a secret.
        confirmed: Whether that is what was sent; None where it was not looked at, or is a secret.
        sent: Whether it was sent; False where a look showed that the box has it already.
    """

    key: str
    value: Value
    found: Value = None
    confirmed: bool | None = None
    sent: bool = True


class Writing:
    """All writes and actions of one box; knows no guard.

    Args:
        access: The way in.
        reading: The reads.
        update_types: `configurationFieldUpdateType` of the user's own, by field key or by type of field.
    """

    def __init__(self, access: Access, reading: Reading, *, update_types: Mapping[str, str]) -> None:
        self._access = access
        self._reading = reading
        self._update_types = update_types
        self._doubtful: set[str] = set()

    async def check(self, changes: Mapping[str, Value], section: str | None = None, *, consent: bool) -> Changes:
        """The changes, typed: first by the catalogue without a request, then by what the box reports of the fields.

        Args:
            changes: New values by field key.
            section: Where the fields lie that the catalogue does not know.
            consent: Whether a person has agreed to what can lock the owner out.

        Raises:
            NeedsConsent: A person has not.
            DeviceRejected: Unknown, read-only, wrong type, out of range; nothing was sent.
            DeviceError: The fields could not be read.
        """
        if not changes:
            raise DeviceRejected("there is nothing to be changed; nothing was sent")
        for name, value in changes.items():
            known = self._check_by_catalogue(name, value, section)
            if known is not None and known.guarded and not consent:
                raise NeedsConsent.to_change(name)
        checked: dict[str, tuple[ReportedField, Value]] = {}
        for name, value in changes.items():
            field = await self._reading.field(name, section, as_last_seen=True)
            if field.key in checked:
                raise DeviceRejected(f"{field.key}: is to be changed twice. Nothing was sent")
            if is_guarded(field.section, field.type) and not consent:
                raise NeedsConsent.to_change(name)
            checked[field.key] = (field, check_value(field, value))
        return tuple(checked.values())

    async def write(self, changes: Changes, *, urgent: bool, read_back: bool) -> tuple[Written, ...]:
        """`POST /api/configuration-updates`, all in one call; never repeated by itself.

        A field whose last write had no answer is looked at first, and not written again if it took.

        Args:
            changes: Checked.
            urgent: Whether it protects: goes first, and is written whatever is left of the budget.
            read_back: Whether to look once afterwards; never done for the section `system`, which is slow.

        Raises:
            DeviceError: Refused, or whether it was carried out is unknown.
        """
        done = [await self._had_taken(field, value) for field, value in changes if field.key in self._doubtful]
        there = {written.key for written in done if written is not None}
        changes = tuple((field, value) for field, value in changes if field.key not in there)
        odd: DeviceProtocolError | None = None
        if changes:
            odd = await self._send(changes, urgent=urgent)
        paths = {await self._path(field) for field, _ in changes}
        self._reading.forget(DASHBOARD, *paths)
        found = await self._look(changes, read_back=read_back or odd is not None)
        if odd is not None and not all(written.confirmed for written in found):
            raise odd
        return (*(written for written in done if written is not None), *found)

    async def act(
        self, action: str, body: object = None, *, priority: Priority = Priority.COMMAND, timeout_s: float | None = None
    ) -> None:
        """`POST /api/custom-actions/{action}`; never repeated by itself. DeviceError."""
        call = Call(method="POST", path=f"/api/custom-actions/{action}", body=body)
        await self.post(call, priority=priority, timeout_s=timeout_s)

    async def post(self, call: Call, *, priority: Priority = Priority.COMMAND, timeout_s: float | None = None) -> None:
        """Any other call that changes something. DeviceError."""
        try:
            await self._access.request(call, priority=priority, timeout_s=timeout_s)
        finally:
            self._reading.forget(DASHBOARD, ERRORS)

    async def _send(self, changes: Changes, *, urgent: bool) -> DeviceProtocolError | None:
        """Sends one update; an answer that cannot be understood is returned: only a look tells what it meant."""
        dialect = await self._reading.dialect()
        body = [dialect.update(field, value, self._update_types) for field, value in changes]
        keys = {field.key for field, _ in changes}
        priority = Priority.PROTECT if urgent else Priority.COMMAND
        try:
            reply = await self._access.request(
                Call(method="POST", path=_UPDATES, body=body), priority=priority, is_write=True
            )
        except (DeviceTimeout, DeviceUnavailable):
            self._doubtful |= keys
            raise
        except DeviceProtocolError as error:
            self._doubtful |= keys
            return error
        self._doubtful -= keys
        if _says_no(reply):
            raise DeviceRejected(f"the wallbox answers that it has not taken {', '.join(sorted(keys))}")
        return None

    async def _had_taken(self, field: ReportedField, value: Value) -> Written | None:
        """What a look shows, where a write without an answer took nevertheless."""
        self._reading.forget(await self._path(field))
        now = await self._reading.field(field.key, field.section)
        self._doubtful.discard(field.key)
        if field.type is FieldType.PASSWORD or now.value != value:
            return None
        _log.info("write_had_taken", field=field.key)
        return Written(key=field.key, value=value, found=now.value, confirmed=True, sent=False)

    async def _look(self, changes: Changes, *, read_back: bool) -> tuple[Written, ...]:
        """What the fields show now; each section is read once."""
        shown: dict[str, Value] = {}
        for section in {field.section for field, _ in changes} - _NOT_READ_BACK if read_back else ():
            try:
                shown.update((field.key, field.value) for field in (await self._reading.section(section))[0])
            except DeviceError as error:  # the write itself was accepted
                _log.info("not_read_back", section=section, error=str(error))
        return tuple(_written(field, value, shown) for field, value in changes)

    async def _path(self, field: ReportedField) -> str:
        return (await self._reading.dialect()).fields_path(field.section)

    def _check_by_catalogue(self, name: str, value: Value, section: str | None) -> CatalogueField | None:
        """The field, where a dialect that the box may speak takes the value; in a named section it may be unknown."""
        first: DeviceRejected | None = None
        for dialect in self._reading.dialects:
            if section is not None and dialect.catalogue.find(name) is None:
                return None
            try:
                field = known_field(dialect.catalogue, name)
                check_value(field, value)
            except DeviceRejected as error:
                first = first or error
            else:
                return field
        raise first or AssertionError("the box speaks at least one dialect")


def _written(field: ReportedField, value: Value, shown: Mapping[str, Value]) -> Written:
    if field.type is FieldType.PASSWORD:
        return Written(key=field.key, value=None)
    if field.key not in shown:
        return Written(key=field.key, value=value)
    return Written(key=field.key, value=value, found=shown[field.key], confirmed=shown[field.key] == value)


def _says_no(reply: Any) -> bool:
    return isinstance(reply, dict) and reply.get("success") is False
