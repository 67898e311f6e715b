"""Values from the environment and from systemd credentials, laid over the file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import BaseModel, SecretStr

from controller.config.schema import kinds_at
from controller.domain.errors import ConfigError
from controller.domain.toml_text import parse_toml

PREFIX = "SUNPACE_"

_EXCLUSIVE = ({"password", "password_file"}, {"token", "token_file"}, {"tls_fingerprint", "tls_ca_file", "tls"})
"""Keys of which a table holds one: what is laid over the file takes the place of the others there."""


Overlay = tuple[tuple[str | int, ...], str, str]
"""A key path, its text, and where it comes from."""


def overlays(environ: Mapping[str, str]) -> Iterator[Overlay]:
    """Every value from outside the file: (key path, text, where it comes from); later ones win.

    `SUNPACE_WALLBOX__PASSWORD` sets `wallbox.password`; a credential is a file of that dotted name in
    `$CREDENTIALS_DIRECTORY`, as systemd's LoadCredential= puts it there.

    Raises:
        ConfigError: A credential cannot be read.
    """
    directory = environ.get("CREDENTIALS_DIRECTORY")
    if directory:
        try:
            files = sorted(Path(directory).iterdir())
        except OSError as error:
            raise ConfigError([f"CREDENTIALS_DIRECTORY {directory}: cannot be read: {error.strerror}"]) from error
        for file in files:
            if "." in file.name and not file.name.startswith("."):
                yield key_path(file.name.split(".")), _read(file), f"credential {file.name}"
    for name, text in sorted(environ.items()):
        if name.startswith(PREFIX):
            if not text.isprintable():
                raise ConfigError([f"environment {name}: has characters that are no text"])
            yield key_path(name.removeprefix(PREFIX).lower().split("__")), text, f"environment {name}"


def lay_over(tree: dict[str, Any], path: tuple[str | int, ...], text: str, origin: str, model: type[BaseModel]) -> None:
    """Sets `path` in `tree` to `text`, read as TOML unless `model` takes text there.

    Raises:
        ConfigError: The path leads through something that is no table.
    """
    node: Any = tree
    for step, following in pairwise(path):
        if isinstance(node, dict) and isinstance(step, str):
            node = node.setdefault(step, [] if isinstance(following, int) else {})
        elif isinstance(node, list) and isinstance(step, int) and step < len(node):
            node = node[step]
        else:
            raise ConfigError([f"{origin}: {dotted(path)} does not exist in the file"])
    last = path[-1]
    if isinstance(node, dict) and isinstance(last, str):
        for group in _EXCLUSIVE:
            for other in group - {last} if last in group else ():
                node.pop(other, None)
        node[last] = _value(text, _holds_text(model, path))
    else:
        raise ConfigError([f"{origin}: {dotted(path)} is no key that can be set"])


def dotted(path: tuple[str | int, ...]) -> str:
    """A key path as people write it: `meter.pv[0].host`."""
    text = ""
    for step in path:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text


def key_path(steps: list[str]) -> tuple[str | int, ...]:
    """The steps of a key path; digits are a place in an array."""
    return tuple(int(step) if step.isdigit() else step for step in steps)


def _value(text: str, key_is_text: bool) -> Any:
    if key_is_text:
        return text
    try:
        return parse_toml(f"value = {text}")["value"]
    except ValueError:
        return text


def _holds_text(model: type[BaseModel], path: tuple[str | int, ...]) -> bool:
    """Whether the key takes text: there a password of digits, or a host called "true", stays as it is."""
    kinds = kinds_at(model, path)
    return bool({str, SecretStr, Path} & kinds)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8").rstrip("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"credential {file.name}: cannot be read as text: {error}"]) from error
