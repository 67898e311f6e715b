"""Which box, and how to get in: the configuration, the command line, or a question."""

from __future__ import annotations

import argparse
import getpass
import os
import sys
from pathlib import Path

from pydantic import SecretStr

from controller.config.loader import load_access
from controller.config.models import WallboxAccess
from controller.domain.errors import ConfigError

_DEFAULT_FILE = Path("config.toml")


def config_file(arguments: argparse.Namespace) -> Path | None:
    """The configuration that counts: the one named, else config.toml unless a host is named."""
    if arguments.config is not None:
        return Path(arguments.config)
    return None if arguments.host is not None else _DEFAULT_FILE


def read_table(arguments: argparse.Namespace, *, trust_anything: bool = False) -> WallboxAccess:
    """The table `[wallbox]` with the command line over it; the password is not looked up. Raises ConfigError.

    Args:
        arguments: The command line.
        trust_anything: Whether what is said of the certificate does not matter.
    """
    return _load(arguments, with_password=False, trust_anything=trust_anything)[0]


def _load(
    arguments: argparse.Namespace, *, with_password: bool, trust_anything: bool = False
) -> tuple[WallboxAccess, SecretStr | None]:
    file = config_file(arguments)
    if file == _DEFAULT_FILE and arguments.config is None and not file.exists():
        raise ConfigError([f"{file} is not here: name your configuration with --config, or the box with --host"])
    given = {
        "host": arguments.host,
        "port": arguments.port,
        "username": arguments.username,
        "dialect": arguments.dialect,
        "tls_fingerprint": arguments.fingerprint,
        "tls_ca_file": arguments.ca_file,
        "tls": "insecure" if arguments.insecure or trust_anything else None,
    }
    over = [
        (("wallbox", key), value, f"--{_OPTIONS.get(key, key)}") for key, value in given.items() if value is not None
    ]
    return load_access(file, os.environ, over, with_password=with_password)


_OPTIONS = {"tls_fingerprint": "fingerprint", "tls_ca_file": "ca-file", "tls": "insecure"}


def complete_access(arguments: argparse.Namespace) -> tuple[WallboxAccess, SecretStr]:
    """As `read_table`, with nothing missing: the password is asked for without echo. Raises ConfigError."""
    table, password = _load(arguments, with_password=True)
    if table.trusts == 0:
        raise ConfigError(
            [
                f"the certificate of {table.host} is not known yet: `sunpace wallbox pair` shows it and writes its "
                "fingerprint into the configuration (or name it with --fingerprint)"
            ]
        )
    if password is None:
        password = SecretStr(ask_secret(f"Password of {table.username} at {table.host}: ", "SUNPACE_WALLBOX__PASSWORD"))
    return table, password


def ask_secret(question: str, instead: str) -> str:
    """A person's answer, without echo. Raises ConfigError where there is no person."""
    if sys.stdin is None or not sys.stdin.isatty():
        raise ConfigError([f"there is no terminal to ask at ({question.strip(': ')}): give it in {instead}"])
    try:
        answer = getpass.getpass(question)
    except EOFError:
        answer = ""
    if not answer:
        raise ConfigError(["nothing was entered; nothing was sent"])
    return answer


def confirmed(question: str) -> bool:
    """Whether a person says yes; False where there is none."""
    if sys.stdin is None or not sys.stdin.isatty():
        return False
    print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().casefold() in ("y", "yes", "j", "ja")
