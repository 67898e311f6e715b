"""What a strategy that was chosen by hand means for a configuration."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from controller.config.loader import Loaded
from controller.config.strategies import Made, lacks
from controller.control.helm import chosen
from controller.control.settings import CoreSettings
from controller.domain.choice import Choice
from controller.domain.errors import StorageError
from controller.history.choice_file import read_choice


def unfit(loaded: Loaded) -> Mapping[str, str]:
    """Why strategies that there are cannot be chosen all the same, by name."""
    made, prices = Made(loaded.strategies, loaded.chains), loaded.config.prices is not None
    found = {name: lacks(made, name, prices=prices) for name in made.strategies}
    return {name: why for name, why in found.items() if why is not None}


def choice_in_force(file: Path, loaded: Loaded, now: datetime) -> Choice | None:
    """What the service would follow if it began at `now` (aware); None for the configuration's.

    Raises:
        StorageError: The file cannot be read, or names one that cannot be chosen.
    """
    try:
        choice = read_choice(file)
    except FileNotFoundError:
        return None
    if not choice.holds(now):
        return None
    why = unfit(loaded).get(choice.name) if choice.name in loaded.strategies else "there is no such strategy"
    if why is not None:
        raise StorageError(f"{file}: {choice.name}: {why}")
    return choice


def as_chosen(settings: CoreSettings, file: Path, loaded: Loaded, now: datetime) -> tuple[CoreSettings, str]:
    """The settings with what was chosen in force, if it can be; and what keeps it from that, empty for nothing."""
    try:
        choice = choice_in_force(file, loaded, now)
    except StorageError as error:
        return settings, f"{error}; while that is so, {settings.active} holds, as the configuration has it"
    return settings if choice is None else chosen(settings, choice), ""
