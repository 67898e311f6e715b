"""`sunpace pause`, `boost` and `resume`: what a person wants for a while."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Any

from controller.app import override_file
from controller.cli.moments import end_meant
from controller.cli.state_file import put, take_away
from controller.config.loader import load_places
from controller.config.models import Places
from controller.control.clock import WallClock
from controller.domain.errors import ConfigError, StorageError
from controller.domain.override import (
    BOOST_ENERGY_LASTS,
    BOOST_LASTS,
    LONGEST,
    PAUSE_LASTS,
    Override,
    OverrideKind,
    Overrides,
)
from controller.domain.sentences.speech import format_duration
from controller.history.override_file import overrides_text, read_overrides


@dataclass(frozen=True, slots=True, kw_only=True)
class OverrideOrder:
    """What a person has asked for.

    Attributes:
        kind: Which.
        until: When it ends: a moment, or the next time a clock shows it; None unless given.
        lasts: Or how long it lasts from now on; None unless given.
        current_a: Of a boost, A a phase; None for as much as there may be.
        energy_kwh: Of a boost: after so much more it ends; None where only time ends it.
        use_battery: Of a boost: whether the home battery may be emptied into the car.
    """

    kind: OverrideKind
    until: time | datetime | None
    lasts: timedelta | None
    current_a: int | None = None
    energy_kwh: float | None = None
    use_battery: bool = False


def set_override(config: Path, order: OverrideOrder, *, as_json: bool) -> int:
    """Writes a pause or boost; returns the exit code.

    Raises:
        ConfigError: It cannot be meant like that.
        StorageError: The file cannot be written, or what stands there cannot be read.
    """
    places = load_places(config, os.environ)
    file = override_file(places)
    now = WallClock().now().replace(microsecond=0)
    until = _end(order, now, places.site.zone)
    if not now < until <= now + LONGEST:
        what = (
            "is over already" if until <= now else f"is more than {LONGEST.days} days away: choose a strategy instead"
        )
        raise ConfigError([f"--until {until.isoformat(timespec='minutes')}: {what}"])
    override = Override(
        kind=order.kind,
        set_at=now,
        until=until,
        current_a=order.current_a,
        energy_wh=None if order.energy_kwh is None else order.energy_kwh * 1000,
        use_battery=order.use_battery,
    )
    known = Overrides(*(one if one is not None and one.holds(now) else None for one in _read(file)))
    overrides = known._replace(**{order.kind.value: override})
    put(file, overrides_text(overrides), "override_file")
    tell(overrides, now, places, as_json=as_json)
    return 0


def resume(config: Path, *, as_json: bool) -> int:
    """Ends what is in force; returns the exit code. Raises ConfigError and StorageError."""
    places = load_places(config, os.environ)
    take_away(override_file(places))
    tell(Overrides(), WallClock().now(), places, as_json=as_json)
    return 0


def tell(overrides: Overrides, now: datetime, places: Places, *, as_json: bool) -> None:
    """Says what holds, for people or for programs."""
    if as_json:
        print(json.dumps({"file": str(override_file(places)), **as_data(overrides, now)}))
        return
    for line in said(overrides, now, places.site.zone) or ["no pause and no boost: the strategy decides"]:
        print(line)


def as_data(overrides: Overrides, now: datetime) -> dict[str, Any]:
    """Pause and boost for programs; one that has ended is none."""
    force = overrides.in_force(now)
    told: dict[str, Any] = {"in_force": None if force is None else force.kind.value}
    for kind, one in zip(OverrideKind, overrides, strict=True):
        told[kind.value] = None if one is None or not one.holds(now) else _data(one)
    return told


def said(overrides: Overrides, now: datetime, zone: tzinfo) -> list[str]:
    """Pause and boost for people, a line each; none that has ended."""
    lines = []
    for one in overrides:
        if one is None or not one.holds(now) or one.until is None:
            continue
        left = format_duration((one.until - now).total_seconds())
        end = f"until {one.until.astimezone(zone):%Y-%m-%d %H:%M}, for {left}"
        if one.kind is OverrideKind.PAUSE:
            lines.append(f"paused {end}")
        else:
            current = "as much as there may be" if one.current_a is None else f"{one.current_a} A"
            energy = "" if one.energy_wh is None else f" or {one.energy_wh / 1000:g} kWh"
            battery = ", from the home battery as well" if one.use_battery else ""
            lines.append(f"boost {end}{energy}: {current}{battery}")
    if len(lines) > 1:
        lines.append("the pause goes first; the boost goes on underneath until its own end")
    return lines


def _end(order: OverrideOrder, now: datetime, zone: tzinfo) -> datetime:
    """When it is to end; without a word of it there is a cautious one."""
    if (said := end_meant(order.until, order.lasts, now, zone)) is not None:
        return said
    if order.kind is OverrideKind.PAUSE:
        return now + PAUSE_LASTS
    return now + (BOOST_LASTS if order.energy_kwh is None else BOOST_ENERGY_LASTS)


def _read(file: Path) -> Overrides:
    try:
        return read_overrides(file)
    except FileNotFoundError:
        return Overrides()
    except StorageError as error:
        raise StorageError(f"{error}; `sunpace resume` removes the file") from error


def _data(override: Override) -> dict[str, Any]:
    told: dict[str, Any] = {
        "set_at": override.set_at.isoformat(),
        "until": None if override.until is None else override.until.isoformat(),
    }
    if override.kind is OverrideKind.BOOST:
        energy_kwh = None if override.energy_wh is None else override.energy_wh / 1000
        told |= {"current_a": override.current_a, "energy_kwh": energy_kwh, "use_battery": override.use_battery}
    return told
