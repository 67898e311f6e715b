"""`sunpace status`: what is in force, as far as files tell it, and what goes before what."""

from __future__ import annotations

import json
import os
from datetime import datetime, tzinfo
from pathlib import Path
from typing import Any

from controller.app import choice_file, external_cap_file, override_file, state_directory
from controller.cli.choice import choice_data, said_choice
from controller.cli.override import as_data, said
from controller.config.loader import load_active, load_places
from controller.control.clock import WallClock
from controller.control.plugins import installed_strategies
from controller.domain.cap import Cap
from controller.domain.choice import Choice, Followed
from controller.domain.errors import StorageError
from controller.domain.level import Level
from controller.domain.override import Overrides
from controller.history.cap_file import read_cap
from controller.history.choice_file import read_choice
from controller.history.followed_file import read_followed
from controller.history.override_file import read_overrides
from controller.plugins.foreign import Plugins

_ORDER = "what protects, a pause, a boost, a plan, the strategy beneath"
_CONFIGURED_HOLDS = "while that is so, the configuration's strategy holds; `sunpace strategy` chooses one, or `default`"
_NOT_TOLD = (
    "what the meters, the car and the wallbox do now, and why, only the running service knows: its log tells it "
    "(journalctl -u sunpace)"
)


def status(config: Path, *, as_json: bool) -> int:
    """Tells what is in force; returns the exit code: 1 where a file cannot be read. Raises ConfigError."""
    places = load_places(config, os.environ)
    configured, now = load_active(config, os.environ), WallClock().now()
    faults: list[str] = []
    overrides, cap = _overrides(override_file(places), faults), _cap(external_cap_file(places), now, faults)
    choice = _choice(choice_file(places), config, now, faults)
    followed = _followed(state_directory(places), faults)
    if as_json:
        told = {
            **choice_data(choice, configured),
            **as_data(overrides, now),
            "followed": None if followed is None else {**followed._asdict(), "since": followed.since.isoformat()},
            "cap": None if cap is None else _data(cap),
        }
        print(json.dumps({**told, "precedence": [str(level) for level in Level], "faults": faults}))
        return 1 if faults else 0
    print(f"precedence: {_ORDER}")
    if cap is not None:
        limit = f"{cap.power_w / 1000:g} kW" if cap.power_w is not None else f"{cap.current_a:g} A a phase"
        print(f"limit from outside: {limit}; `sunpace cap show` tells more")
    lines = said(overrides, now, places.site.zone)
    for line in lines:
        print(line)
    active = configured if choice is None else choice.name
    why = said_choice(choice, configured, config, now, places.site.zone)
    print(f"strategy: {active}" + (", when that is over" if lines else "") + f" ({why})")
    if followed is not None and followed.name != active:
        print(_otherwise(followed, active, places.site.zone))
    for fault in faults:
        print(f"fault: {fault}")
    print(_NOT_TOLD)
    return 1 if faults else 0


def _overrides(file: Path, faults: list[str]) -> Overrides:
    try:
        return read_overrides(file)
    except FileNotFoundError:
        return Overrides()
    except StorageError as error:
        faults.append(f"{error}; while that is so, no pause and no boost holds")
        return Overrides()


def _choice(file: Path, config: Path, now: datetime, faults: list[str]) -> Choice | None:
    """The strategy chosen by hand, if there is one of that name; that of others is not loaded for this."""
    try:
        choice = read_choice(file)
    except FileNotFoundError:
        return None
    except StorageError as error:
        faults.append(f"{error}; {_CONFIGURED_HOLDS}")
        return None
    if not choice.holds(now):
        return None
    ours = installed_strategies()
    if choice.name not in {*ours, *Plugins(config.parent, ours).origins}:
        faults.append(f"{file}: {choice.name}: there is no such strategy; {_CONFIGURED_HOLDS}")
        return None
    return choice


def _followed(directory: Path, faults: list[str]) -> Followed | None:
    """What the service has noted."""
    try:
        return read_followed(directory)
    except StorageError as error:
        faults.append(str(error))
        return None


def _otherwise(followed: Followed, active: str, zone: tzinfo) -> str:
    """Why the service follows another one than what files tell."""
    since = f"{followed.since.astimezone(zone):%Y-%m-%d %H:%M}"
    told = f"not yet: the service has followed {followed.name} since {since}"
    if followed.awaited == active and followed.why:
        return f"{told}; {active}: {followed.why}"
    return f"{told}; it turns to {active} within a few seconds if it runs, else when it starts"


def _cap(file: Path, now: datetime, faults: list[str]) -> Cap | None:
    try:
        cap = read_cap(file)
    except FileNotFoundError:
        return None
    except StorageError as error:
        faults.append(f"{error}; while that is so, an older limit holds, or the car gets its minimum")
        return None
    return cap if cap.holds(now) else None


def _data(cap: Cap) -> dict[str, Any]:
    until = None if cap.until is None else cap.until.isoformat()
    return {"power_w": cap.power_w, "current_a": cap.current_a, "until": until, "source": cap.source}
