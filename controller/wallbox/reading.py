"""Reading from the box: seldom, once for all who ask at a time, and in the dialect that it speaks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import anyio

from controller.domain.errors import DeviceProtocolError, DeviceRejected, DeviceTimeout, DeviceUnavailable
from controller.domain.ports import Clock
from controller.wallbox.access import Access
from controller.wallbox.catalogue import SECTIONS
from controller.wallbox.dialect import NEXT, UNITE, Dialect, DialectName
from controller.wallbox.https import Call, NoConnection
from controller.wallbox.sections import ReportedField, parse_fields

DASHBOARD = "/api/dashboard-information"
ERRORS = "/api/current-errors"
STRUCTURE = "/api/configuration-structure"

_CADENCE_S = {DASHBOARD: 5.0, ERRORS: 5.0, NEXT.fields_path("system"): 300.0, STRUCTURE: 3600.0}
"""Shortest time between two requests for the same; asked for sooner, the last answer is given again."""
_SLOW_TIMEOUT_S = 30.0
_SLOW = frozenset({NEXT.fields_path("system"), UNITE.fields_path("")})  # well over 10 s on a Next
_SEARCHED = (*(key for key in SECTIONS if key != "system"), "system")  # the slow one last
_LONGEST_RETRY_S = 60.0
_NOT_FOUND = 404


@dataclass(frozen=True, slots=True)
class Seen:
    """A reply.

    Attributes:
        at_s: The monotonic second before it was asked for.
        body: Its JSON.
    """

    at_s: float
    body: Any


class Reading:
    """All reads of one box.

    Args:
        access: The way in.
        clock: The service's clock.
        dialect: Which model; AUTO finds out with the first call that needs to know, in two at the most.
        attempts: How often a read that failed for a passing reason is made in all.
    """

    def __init__(self, access: Access, clock: Clock, *, dialect: DialectName, attempts: int) -> None:
        self._access = access
        self._clock = clock
        self._dialect = {DialectName.NEXT: NEXT, DialectName.UNITE: UNITE}.get(dialect)
        self._finding = anyio.Lock()
        self._attempts = attempts
        self._seen: dict[str, Seen] = {}
        self._locks: dict[str, anyio.Lock] = {}
        self._fields: dict[str, ReportedField] = {}

    @property
    def dialects(self) -> tuple[Dialect, ...]:
        """Those that the box may speak, as far as is known now."""
        return (NEXT, UNITE) if self._dialect is None else (self._dialect,)

    async def dialect(self) -> Dialect:
        """The dialect; found out once. Raises DeviceError."""
        async with self._finding:
            if self._dialect is None:
                self._dialect = await self._find_out()
            return self._dialect

    async def read(self, path: str) -> Seen:
        """The reply of a GET, not older than its cadence; at most one request for it is under way. DeviceError."""
        asked_s = self._clock.monotonic_s()
        async with self._locks.setdefault(path, anyio.Lock()):
            seen = self._seen.get(path)
            if seen is None or seen.at_s < asked_s - _CADENCE_S.get(path, 0.0):
                at_s = self._clock.monotonic_s()
                seen = self._seen[path] = Seen(at_s, await self._get(path))
            return seen

    async def section(self, key: str) -> tuple[tuple[ReportedField, ...], float]:
        """The fields of a section, and the monotonic second before they were asked for. DeviceError."""
        dialect = await self.dialect()
        if dialect.by_section and key not in SECTIONS:
            raise DeviceRejected(f"there is no section {key!r}; there are {', '.join(SECTIONS)}. Nothing was sent")
        seen = await self.read(dialect.fields_path(key))
        fields = parse_fields(seen.body, key if dialect.by_section else "", dialect.catalogue)
        self._fields.update((field.key, field) for field in fields)
        inside = tuple(field for field in fields if field.section == key)
        if not inside and key not in SECTIONS:
            there = ", ".join(sorted({field.section for field in fields}))
            raise DeviceRejected(f"there is no section {key!r}; this model's fields lie in {there}")
        return inside, seen.at_s

    async def all_fields(self) -> tuple[ReportedField, ...]:
        """Every field that the box reports, section by section. DeviceError."""
        dialect = await self.dialect()
        if dialect.by_section:
            return tuple([field for key in _SEARCHED for field in await self._fields_of(key)])
        return parse_fields((await self.read(dialect.fields_path(""))).body, "", dialect.catalogue)

    async def field(self, name: str, section: str | None = None, *, as_last_seen: bool = False) -> ReportedField:
        """One field.

        Args:
            name: Its key; on a Unite the Next's key will do.
            section: Where it lies; searched for where neither this nor the catalogue tells.
            as_last_seen: Whether what was seen of it before will do, however long ago.

        Raises:
            DeviceRejected: The box does not show it.
            DeviceError: It could not be looked for.
        """
        dialect = await self.dialect()
        known = dialect.catalogue.find(name)
        key = known.key if known is not None else name
        if as_last_seen and key in self._fields:
            return self._fields[key]
        if known is not None or section or not dialect.by_section:
            place = section or (known.section if known is not None else "")
            found = _among(await (self.all_fields() if not place else self._fields_of(place)), key)
        else:
            found = await self._searched(key)
        if found is not None:
            return found
        raise DeviceRejected(f"the wallbox shows no field {key!r}{f' in section {section}' if section else ''}")

    def forget(self, *paths: str) -> None:
        """What was read there is out of date."""
        for path in paths:
            self._seen.pop(path, None)

    async def _fields_of(self, section: str) -> tuple[ReportedField, ...]:
        return (await self.section(section))[0]

    async def _searched(self, key: str) -> ReportedField | None:
        """A field that may lie anywhere: section by section, the slow one last."""
        for section in _SEARCHED:
            if (found := _among(await self._fields_of(section), key)) is not None:
                return found
        return None

    async def _find_out(self) -> Dialect:
        """A Next has sections; a Unite has not, and shows all fields at once. Both replies are of use afterwards."""
        for dialect in (NEXT, UNITE):
            try:
                await self.read(dialect.fields_path("power"))
            except DeviceRejected as error:
                if error.status != _NOT_FOUND:
                    raise
            else:
                return dialect
        raise DeviceProtocolError(
            "the wallbox has neither the Next's sections nor the Unite's fields: is this its address, and its firmware "
            "one that Sunpace knows? wallbox.dialect names the model where this cannot be found out"
        )

    async def _get(self, path: str) -> Any:
        call = Call(method="GET", path=path)
        timeout_s = _SLOW_TIMEOUT_S if path in _SLOW else None
        for attempt in range(1, self._attempts + 1):
            try:
                return _filled(await self._access.request(call, timeout_s=timeout_s), call)
            except (DeviceUnavailable, DeviceTimeout, DeviceProtocolError) as error:
                pause_s = error.retry_in_s or 0.0
                if attempt == self._attempts or pause_s > _LONGEST_RETRY_S or isinstance(error, NoConnection):
                    raise
                await self._clock.sleep(pause_s)
        raise AssertionError("a read is made at least once")


def _among(fields: tuple[ReportedField, ...], key: str) -> ReportedField | None:
    return next((field for field in fields if field.key == key), None)


def _filled(body: Any, call: Call) -> Any:
    if body is None:
        raise DeviceProtocolError(f"the wallbox's answer to {call} is empty")
    return body
