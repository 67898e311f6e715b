"""`sunpace wallbox pair`: shows the box's certificate, and pins it on consent."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import anyio
import tomlkit
from tomlkit.exceptions import TOMLKitError

from controller.cli.outcome import Outcome
from controller.cli.wallbox import tables
from controller.cli.wallbox.way_in import config_file, confirmed, read_table
from controller.cli.whole_file import whole_file
from controller.config.models import WallboxAccess
from controller.control.clock import WallClock
from controller.domain.errors import ConfigError, StorageError
from controller.wallbox.pairing import shown_fingerprint

_BYTE_ORDER_MARK = "\ufeff"  # some editors leave one
_OTHER_WAYS = ("tls", "tls_ca_file")


def pair(arguments: argparse.Namespace) -> Outcome:
    """Fetches the certificate, shows it, and writes its fingerprint where a person or --yes agrees.

    Whatever the configuration trusts so far does not matter here, and may even be wrong: this is what mends it.
    """
    table = read_table(arguments, trust_anything=True)
    file = config_file(arguments)
    fingerprint = anyio.run(_fetch, table)
    data = {"host": table.host, "port": table.port, "tls_fingerprint": fingerprint, "file": None, "written": False}
    line = f'tls_fingerprint = "{_colons(fingerprint)}"'
    elsewhere = arguments.host is not None or arguments.port is not None
    if file is None or elsewhere:
        about = _about(table, fingerprint)
        return Outcome(data, tables.line(f"{about}\nFor the configuration of this box, under [wallbox]:\n{line}"))
    data["file"] = str(file)
    before = trusted_fingerprint(file)
    if before is not None and _digits(before) == fingerprint:
        return Outcome(data, tables.line(f"{line}\n{file} has it already"))
    if not arguments.yes and (arguments.json or not _agreed(table, fingerprint, before, file)):
        return Outcome(data, tables.line(f"{line}\n{file} was left as it is; --yes writes it"))
    write_fingerprint(file, fingerprint)
    data["written"] = True
    return Outcome(data, tables.line(f"{line}\nwritten to {file}; restart Sunpace where it runs"))


def trusted_fingerprint(file: Path) -> str | None:
    """What `wallbox.tls_fingerprint` is in the file itself, right or wrong. Raises ConfigError, StorageError."""
    _, _, wallbox = _parsed(file)
    return str(wallbox["tls_fingerprint"]) if "tls_fingerprint" in wallbox else None


def write_fingerprint(file: Path, fingerprint: str) -> None:
    """Sets `wallbox.tls_fingerprint` in a configuration; comments stay, and the file is never half-written.

    Raises:
        ConfigError: The file is no TOML, or has no table [wallbox].
        StorageError: It cannot be written.
    """
    mark, document, wallbox = _parsed(file)
    for key in _OTHER_WAYS:
        wallbox.pop(key, None)
    wallbox["tls_fingerprint"] = _colons(fingerprint)
    with whole_file(file) as new:
        new.write(mark.encode() + tomlkit.dumps(document).encode("utf-8"))


def _parsed(file: Path) -> tuple[str, tomlkit.TOMLDocument, dict[str, Any]]:
    """The file's byte order mark, its document, and the table [wallbox] in it. Raises ConfigError, StorageError."""
    try:
        text = file.read_bytes().decode("utf-8")
        mark = _BYTE_ORDER_MARK if text.startswith(_BYTE_ORDER_MARK) else ""
        document = tomlkit.parse(text.removeprefix(mark))
        wallbox = document["wallbox"]
    except (TOMLKitError, UnicodeDecodeError, KeyError) as error:
        raise ConfigError([f"{file}: has no table [wallbox] that can be changed: {error}"]) from error
    except OSError as error:
        raise StorageError(f"{file} cannot be read: {error.strerror}") from error
    if not isinstance(wallbox, dict):
        raise ConfigError([f"{file}: wallbox is no table"])
    return mark, document, wallbox


def _agreed(table: WallboxAccess, fingerprint: str, before: str | None, file: Path) -> bool:
    print(_about(table, fingerprint), file=sys.stderr)
    if before is not None:
        print(f"So far trusted:\n  {before}", file=sys.stderr)
    return confirmed(f"Is this your wallbox, and may it be written to {file}?")


def _about(table: WallboxAccess, fingerprint: str) -> str:
    return (
        f"{table.host}:{table.port} shows a certificate with this SHA-256 fingerprint:\n  {_colons(fingerprint)}\n"
        "Your browser shows the same under the lock symbol of the wallbox's page."
    )


def _digits(fingerprint: str) -> str:
    return fingerprint.replace(":", "").casefold()


def _colons(fingerprint: str) -> str:
    digits = fingerprint.upper()
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))


async def _fetch(table: WallboxAccess) -> str:
    return await shown_fingerprint(table.host, table.port, WallClock(), timeout_s=table.pacing.timeout_s)
