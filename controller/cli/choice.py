"""`sunpace strategy NAME` and `default`: which strategy the running service follows."""

from __future__ import annotations

import json
import os
from datetime import datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Any

from controller.app import choice_file
from controller.cli.logs import configure_logs
from controller.cli.moments import end_meant
from controller.cli.state_file import put, take_away
from controller.config.loader import load_active, load_choice, load_places
from controller.control.clock import WallClock
from controller.control.plugins import installed_strategies
from controller.domain.choice import LONGEST, Choice
from controller.domain.errors import ConfigError
from controller.domain.sentences.speech import format_duration
from controller.history.choice_file import choice_text
from controller.plugins.foreign import Plugins

_WHEN = "the service follows it within a few seconds, or when it starts"


def choose(config: Path, name: str, *, until: time | datetime | None, lasts: timedelta | None, as_json: bool) -> int:
    """Has a strategy decide in place of the configuration's, once it has been checked; returns the exit code.

    Args:
        config: The configuration.
        name: The strategy's.
        until: When that ends: a moment, or the next time a clock shows it; None unless given.
        lasts: Or how long it lasts from now on; None unless given. Without either it is for good.
        as_json: For programs.

    Raises:
        ConfigError: There is no such strategy, it cannot be used, or the end cannot be meant like that.
        StorageError: The file cannot be written.
    """
    configure_logs("error")
    ours = installed_strategies()
    places = load_choice(config, os.environ, name, ours, Plugins(config.parent, ours))
    now, zone = WallClock().now().replace(microsecond=0), places.site.zone
    end = end_meant(until, lasts, now, zone)
    if end is not None and not now < end <= now + LONGEST:
        what = "is over already" if end <= now else f"is more than {LONGEST.days} days away: leave it out"
        raise ConfigError([f"--until {end.isoformat(timespec='minutes')}: {what}"])
    choice = Choice(name, now, end)
    put(choice_file(places), choice_text(choice), "strategy_choice_file")
    _tell(choice, config, choice_file(places), now, zone, as_json=as_json)
    return 0


def go_back(config: Path, *, as_json: bool) -> int:
    """Has the configuration's strategy decide again; returns the exit code. Raises ConfigError and StorageError."""
    places = load_places(config, os.environ)
    take_away(choice_file(places))
    _tell(None, config, choice_file(places), WallClock().now(), places.site.zone, as_json=as_json)
    return 0


def said_choice(choice: Choice | None, configured: str, config: Path, now: datetime, zone: tzinfo) -> str:
    """Why a strategy is in force, in brackets behind its name, and how to go back."""
    if choice is None:
        return f"as {config} has it"
    back = f"`sunpace strategy default` goes back to {configured}, as {config} has it"
    if choice.until is None:
        return f"chosen by hand, for good; {back}"
    left = format_duration((choice.until - now).total_seconds())
    return f"chosen by hand until {choice.until.astimezone(zone):%Y-%m-%d %H:%M}, for {left}; {back}"


def choice_data(choice: Choice | None, configured: str) -> dict[str, Any]:
    """The strategy in force for programs, and whether it was chosen by hand."""
    told = None
    if choice is not None:
        until = None if choice.until is None else choice.until.isoformat()
        told = {"name": choice.name, "set_at": choice.set_at.isoformat(), "until": until}
    return {"strategy": configured if choice is None else choice.name, "configured": configured, "choice": told}


def _tell(choice: Choice | None, config: Path, file: Path, now: datetime, zone: tzinfo, *, as_json: bool) -> None:
    configured = load_active(config, os.environ)
    data = choice_data(choice, configured)
    if as_json:
        print(json.dumps({"file": str(file), **data}))
        return
    print(f"strategy: {data['strategy']} ({said_choice(choice, configured, config, now, zone)})")
    print(_WHEN)
