"""A text that outlives the service, in a file of its own."""

from __future__ import annotations

from pathlib import Path

from controller.domain.errors import StorageError
from controller.history.atomic import write_whole

_LONGEST_BYTES = 4 * 1024 * 1024


class TextFile:
    """Keeps one text.

    Args:
        path: Where it lies; its directory is made when it is missing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> str | None:
        """The text; None where none is kept. Raises StorageError."""
        try:
            with self._path.open("rb") as file:
                content = file.read(_LONGEST_BYTES + 1)
            if len(content) > _LONGEST_BYTES:
                raise StorageError(f"{self._path} is longer than anything that is kept there")
            return content.decode()
        except FileNotFoundError:
            return None
        except UnicodeDecodeError as error:
            raise StorageError(f"{self._path} is damaged: not UTF-8 text") from error
        except OSError as error:
            raise StorageError(f"{self._path} cannot be read: {error.strerror}") from error

    def save(self, text: str) -> None:
        """Keeps it in place of the one before. Raises StorageError."""
        try:
            write_whole(self._path, text)
        except OSError as error:
            raise StorageError(
                f"{self._path} cannot be written: {error.strerror}; mend that, or change history.directory"
            ) from error
