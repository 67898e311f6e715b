"""What was learnt of the box, in a small file beside the user's own limit."""

from __future__ import annotations

import json
from pathlib import Path

import structlog
from pydantic import BaseModel, ConfigDict, ValidationError

from controller.domain.errors import StorageError
from controller.history.atomic import write_whole

_log = structlog.get_logger()


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", strict=True)

    wallbox: str
    fails_after_pause: bool


class BoxNoteFile:
    """Implements the port `BoxNoteStore`.

    Args:
        directory: Where `box-notes.json` lies; made when it is missing.
        wallbox: Host and port of the box; another box's notes do not count.
    """

    def __init__(self, directory: Path, wallbox: str) -> None:
        self._path = directory / "box-notes.json"
        self._wallbox = wallbox

    def fails_after_pause(self) -> bool:
        """See `BoxNoteStore.fails_after_pause`; a damaged file says nothing."""
        try:
            found = _File.model_validate_json(self._path.read_bytes())
        except FileNotFoundError:
            return False
        except OSError as error:
            raise StorageError(f"{self._path} cannot be read: {error.strerror}") from error
        except ValidationError:
            _log.warning("box_notes_damaged", file=str(self._path), lost="whether the box fails after a pause")
            return False
        return found.wallbox == self._wallbox and found.fails_after_pause

    def note_fails_after_pause(self, *, fails: bool) -> None:
        """See `BoxNoteStore.note_fails_after_pause`."""
        try:
            if fails:
                write_whole(self._path, json.dumps({"wallbox": self._wallbox, "fails_after_pause": True}) + "\n")
            else:
                self._path.unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(
                f"{self._path} cannot be written: {error.strerror}; mend that, or change history.directory"
            ) from error
