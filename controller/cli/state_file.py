"""Small files by which a person talks to the running service."""

from __future__ import annotations

from pathlib import Path

from controller.cli.whole_file import whole_text
from controller.domain.errors import ConfigError, StorageError


def put(file: Path, text: str, key: str) -> None:
    """Writes a file that the service looks at, whole or not at all.

    Args:
        file: Where it lies.
        text: Its content.
        key: The key of `[site]` that names another place for it.

    Raises:
        ConfigError: No service looks there.
        StorageError: It cannot be written.
    """
    if not file.parent.is_dir():
        raise ConfigError(
            [
                f"{file.parent}: there is no such directory, so the service does not look there; name the file in "
                f'config.toml, like [site] {key} = "/etc/sunpace/{file.name}"'
            ]
        )
    with whole_text(file) as handle:
        handle.write(text)


def take_away(file: Path) -> None:
    """Removes a file, if there is one. Raises StorageError."""
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(f"{file} cannot be removed: {error.strerror}") from error
