"""`sunpace wallbox pair`: shows the box's certificate, and pins it on consent."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import anyio
import tomlkit
from tomlkit.exceptions import TOMLKitError

from controller.cli.wallbox import tables
from controller.cli.wallbox.outcome import Outcome
from controller.cli.wallbox.way_in import config_file, confirmed, read_table
from controller.cli.whole_file import whole_file
from controller.config.models import WallboxAccess
from controller.control.clock import WallClock
from controller.domain.errors import ConfigError, StorageError
from controller.wallbox.pairing import shown_fingerprint

_BYTE_ORDER_MARK = "\ufeff"  # some editors leave one
_OTHER_WAYS = ("tls", "tls_ca_file")


def pair(arguments: argparse.Namespace) -> Outcome:
    """Fetches the certificate, shows it, and writes its fingerprint where a person or --yes agrees."""
    table = read_table(arguments)
    file = config_file(arguments)
    fingerprint = anyio.run(_fetch, table)
    data = {"host": table.host, "port": table.port, "tls_fingerprint": fingerprint, "file": None, "written": False}
    line = f'tls_fingerprint = "{_colons(fingerprint)}"'
    if file is None:
        return Outcome(
            data, tables.line(f"{_about(table, fingerprint)}\nFor your configuration, under [wallbox]:\n{line}")
        )
    data["file"] = str(file)
    if table.tls_fingerprint == fingerprint:
        return Outcome(data, tables.line(f"{line}\n{file} has it already"))
    if not arguments.yes and (arguments.json or not _agreed(table, fingerprint, file)):
        return Outcome(data, tables.line(f"{line}\n{file} was left as it is; --yes writes it"))
    write_fingerprint(file, fingerprint)
    data["written"] = True
    return Outcome(data, tables.line(f"{line}\nwritten to {file}; restart Sunpace where it runs"))


def write_fingerprint(file: Path, fingerprint: str) -> None:
    """Sets `wallbox.tls_fingerprint` in a configuration; comments stay, and the file is never half-written.

    Raises:
        ConfigError: The file is no TOML, or has no table [wallbox].
        StorageError: It cannot be written.
    """
    file = file.resolve()
    try:
        text = file.read_bytes().decode("utf-8")
        document = tomlkit.parse(text.removeprefix(_BYTE_ORDER_MARK))
        wallbox = document["wallbox"]
    except (TOMLKitError, UnicodeDecodeError, KeyError) as error:
        raise ConfigError([f"{file}: has no table [wallbox] that can be changed: {error}"]) from error
    except OSError as error:
        raise StorageError(f"{file} cannot be read: {error.strerror}") from error
    if not isinstance(wallbox, dict):
        raise ConfigError([f"{file}: wallbox is no table"])
    for key in _OTHER_WAYS:
        wallbox.pop(key, None)
    wallbox["tls_fingerprint"] = _colons(fingerprint)
    mark = _BYTE_ORDER_MARK if text.startswith(_BYTE_ORDER_MARK) else ""
    with whole_file(file) as new:
        new.write(mark.encode() + tomlkit.dumps(document).encode("utf-8"))


def _agreed(table: WallboxAccess, fingerprint: str, file: Path) -> bool:
    print(_about(table, fingerprint), file=sys.stderr)
    return confirmed(f"Is this your wallbox, and may it be written to {file}?")


def _about(table: WallboxAccess, fingerprint: str) -> str:
    before = ""
    if table.tls_fingerprint is not None and table.tls_fingerprint != fingerprint:
        before = f"\n  so far trusted: {_colons(table.tls_fingerprint)}"
    return (
        f"{table.host}:{table.port} shows a certificate with this SHA-256 fingerprint:\n  {_colons(fingerprint)}"
        f"{before}\n"
        "Your browser shows the same under the lock symbol of the wallbox's page."
    )


def _colons(fingerprint: str) -> str:
    digits = fingerprint.upper()
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))


async def _fetch(table: WallboxAccess) -> str:
    return await shown_fingerprint(table.host, table.port, WallClock(), timeout_s=table.pacing.timeout_s)
