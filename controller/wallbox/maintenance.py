"""What can lock the owner out of the box or interrupt a car: for a person who has said yes, and nobody else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

import structlog

from controller.domain.charger import OcppState
from controller.domain.errors import DeviceRejected, DeviceTimeout, DeviceUnavailable, StorageError
from controller.wallbox.catalogue import FieldType, is_guarded
from controller.wallbox.client import WallboxClient
from controller.wallbox.https import Call, Upload
from controller.wallbox.reading import DASHBOARD, Reading
from controller.wallbox.sections import Value
from controller.wallbox.writing import Writing, Written

_log = structlog.get_logger()
FIRMWARE = "upload-new-firmware"
_SLOWEST_UPLOAD_BYTES_PER_S = 20_000
_AFTER_UPLOAD_S = 120.0  # for the box to check what it has got


class Maintenance:
    """Calls that no strategy can reach: whoever makes one of these answers for a person's consent.

    All raise `DeviceError`, and DeviceRejected while a car is charging.

    Args:
        client: For looking at the box before.
        reading: The reads.
        writing: The writes.
    """

    def __init__(self, client: WallboxClient, reading: Reading, writing: Writing) -> None:
        self._client = client
        self._reading = reading
        self._writing = writing

    async def update(self, changes: Mapping[str, Value], *, section: str | None = None) -> tuple[Written, ...]:
        """As `WallboxClient.update`, and network and passwords, too, while no car is charging."""
        checked = await self._writing.check(changes, section, consent=True)
        guarded = any(is_guarded(field.section, field.type) for field, _ in checked)
        if guarded:
            await self.refuse_while_charging("network and passwords are not changed")
        # a box with a new address is not read back: it does not answer at the old one
        return await self._writing.write(checked, urgent=False, read_back=not guarded)

    async def restart(self, *, while_charging: bool = False) -> None:
        """`POST /api/custom-actions/restart-system`: the box is back after about 5 min.

        A connection that breaks, or an answer that does not come, is what a restart looks like.

        Args:
            while_charging: Whether to interrupt a car, too.
        """
        if not while_charging:
            await self.refuse_while_charging("the box is not restarted")
        try:
            await self._writing.act("restart-system")
        except (DeviceUnavailable, DeviceTimeout) as error:
            _log.info("restart_taken_as_done", error=str(error))

    async def factory_reset(self) -> None:
        """`POST /api/custom-actions/factory-reset`: every setting is lost, network and password included."""
        await self.refuse_while_charging("the box is not reset")
        await self._writing.act("factory-reset")

    async def upload(self, key: str, file: Path, progress: Callable[[int], None]) -> None:
        """`POST /api/files/{key}`, multipart, streamed from the disk.

        Args:
            key: `upload-new-firmware` or `local-ca-cert`.
            file: What to upload.
            progress: Told of each part, in bytes.

        Raises:
            StorageError: The file cannot be read.
        """
        catalogue = (await self._reading.dialect()).catalogue
        keys = [row.key for row in catalogue if row.type is FieldType.UPLOAD or row.upload]
        if key not in keys:
            known = f"there are {', '.join(keys)}" if keys else "none is known of this model"
            raise DeviceRejected(f"there is nothing called {key!r} to upload to; {known}. Nothing was sent")
        if key == FIRMWARE:
            await self.refuse_while_charging("firmware is not uploaded")
        else:
            await self._client.dashboard()  # a token that has gone stale shows now, and not after the whole file
        try:
            with file.open("rb") as handle:
                size = handle.seek(0, 2)
                if size == 0:
                    raise DeviceRejected(f"{file} is empty. Nothing was sent")
                upload = Upload(file=handle, name=file.name, progress=progress)
                call = Call(method="POST", path=f"/api/files/{key}", upload=upload)
                await self._writing.post(call, timeout_s=size / _SLOWEST_UPLOAD_BYTES_PER_S + _AFTER_UPLOAD_S)
        except OSError as error:
            raise StorageError(f"{file} cannot be read: {error.strerror or error}") from error

    async def refuse_while_charging(self, what: str) -> None:
        """Raises DeviceRejected while a car is charging, or about to go on by itself."""
        self._reading.forget(DASHBOARD)  # what it was some seconds ago is not enough
        state = (await self._client.dashboard()).ocpp_state
        if state is None or (state.enabled is None and state is not OcppState.FAULTED):
            raise DeviceRejected(f"{what}: the wallbox does not tell whether a car is charging; use its own page")
        if state.enabled:
            raise DeviceRejected(
                f"{what} while a car is charging ({state.value}): stop it first, with `sunpace wallbox stop`"
            )
