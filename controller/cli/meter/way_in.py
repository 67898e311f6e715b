"""Which device, read with which profile: from the command line, or by its name from the configuration."""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from controller.app import endpoint_of, read_config
from controller.cli.outcome import WrongUse
from controller.config.faults import nearest, word
from controller.config.models import MeterEntry, Site
from controller.domain.errors import ConfigError
from controller.meter.connection import Endpoint
from controller.meter.profile import Profile
from controller.meter.profile_files import Shelf
from controller.meter.quantities import Role, Section

_DEFAULT_FILE = Path("config.toml")
_DEFAULT_PROFILE = "sunspec"
_SERIAL = ("baudrate", "parity", "stopbits")
_PLACE = ("host", "port", "transport", "device", *_SERIAL)
_NOT_WITH_A_NAME = (*_PLACE, "profile", "unit_id", "role", "invert", "profiles_dir")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A device, and how it is to be read.

    Attributes:
        profile: Its registers.
        roles: What it is read as.
        entry: Its table, as the configuration would have it.
        site: The house.
    """

    profile: Profile
    roles: tuple[Role, ...]
    entry: MeterEntry
    site: Site

    @property
    def unit_id(self) -> int:
        """The unit that is asked."""
        return self.entry.unit_id if self.entry.unit_id is not None else self.profile.unit_id

    @property
    def endpoint(self) -> Endpoint:
        """The other end of the connection."""
        return endpoint_of(self.entry, self.profile)

    @property
    def is_line_meter(self) -> bool:
        """Whether the device serves any role, so that only the user knows which."""
        return Section.METER in self.profile.sections

    def turned(self, role: Role) -> bool:
        """Whether what the profile's formulas give has the other sense than the role."""
        return (self.profile.sense(role) < 0) != self.entry.invert


def shelf_of(arguments: argparse.Namespace) -> Shelf:
    """The profiles that the command line can name. Raises WrongUse."""
    folder = arguments.profiles_dir
    if folder is not None and not folder.is_dir():
        raise WrongUse(f"--profiles-dir {folder}: there is no such folder")
    return Shelf(folder or Path())


def load_profile(shelf: Shelf, key: str) -> Profile:
    """A profile by its key. Raises ConfigError, which proposes the nearest."""
    if key not in shelf.known:
        near = nearest(key, shelf.known)
        if not near.startswith("did you mean"):
            near = "`sunpace meter profiles` lists those known"
        raise ConfigError([f"--profile {key}: unknown meter profile; {near}"])
    return shelf.load(key)


def find_target(arguments: argparse.Namespace) -> Target:
    """The device that `read` and `watch` are about. Raises ConfigError, WrongUse."""
    if arguments.name is not None or arguments.config is not None:
        return _configured(arguments)
    entry = entry_of(arguments, unit_id=arguments.unit_id, invert=arguments.invert)
    profile = load_profile(shelf_of(arguments), arguments.profile or _DEFAULT_PROFILE)
    roles = (Role(arguments.role),) if arguments.role is not None else profile.usual_roles
    for role in roles:
        if profile.section_for(role) is None:
            raise WrongUse(f"--role {role}: {profile.name} has no such values, only for {', '.join(profile.roles)}")
    return Target(profile=profile, roles=roles, entry=entry, site=Site())


def entry_of(arguments: argparse.Namespace, **more: Any) -> MeterEntry:
    """The table that the command line stands for. Raises ConfigError, WrongUse."""
    _check_place(arguments)
    transport = arguments.transport or ("rtu" if arguments.device is not None else "tcp")
    given = {key: getattr(arguments, key) for key in _PLACE}
    given |= {"transport": transport, "timeout_s": arguments.timeout, **more}
    try:
        return MeterEntry.model_validate({key: value for key, value in given.items() if value is not None})
    except ValidationError as error:
        faults = [word(detail, detail["loc"], MeterEntry) for detail in error.errors(include_url=False)]
        raise ConfigError([f"--{fault}" for fault in faults]) from error


def _check_place(arguments: argparse.Namespace) -> None:
    host, device, transport = arguments.host, arguments.device, arguments.transport
    if host is not None and device is not None:
        raise WrongUse("--host and --device: a meter is at one of them; leave the other out")
    if transport == "rtu" and device is None:
        raise WrongUse("--transport rtu needs --device, such as --device /dev/ttyUSB0")
    if transport in ("tcp", "rtu-over-tcp") and host is None:
        raise WrongUse(f"--transport {transport} needs --host, such as --host 192.168.1.30")
    if host is None and device is None:
        raise WrongUse("where is the meter? --host H for Modbus TCP, --device /dev/ttyUSB0 for a serial line")
    strange = [key for key in (_SERIAL if device is None else ("port",)) if getattr(arguments, key) is not None]
    if strange:
        raise WrongUse(f"--{strange[0]} does not go with {'--host' if device is None else '--device'}")


def _configured(arguments: argparse.Namespace) -> Target:
    """A meter of the configuration, by its name."""
    for key in _NOT_WITH_A_NAME:
        if getattr(arguments, key):
            option = key.replace("_", "-")
            raise WrongUse(f"--{option} is for a meter without a configuration; this one has it from the file")
    file = arguments.config or _DEFAULT_FILE
    loaded = read_config(file)
    named = _names([(Role(str(path[0])), entry) for path, entry in loaded.config.meter.entries()])
    name = arguments.name or ("grid" if "grid" in named else "")
    if name.endswith(".1") and name.removesuffix(".1") in named:
        name = name.removesuffix(".1")
    if name not in named:
        raise WrongUse(_which(file, name, list(named)))
    role, entry = named[name]
    if arguments.timeout is not None:
        entry = entry.model_copy(update={"timeout_s": arguments.timeout})
    profile = Shelf(loaded.folder).load(entry.profile)
    return Target(profile=profile, roles=(role,), entry=entry, site=loaded.config.site)


def _names(entries: list[tuple[Role, MeterEntry]]) -> dict[str, tuple[Role, MeterEntry]]:
    """Each meter by what it is called: its role, with a number from 1 where there are several."""
    roles = [role for role, _ in entries]
    named: dict[str, tuple[Role, MeterEntry]] = {}
    for index, (role, entry) in enumerate(entries):
        number = roles[: index + 1].count(role)
        named[role.value if roles.count(role) == 1 else f"{role.value}.{number}"] = (role, entry)
    return named


def _which(file: Path, name: str, named: list[str]) -> str:
    if not name:
        return f"which meter? name one of {', '.join(named)}"
    if numbered := [other for other in named if other.startswith(f"{name}.")]:
        return f"{file} has {len(numbered)} meters {name!r}; say which: {', '.join(numbered)}"
    return f"{file} has no meter {name!r}: its meters are {', '.join(named)}"
