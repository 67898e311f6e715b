"""Finds profiles: those that come with Sunpace, and the user's own beside the configuration."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path
from typing import Any

from controller.domain.errors import ConfigError
from controller.meter.profile import Profile
from controller.meter.profile_text import parse_profile, parse_tree
from controller.meter.quantities import Role

_BUILT_IN = resources.files("controller.meter") / "profiles"
_KEY = re.compile(r"[a-z0-9]([a-z0-9._-]*[a-z0-9])?")


class Shelf:
    """The profiles that can be had.

    Args:
        folder: Where the user's own lie, as `NAME.toml`; None for none. One of them goes before a namesake that comes
            with Sunpace, and may extend it.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder

    @property
    def known(self) -> tuple[str, ...]:
        """Keys of all, sorted."""
        own = {file.stem for file in _own_files(self._folder)}
        built_in = {entry.name[:-5] for entry in _BUILT_IN.iterdir() if entry.name.endswith(".toml")}
        return tuple(sorted(own | built_in))

    def load(self, key: str) -> Profile:
        """The profile `key`. Raises ConfigError when it is unknown, unreadable or wrong."""
        own = next((file for file in _own_files(self._folder) if file.stem == key), None)
        try:
            return parse_profile(key, _tree(key, self._folder, ()))
        except ConfigError as error:
            if own is None:
                raise
            raise ConfigError([f"{own}: {fault}" for fault in error.faults]) from error

    def fault(self, key: str, role: str) -> str | None:
        """Why the profile cannot serve a meter in `role`; None when it can."""
        try:
            profile = self.load(key)
        except ConfigError as error:
            return str(error)
        if profile.section_for(Role(role)) is None:
            return f"{profile.name} has no values for the role {role}, only for {', '.join(profile.roles)}"
        return None


def _own_files(folder: Path | None) -> list[Path]:
    """The user's profiles: TOML files of the folder; config.toml is none, and neither is what no key can name."""
    if folder is None or not folder.is_dir():
        return []
    return [file for file in sorted(folder.glob("*.toml")) if file.stem != "config" and _KEY.fullmatch(file.stem)]


def _tree(key: str, folder: Path | None, seen: tuple[str, ...]) -> dict[str, Any]:
    """The tables of a profile, laid over those of the one that it extends."""
    again = key in seen  # an own file that extends its namesake means the one that comes with Sunpace
    place = None if again else {file.stem: file for file in _own_files(folder)}.get(key)
    built_in = _KEY.fullmatch(key) is not None and (_BUILT_IN / f"{key}.toml").is_file()
    if seen.count(key) > 1 or (again and not built_in):
        raise ConfigError([f"meter profile {key}: extends itself: {' -> '.join((*seen, key))}"])
    if place is None and not built_in:
        where = "" if folder is None else f", and there is no {key}.toml in {folder}"
        raise ConfigError([f"meter profile {key!r} is unknown: `sunpace meter profiles` lists those known{where}"])
    try:
        text = (place or _BUILT_IN / f"{key}.toml").read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        what = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise ConfigError([f"meter profile {key}: {place} cannot be read: {what}"]) from error
    tree = parse_tree(key, text)
    base = tree.get("extends")
    if not isinstance(base, str):
        return tree
    return _laid_over(_tree(base, folder, (*seen, key)), tree)


def _laid_over(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Tables are merged key by key; a quantity is replaced as a whole."""
    merged = dict(base)
    for key, value in over.items():
        below = merged.get(key)
        merged[key] = {**below, **value} if isinstance(value, dict) and isinstance(below, dict) else value
    return merged
