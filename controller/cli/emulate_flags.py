"""The flags of `sunpace emulate` that shape the wallbox and the meter."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

from controller.domain.errors import ConfigError

PLANT_KEYS = "plant."
"""What `--set` of an option of the plant begins with."""

_LINE_METER = "eastron-sdm630"


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterFlags:
    """How the emulated meter is to be.

    Attributes:
        profile: The device that it shows.
        transport: How frames travel.
        unit_id: Its unit id, the first where it has several; None for the profile's.
        settings: `NAME=VALUE` for quantities that stand still; of the plant, `plant.KEY=VALUE`, none.
    """

    profile: str = _LINE_METER
    transport: Literal["tcp", "rtu", "rtu-over-tcp"] = "tcp"
    unit_id: int | None = None
    settings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BoxFlags:
    """How the emulated wallbox is to be.

    Attributes:
        dialect: Which API it speaks.
        several_users: Whether a second login leaves the first session alone.
        username: Of its web page.
        password: Of its web page; None makes one up.
        faults: TOML file with its faults.
        control_port: Of its control port; 0 takes a free one.
        limit_min_a: The lowest operator current limit it takes, A.
        token_life_s: Life of a token, s.
        restart_s: How long a restart leaves it without an answer, s.
    """

    dialect: Literal["next", "unite"] = "next"
    several_users: bool = False
    username: str = "admin"
    password: str | None = None
    faults: Path | None = None
    control_port: int = 0
    limit_min_a: int = 6
    token_life_s: float = 900.0
    restart_s: float = 20.0


def add_box_flags(
    emulate: argparse.ArgumentParser, port: Callable[[str], int], seconds: Callable[[str], float]
) -> None:
    """Adds them; `port` parses a TCP port, `seconds` a time."""
    emulate.add_argument("--faults", type=Path, metavar="F.toml", help="what it does wrong: a table [faults]")
    emulate.add_argument(
        "--control-port",
        type=port,
        default=0,
        metavar="P",
        help="where it is played with: faults, car, values (a free one)",
    )
    box = emulate.add_argument_group("the wallbox, by itself or in a home")
    box.add_argument("--dialect", choices=["next", "unite"], default="next", help="which API it speaks (next)")
    box.add_argument("--limit-min", type=int, choices=[0, 6], default=6, help="lowest limit it takes, A (6)")
    box.add_argument("--token-life", type=seconds, default=900.0, metavar="S", help="life of a token, s (900)")
    box.add_argument(
        "--restart-gap", type=seconds, default=20.0, metavar="S", help="no answer for so long in a restart, s (20)"
    )
    box.add_argument("--several-users", action="store_true", help="a second login does not end the first session")
    box.add_argument("--username", default="admin", help="of its web page (admin)")
    box.add_argument("--password", help="of its web page (a new one); others on this machine can see it here")


def box_flags(arguments: argparse.Namespace) -> BoxFlags:
    """What was given. Raises ConfigError where there is no wallbox; faults and control port a meter has, too."""
    flags = BoxFlags(
        dialect=arguments.dialect,
        several_users=arguments.several_users,
        username=arguments.username,
        password=arguments.password,
        faults=arguments.faults,
        control_port=arguments.control_port,
        limit_min_a=arguments.limit_min,
        token_life_s=arguments.token_life,
        restart_s=arguments.restart_gap,
    )
    if arguments.what == "meter" and replace(flags, faults=None, control_port=0) != BoxFlags():
        raise ConfigError(["the wallbox's flags go with `emulate wallbox` and `emulate home` only"])
    return flags


def add_meter_flags(emulate: argparse.ArgumentParser) -> None:
    """Adds them."""
    meter = emulate.add_argument_group("the meter by itself")
    meter.add_argument("--profile", default=_LINE_METER, metavar="P", help="the device it shows (%(default)s)")
    meter.add_argument(
        "--transport",
        choices=["tcp", "rtu", "rtu-over-tcp"],
        default="tcp",
        help="how frames travel (tcp); rtu makes a pseudo-terminal to open as a serial device",
    )
    meter.add_argument("--unit-id", type=_unit_id, metavar="U", help="its unit id, or the first (the profile's)")
    meter.add_argument(
        "--set",
        action="append",
        default=[],
        dest="settings",
        metavar="NAME=VALUE",
        help="a quantity that stands still: grid_w=-2100; may come several times; in any part of the home"
        " an option of the plant: plant.dead_time_s=30",
    )
    emulate.add_argument("--plant", type=Path, metavar="P.toml", help="the plant's options: a table [plant]")


def meter_flags(arguments: argparse.Namespace) -> MeterFlags:
    """What was given. Raises ConfigError where there is no meter by itself."""
    flags = MeterFlags(
        profile=arguments.profile,
        transport=arguments.transport,
        unit_id=arguments.unit_id,
        settings=tuple(text for text in arguments.settings if not text.startswith(PLANT_KEYS)),
    )
    if arguments.what != "meter" and flags != MeterFlags():
        raise ConfigError(["--profile, --transport, --unit-id and --set NAME=VALUE go with `emulate meter` only"])
    if flags.transport == "rtu" and arguments.port:
        raise ConfigError(["--port goes with TCP: a pseudo-terminal has a path, which is printed"])
    return flags


def _unit_id(text: str) -> int:
    if not text.isdecimal() or not 0 <= int(text) <= 255:
        raise argparse.ArgumentTypeError(f"{text} is no unit id: 0 to 255")
    return int(text)
