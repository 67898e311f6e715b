"""`sunpace cap`: a limit of the car's power that is set from outside."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from controller.app import external_cap_file
from controller.cli.state_file import put, take_away
from controller.config.loader import load_places
from controller.config.models import Places
from controller.control.clock import WallClock
from controller.domain.cap import Cap
from controller.domain.errors import ConfigError, StorageError
from controller.domain.sentences.speech import format_duration
from controller.history.cap_file import cap_of, cap_text, read_cap


@dataclass(frozen=True, slots=True, kw_only=True)
class CapOrder:
    """What a person has asked for.

    Attributes:
        power_w: Most on all phases, W; one of it and `current_a` is given.
        current_a: Most a phase, A.
        until: When it ends; None for never, where `lasts` is None.
        lasts: Or how long it lasts from now on.
        source: Who asked.
    """

    power_w: float | None
    current_a: float | None
    until: datetime | None
    lasts: timedelta | None
    source: str


def show(config: Path, *, as_json: bool) -> int:
    """Tells what is in force; returns the exit code. Raises ConfigError and StorageError."""
    places = load_places(config, os.environ)
    file = external_cap_file(places)
    try:
        cap = read_cap(file)
    except FileNotFoundError:
        _tell(file, None, places, as_json=as_json)
        return 0
    _tell(file, cap, places, as_json=as_json)
    return 0


def set_cap(config: Path, order: CapOrder, *, as_json: bool) -> int:
    """Writes a limit; returns the exit code.

    Raises:
        ConfigError: It cannot be meant like that.
        StorageError: The file cannot be written.
    """
    places = load_places(config, os.environ)
    file = external_cap_file(places)
    now = WallClock().now()
    until = now + order.lasts if order.lasts is not None else order.until
    limit = {"power_w": order.power_w} if order.power_w is not None else {"current_a": order.current_a}
    try:
        cap = cap_of({**limit, "until": until or "never", "source": order.source}, "sunpace cap set")
    except StorageError as error:
        raise ConfigError([str(error)]) from error
    if cap.until is not None:
        cap = cap._replace(until=cap.until.astimezone(places.site.zone).replace(microsecond=0))
    if not cap.holds(now):
        raise ConfigError([f"--until {cap.until}: is over already"])
    put(file, cap_text(cap), "external_cap_file")
    _tell(file, cap, places, as_json=as_json)
    return 0


def clear(config: Path, *, as_json: bool) -> int:
    """Removes the limit; returns the exit code. Raises ConfigError and StorageError."""
    places = load_places(config, os.environ)
    file = external_cap_file(places)
    take_away(file)
    _tell(file, None, places, as_json=as_json)
    return 0


def _tell(file: Path, cap: Cap | None, places: Places, *, as_json: bool) -> None:
    now = WallClock().now()
    holds = cap is not None and cap.holds(now)
    if as_json:
        told = None if cap is None else {"power_w": cap.power_w, "current_a": cap.current_a, **_end(cap)}
        print(json.dumps({"file": str(file), "in_force": holds, "cap": told}))
        return
    if cap is None:
        print(f"no limit from outside ({file})")
        return
    limit = f"{cap.power_w / 1000:g} kW" if cap.power_w is not None else f"{cap.current_a:g} A a phase"
    by = f", by {cap.source}" if cap.source else ""
    if cap.until is None:
        print(f"limited to {limit} until further notice{by} ({file})")
        return
    local = f"{cap.until.astimezone(places.site.zone):%Y-%m-%d %H:%M}"
    if holds:
        left = format_duration((cap.until - now).total_seconds())
        print(f"limited to {limit} until {local}, for {left}{by} ({file})")
    else:
        print(f"no limit from outside: one of {limit} ended {local}{by} ({file})")


def _end(cap: Cap) -> dict[str, str | None]:
    return {"until": None if cap.until is None else cap.until.isoformat(), "source": cap.source}
