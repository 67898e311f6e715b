"""Which strategy the running service follows, in a small TOML file beside its state, for those who ask it."""

from __future__ import annotations

import json
import os
import tempfile
from contextlib import suppress
from datetime import UTC
from pathlib import Path

from controller.domain.choice import Followed
from controller.domain.errors import StorageError
from controller.history.small_toml import moment_of, no_other_keys, read_small, table_of

FILE_NAME = "strategy-followed.toml"
_KEYS = frozenset({"name", "since", "awaited", "why"})


class FollowedFile:
    """Implements the port `FollowedStore`; written whole, but not waited for: after a crash it is written anew.

    Args:
        directory: Where it lies; made when it is missing.
    """

    def __init__(self, directory: Path) -> None:
        self._path = directory / FILE_NAME

    def keep(self, followed: Followed) -> None:
        """See `FollowedStore.keep`."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._path.parent, prefix=f".{self._path.stem}-")
            try:
                with os.fdopen(handle, "w", encoding="utf-8", errors="replace") as file:
                    file.write(_text(followed))
                    os.fchmod(file.fileno(), 0o644)  # whoever asks may be somebody else
                Path(name).replace(self._path)
            except OSError:
                with suppress(OSError):
                    Path(name).unlink()
                raise
        except OSError as error:
            raise StorageError(f"{self._path} cannot be written: {error.strerror}") from error

    def forget(self) -> None:
        """See `FollowedStore.forget`."""
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(f"{self._path} cannot be removed: {error.strerror}") from error


def read_followed(directory: Path) -> Followed | None:
    """What the service has noted last; None where it has ended well since. Raises StorageError."""
    path = directory / FILE_NAME
    try:
        table = table_of(read_small(path, "note of the service"), str(path))
    except (FileNotFoundError, NotADirectoryError):
        return None
    no_other_keys(table, _KEYS, str(path))
    texts = [table.get(key, "") for key in ("name", "awaited", "why")]
    if not all(isinstance(text, str) for text in texts) or not texts[0]:
        raise StorageError(f"{path}: name, awaited and why must be text, and a name there must be")
    since = moment_of(table.get("since"), "since", str(path), ("the service writes this file itself", "")).astimezone(
        UTC
    )
    return Followed(texts[0], since, *texts[1:])


def _text(followed: Followed) -> str:
    texts = {"name": followed.name, "awaited": followed.awaited, "why": followed.why}
    lines = [f"{key} = {_quoted(text)}" for key, text in texts.items() if text]
    return "\n".join([*lines, f"since = {followed.since.isoformat(timespec='seconds')}"]) + "\n"


def _quoted(text: str) -> str:
    """As TOML writes it: JSON's way, but that TOML has no pairs of escapes for one character, and no bare DEL."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
