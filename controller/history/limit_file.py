"""The user's own limit in a small file, until the box is given back."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Annotated

import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from controller.domain.errors import StorageError
from controller.domain.ports import LimitRecord
from controller.domain.units import HIGHEST_LIMIT_A
from controller.history.atomic import write_whole

_log = structlog.get_logger()


_Limit = Annotated[int, Field(ge=0, le=HIGHEST_LIMIT_A)]


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    wallbox: str
    own_a: _Limit
    written_a: list[_Limit]


class LimitFile:
    """Implements the port `LimitStore`; written whole or not at all, and on the disk when `save` returns.

    Args:
        directory: Where it lies; made when it is missing.
        wallbox: Host and port of the box that the record belongs to; another box's record does not count.
    """

    def __init__(self, directory: Path, wallbox: str) -> None:
        self._path = directory / "own-limit.json"
        self._wallbox = wallbox

    def load(self) -> LimitRecord | None:
        """See `LimitStore.load`; a damaged file is put aside and said so, and the box is taken as it is found."""
        try:
            content = self._path.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StorageError(f"{self._path} cannot be read: {error.strerror}") from error
        try:
            found = _File.model_validate_json(content)
        except ValidationError:
            self._put_aside()
            return None
        if found.wallbox != self._wallbox:
            return None
        return LimitRecord(own_a=found.own_a, written_a=tuple(found.written_a))

    def save(self, record: LimitRecord) -> None:
        """See `LimitStore.save`."""
        content = {"wallbox": self._wallbox, "own_a": record.own_a, "written_a": list(record.written_a)}
        try:
            write_whole(self._path, json.dumps(content) + "\n")
        except OSError as error:
            raise StorageError(
                f"{self._path} cannot be written: {error.strerror}; mend that, or change history.directory"
            ) from error

    def probe(self) -> None:
        """Raises StorageError when a record could not be kept here; leaves nothing behind."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self._path.parent) as file:
                file.write(b"x" * 512)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            raise StorageError(
                f"{self._path.parent} cannot be written: {error.strerror}; mend that, or change history.directory"
            ) from error

    def forget(self) -> None:
        """See `LimitStore.forget`."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(f"{self._path} cannot be removed: {error.strerror}") from error

    def _put_aside(self) -> None:
        aside = self._path.with_suffix(".damaged")
        try:
            self._path.replace(aside)
        except OSError as error:
            raise StorageError(f"{self._path} is damaged and cannot be put aside: {error.strerror}") from error
        remedy = "check the operator current limit on the wallbox's own page after Sunpace has stopped"
        _log.warning("own_limit_file_damaged", kept_as=str(aside), remedy=remedy)
