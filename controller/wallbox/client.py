"""The wallbox's REST API, typed: reading all of it, and writing what cannot lock its owner out.

What can (factory reset, firmware, network, passwords) is in `maintenance.py`, and nothing that decides can reach it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from controller.domain.errors import DeviceProtocolError, DeviceRejected
from controller.domain.traffic import Traffic
from controller.wallbox.access import Access
from controller.wallbox.catalogue import FieldType
from controller.wallbox.dashboard import BoxError, Dashboard, parse_dashboard, parse_errors
from controller.wallbox.dialect import Dialect
from controller.wallbox.gate import Gate, Priority
from controller.wallbox.https import Call
from controller.wallbox.reading import DASHBOARD, ERRORS, STRUCTURE, Reading
from controller.wallbox.sections import ReportedField, StructureSection, Value, parse_structure, structure_of
from controller.wallbox.writing import Writing, Written

_LONGEST_DOWNLOAD_BYTES = 256 * 1024 * 1024
_DOWNLOAD_TIMEOUT_S = 600.0
_NOT_FOUND = 404
DOWNLOAD_PATH = "/api/files/{key}"
"""Where files are fetched: not specified, so the place where they are uploaded is taken."""


class WallboxClient:
    """A Webasto Next or Ampure Unite over its REST API.

    All calls raise `DeviceError`: AuthError (credentials or certificate), DeviceRejected (4xx, or refused here before
    anything was sent), DeviceUnavailable, DeviceTimeout, DeviceProtocolError. They may be made by many at once: the
    gate lets one through at a time, and who asks for what was just asked for gets the same answer.

    Args:
        access: The way in.
        gate: The gate behind it, for its state.
        reading: The reads.
        writing: The writes.
        download_path: Where a file is fetched, with `{key}` for its key.
    """

    def __init__(
        self, access: Access, gate: Gate, reading: Reading, writing: Writing, *, download_path: str = DOWNLOAD_PATH
    ) -> None:
        self._access = access
        self._gate = gate
        self._reading = reading
        self._writing = writing
        self._download_path = download_path

    async def dialect(self) -> Dialect:
        """Which model it is; found out once, in two calls at the most."""
        return await self._reading.dialect()

    async def dashboard(self) -> Dashboard:
        """`GET /api/dashboard-information`: all three groups."""
        return (await self.dashboard_at())[0]

    async def dashboard_at(self) -> tuple[Dashboard, float]:
        """As `dashboard`, with the monotonic second before it was asked for."""
        seen = await self._reading.read(DASHBOARD)
        return parse_dashboard(seen.body), seen.at_s

    async def errors(self) -> tuple[BoxError, ...]:
        """`GET /api/current-errors`: what is wrong now. The Unite has no such list: DeviceRejected."""
        if not (await self.dialect()).has_errors:
            raise DeviceRejected("this model, the Unite, does not list its errors; its own page does. Nothing was sent")
        return parse_errors((await self._reading.read(ERRORS)).body)

    async def structure(self) -> tuple[StructureSection, ...]:
        """`GET /api/configuration-structure`: sections and groups; on the Unite those that its fields lie in."""
        if not (await self.dialect()).has_structure:
            return structure_of(await self._reading.all_fields())
        return parse_structure((await self._reading.read(STRUCTURE)).body)

    async def section(self, key: str) -> tuple[ReportedField, ...]:
        """`GET /api/sections/{key}`: all its fields, also those that the catalogue does not know.

        On the Unite: those of `GET /api/configuration-fields` that lie in it.
        """
        return (await self.section_at(key))[0]

    async def section_at(self, key: str) -> tuple[tuple[ReportedField, ...], float]:
        """As `section`, with the monotonic second before it was asked for."""
        return await self._reading.section(key)

    async def field(self, name: str, section: str | None = None) -> ReportedField:
        """One field, out of its section.

        Args:
            name: Its key; on a Unite the Next's key will do.
            section: Where it lies, for fields that the catalogue does not know; all are searched where not given.
        """
        return await self._reading.field(name, section)

    async def update(
        self,
        changes: Mapping[str, Value],
        *,
        section: str | None = None,
        urgent: bool = False,
        read_back: bool = True,
    ) -> tuple[Written, ...]:
        """`POST /api/configuration-updates`, all in one call.

        Everything is checked before anything is sent: by the catalogue, then by what the box itself reports. What can
        lock the owner out is refused (NeedsConsent). A field whose last write had no answer is looked at first.

        Args:
            changes: New values by field key, typed or as text; in the field's own unit.
            section: Where the fields lie, for those that the catalogue does not know.
            urgent: Whether it protects: goes first, and is written whatever is left of the budget.
            read_back: Whether to look once afterwards; never done for the section `system`, which is slow.
        """
        checked = await self._writing.check(changes, section, consent=False)
        return await self._writing.write(checked, urgent=urgent, read_back=read_back)

    async def start(self) -> None:
        """`POST /api/custom-actions/local-remote-start`, action "start". Never repeated by itself."""
        await self._writing.act("local-remote-start", {"action": "start"})

    async def stop(self) -> None:
        """`POST /api/custom-actions/local-remote-start`, action "stop"; goes before whatever only reads."""
        await self._writing.act("local-remote-start", {"action": "stop"}, priority=Priority.PROTECT)

    async def skip_random_delay(self) -> None:
        """`POST /api/custom-actions/skip-random-delay`: ends the randomised delay under way; never repeated."""
        await self._writing.act("skip-random-delay")

    async def download(self, key: str, sink: Callable[[bytes], None]) -> None:
        """Fetches a file, part by part.

        The path is not specified: `wallbox.download_path`, unverified.

        Args:
            key: `download-logfile`, `licensing-information` or `local-ca-cert`.
            sink: Takes the parts in order.
        """
        catalogue = (await self.dialect()).catalogue
        files = [row.key for row in catalogue if row.type is FieldType.DOWNLOAD]
        if key not in files:
            known = f"there are {', '.join(files)}" if files else "none is known of this model"
            raise DeviceRejected(f"there is no file {key!r} to download; {known}. Nothing was sent")
        length = 0

        def take(part: bytes) -> None:
            nonlocal length
            length += len(part)
            sink(part)

        call = Call(
            method="GET",
            path=self._download_path.format(key=key),
            sink=take,
            longest_bytes=_LONGEST_DOWNLOAD_BYTES,
        )
        try:
            await self._access.request(call, timeout_s=_DOWNLOAD_TIMEOUT_S)
        except DeviceRejected as error:
            if error.status != _NOT_FOUND:
                raise
            raise DeviceRejected(
                f"{error}. Where this box keeps its files is not known: watch where its own page fetches {key}, and "
                "write that into wallbox.download_path",
                status=error.status,
            ) from error
        if length == 0:
            raise DeviceProtocolError(
                f"the wallbox's answer to {call} is empty, or a web page: see wallbox.download_path"
            )

    def traffic(self) -> Traffic:
        """What the gate has let through, and what stands in the way, now."""
        return self._gate.traffic()

    async def close(self, *, keep_gap: bool = False) -> None:
        """Closes the connection; the next request opens a new one.

        Args:
            keep_gap: Whether to wait until another program may talk to the box, too.
        """
        await self._access.close()
        await self._gate.close(keep_gap=keep_gap)
