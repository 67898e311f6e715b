"""Writing to the box: checked before, doubted after an answer that never came, read back once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import structlog

from controller.domain.errors import DeviceError, DeviceProtocolError, DeviceRejected
from controller.wallbox.access import Access
from controller.wallbox.catalogue import LIMIT_FIELD, CatalogueField, FieldType, is_guarded
from controller.wallbox.changes import NeedsConsent, check_value, known_field
from controller.wallbox.gate import Priority
from controller.wallbox.https import Call
from controller.wallbox.reading import DASHBOARD, ERRORS, Reading
from controller.wallbox.sections import ReportedField, Value
from controller.wallbox.texts import without_user

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
        limit_max_a: Highest operator current limit that is written, A; None for what the box takes.
    """

    def __init__(
        self, access: Access, reading: Reading, *, update_types: Mapping[str, str], limit_max_a: int | None = None
    ) -> None:
        self._access = access
        self._reading = reading
        self._update_types = update_types
        self._limit_max_a = limit_max_a
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
        await self._reading.dialect()
        checked: dict[str, tuple[ReportedField, Value]] = {}
        for name, value in changes.items():
            self._check_by_catalogue(name, value, section)  # once more, by that of the dialect found
            field, typed = await self._check_by_box(name, value, section)
            if field.key in checked:
                raise DeviceRejected(f"{field.key}: is to be changed twice. Nothing was sent")
            if is_guarded(field.section, field.type) and not consent:
                raise NeedsConsent.to_change(name)
            checked[field.key] = (field, typed)
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
        taken = await self._taken_after_all(changes)
        there = {written.key for written in taken}
        changes = tuple((field, value) for field, value in changes if field.key not in there)
        odd: DeviceProtocolError | None = None
        if changes:
            try:
                odd = await self._send(changes, urgent=urgent)
            finally:
                self._reading.forget(DASHBOARD, *{await self._path(field) for field, _ in changes})
        found = await self._look(changes, read_back=read_back or odd is not None)
        if odd is not None and not all(written.confirmed for written in found):
            raise odd
        self._doubtful -= {field.key for field, _ in changes}
        return (*taken, *found)

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
        is_secret = any(field.type is FieldType.PASSWORD or without_user(str(v)) != str(v) for field, v in changes)
        call = Call(method="POST", path=_UPDATES, body=body, is_secret=is_secret)
        doubted_now = keys - self._doubtful
        self._doubtful |= keys  # until there is an answer, or a look
        try:
            reply = await self._access.request(call, priority=priority, is_write=True)
        except DeviceProtocolError as error:
            return error
        except DeviceRejected:
            self._doubtful -= doubted_now
            raise
        self._doubtful -= keys
        if _says_no(reply):
            raise DeviceRejected(f"the wallbox answers that it has not taken {', '.join(sorted(keys))}")
        return None

    async def _taken_after_all(self, changes: Changes) -> tuple[Written, ...]:
        """Those whose last write had no answer, and of which a look shows that it took nevertheless."""
        doubtful = tuple((field, value) for field, value in changes if field.key in self._doubtful)
        if not doubtful:
            return ()
        self._reading.forget(*{await self._path(field) for field, _ in doubtful})
        shown = await self._shown({field.section for field, _ in doubtful})
        self._doubtful -= {field.key for field, _ in doubtful}
        found = (_written(field, value, shown, sent=False) for field, value in doubtful)
        taken = tuple(written for written in found if written.confirmed)
        if taken:
            _log.info("write_had_taken", fields=[written.key for written in taken])
        return taken

    async def _look(self, changes: Changes, *, read_back: bool) -> tuple[Written, ...]:
        """What the fields show now; each section is read once."""
        shown: dict[str, Value] = {}
        if read_back:
            try:
                shown = await self._shown({field.section for field, _ in changes} - _NOT_READ_BACK)
            except DeviceError as error:  # the write itself was accepted
                _log.info("not_read_back", error=str(error))
        return tuple(_written(field, value, shown) for field, value in changes)

    async def _shown(self, sections: set[str]) -> dict[str, Value]:
        """The values of all fields of these sections. DeviceError."""
        return {field.key: field.value for section in sections for field in (await self._reading.section(section))[0]}

    async def _check_by_box(self, name: str, value: Value, section: str | None) -> tuple[ReportedField, Value]:
        """The field and its typed value; before one is refused for what was seen long ago, the box is asked again."""
        field = await self._reading.field(name, section, as_last_seen=True)
        try:
            return field, check_value(field, value)
        except DeviceRejected:
            field = await self._reading.field(name, section)
            return field, check_value(field, value)

    def _check_maximum(self, field: CatalogueField, value: Value) -> None:
        """The configured maximum holds for people, too: it is what cable and fuse are made for."""
        most_a = self._limit_max_a
        if LIMIT_FIELD in (field.key, field.means) and most_a is not None and isinstance(value, int) and value > most_a:
            raise DeviceRejected(
                f"{field.key}: {value} A is above the wallbox.max_current_a = {most_a} of your configuration. "
                "Nothing was sent"
            )

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
                self._check_maximum(field, check_value(field, value))
            except DeviceRejected as error:
                first = first or error
            else:
                return field
        raise first or AssertionError("the box speaks at least one dialect")


def _written(field: ReportedField, value: Value, shown: Mapping[str, Value], *, sent: bool = True) -> Written:
    if field.type is FieldType.PASSWORD:
        return Written(key=field.key, value=None, sent=sent)
    address = without_user(value) if isinstance(value, str) else value
    if field.key not in shown or address != value:  # a name and password in an address are shown to nobody
        return Written(key=field.key, value=address, sent=sent)
    found = shown[field.key]
    same = found == value or (isinstance(value, str) and str(found) == value)
    return Written(key=field.key, value=value, found=found, confirmed=same, sent=sent)


def _says_no(reply: Any) -> bool:
    return isinstance(reply, dict) and reply.get("success") is False
